"""Asking and opening a wave: who is on the roster, and what a worker that dies on the way leaves behind."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from alongside.kit.errors import Conflict, Refused
from alongside.network.models import NetworkMembership, School
from alongside.people.models import ConfirmedDomain, Person, StaffEntry
from alongside.surveys import actions, reads, seal, tickets
from alongside.surveys.models import RosterEntry, SeriesHome, Ticket, Wave, WaveSchool
from tests import make
from tests.surveys import worlds
from tests.surveys.killed import Killed, killed_at, statements_of
from tests.surveys.threads import together

SIZES = {"X": {"A": 9, "B": 3}}


@pytest.fixture
def network(db):
    return worlds.network_of(SIZES)[0]


def planned(network, opens_in=datetime.timedelta(0), pulse="well"):
    opens_at = timezone.now() + opens_in
    return actions.ask(network, pulse, opens_at, opens_at + 7 * make.DAY)


def opened(wave):
    """(state, people on the roster, tickets, schools, invited)"""
    wave.refresh_from_db()
    counts = [model.objects.filter(wave=wave.pk).count() for model in (RosterEntry, Ticket, WaveSchool)]
    return (wave.state, *counts, wave.invited)


def queued(path):
    return OxTask.objects.filter(task_path=path).count()


# --- asking --------------------------------------------------------------------------------------------------------------------


def test_a_pulse_needs_ten_people_who_can_be_asked(db):
    network, _, schools = worlds.network_of({"X": {"A": 6, "B": 3}})
    with pytest.raises(Refused, match="at least 10 people who can be asked by mail; so far there are 9"):
        planned(network)
    assert not Wave.objects.exists()
    make.staff(schools["B"], 1)
    assert planned(network).state == "planned"


def test_a_second_wave_waits_until_the_first_has_closed(network):
    wave = planned(network)
    for state in ("planned", "open", "closed"):
        Wave.objects.filter(pk=wave.pk).update(state=state)
        with pytest.raises(Conflict):
            planned(network)
    Wave.objects.filter(pk=wave.pk).update(state="published")
    assert planned(network).number == 2
    assert planned(network, pulse="lead").number == 1


def test_asking_queues_the_opening_for_its_moment(network):
    planned(network, make.DAY)
    assert OxTask.objects.get().task_path == actions.OPEN
    assert OxTask.objects.get().run_after > timezone.now() + make.DAY / 2
    assert run_tasks() == []


def test_calling_off_leaves_nothing_and_is_possible_only_before_the_opening(network):
    wave = planned(network, make.DAY)
    actions.call_off(wave)
    assert not Wave.objects.exists()
    wave = make.open_wave(network)
    with pytest.raises(Conflict):
        actions.call_off(wave)
    assert opened(wave) == ("open", 12, 12, 2, 12)


# --- opening ------------------------------------------------------------------------------------------------------------------


def test_opening_freezes_the_roster_and_makes_a_ticket_for_each(network):
    wave = planned(network)
    actions.open_wave(wave.pk)
    assert opened(wave) == ("open", 12, 12, 2, 12)
    assert not Ticket.objects.filter(used=True).exists()
    assert dict(Ticket.objects.values_list("digest", "school")).keys() == {
        tickets.digest(token) for token in make.tokens(wave)
    }
    assert sorted(WaveSchool.objects.values_list("invited", flat=True)) == [3, 9]
    assert (queued(actions.SEND), queued(actions.SEAL)) == (1, 1)


def test_opening_twice_is_once(network):
    wave = planned(network)
    actions.open_wave(wave.pk)
    before = (opened(wave), tickets.read_key(wave.pk), set(Ticket.objects.values_list("digest", flat=True)))
    make.staff(School.objects.first(), 5)
    actions.open_wave(wave.pk)
    actions.open_wave(wave.pk)
    assert (opened(wave), tickets.read_key(wave.pk), set(Ticket.objects.values_list("digest", flat=True))) == before
    assert (queued(actions.SEND), queued(actions.SEAL)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_open_a_wave_at_once_open_it_once():
    network, _, _ = worlds.network_of(SIZES)
    wave = planned(network)
    together(4, lambda _: actions.open_wave(wave.pk))
    assert opened(wave) == ("open", 12, 12, 2, 12)
    assert {tickets.digest(token) for token in make.tokens(wave)} == set(
        Ticket.objects.values_list("digest", flat=True)
    )
    assert (queued(actions.SEND), queued(actions.SEAL)) == (1, 1)


def test_a_worker_killed_at_any_statement_of_the_opening_leaves_it_to_be_done_again(network):
    wave = planned(network)
    total = statements_of(lambda: actions.open_wave(wave.pk))
    assert total > 10
    for nth in range(1, total + 1):
        with worlds.undone():
            with killed_at(nth), pytest.raises(Killed):
                actions.open_wave(wave.pk)
            assert opened(wave) == ("planned", 0, 0, 0, 0)
            actions.open_wave(wave.pk)
            assert opened(wave) == ("open", 12, 12, 2, 12)
            tokens = {tickets.digest(token) for token in make.tokens(wave)}
            assert tokens == {bytes(digest) for digest in Ticket.objects.values_list("digest", flat=True)}
            assert (queued(actions.SEND), queued(actions.SEAL)) == (1, 1)


def test_nothing_opens_before_its_time(network, time_machine):
    wave = planned(network, make.DAY)
    actions.open_wave(wave.pk)
    assert opened(wave) == ("planned", 0, 0, 0, 0)
    assert not tickets.key_path(wave.pk).exists()
    time_machine.move_to(wave.opens_at)
    actions.open_wave(wave.pk)
    assert opened(wave) == ("open", 12, 12, 2, 12)


def test_a_wave_whose_audience_has_shrunk_under_ten_stays_planned_and_says_so(network, time_machine):
    wave = planned(network)
    StaffEntry.objects.filter(pk__in=list(StaffEntry.objects.values_list("pk", flat=True)[:3])).delete()
    time_machine.move_to(wave.opens_at + 5 * worlds.MINUTE)
    actions.open_wave(wave.pk)
    assert opened(wave) == ("planned", 0, 0, 0, 0)
    page = reads.wave_page(wave, make.membership(make.officer(network), network))
    assert (page.too_few, page.line.about) == (True, "not open yet")
    make.staff(School.objects.order_by("pk").first(), 1)
    actions.open_wave(wave.pk)
    assert opened(wave) == ("open", 10, 10, 2, 10)


def test_due_work_makes_up_for_a_queue_that_was_lost(network, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    wave = planned(network)
    for state in ("open", "sealed"):
        OxTask.objects.all().delete()
        actions.due_work()
        run_tasks()
        wave.refresh_from_db()
        assert wave.state == state
        past = timezone.now() - worlds.MINUTE
        Wave.objects.filter(pk=wave.pk).update(opens_at=past - make.DAY, closes_at=past)
    assert not RosterEntry.objects.exists()


def test_due_work_asks_again_for_letters_that_were_never_sent(network):
    wave = make.open_wave(network)
    OxTask.objects.all().delete()
    actions.due_work()
    assert (queued(actions.SEND), queued(actions.SEAL), queued(actions.OPEN)) == (1, 0, 0)
    RosterEntry.objects.update(invited_at=timezone.now())
    OxTask.objects.all().delete()
    actions.due_work()
    assert not OxTask.objects.exists()
    assert opened(wave)[0] == "open"


# --- who is asked ------------------------------------------------------------------------------------------------------------------


def roster(wave):
    """Address → school, of everybody who was invited."""
    return dict(RosterEntry.objects.filter(wave=wave).values_list("person__email", "school__name"))


def moonlights(person, at, hours):
    """The person works at a second school as well."""
    StaffEntry.objects.create(
        organisation=at.organisation, school=at, person=person, name=person.name, job="teacher", hours=hours,
        since=datetime.date.today() - make.DAY,
    )  # fmt: skip
    ConfirmedDomain.objects.get_or_create(organisation=at.organisation, domain=person.email.rpartition("@")[2])


@pytest.mark.parametrize(("first", "second", "asked_at"), [(8, 20, "B"), (20, 8, "A"), (None, 1, "B"), (16, 16, "A")])
def test_a_person_on_two_rosters_gets_one_ticket_at_the_school_of_most_hours(first, second, asked_at, db):
    network, _, schools = worlds.network_of({"X": {"A": 9, "B": 3}})
    person = make.staff(schools["A"], 1)[0]
    StaffEntry.objects.filter(person=person).update(hours=first)
    moonlights(person, schools["B"], second)
    wave = make.open_wave(network)
    assert opened(wave) == ("open", 13, 13, 2, 13)
    assert roster(wave)[person.email] == schools[asked_at].name
    token = tickets.token(tickets.read_key(wave.pk), person.pk, "staff")
    assert Ticket.objects.get(digest=tickets.digest(token)).school == schools[asked_at]


def test_only_addresses_on_a_domain_that_their_own_school_confirmed_are_asked(db):
    network, _, schools = worlds.network_of({"X": {"A": 9, "B": 3}})
    a, b = schools["A"], schools["B"]
    domain = ConfirmedDomain.objects.get(organisation=a.organisation).domain
    wrong = [
        "one@elsewhere.example",
        f"two@sub.{domain}",
        f"three@evil{domain}",
        f"four@{domain}.evil.example",
        f"five@{ConfirmedDomain.objects.get(organisation=b.organisation).domain}",
        f"six@{domain}@evil.example",
    ]
    for email in wrong:
        _lists(a, email)
    _lists(a, None)
    right = _lists(a, f"seven@{domain}")
    wave = make.open_wave(network)
    assert len(roster(wave)) == 13
    assert roster(wave)[right.email] == a.name
    assert not set(wrong) & set(roster(wave))


def _lists(school, email):
    """The school puts somebody with this address on its list."""
    person = Person.objects.create(email=email, name="Somebody", password="!")
    StaffEntry.objects.create(
        organisation=school.organisation, school=school, person=person, name=person.name, job="teacher",
        since=datetime.date.today() - make.DAY,
    )  # fmt: skip
    return person


def test_who_has_left_is_closed_or_belongs_elsewhere_is_not_asked(db):
    network, clusters, schools = worlds.network_of({"X": {"A": 9, "B": 3, "C": 4}, "Y": {"D": 5, "E": 2, "F": 3}})
    StaffEntry.objects.filter(pk=schools["A"].staff.first().pk).update(until=datetime.date.today())
    Person.objects.filter(pk=schools["A"].staff.last().person_id).update(is_active=False)
    School.objects.filter(pk=schools["C"].pk).update(status="closed")
    NetworkMembership.objects.filter(school=schools["F"]).update(until=datetime.date.today())
    worlds.network_of({"Z": {"G": 12, "H": 3}})
    wave = make.open_wave(network)
    assert sorted(roster(wave).values()) == sorted(
        name for school, count in (("A", 7), ("B", 3), ("D", 5), ("E", 2)) for name in [schools[school].name] * count
    )
    inside = make.open_wave(network, "lead", cluster=clusters["X"])
    assert set(roster(inside).values()) == {schools["A"].name, schools["B"].name}
    assert set(SeriesHome.objects.filter(series=inside.series).values_list("cluster", flat=True)) == {clusters["X"].pk}


def test_people_who_join_after_the_opening_have_no_ticket(network):
    wave = make.open_wave(network)
    late = make.staff(School.objects.order_by("pk").first(), 1)[0]
    token = tickets.token(tickets.read_key(wave.pk), late.pk, "staff")
    assert not Ticket.objects.filter(digest=tickets.digest(token)).exists()
    assert reads.door(wave.pk, tickets.digest(token)) is None


# --- extending ------------------------------------------------------------------------------------------------------------------


def test_a_wave_can_be_open_longer_and_never_shorter(network):
    wave = make.open_wave(network)
    before, later = wave.closes_at, wave.closes_at + make.DAY
    for earlier in (before, before - make.DAY):
        with pytest.raises(Refused):
            actions.extend(wave, earlier)
    actions.extend(wave, later)
    wave.refresh_from_db()
    assert (wave.closes_at, wave.revision) == (later, 2)
    seal_due = OxTask.objects.filter(task_path=actions.SEAL).order_by("run_after")
    assert [task.run_after for task in seal_due] == [before, later]


def test_the_seal_of_the_first_closing_time_does_nothing_to_an_extended_wave(network, time_machine):
    wave = make.open_wave(network)
    before = wave.closes_at
    actions.extend(wave, before + make.DAY)
    time_machine.move_to(before + worlds.MINUTE)
    seal.seal(wave.pk)
    assert opened(wave) == ("open", 12, 12, 2, 12)


def test_a_wave_that_has_closed_cannot_be_extended_or_opened_again(network, time_machine):
    wave = make.open_wave(network)
    later = wave.closes_at + 7 * make.DAY
    time_machine.move_to(wave.closes_at)
    with pytest.raises(Conflict):
        actions.extend(wave, later)
    seal.seal(wave.pk)
    with pytest.raises(Conflict):
        actions.extend(wave, later)
    actions.open_wave(wave.pk)
    assert opened(wave) == ("sealed", 0, 0, 2, 12)


@pytest.mark.postgres
def test_opening_makes_a_partition_of_its_own_for_each_kind_of_row(network):
    wave = make.open_wave(network)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhrelid::regclass::text LIKE %s", [f"%_w{wave.pk}"]
        )
        assert sorted(name for (name,) in cursor.fetchall()) == [
            f"surveys_{kind}_w{wave.pk}" for kind in ("answer", "comment", "ticket")
        ]
