"""Reminders: who gets one, what they leave behind, and what an attacker who reads everything learns of who answered."""

import datetime
import itertools
import json
import logging
import random

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from alongside.calendar import actions as calendar_actions
from alongside.kit import mail
from alongside.kit.models import MailFailure
from alongside.network import actions as network_actions
from alongside.people.models import Person
from alongside.surveys import actions, stopping, tickets
from alongside.surveys.actions import rounds
from alongside.surveys.models import Answer, Nudge, RosterEntry, Round, Ticket, Wave
from tests import make, smtp
from tests.surveys import worlds
from tests.surveys.killed import Killed, killed_at, statements_of
from tests.surveys.threads import together

SECOND = datetime.timedelta(seconds=1)
MONDAY = datetime.datetime(2026, 11, 16, 9, 0, tzinfo=datetime.UTC)  # London has UTC in winter
WEDNESDAY, FRIDAY = MONDAY + 2 * make.DAY, MONDAY + 4 * make.DAY


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def world(db):
    """Opened on a Monday at nine; everybody has their invitation, and no mail server has heard of it."""
    return invited(worlds.open_world({"X": {"A": 9, "B": 6}}))


def invited(world):
    RosterEntry.objects.filter(wave=world.wave).update(invited_at=timezone.now())
    return world


def addresses(world, name=None, *, answered=None):
    """On the roster; of one school; of those who answered by `worlds.answer`, or who did not."""
    found = []
    for school in [name] if name else list(world.schools):
        roster = world.wave.roster.filter(school=world.schools[school]).order_by("person_id")
        emails = list(roster.values_list("person__email", flat=True))
        done = world.answered.get(school, 0)
        found += emails if answered is None else emails[:done] if answered else emails[done:]
    return sorted(found)


def send(world):
    actions.send_rounds(world.wave.pk)


def school(world, name):
    found = world.schools[name]
    found.refresh_from_db()
    return found


# --- who gets one, and when -------------------------------------------------------------------------------------------------


def test_on_the_third_and_fifth_day_those_who_have_not_answered_are_reminded(world, server, time_machine):
    worlds.answer_all(world, {"A": 4, "B": 2})
    got = {}
    for days in range(7):
        time_machine.move_to(MONDAY + days * make.DAY, tick=False)
        before = len(server.recipients)
        for _ in range(3):
            send(world)
        if len(server.recipients) > before:
            got[f"{timezone.now():%A}"] = sorted(server.recipients[before:])
        if days == 2:
            worlds.answer(world, "A", [3] * 2)
    asked = addresses(world)
    assert got.keys() == {"Wednesday", "Friday"}
    assert got["Friday"] == addresses(world, answered=False)
    assert len(got["Wednesday"]) == 9
    assert set(got["Friday"]) < set(got["Wednesday"]) < set(asked)


def test_days_are_counted_by_the_calendar_of_the_network(world, server, time_machine):
    """Tuesday is a training day, so the third school day is Thursday."""
    tuesday = (MONDAY + make.DAY).date()
    calendar_actions.add_span(world.network, "closed", "Training", tuesday, tuesday, by=0)
    time_machine.move_to(WEDNESDAY, tick=False)
    send(world)
    assert server.recipients == []
    time_machine.move_to(WEDNESDAY + make.DAY, tick=False)
    send(world)
    assert sorted(server.recipients) == addresses(world)


def test_a_reminder_says_what_it_is_and_holds_ones_own_link(world, server, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    send(world)
    key = tickets.read_key(world.wave.pk)
    for to, letter, text in zip(server.recipients, server.letters, server.texts(), strict=True):
        person = Person.objects.get(email=to)
        link = actions.answer_link(world.wave, tickets.token(key, person.pk, "staff"))
        stop = stopping.stop_url(person.pk)
        assert text.splitlines().count(link) == text.splitlines().count(stop) == 1
        assert text.count("http") == 2
        assert "If your answer is in, thank you" in text
        assert letter.get_content_type() == "text/plain"
        assert letter["Subject"].startswith("Reminder: ")
        assert letter["List-Unsubscribe"] == f"<{stop}>"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert not set(letter.keys()) & {"Reply-To", "Return-Path", "Disposition-Notification-To"}


def test_a_worker_makes_them_by_itself(world, server, time_machine):
    OxTask.objects.all().delete()
    time_machine.move_to(WEDNESDAY, tick=False)
    actions.due_work()
    assert [task.task_path for task in OxTask.objects.all()].count(actions.REMIND) == 1
    run_tasks()
    assert sorted(server.recipients) == addresses(world)
    OxTask.objects.all().delete()
    actions.due_work()
    assert OxTask.objects.count() == 0


def test_after_an_outage_over_both_days_one_reminder_goes(world, server, time_machine):
    time_machine.move_to(FRIDAY, tick=False)
    for _ in range(3):
        send(world)
    assert sorted(server.recipients) == addresses(world)
    assert set(Round.objects.values_list("name", flat=True)) == {"day-5"}


def test_a_reminder_that_was_interrupted_on_wednesday_gives_way_to_fridays(world, settings, server, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    server.hang_up_after = 5
    with pytest.raises(OSError):
        send(world)
    server.hang_up_after = None
    time_machine.move_to(FRIDAY, tick=False)
    before = len(server.recipients)
    send(world)
    send(world)
    assert sorted(server.recipients[before:]) == addresses(world)
    assert not Round.objects.filter(over=False).exists()


def test_who_was_invited_today_or_not_yet_is_not_reminded(world, server, time_machine):
    late, never = RosterEntry.objects.filter(wave=world.wave).order_by("pk")[:2]
    time_machine.move_to(WEDNESDAY, tick=False)
    RosterEntry.objects.filter(pk=late.pk).update(invited_at=timezone.now())
    RosterEntry.objects.filter(pk=never.pk).update(invited_at=None)
    send(world)
    assert sorted([*server.recipients, late.person.email, never.person.email]) == addresses(world)


def test_nothing_is_sent_before_its_day_after_the_close_or_without_the_key(world, server, time_machine):
    send(world)
    time_machine.move_to(WEDNESDAY, tick=False)
    with worlds.undone():
        tickets.destroy_key(world.wave.pk)
        send(world)
        actions.due_work()
        assert not OxTask.objects.filter(task_path=actions.REMIND).exists()
    for values in ({"state": "closed"}, {"state": "open", "closes_at": timezone.now()}):
        with worlds.undone():
            Wave.objects.update(**values)
            send(world)
    assert server.lines == []


def test_a_wave_that_closes_between_two_letters_sends_no_more(world, server, time_machine, monkeypatch):
    time_machine.move_to(WEDNESDAY, tick=False)
    real, sent = mail.send, []

    def closing(to, *args, **kwargs):
        real(to, *args, **kwargs)
        sent.append(to)
        if len(sent) == 4:
            Wave.objects.update(closes_at=timezone.now())

    monkeypatch.setattr(mail, "send", closing)
    send(world)
    assert len(server.recipients) == 4
    assert not Round.objects.filter(claimed_at__isnull=False).exists()


# --- what they leave behind --------------------------------------------------------------------------------------------------


def stored():
    """Every row of every table but answers and tickets, whose storage has its own tests, and the queue."""
    left_out = {Answer, Ticket, OxTask}
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model not in left_out and model._meta.app_label not in {"sessions", "contenttypes", "auth"}
    }


def reminded(world, answered, server):
    """Everything stored after a reminder, when so many of A and B had answered."""
    with worlds.undone():
        worlds.answer_all(world, answered)
        before = len(server.recipients)
        send(world)
        world.answered.clear()
        rows = stored()
        for row in rows["surveys.Round"]:
            del row["id"]  # PostgreSQL gives no number twice, also when what happened is undone
        return rows, len(server.recipients) - before


def test_after_a_reminder_every_row_is_the_same_whoever_answered(world, server, time_machine):
    """The clock stands still, so that any column of time that followed the letters would stand out as well."""
    time_machine.move_to(WEDNESDAY, tick=False)
    nobody, all_sent = reminded(world, {}, server)
    some, some_sent = reminded(world, {"A": 5, "B": 3}, server)
    everyone, none_sent = reminded(world, {"A": 9, "B": 6}, server)
    assert (all_sent, some_sent, none_sent) == (15, 7, 0)
    assert nobody["surveys.Round"][0]["done"] in (9, 6)
    assert nobody == some == everyone


def test_after_a_reminder_the_time_that_letters_take_stands_nowhere(world, server, time_machine, monkeypatch):
    """Each letter takes seven seconds: columns of time would tell where one went."""
    real = mail.send

    def slow(*args, **kwargs):
        real(*args, **kwargs)
        time_machine.move_to(timezone.now() + 7 * SECOND, tick=False)

    monkeypatch.setattr(mail, "send", slow)
    time_machine.move_to(WEDNESDAY, tick=False)
    first, _ = reminded(world, {"A": 5}, server)
    time_machine.move_to(WEDNESDAY, tick=False)
    second, _ = reminded(world, {"B": 3}, server)
    assert first == second


@pytest.mark.parametrize("letters_first", [3, 7])
def test_while_a_reminder_is_under_way_no_row_of_a_person_has_changed(letters_first, world, server, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    worlds.answer_all(world, {"A": 4, "B": 2})
    before = stored()
    server.hang_up_after = letters_first
    with pytest.raises(OSError):
        send(world)
    after = stored()
    assert {name for name in before if before[name] != after[name]} == {"surveys.Round"}
    for row in after["surveys.Round"]:
        assert row.keys() == {
            "id", "organisation_id", "wave_id", "school_id", "name", "upto", "done", "put_off", "claimed_at", "over"
        }  # fmt: skip


def test_no_statement_of_a_reminder_names_a_person_or_their_ticket(world, server, time_machine):
    """A log of statements, as a database can keep it, sets nobody beside a letter or a ticket."""
    time_machine.move_to(WEDNESDAY, tick=False)
    worlds.answer_all(world, {"A": 4, "B": 2})
    said = []

    def listen(execute, sql, params, many, context):
        said.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        send(world)
    text = repr(said)
    assert "surveys_ticket" in text
    for person in Person.objects.filter(email__in=addresses(world)):
        assert person.email not in text
    digests = [tickets.digest(token) for token in make.tokens(world.wave)]
    assert not [digest for digest in digests if repr(digest) in text or digest.hex() in text]
    writes = [sql for sql, _ in said if sql.startswith(("UPDATE", "INSERT", "DELETE"))]
    assert {sql.split('"')[1] for sql in writes} == {"surveys_round"}
    moves = [params for sql, params in said if sql.startswith("UPDATE") and '"done" =' in sql.partition("WHERE")[0]]
    assert len(moves) == 15, "one for each person, written to or not"


def test_the_order_of_letters_says_nothing_of_the_roster_and_differs_between_reminders(db, server, time_machine):
    world = invited(worlds.open_world({"X": {"A": 40, "B": 2}}))
    roster = list(world.wave.roster.order_by("pk").values_list("person__email", flat=True))
    orders = []
    for day in (WEDNESDAY, FRIDAY):
        time_machine.move_to(day, tick=False)
        server.recipients.clear()
        send(world)
        orders.append(list(server.recipients))
    assert sorted(roster) == sorted(orders[0]) == sorted(orders[1])
    assert len({tuple(roster), *map(tuple, orders)}) == 3


def test_the_order_cannot_be_made_without_the_key():
    people = range(1, 200)
    order = [sorted(people, key=lambda p, key=key: tickets.place(key, "day-3", p)) for key in (b"k" * 32, b"l" * 32)]
    assert order[0] != order[1]
    assert sorted(order[0]) == list(people)


def test_no_address_is_noted_when_a_reminder_fails_and_failures_are_a_count(world, server, time_machine, caplog):
    gone = addresses(world)[2:5]
    for address, reply in zip(
        gone, ("550 5.1.1 No such person", "554 5.4.4 No route", "550 5.2.1 Closed"), strict=True
    ):
        server.refused_recipients[address] = f"{reply} {address}"
    time_machine.move_to(WEDNESDAY, tick=False)
    with caplog.at_level(logging.DEBUG):
        actions.due_work()
        run_tasks()
    assert len(server.recipients) == 12
    assert not MailFailure.objects.exists()
    wave = Wave.objects.get(pk=world.wave.pk)
    assert (wave.reminders_failed, wave.mails_failed) == (3, 0)
    kept = caplog.text + json.dumps(list(OxTask.objects.values()), default=str)
    assert not [address for address in addresses(world) if address in kept]


def test_the_seal_leaves_no_round(world, server, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    send(world)
    assert Round.objects.count() == 2
    make.close(world.wave)
    assert not Round.objects.exists()


# --- interrupted, and run again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nth", range(1, 12))
def test_a_worker_that_dies_at_the_nth_letter_leaves_nobody_out(nth, world, server, time_machine, monkeypatch):
    worlds.answer_all(world, {"A": 3, "B": 1})
    time_machine.move_to(WEDNESDAY, tick=False)
    sent, real = [], mail.send

    def failing(to, *args, **kwargs):
        if len(sent) == nth - 1:
            raise OSError("the network is gone")
        real(to, *args, **kwargs)
        sent.append(to)

    monkeypatch.setattr(mail, "send", failing)
    with pytest.raises(OSError, match="network is gone"):
        send(world)
    monkeypatch.setattr(mail, "send", real)
    send(world)
    assert sorted(server.recipients) == addresses(world, answered=False)


def test_a_worker_killed_at_any_statement_writes_to_nobody_twice_but_the_one_in_flight(
    world, server, time_machine, monkeypatch
):
    monkeypatch.setattr(rounds.random, "SystemRandom", lambda: random.Random(1))  # schools in the same order each time
    worlds.answer_all(world, {"A": 7, "B": 4})
    waiting = addresses(world, answered=False)
    time_machine.move_to(WEDNESDAY, tick=False)
    total = statements_of(lambda: send(world))
    assert total > 40
    doubled = 0
    for nth in range(1, total + 1):
        server.recipients.clear()
        time_machine.move_to(WEDNESDAY, tick=False)
        with worlds.undone():
            with killed_at(nth), pytest.raises(Killed):
                send(world)
            time_machine.move_to(WEDNESDAY + actions.CLAIM_HOLDS + SECOND, tick=False)
            send(world)
            extra = len(server.recipients) - len(set(server.recipients))
            assert sorted(set(server.recipients)) == waiting
            assert extra <= 1
            doubled += extra
    assert doubled == len(waiting), "only between the server's yes and the count of it"


def test_a_killed_worker_keeps_its_school_for_ten_minutes(world, server, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    send_and_die_after(world, server, 3)
    Round.objects.filter(over=False, done__gt=0).update(claimed_at=timezone.now())
    before = len(server.recipients)
    send(world)
    assert len(server.recipients) > before, "the other school's letters leave"
    assert len(server.recipients) < len(addresses(world))
    time_machine.move_to(WEDNESDAY + actions.CLAIM_HOLDS + SECOND, tick=False)
    send(world)
    assert set(server.recipients) == set(addresses(world))
    assert not Round.objects.filter(over=False).exists()


def send_and_die_after(world, server, letters):
    server.hang_up_after = letters
    with pytest.raises(OSError):
        send(world)
    server.hang_up_after = None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_each_person_once(settings, time_machine):
    world = invited(worlds.open_world({"X": {"A": 20, "B": 15, "C": 4}}))
    worlds.answer_all(world, {"A": 6, "B": 9, "C": 1})
    time_machine.move_to(WEDNESDAY, tick=True)
    with smtp.running() as server:
        settings.MAILERS = server.mailers
        together(2, lambda _: send(world))
        send(world)
        assert sorted(server.recipients) == addresses(world, answered=False)


def test_a_worker_that_was_slow_stops_when_another_has_taken_over(world, server, time_machine, monkeypatch):
    """The first hangs at a letter for longer than its claim holds; the second goes through; nobody gets a third."""
    time_machine.move_to(WEDNESDAY, tick=False)
    real, slow = mail.send, []

    def hanging(to, *args, **kwargs):
        real(to, *args, **kwargs)
        if not slow:
            slow.append(to)
            time_machine.move_to(timezone.now() + actions.CLAIM_HOLDS + SECOND, tick=False)
            send(world)

    monkeypatch.setattr(mail, "send", hanging)
    send(world)
    assert sorted([*set(server.recipients), *slow]) == sorted(server.recipients)
    assert set(server.recipients) == set(addresses(world))
    assert not Round.objects.filter(over=False).exists()


def test_a_server_that_is_down_loses_no_letter(world, settings, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    settings.MAILERS = smtp.nobody().mailers
    with pytest.raises(ConnectionRefusedError):
        send(world)
    assert not Round.objects.filter(claimed_at__isnull=False).exists()
    with smtp.running() as server:
        settings.MAILERS = server.mailers
        send(world)
        assert sorted(server.recipients) == addresses(world)


def test_letters_put_off_are_tried_again_and_hold_nobody_up(world, server, time_machine):
    slow = addresses(world)[3:6]
    server.refused_recipients.update(dict.fromkeys(slow, "451 4.7.1 Come back in five minutes"))
    time_machine.move_to(WEDNESDAY, tick=False)
    send(world)
    assert sorted([*server.recipients, *slow]) == addresses(world)
    assert sum(len(row.put_off) for row in Round.objects.all()) == 3
    del server.refused_recipients[slow[0]]
    for minutes in (11, 22, 33):
        time_machine.move_to(WEDNESDAY + minutes * worlds.MINUTE, tick=False)
        send(world)
        if minutes == 11:
            assert sorted([*server.recipients, *slow[1:]]) == addresses(world)
            server.refused_recipients.clear()
    assert sorted(server.recipients) == addresses(world)
    assert Wave.objects.get(pk=world.wave.pk).reminders_failed == 0
    assert not Round.objects.exclude(put_off=[]).exists()


def test_who_answers_while_their_letter_is_put_off_gets_none(world, server, time_machine):
    slow = addresses(world)[0]
    server.refused_recipients[slow] = "451 4.7.1 Come back in five minutes"
    time_machine.move_to(WEDNESDAY, tick=False)
    send(world)
    server.refused_recipients.clear()
    person = Person.objects.get(email=slow)
    worlds.take(world.wave, [tickets.token(tickets.read_key(world.wave.pk), person.pk, "staff")])
    time_machine.move_to(WEDNESDAY + actions.CLAIM_HOLDS + SECOND, tick=False)
    send(world)
    assert slow not in server.recipients
    assert not Round.objects.filter(over=False).exists()


# --- pauses and stops --------------------------------------------------------------------------------------------------------


def test_a_school_paused_mid_wave_gets_its_reminder_when_the_pause_ends(world, server, time_machine):
    a = school(world, "A")
    network_actions.pause(a, a.organisation, None, by=1)
    time_machine.move_to(WEDNESDAY, tick=False)
    send(world)
    assert sorted(server.recipients) == addresses(world, "B")
    time_machine.move_to(WEDNESDAY + make.DAY, tick=False)
    network_actions.lift(a, a.organisation, by=1)
    send(world)
    send(world)
    assert sorted(server.recipients) == addresses(world)


def test_a_pause_between_two_letters_holds_from_the_next_person_on(world, server, time_machine, monkeypatch):
    time_machine.move_to(WEDNESDAY, tick=False)
    real, sent = mail.send, []

    def pausing(to, *args, **kwargs):
        real(to, *args, **kwargs)
        sent.append(to)
        if len(sent) == 3:
            for each in (school(world, "A"), school(world, "B")):
                network_actions.pause(each, each.organisation, None, by=1)

    monkeypatch.setattr(mail, "send", pausing)
    send(world)
    assert len(server.recipients) == 3
    assert not Round.objects.filter(claimed_at__isnull=False).exists()


def test_who_stopped_reminders_gets_none_and_leaves_the_same_rows_as_others(world, server, time_machine):
    person = world.wave.roster.first().person
    stopping.choose(person, stopping.INVITATIONS)
    time_machine.move_to(WEDNESDAY, tick=False)
    send(world)
    assert sorted([*server.recipients, person.email]) == addresses(world)
    assert all(row.over for row in Round.objects.all())
    assert RosterEntry.objects.values_list("claimed_at", "invited_at", "ticketed").distinct().count() == 1


# --- where rows lie -----------------------------------------------------------------------------------------------------------


def test_rows_of_the_roster_lie_where_they_lay(world, server, time_machine):
    """An update moves a row on PostgreSQL, and gives it a transaction id: no row of a person is updated at all."""
    place = "rowid" if connection.vendor == "sqlite" else "ctid::text, xmin::text, xmax::text"

    def rows():
        with connection.cursor() as cursor:
            return [
                cursor.execute(f"SELECT {place}, * FROM {table} ORDER BY id").fetchall()
                for table in ("surveys_rosterentry", "people_person", "people_staffentry")
            ]

    worlds.answer_all(world, {"A": 4, "B": 2})
    before = rows()
    time_machine.move_to(WEDNESDAY, tick=False)
    send(world)
    assert len(server.recipients) == 9
    assert rows() == before


def test_a_thousand_people_no_column_pair_tells_who_answered(db, settings, time_machine):
    """All tables that name a person: no column, and no two columns together, have values that go with having answered."""
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    world = invited(worlds.open_world({"X": {"A": 300, "B": 400}, "Y": {"C": 270, "D": 30}}, "lead"))
    dice = random.Random(20261122)
    key = tickets.read_key(world.wave.pk)
    roster = list(RosterEntry.objects.values_list("person_id", flat=True))
    answered = set(dice.sample(roster, 500))
    worlds.take(world.wave, [tickets.token(key, person, "staff") for person in dice.sample(sorted(answered), 500)])
    time_machine.move_to(WEDNESDAY, tick=False)
    send(world)
    telling = {"id", "person_id", "email", "address", "name"}  # one's own, as before the wave
    for model in (RosterEntry, Person):
        pk = "person_id" if model is RosterEntry else "id"
        rows = [row for row in model.objects.values() if row[pk] in set(roster)]
        columns = sorted(set(rows[0]) - telling)
        for pair in [*itertools.combinations(columns, 2), *((column, column) for column in columns)]:
            values = {tuple(row[column] for column in pair) for row in rows if row[pk] in answered}
            others = {tuple(row[column] for column in pair) for row in rows if row[pk] not in answered}
            assert values == others, (model, pair)
    assert not Nudge.objects.exists()
    assert rounds.due(world.wave, rounds.school_days(world.network)) is False
