"""Coming together and parting: asking, inviting, answering, leaving with notice, on the rows that come of it."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import connection

from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network import actions, reads
from alongside.network.models import (
    ClusterMembership,
    Joining,
    LeavingNotice,
    NetworkMembership,
    Organisation,
    School,
)
from tests import make

pytestmark = pytest.mark.django_db
TODAY = datetime.date.today()
DAY = make.DAY


@pytest.fixture
def two():
    """A network with the clusters Avon and Brede; Ashmead and Birch in the first, Copse and Dell in the second."""
    network = make.network()
    schools = [make.school(name) for name in ("Ashmead", "Birch", "Copse", "Dell")]
    return network, make.cluster(network, "Avon", schools[:2]), make.cluster(network, "Brede", schools[2:]), schools


def in_cluster(cluster) -> list[str]:
    return sorted(school.name for school in reads.cluster_schools(cluster))


def deeds(network: Organisation) -> list[str]:
    return list(JournalEntry.objects.filter(organisation=network.pk).order_by("number").values_list("deed", flat=True))


# --- asking and answering ------------------------------------------------------------------------------------------


def test_asking_twice_is_once(two):
    network, avon, _, schools = two
    first = actions.ask_to_join(network, avon, schools[2], "May we?", by=1)
    assert actions.ask_to_join(network, avon, schools[2], "May we, please?", by=2) == first
    assert Joining.objects.get().words == "May we?"
    assert deeds(network)[-1] == "network.school_asked"


def test_yes_puts_the_school_where_it_asked_to_be(two):
    network, avon, brede, schools = two
    actions.answer_joining(actions.ask_to_join(network, avon, schools[2], "", by=1), yes=True, words="Welcome", by=9)
    assert in_cluster(avon) == ["Ashmead", "Birch", "Copse"]
    assert in_cluster(brede) == ["Copse", "Dell"]
    found = Joining.objects.get()
    assert (found.state, found.answer, found.answered_by) == ("yes", "Welcome", 9)


def test_no_changes_nothing_and_the_school_may_ask_again(two):
    network, avon, _, schools = two
    first = actions.ask_to_join(network, avon, schools[2], "", by=1)
    actions.answer_joining(first, yes=False, words="Next year", by=9)
    assert in_cluster(avon) == ["Ashmead", "Birch"]
    assert actions.ask_to_join(network, avon, schools[2], "", by=1) != first


def test_a_school_of_the_register_is_invited_into_the_network(two):
    network, _, _, _ = two
    elm = make.school("Elm")
    actions.answer_joining(actions.invite(network, None, elm, "", by=1), yes=True, words="", by=5)
    assert elm in School.objects.in_network(network)
    assert School.objects.get(pk=elm.pk).slug == "elm"


def test_two_who_answer_one_after_the_other_the_second_is_told(two):
    network, avon, _, schools = two
    asked = actions.ask_to_join(network, avon, schools[2], "", by=1)
    actions.answer_joining(asked, yes=False, words="", by=8)
    with pytest.raises(Conflict, match=r"^This was answered already: no\. Nothing more was changed\.$"):
        actions.answer_joining(asked, yes=True, words="", by=9)
    assert in_cluster(avon) == ["Ashmead", "Birch"]


def test_who_belongs_already_need_not_ask(two):
    network, avon, _, schools = two
    for ask in (actions.ask_to_join, actions.invite):
        with pytest.raises(Refused, match=r"^Ashmead belongs to Avon already\.$"):
            ask(network, avon, schools[0], "", by=1)
    with pytest.raises(Refused, match=r"^Ashmead belongs to Riverway Trust already\.$"):
        actions.ask_to_join(network, None, schools[0], "", by=1)


def test_who_was_asked_by_the_other_side_is_told_to_answer(two):
    network, avon, _, schools = two
    actions.invite(network, avon, schools[2], "", by=1)
    with pytest.raises(Conflict, match="is invited there already and need only say yes"):
        actions.ask_to_join(network, avon, schools[2], "", by=2)
    actions.ask_to_join(network, avon, schools[3], "", by=2)
    with pytest.raises(Conflict, match="has asked already: answer it"):
        actions.invite(network, avon, schools[3], "", by=1)


def test_a_closed_school_is_not_invited(two):
    network, _, _, _ = two
    elm = make.school("Elm")
    elm.status = School.Status.CLOSED
    with pytest.raises(Refused, match=r"^Elm is closed and cannot join\.$"):
        actions.invite(network, None, elm, "", by=1)


def test_what_was_taken_back_cannot_be_answered(two):
    network, avon, _, schools = two
    asked = actions.ask_to_join(network, avon, schools[2], "", by=1)
    actions.take_back_joining(asked, by=1)
    with pytest.raises(Conflict, match="taken back"):
        actions.answer_joining(asked, yes=True, words="", by=9)
    with pytest.raises(Conflict):
        actions.take_back_joining(asked, by=1)


def at_once(*jobs) -> list[object]:
    """Each job in a thread with a connection of its own; what each returned or raised."""
    results: list[object] = [None] * len(jobs)
    barrier = threading.Barrier(len(jobs))

    def run(at: int) -> None:
        barrier.wait()
        try:
            results[at] = jobs[at]()
        except Refused as refused:
            results[at] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_one_counts():
    network = make.network()
    schools = [make.school(name) for name in ("Ashmead", "Birch", "Copse")]
    avon = make.cluster(network, "Avon", schools[:2])
    asked = actions.ask_to_join(network, avon, schools[2], "", by=1)
    said = at_once(
        lambda: actions.answer_joining(asked, yes=True, words="", by=8),
        lambda: actions.answer_joining(asked, yes=True, words="", by=9),
    )
    assert sorted(type(each).__name__ for each in said) == ["Conflict", "NoneType"]
    assert ClusterMembership.objects.filter(cluster=avon, school=schools[2]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_bring_in_a_school_at_once_bring_it_in_once():
    network = make.network()
    schools = [make.school(name) for name in ("Ashmead", "Birch")]
    avon, elm = make.cluster(network, "Avon", schools), make.school("Elm")
    said = at_once(*[lambda by=by: actions.add_school(avon, elm, by=by) for by in (1, 2, 3)])
    assert said == [None, None, None]
    assert ClusterMembership.objects.filter(school=elm).count() == 1
    assert NetworkMembership.objects.filter(school=elm).count() == 1


# --- leaving -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "today", "ends"),
    [
        ("gb", "2026-03-01", "2026-08-31"),
        ("gb", "2026-08-31", "2026-08-31"),
        ("gb", "2026-09-01", "2027-08-31"),
        ("nz", "2026-02-01", "2027-01-31"),
        ("nz", "2026-01-31", "2026-01-31"),
        ("au", "2026-06-01", "2027-01-31"),
    ],
)
def test_the_usual_last_day_is_the_end_of_the_school_year(country, today, ends):
    found = actions.end_of_school_year(country, datetime.date.fromisoformat(today))
    assert found == datetime.date.fromisoformat(ends)


def test_a_school_leaves_the_network_and_its_clusters_after_its_last_day(two):
    network, avon, _, schools = two
    last = TODAY + 40 * DAY
    actions.give_notice(network, None, schools[0], last, by=5)
    for day, there in ((TODAY, True), (last, True), (last + DAY, False)):
        assert (schools[0] in School.objects.in_network(network, day)) is there
        assert (schools[0] in reads.cluster_schools(avon, day)) is there
    assert deeds(network)[-1] == "network.notice_given"


def test_leaving_a_cluster_is_not_leaving_the_network(two):
    network, avon, _, schools = two
    actions.give_notice(network, avon, schools[0], TODAY, by=5)
    tomorrow = TODAY + DAY
    assert schools[0] not in reads.cluster_schools(avon, tomorrow)
    assert schools[0] in School.objects.in_network(network, tomorrow)


def test_giving_notice_twice_is_once_and_for_another_day_it_is_a_conflict(two):
    network, _, _, schools = two
    last = TODAY + 40 * DAY
    first = actions.give_notice(network, None, schools[0], last, by=5)
    assert actions.give_notice(network, None, schools[0], last, by=6) == first
    with pytest.raises(Conflict, match="Take it back first"):
        actions.give_notice(network, None, schools[0], last + DAY, by=5)
    assert LeavingNotice.objects.count() == 1


def test_notice_is_taken_back_until_its_day(two):
    network, avon, _, schools = two
    last = TODAY + 40 * DAY
    notice = actions.give_notice(network, None, schools[0], last, by=5)
    actions.take_back_notice(notice, by=6)
    far = last + 400 * DAY
    assert schools[0] in School.objects.in_network(network, far)
    assert schools[0] in reads.cluster_schools(avon, far)
    with pytest.raises(Conflict, match="taken back already"):
        actions.take_back_notice(notice, by=6)
    late = actions.give_notice(network, None, schools[1], TODAY, by=5)
    LeavingNotice.objects.filter(pk=late.pk).update(last_day=TODAY - DAY)
    late.refresh_from_db()
    with pytest.raises(Refused, match=r"^The last day has passed\. Ask to join again\.$"):
        actions.take_back_notice(late, by=6)


def test_taking_notice_to_the_network_back_keeps_the_one_to_a_cluster(two):
    network, avon, _, schools = two
    last = TODAY + 40 * DAY
    actions.give_notice(network, avon, schools[0], last, by=5)
    whole = actions.give_notice(network, None, schools[0], last, by=5)
    actions.take_back_notice(whole, by=5)
    assert schools[0] in School.objects.in_network(network, last + DAY)
    assert schools[0] not in reads.cluster_schools(avon, last + DAY)


def test_a_school_that_has_given_notice_is_not_brought_in_a_second_time(two):
    """It would stay for good: nobody can be made to."""
    network, _, _, schools = two
    last = TODAY + 40 * DAY
    actions.give_notice(network, None, schools[0], last, by=5)
    cray = actions.form_cluster(network, "Cray", [schools[0], schools[3]])
    assert list(reads.cluster_schools(cray, last + DAY)) == [schools[3]]
    assert NetworkMembership.objects.filter(school=schools[0]).count() == 1
    assert schools[0] not in School.objects.in_network(network, last + DAY)


def test_other_schools_and_networks_are_not_touched(two):
    network, _, _, schools = two
    other = make.network("Coast Maths")
    make.cluster(other, "Maths", schools[:2])
    last = TODAY + 40 * DAY
    actions.give_notice(network, None, schools[0], last, by=5)
    assert schools[0] in School.objects.in_network(other, last + DAY)
    assert schools[1] in School.objects.in_network(network, last + DAY)
    assert ClusterMembership.objects.filter(school=schools[0], until__isnull=True).get().cluster.organisation == other


@pytest.mark.parametrize("days", [-1, 3 * 365 + 1, 100_000])
def test_a_last_day_that_cannot_be_is_refused(two, days):
    network, _, _, schools = two
    with pytest.raises(Refused, match="Choose a last day from today on"):
        actions.give_notice(network, None, schools[0], TODAY + days * DAY, by=5)


# --- several networks ----------------------------------------------------------------------------------------------


def test_a_school_in_two_networks_has_one_staff_list(two):
    network, _, _, schools = two
    make.staff(schools[0], 3)
    before = School.objects.get(pk=schools[0].pk).organisation
    other = make.network("Coast Maths")
    actions.answer_joining(actions.invite(other, None, schools[0], "", by=1), yes=True, words="", by=5)
    after = School.objects.get(pk=schools[0].pk)
    assert (after.organisation, after.staff.count()) == (before, 3)
    assert School.objects.in_network(network).get(pk=after.pk).staff.count() == 3
    assert School.objects.in_network(other).get(pk=after.pk).staff.count() == 3
