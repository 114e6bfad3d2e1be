"""Groupings of a network's schools: what is one, who makes it, and what the page says."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network import actions, reads
from alongside.network.models import ClusterMembership, Grouping, GroupingSchool, NetworkMembership
from tests import make

pytestmark = pytest.mark.django_db


class Here:
    """X: A, B, C, D; Y: E, F, G, H, I, J. All of one network."""

    def __init__(self):
        self.network = make.network()
        self.schools = {name: make.school(f"School {name}") for name in "ABCDEFGHIJ"}
        self.x = make.cluster(self.network, "Cluster X", self.of("ABCD"))
        self.y = make.cluster(self.network, "Cluster Y", self.of("EFGHIJ"))
        self.officer = make.officer(self.network)

    def of(self, names):
        return [self.schools[name] for name in names]

    def made(self, name, names):
        return actions.make_grouping(self.network, name, self.of(names), by=self.officer.pk)

    def names(self, grouping):
        rows = GroupingSchool.objects.filter(grouping=grouping).values_list("school__name", flat=True)
        return "".join(sorted(name[-1] for name in rows))

    def visit(self, person, path, sent=None):
        client = Client()
        client.force_login(person)
        at = f"/n/{self.network.slug}/groupings/{path}"
        return client.get(at) if sent is None else client.post(at, sent)


@pytest.fixture
def here(db):
    return Here()


def test_a_grouping_may_cross_clusters_and_is_in_the_journal(here):
    made = here.made("  By the sea ", "ABEF")
    assert (made.name, made.slug, here.names(made)) == ("By the sea", "by-the-sea", "ABEF")
    assert [(line.grouping.name, [s.name for s in line.schools]) for line in reads.groupings(here.network)] == [
        ("By the sea", [f"School {letter}" for letter in "ABEF"])
    ]
    assert set(GroupingSchool.objects.values_list("organisation", flat=True)) == {here.network.pk}
    entry = JournalEntry.objects.get(deed="network.grouping_made")
    assert entry.payload == {"name": "By the sea", "schools": [f"School {letter}" for letter in "ABEF"]}


@pytest.mark.parametrize(
    ("name", "schools", "said"),
    [
        ("", "ABEF", "needs a name"),
        ("   ", "ABEF", "needs a name"),
        ("x" * 61, "ABEF", "longer than 60 characters"),
        ("By the sea", "A", "at least two schools"),
        ("By the sea", "", "at least two schools"),
        ("By the sea", "AABEF", "in this grouping twice"),
        ("By the sea", "ABCDEFGHIJ", "These are all schools of Riverway Trust"),
        ("By the sea", "ABCD", "These are the schools of Cluster X"),
        ("By the sea", "EFGHIJ", "These are the schools of Cluster Y"),
        ("By the sea", "CDGH", "Inland has exactly these schools already"),
        ("By the sea", "AE", "Staff of School A could work out the figures of School E"),
        ("By the sea", "EFGHI", "Staff of School A could work out the figures of School J"),
        ("By the sea", "ABCDE", "Staff of School A could work out the figures of School E"),
        ("INLAND", "ABEF", "Another grouping is called INLAND already"),
        ("cluster x", "ABEF", "A cluster or the network itself is called cluster x"),
        ("Riverway trust", "ABEF", "A cluster or the network itself is called Riverway trust"),
    ],
)
def test_what_is_no_grouping_is_refused_in_words_and_changes_nothing(here, name, schools, said):
    kept = here.made("Inland", "CDGH")
    other = here.made("Uphill", "BCFG")
    for act in (
        lambda: here.made(name, schools),
        lambda: actions.change_grouping(other, name, here.of(schools), by=here.officer.pk),
    ):
        with pytest.raises(Refused, match=said):
            act()
    assert {(g.name, here.names(g)) for g in Grouping.objects.all()} == {("Inland", "CDGH"), ("Uphill", "BCFG")}
    assert (kept.pk, other.pk) == tuple(Grouping.objects.order_by("pk").values_list("pk", flat=True))


def test_a_school_from_outside_is_refused_and_so_is_one_that_has_left(here):
    stranger = make.school("School Z")
    with pytest.raises(Refused, match="School Z is not in Riverway Trust"):
        actions.make_grouping(here.network, "By the sea", [here.schools["A"], here.schools["B"], stranger], by=None)
    today = datetime.date.today()
    NetworkMembership.objects.filter(school=here.schools["F"]).update(until=today)
    ClusterMembership.objects.filter(school=here.schools["F"]).update(until=today)
    with pytest.raises(Refused, match="School F is not in Riverway Trust"):
        here.made("By the sea", "ABEF")


def test_a_school_is_in_two_groupings_at_most(here):
    here.made("One", "ABEF")
    two = here.made("Two", "ACEG")
    with pytest.raises(Refused, match="School A is in 2 groupings already"):
        here.made("Three", "ADEH")
    actions.end_grouping(two, by=here.officer.pk)
    assert here.names(here.made("Three", "ADEH")) == "ADEH"


def test_a_network_has_eight_groupings(here):
    more = [make.school(f"More {number:02}") for number in range(36)]
    make.cluster(here.network, "Cluster Z", more)
    for number in range(8):
        actions.make_grouping(here.network, f"Four {number}", more[4 * number : 4 * number + 4], by=None)
    with pytest.raises(Refused, match="has 8 groupings already"):
        here.made("Nine", "ABEF")


def test_two_groupings_that_differ_by_one_school_are_refused(here):
    """All but one: the difference of two totals would be that one school's, for everybody."""
    here.made("By the sea", "ABEF")
    with pytest.raises(Refused, match="Staff of School A could work out the figures of School G"):
        here.made("Nearly", "ABEFG")
    wide = here.made("Wide", "BCFGHI")
    with pytest.raises(Refused, match="could work out the figures of"):
        actions.change_grouping(wide, "Wide", here.of("ABEFJ"), by=here.officer.pk)
    assert here.names(wide) == "BCFGHI"


def test_changing_twice_is_once_and_the_address_stays(here):
    made = here.made("By the sea", "ABEF")
    by = here.officer.pk
    assert actions.change_grouping(made, "On the coast", here.of("ABDEF"), by=by) is True
    assert actions.change_grouping(made, "On the coast", here.of("FDBAE"), by=by) is False
    made.refresh_from_db()
    assert (made.name, made.slug, here.names(made)) == ("On the coast", "by-the-sea", "ABDEF")
    assert JournalEntry.objects.filter(deed="network.grouping_changed").count() == 1


def test_an_ended_one_is_gone_from_the_list_once_and_for_all(here):
    made = here.made("By the sea", "ABEF")
    assert actions.end_grouping(made, by=here.officer.pk) is True
    assert actions.end_grouping(made, by=here.officer.pk) is False
    assert reads.groupings(here.network) == []
    with pytest.raises(Conflict, match="By the sea has ended"):
        actions.change_grouping(made, "By the sea", here.of("ABEF"), by=here.officer.pk)
    again = here.made("By the sea", "ABEF")
    assert again.slug == "by-the-sea-2"
    assert JournalEntry.objects.filter(deed="network.grouping_ended").count() == 1


@pytest.mark.parametrize(
    ("name", "slug"), [("New", "grouping-new"), ("學校", "grouping"), ("By the sea!", "by-the-sea")]
)
def test_addresses_of_groupings(here, name, slug):
    assert here.made(name, "ABEF").slug == slug


def test_the_officer_makes_changes_and_ends_one_on_pages(here):
    first = here.visit(here.officer, "").content.decode()
    assert "No grouping yet" in first
    a, b, e, f, g = (here.schools[name].pk for name in "ABEFG")
    assert here.visit(here.officer, "new/", {"name": "By the sea", "schools": [a, b, e, f]}).status_code == 302
    page = here.visit(here.officer, "").content.decode()
    assert "1 grouping of schools" in page
    assert page.index("School A") < page.index("School E")
    form = here.visit(here.officer, "by-the-sea/change/").content.decode()
    assert form.count(" checked") == 4
    assert here.visit(here.officer, "by-the-sea/change/", {"name": "Coast", "schools": [a, b, e, g]}).status_code == 302
    assert here.names(Grouping.objects.get()) == "ABEG"
    assert here.visit(here.officer, "by-the-sea/end/", {}).status_code == 302
    assert here.visit(here.officer, "by-the-sea/end/", {}).status_code == 302
    assert here.visit(here.officer, "by-the-sea/change/").status_code == 404
    assert "No grouping yet" in here.visit(here.officer, "").content.decode()


def test_what_the_form_refuses_stands_on_the_form(here):
    a, d, stranger = here.schools["A"].pk, here.schools["D"].pk, make.school("School Z").pk
    for sent, said in (
        ({"name": "By the sea"}, "two at least"),
        ({"name": "By the sea", "schools": [a]}, "at least two schools"),
        ({"name": "By the sea", "schools": [a, a, d]}, "in this grouping twice"),
        ({"name": "By the sea", "schools": [a, stranger]}, "not in the network"),
        ({"name": "By the sea", "schools": [a, d]}, "could work out the figures of School D"),
        ({"name": "", "schools": [a, d]}, "This field is required"),
    ):
        page = here.visit(here.officer, "new/", sent)
        assert (page.status_code, said in page.content.decode()) == (400, True), sent
    assert Grouping.objects.count() == 0


def test_others_read_the_list_and_change_nothing(here):
    here.made("By the sea", "ABEF")
    chair = make.chair(here.x)
    page = here.visit(chair, "").content.decode()
    assert "By the sea" in page
    assert "groupings/new/" not in page
    assert "by-the-sea/change" not in page
    for path, sent in (("new/", None), ("by-the-sea/change/", None), ("by-the-sea/end/", {}), ("new/", {"name": "x"})):
        assert here.visit(chair, path, sent).status_code == 403
    assert reads.groupings(here.network)[0].grouping.name == "By the sea"
