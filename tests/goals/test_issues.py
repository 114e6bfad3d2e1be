"""Things to work on: proposed by anyone, shown where they are much alike, merged by a person, put forward by a school."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from alongside.goals import actions, reads
from alongside.goals.models import Issue
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.people.actions.erasing import erase
from tests import make

pytestmark = pytest.mark.django_db


class Place:
    """Harbour Trust: Avon (Ashmead, Birch) and Brede (Copse, Dell); a head at Ashmead, a chair of Avon, an officer."""

    def __init__(self) -> None:
        self.network = make.network("Harbour Trust")
        self.ashmead, self.birch, self.copse = (make.school(name) for name in ("Ashmead", "Birch", "Copse"))
        self.dell = make.school("Dell")
        self.avon = make.cluster(self.network, "Avon cluster", [self.ashmead, self.birch])
        self.brede = make.cluster(self.network, "Brede cluster", [self.copse, self.dell])
        self.teacher = make.staff(self.ashmead, 1)[0]
        make.staff(self.copse, 1)
        self.head, self.chair = make.leader(self.ashmead), make.chair(self.avon)
        self.officer = make.officer(self.network)
        self.school = self.ashmead.organisation

    def issue(self, title="Marking", cluster=None, organisation=None, why=""):
        owner = organisation or (self.network if cluster else self.school)
        return actions.propose(owner, cluster, title, why, by=self.head.pk)


@pytest.fixture
def place():
    return Place()


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def said(response):
    return response.content.decode()


S, N = "/s/ashmead/issues/", "/n/harbour-trust/issues/"


def deeds(organisation):
    return list(JournalEntry.objects.filter(organisation=organisation.pk).order_by("number").values_list("deed", "by"))


def test_a_teacher_proposes_in_one_short_form(place):
    client = signed_in(place.teacher)
    page = said(client.get(S))
    assert "What to work on will be here" in page
    response = client.post(S, {"title": "  Time to\tplan together ", "why": "We never have any."}, follow=True)
    assert "“Time to plan together” is on the list." in said(response)
    made = Issue.objects.get()
    assert (made.title, made.why, made.organisation, made.cluster) == (
        "Time to plan together",
        "We never have any.",
        place.school,
        None,
    )
    assert (made.proposed_by, made.live, made.from_school) == (place.teacher, True, None)
    assert ("goals.issue_proposed", place.teacher.pk) in deeds(place.school)
    listed = said(client.get(S))
    assert "1 thing to work on" in listed
    assert place.teacher.name not in listed.split("<main")[1]


def test_the_newest_stands_first_and_what_is_much_alike_says_so(place):
    place.issue("Time to plan together")
    place.issue("Corridors")
    place.issue("More time to plan")
    page = said(signed_in(place.teacher).get(S))
    titles = [page.index(f">{title}</a>") for title in ("More time to plan", "Corridors", "Time to plan together")]
    assert titles == sorted(titles)
    assert page.count("Much like another") == 2 + 1  # the two, and how we know this
    groups = reads.issues_page(place.school).groups
    assert [[each.title for each in line.like] for line in groups[0].lines] == [
        ["Time to plan together"],
        [],
        ["More time to plan"],
    ]


def test_the_same_words_stand_once_on_a_list(place):
    place.issue("Corridors")
    with pytest.raises(Conflict, match="is on the list already"):
        place.issue(" CORRIDORS!")
    page = signed_in(place.head).post(S, {"title": "corridors", "why": ""})
    assert page.status_code == 400
    assert "“corridors” is on the list already." in said(page)
    assert Issue.objects.count() == 1
    place.issue("Corridors", place.avon)
    place.issue("Corridors", place.brede)
    assert Issue.objects.count() == 3


@pytest.mark.parametrize("title", ["", "   ", "…!?", "\0", "​"])
def test_what_has_no_words_is_no_thing_to_work_on(place, title):
    page = signed_in(place.head).post(S, {"title": title})
    assert page.status_code == 400
    assert Issue.objects.count() == 0
    with pytest.raises(Refused, match="Say in a few words"):
        place.issue(title)


def test_a_list_has_a_limit(place, monkeypatch):
    monkeypatch.setattr("alongside.goals.actions.issues.MOST_LIVE", 2)
    place.issue("One")
    closed = place.issue("Two")
    with pytest.raises(Refused, match="has 2 things on it"):
        place.issue("Three")
    actions.close_issue(closed, by=place.head.pk)
    place.issue("Three")
    with pytest.raises(Refused, match="has 2 things on it"):
        actions.open_issue(closed, by=place.head.pk)


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", [S, N])
def test_whoever_seems_to_be_named_is_asked_about_once(place, where):
    place.ashmead.staff.update(name="Priya Shah")
    client = signed_in(place.head)
    sent = {"title": "What Priya Shah asks of us", "why": "", "where": f"cluster-{place.avon.pk}"}
    page = client.post(where, sent)
    assert page.status_code == 400
    assert "This may name somebody" in said(page)
    assert Issue.objects.count() == 0
    assert client.post(where, sent | {"sure": "on"}).status_code == 302
    assert Issue.objects.get().title == "What Priya Shah asks of us"


def test_nobody_learns_from_the_question_who_works_at_another_school(place):
    place.copse.staff.update(name="Zola Quist")
    for who in (place.teacher, place.head, place.chair):
        client = signed_in(who)
        sent = {"title": f"What Zola Quist asks of {who.pk}", "where": f"cluster-{place.avon.pk}"}
        assert client.post(N, sent).status_code == 302
    asked = signed_in(place.officer).post(N, {"title": "What Zola Quist asks", "where": "whole"})
    assert "This may name somebody" in said(asked)


@pytest.mark.parametrize("text", ["Ask ann@school.example", "Call 01632 960 200", "Mr Benn decides"])
def test_addresses_telephones_and_titles_are_asked_about_anywhere(place, text):
    sent = {"title": "Meetings", "why": text, "where": "whole"}
    assert "This may name somebody" in said(signed_in(place.chair).post(N, sent))


# --- merging -------------------------------------------------------------------------------------------------------


def test_a_person_merges_two_and_takes_them_apart_again(place):
    one, other = place.issue("Time to plan"), place.issue("Time to plan together", why="On Mondays.")
    client = signed_in(place.head)
    page = said(client.get(f"{S}{one.pk}/"))
    assert "Much like this one" in page
    response = client.post(f"{S}{one.pk}/merge/", {"into": other.pk}, follow=True)
    assert "It is merged into “Time to plan together”." in said(response)
    assert "Merged into it" in said(response)
    listed = said(client.get(S))
    assert "1 thing to work on" in listed
    assert "One more proposal is merged into it" in listed
    assert "It is merged into another" in said(client.get(f"{S}{one.pk}/"))
    assert "stands on the list again" in said(client.post(f"{S}{one.pk}/apart/", follow=True))
    one.refresh_from_db()
    assert (one.merged_into, one.live) == (None, True)
    assert [deed for deed, _ in deeds(place.school)][-2:] == ["goals.issue_merged", "goals.issue_apart"]


def test_nothing_is_merged_by_itself(place):
    place.issue("Time to plan")
    place.issue("Time to plan together")
    signed_in(place.head).get(S)
    assert Issue.objects.live().count() == 2


def test_two_who_merge_at_once_make_no_circle(place):
    one, other = place.issue("Time to plan"), place.issue("Plan time")
    actions.merge(one, other.pk, by=place.head.pk)
    with pytest.raises(Conflict, match="merged or closed meanwhile"):
        actions.merge(other, one.pk, by=place.head.pk)
    with pytest.raises(Conflict, match="merged or closed meanwhile"):
        actions.merge(one, other.pk, by=place.head.pk)
    with pytest.raises(Conflict, match="apart already"):
        actions.apart(other, by=place.head.pk)


def test_a_chain_of_merges_ends_on_the_list(place):
    one, two, three = place.issue("One"), place.issue("Two"), place.issue("Three")
    actions.merge(one, two.pk, by=place.head.pk)
    actions.merge(two, three.pk, by=place.head.pk)
    assert list(Issue.objects.live()) == [three]
    with pytest.raises(Conflict):
        actions.merge(three, one.pk, by=place.head.pk)


def test_only_things_of_one_list_are_merged(place):
    mine = place.issue("Marking", place.avon)
    for other in (place.issue("Marking", place.brede), place.issue("Marking"), mine):
        with pytest.raises(Refused, match="Choose another thing to work on from the same list"):
            actions.merge(mine, other.pk, by=place.head.pk)
        page = signed_in(place.officer).post(f"{N}{mine.pk}/merge/", {"into": other.pk})
        assert (page.status_code, "Choose one from the list." in said(page)) == (400, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=mine.pk).update(merged_into=mine.pk)


def test_closing_and_opening_again(place):
    issue = place.issue("Corridors")
    client = signed_in(place.head)
    client.post(f"{S}{issue.pk}/close/")
    assert "What should we work on?" in said(client.get(S))
    assert "Closed" in said(client.get(S))
    assert client.post(f"{S}{issue.pk}/close/").status_code == 409
    place.issue("corridors")
    page = client.post(f"{S}{issue.pk}/close/", {"open": "yes"})
    assert page.status_code == 409
    assert "is on the list already" in said(page)
    Issue.objects.live().delete()
    assert client.post(f"{S}{issue.pk}/close/", {"open": "yes"}).status_code == 302
    assert client.post(f"{S}{issue.pk}/close/", {"open": "yes"}).status_code == 409


# --- first in the school, then in the cluster ----------------------------------------------------------------------


def test_a_leader_puts_it_forward_and_the_schools_own_stays(place):
    issue = place.issue("Time to plan", why="On Mondays.")
    client = signed_in(place.head)
    assert "Avon cluster of Harbour Trust" in said(client.get(f"{S}{issue.pk}/"))
    assert "Brede" not in said(client.get(f"{S}{issue.pk}/"))
    response = client.post(f"{S}{issue.pk}/forward/", {"to": f"cluster-{place.avon.pk}"}, follow=True)
    assert "It is on the list of Avon cluster too, as put forward by your school." in said(response)
    there = Issue.objects.get(organisation=place.network)
    assert (there.title, there.why, there.cluster, there.from_school, there.from_issue) == (
        "Time to plan",
        "On Mondays.",
        place.avon,
        place.ashmead,
        issue,
    )
    issue.refresh_from_db()
    assert issue.live
    assert "Put forward by Ashmead" in said(signed_in(place.chair).get(N))
    assert client.post(f"{S}{issue.pk}/forward/", {"to": f"cluster-{place.avon.pk}"}).status_code == 409
    assert client.post(f"{S}{issue.pk}/forward/", {"to": f"network-{place.network.pk}"}).status_code == 302
    assert Issue.objects.filter(organisation=place.network).count() == 2


def test_a_schools_own_list_is_nobody_elses(place):
    issue = place.issue("Time to plan")
    for who in (place.chair, place.officer):
        assert signed_in(who).get(S).status_code == 404
        assert signed_in(who).get(f"{N}{issue.pk}/").status_code == 404
        assert "Time to plan" not in said(signed_in(who).get(N))


@pytest.mark.parametrize("to", ["", "cluster-0", "network-0", "whole", "cluster-²", "x" * 20_000])
def test_it_goes_only_where_the_school_belongs(place, to):
    issue = place.issue("Time to plan")
    client = signed_in(place.head)
    assert client.post(f"{S}{issue.pk}/forward/", {"to": to}).status_code == 400
    assert client.post(f"{S}{issue.pk}/forward/", {"to": f"cluster-{place.brede.pk}"}).status_code == 400
    with pytest.raises(Refused, match="does not belong there today"):
        actions.put_forward(issue, place.network.pk, place.brede, by=place.head.pk)
    other = make.network("Other Trust")
    with pytest.raises(Refused, match="does not belong there today"):
        actions.put_forward(issue, other.pk, None, by=place.head.pk)
    with pytest.raises(Refused, match="does not belong there today"):
        actions.put_forward(issue, other.pk, place.avon, by=place.head.pk)
    assert Issue.objects.count() == 1


def test_what_was_closed_or_merged_is_not_put_forward(place):
    issue, other = place.issue("Time to plan"), place.issue("Corridors")
    actions.close_issue(issue, by=place.head.pk)
    actions.merge(other, place.issue("Halls").pk, by=place.head.pk)
    for each in (issue, other):
        with pytest.raises(Conflict, match="closed or merged meanwhile"):
            actions.put_forward(each, place.network.pk, place.avon, by=place.head.pk)


# --- who ----------------------------------------------------------------------------------------------------------


def test_people_propose_where_they_work(place):
    values = {
        who: [each.value for each in reads.places(place.network, make.membership(who, place.network))]
        for who in (place.teacher, place.chair, place.officer)
    }
    avon, brede = f"cluster-{place.avon.pk}", f"cluster-{place.brede.pk}"
    assert values == {
        place.teacher: [avon, "whole"],
        place.chair: [avon, "whole"],
        place.officer: [avon, brede, "whole"],
    }
    page = signed_in(place.teacher).post(N, {"title": "Marking", "where": brede})
    assert (page.status_code, Issue.objects.count()) == (400, 0)


def test_a_chair_keeps_the_own_clusters_list_only(place):
    mine, theirs, whole = (place.issue("Marking", each) for each in (place.avon, place.brede, None))
    Issue.objects.filter(pk=whole.pk).update(organisation=place.network)
    client = signed_in(place.chair)
    assert client.post(f"{N}{mine.pk}/close/").status_code == 302
    assert [client.post(f"{N}{each.pk}/close/").status_code for each in (theirs, whole)] == [403, 403]
    assert signed_in(place.officer).post(f"{N}{whole.pk}/close/").status_code == 302


def test_a_stakeholder_reads_what_is_published_only(place):
    assert signed_in(make.stakeholder(place.network)).get(N).status_code == 403


def test_whoever_is_erased_is_named_no_more(place):
    place.teacher.name = "Priya Shah"
    place.teacher.save()
    issue = actions.propose(place.school, None, "What Priya Shah wants", "", by=place.teacher.pk)
    erase(place.teacher, by=place.head.pk)
    issue.refresh_from_db()
    assert (issue.proposed_by, "Priya" in issue.title) == (None, False)
