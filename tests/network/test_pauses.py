"""Pausing a school: once, whoever taps, to the end of a day where it is; who is silenced and who may know."""

import datetime
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from alongside.kit import mail
from alongside.kit.errors import Refused
from alongside.kit.models import JournalEntry
from alongside.network import actions, pauses
from alongside.network.models import Organisation, Pause
from tests import make
from tests.surveys.threads import together

LATER = datetime.timedelta(hours=3)


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


@pytest.fixture
def place(db):
    return _place()


def _place():
    one, other = make.network("Riverway Trust"), make.network("Brede Alliance")
    schools = [make.school("Ashmead"), make.school("Birch")]
    make.cluster(one, "Avon", schools)
    make.cluster(other, "Cray", schools)
    for school in schools:
        school.refresh_from_db()
    return one, other, *schools


def journal(organisation):
    return list(
        JournalEntry.objects.filter(organisation=organisation.pk)
        .order_by("number")
        .values_list("deed", "by", "about", "payload")
    )


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("Europe/London", date(2027, 1, 15), "2027-01-16T00:00"),
        ("Europe/London", date(2027, 3, 27), "2027-03-28T00:00"),  # the night before the clocks go on
        ("Europe/London", date(2027, 3, 28), "2027-03-28T23:00"),  # that day has 23 hours
        ("Europe/London", date(2027, 10, 31), "2027-11-01T00:00"),  # and this one 25
        ("Pacific/Auckland", date(2027, 4, 4), "2027-04-04T12:00"),
        ("Pacific/Auckland", date(2027, 9, 26), "2027-09-26T11:00"),
    ],
)
def test_a_day_means_its_end_where_the_school_is(place, zone, day, end, time_machine):
    time_machine.move_to(at("2027-01-10T09:00"))
    _, _, school, _ = place
    Organisation.objects.filter(pk=school.organisation.pk).update(zone=zone)
    school.organisation.refresh_from_db()
    held = actions.pause(school, school.organisation, day, by=7)
    assert held.until == at(end)
    assert pauses.last_day(held, zone) == day
    minute = datetime.timedelta(minutes=1)
    time_machine.move_to(at(end) - minute)
    assert pauses.paused([school.pk], school.organisation) == {school.pk}
    time_machine.move_to(at(end) + minute)
    assert pauses.paused([school.pk], school.organisation) == set()


def test_a_schools_own_pause_silences_everybody_and_a_networks_what_that_network_sends(place):
    one, other, ashmead, birch = place
    both = [ashmead.pk, birch.pk]
    actions.pause(ashmead, ashmead.organisation, None, by=7)
    actions.pause(birch, other, None, by=8)
    assert pauses.paused(both, one) == {ashmead.pk}
    assert pauses.paused(both, other) == {ashmead.pk, birch.pk}
    assert pauses.paused(both, ashmead.organisation) == {ashmead.pk}
    assert pauses.paused([birch.pk], birch.organisation) == set()
    assert pauses.silencing(Pause.objects.current()) == {(ashmead.pk, None), (birch.pk, other.pk)}


def test_a_pause_is_known_in_its_network_and_in_the_school_only(place):
    one, other, ashmead, birch = place
    both = [ashmead.pk, birch.pk]
    actions.pause(ashmead, ashmead.organisation, None, by=7)
    actions.pause(birch, other, None, by=8)
    assert pauses.known(both, one).keys() == {ashmead.pk}
    assert pauses.known(both, other).keys() == {ashmead.pk, birch.pk}
    assert pauses.known([birch.pk], birch.organisation).keys() == {birch.pk}
    assert pauses.known([birch.pk], other)[birch.pk].organisation == other


def test_pausing_twice_is_once(place):
    _, _, school, _ = place
    day = timezone.localdate() + 7 * make.DAY
    first = actions.pause(school, school.organisation, day, by=7)
    second = actions.pause(school, school.organisation, day, by=8)
    assert (second.pk, second.set_by, Pause.objects.count()) == (first.pk, 7, 1)
    assert [deed for deed, *_ in journal(school.organisation)] == ["network.paused"]


def test_another_day_changes_the_pause_that_is_there(place):
    _, _, school, _ = place
    first = actions.pause(school, school.organisation, timezone.localdate() + make.DAY, by=7)
    second = actions.pause(school, school.organisation, None, by=8)
    assert (second.pk, second.until, second.since) == (first.pk, None, first.since)
    about = f"school:{school.pk}"
    assert journal(school.organisation) == [
        ("network.paused", 7, about, {"until": first.until.isoformat()}),
        ("network.paused", 8, about, {"until": None}),
    ]


def test_lifting_ends_it_at_once_and_twice_is_once(place):
    one, _, school, _ = place
    actions.pause(school, school.organisation, None, by=7)
    assert actions.lift(school, school.organisation, by=8) is True
    assert actions.lift(school, school.organisation, by=9) is False
    assert pauses.paused([school.pk], one) == set()
    assert [(deed, by) for deed, by, *_ in journal(school.organisation)] == [
        ("network.paused", 7),
        ("network.pause_lifted", 8),
    ]
    assert Pause.objects.get().lifted_by == 8


def test_nobody_lifts_what_another_organisation_set(place):
    one, other, school, _ = place
    actions.pause(school, one, None, by=7)
    assert actions.lift(school, other, by=8) is False
    assert actions.lift(school, school.organisation, by=8) is False
    assert pauses.paused([school.pk], one) == {school.pk}


def test_a_pause_that_has_run_out_makes_room_for_the_next(place, time_machine):
    one, _, school, _ = place
    first = actions.pause(school, school.organisation, timezone.localdate(), by=7)
    time_machine.move_to(first.until + LATER)
    assert pauses.paused([school.pk], one) == set()
    assert actions.lift(school, school.organisation, by=7) is False
    second = actions.pause(school, school.organisation, None, by=7)
    first.refresh_from_db()
    assert (second.pk != first.pk, first.lifted_at) == (True, first.until)
    assert pauses.paused([school.pk], one) == {school.pk}


@pytest.mark.parametrize("day", [date.min, date.max, date(2026, 5, 10), date(2027, 5, 20)])
def test_a_day_that_is_over_or_too_far_away_is_refused(place, day, time_machine):
    time_machine.move_to(at("2026-05-12T09:00"))
    _, _, school, _ = place
    with pytest.raises(Refused, match=r"is over|a year at most"):
        actions.pause(school, school.organisation, day, by=7)
    assert (Pause.objects.count(), journal(school.organisation)) == (0, [])


def test_the_database_holds_one_pause_of_a_school_by_an_organisation(place):
    _, _, school, _ = place
    held = actions.pause(school, school.organisation, timezone.localdate(), by=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(organisation=held.organisation, school=school, since=timezone.now(), set_by=7)


@pytest.mark.django_db(transaction=True)
def test_two_people_pausing_at_once_make_one_pause_and_both_are_in_the_journal_if_they_differ():
    _, _, school, _ = _place()
    days = [timezone.localdate() + 3 * make.DAY, None]
    together(2, lambda number: actions.pause(school, school.organisation, days[number], by=number + 1))
    assert Pause.objects.filter(lifted_at__isnull=True).count() == 1
    assert sorted(by for _, by, *_ in journal(school.organisation)) == [1, 2]
    together(2, lambda number: actions.lift(school, school.organisation, by=number + 1))
    assert [deed for deed, *_ in journal(school.organisation)][2:] == ["network.pause_lifted"]


def test_a_permit_is_asked_at_the_moment_of_sending(place, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    one, _, school, _ = place
    name = pauses.letter("tests.letter", "a letter of the tests")
    leave = pauses.permit(name, school.pk, one.pk)
    mail.send("a@school.example", "One", "text", permit=leave)
    actions.pause(school, one, None, by=7)
    with pytest.raises(mail.Silenced):
        mail.send("a@school.example", "Two", "text", permit=leave)
    actions.lift(school, one, by=7)
    mail.send("a@school.example", "Three", "text", permit=leave)
    pauses.LETTERS.pop(name)


def test_a_letter_that_nobody_announced_gets_no_permit():
    with pytest.raises(LookupError, match="No letter was announced"):
        pauses.permit("nobody.knows", 1, 2)
