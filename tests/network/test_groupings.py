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
    """X: A, B, C; Y: D, E. All of one network."""

    def __init__(self):
        self.network = make.network()
        self.schools = {name: make.school(f"School {name}") for name in "ABCDE"}
        self.x = make.cluster(self.network, "Cluster X", self.of("ABC"))
        self.y = make.cluster(self.network, "Cluster Y", self.of("DE"))
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
    made = here.made("  By the sea ", "AD")
    assert (made.name, made.slug, here.names(made)) == ("By the sea", "by-the-sea", "AD")
    assert [(line.grouping.name, [s.name for s in line.schools]) for line in reads.groupings(here.network)] == [
        ("By the sea", ["School A", "School D"])
    ]
    assert set(GroupingSchool.objects.values_list("organisation", flat=True)) == {here.network.pk}
    entry = JournalEntry.objects.get(deed="network.grouping_made")
    assert entry.payload == {"name": "By the sea", "schools": ["School A", "School D"]}


@pytest.mark.parametrize(
    ("name", "schools", "said"),
    [
        ("", "AD", "needs a name"),
        ("   ", "AD", "needs a name"),
        ("x" * 61, "AD", "longer than 60 characters"),
        ("By the sea", "A", "at least two schools"),
        ("By the sea", "", "at least two schools"),
        ("By the sea", "AAD", "in this grouping twice"),
        ("By the sea", "ABCDE", "These are all schools of Riverway Trust"),
        ("By the sea", "ABC", "These are the schools of Cluster X"),
        ("By the sea", "DE", "These are the schools of Cluster Y"),
        ("By the sea", "CE", "Inland has exactly these schools already"),
        ("INLAND", "AD", "Another grouping is called INLAND already"),
        ("cluster x", "AD", "A cluster or the network itself is called cluster x"),
        ("Riverway trust", "AD", "A cluster or the network itself is called Riverway trust"),
    ],
)
def test_what_is_no_grouping_is_refused_in_words_and_changes_nothing(here, name, schools, said):
    kept = here.made("Inland", "CE")
    other = here.made("Uphill", "BE")
    for act in (
        lambda: here.made(name, schools),
        lambda: actions.change_grouping(other, name, here.of(schools), by=here.officer.pk),
    ):
        with pytest.raises(Refused, match=said):
            act()
    assert {(g.name, here.names(g)) for g in Grouping.objects.all()} == {("Inland", "CE"), ("Uphill", "BE")}
    assert (kept.pk, other.pk) == tuple(Grouping.objects.order_by("pk").values_list("pk", flat=True))


def test_a_school_from_outside_is_refused_and_so_is_one_that_has_left(here):
    stranger = make.school("School F")
    with pytest.raises(Refused, match="School F is not in Riverway Trust"):
        actions.make_grouping(here.network, "By the sea", [here.schools["A"], stranger], by=None)
    today = datetime.date.today()
    NetworkMembership.objects.filter(school=here.schools["D"]).update(until=today)
    ClusterMembership.objects.filter(school=here.schools["D"]).update(until=today)
    with pytest.raises(Refused, match="School D is not in Riverway Trust"):
        here.made("By the sea", "AD")


def test_a_school_is_in_two_groupings_at_most_and_a_network_has_eight(here):
    here.made("One", "AD")
    two = here.made("Two", "AE")
    with pytest.raises(Refused, match="School A is in 2 groupings already"):
        here.made("Three", "AB")
    actions.end_grouping(two, by=here.officer.pk)
    assert here.names(here.made("Three", "AB")) == "AB"
    more = [make.school(f"More {number:02}") for number in range(12)]
    make.cluster(here.network, "Cluster Z", more)
    for number in range(6):
        actions.make_grouping(here.network, f"Pair {number}", more[2 * number : 2 * number + 2], by=None)
    with pytest.raises(Refused, match="has 8 groupings already"):
        here.made("Nine", "CE")


def test_changing_twice_is_once_and_the_address_stays(here):
    made = here.made("By the sea", "AD")
    by = here.officer.pk
    assert actions.change_grouping(made, "On the coast", here.of("ABD"), by=by) is True
    assert actions.change_grouping(made, "On the coast", here.of("DBA"), by=by) is False
    made.refresh_from_db()
    assert (made.name, made.slug, here.names(made)) == ("On the coast", "by-the-sea", "ABD")
    assert JournalEntry.objects.filter(deed="network.grouping_changed").count() == 1


def test_an_ended_one_is_gone_from_the_list_once_and_for_all(here):
    made = here.made("By the sea", "AD")
    assert actions.end_grouping(made, by=here.officer.pk) is True
    assert actions.end_grouping(made, by=here.officer.pk) is False
    assert reads.groupings(here.network) == []
    with pytest.raises(Conflict, match="By the sea has ended"):
        actions.change_grouping(made, "By the sea", here.of("ABD"), by=here.officer.pk)
    again = here.made("By the sea", "AD")
    assert again.slug == "by-the-sea-2"
    assert JournalEntry.objects.filter(deed="network.grouping_ended").count() == 1


@pytest.mark.parametrize(
    ("name", "slug"), [("New", "grouping-new"), ("學校", "grouping"), ("By the sea!", "by-the-sea")]
)
def test_addresses_of_groupings(here, name, slug):
    assert here.made(name, "AD").slug == slug


def test_the_officer_makes_changes_and_ends_one_on_pages(here):
    first = here.visit(here.officer, "").content.decode()
    assert "No grouping yet" in first
    a, d, e = (here.schools[name].pk for name in "ADE")
    assert here.visit(here.officer, "new/", {"name": "By the sea", "schools": [a, d]}).status_code == 302
    page = here.visit(here.officer, "").content.decode()
    assert "1 grouping of schools" in page
    assert page.index("School A") < page.index("School D")
    form = here.visit(here.officer, "by-the-sea/change/").content.decode()
    assert form.count(" checked") == 2
    assert here.visit(here.officer, "by-the-sea/change/", {"name": "Coast", "schools": [a, e]}).status_code == 302
    assert here.names(Grouping.objects.get()) == "AE"
    assert here.visit(here.officer, "by-the-sea/end/", {}).status_code == 302
    assert here.visit(here.officer, "by-the-sea/end/", {}).status_code == 302
    assert here.visit(here.officer, "by-the-sea/change/").status_code == 404
    assert "No grouping yet" in here.visit(here.officer, "").content.decode()


def test_what_the_form_refuses_stands_on_the_form(here):
    a, d, stranger = here.schools["A"].pk, here.schools["D"].pk, make.school("School F").pk
    for sent, said in (
        ({"name": "By the sea"}, "two at least"),
        ({"name": "By the sea", "schools": [a]}, "at least two schools"),
        ({"name": "By the sea", "schools": [a, a, d]}, "in this grouping twice"),
        ({"name": "By the sea", "schools": [a, stranger]}, "not in the network"),
        ({"name": "", "schools": [a, d]}, "This field is required"),
    ):
        page = here.visit(here.officer, "new/", sent)
        assert (page.status_code, said in page.content.decode()) == (400, True), sent
    assert Grouping.objects.count() == 0


def test_others_read_the_list_and_change_nothing(here):
    here.made("By the sea", "AD")
    chair = make.chair(here.x)
    page = here.visit(chair, "").content.decode()
    assert "By the sea" in page
    assert "groupings/new/" not in page
    assert "by-the-sea/change" not in page
    for path, sent in (("new/", None), ("by-the-sea/change/", None), ("by-the-sea/end/", {}), ("new/", {"name": "x"})):
        assert here.visit(chair, path, sent).status_code == 403
    assert reads.groupings(here.network)[0].grouping.name == "By the sea"
