"""A nudge goes to everyone who was invited, answered or not, once in 14 days a school."""

import datetime
import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_ox.models import OxTask

from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry, MailFailure
from alongside.network import actions as network_actions
from alongside.people.models import Person
from alongside.surveys import actions, asked_again, reads, rules, stopping, tickets
from alongside.surveys.actions import nudging
from alongside.surveys.models import Nudge, RosterEntry, Round, Wave, WaveSchool
from tests import make
from tests.surveys import worlds
from tests.surveys.threads import together

MONDAY = datetime.datetime(2026, 11, 16, 9, 0, tzinfo=datetime.UTC)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + days * make.DAY for days in (1, 2, 3))


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def world(db, time_machine):
    """Opened on Monday, everybody invited; now it is Tuesday. It is open for six weeks."""
    world = worlds.open_world({"X": {"A": 9, "B": 6}, "Y": {"C": 4, "D": 3}})
    RosterEntry.objects.update(invited_at=timezone.now())
    Wave.objects.update(closes_at=MONDAY + 42 * make.DAY)
    world.wave.refresh_from_db()
    time_machine.move_to(TUESDAY, tick=False)
    return world


def nudge(world, *names, by=None):
    schools = {world.schools[name].pk for name in names}
    return actions.nudge(world.wave, schools, by or make.leader(world.schools["A"], "another@riverway.example"))


def send(world):
    actions.send_rounds(world.wave.pk)


def addresses(world, *names):
    schools = [world.schools[name] for name in names]
    return sorted(world.wave.roster.filter(school__in=schools).values_list("person__email", flat=True))


def test_a_nudge_reaches_everyone_of_the_school_answered_or_not_and_nobody_else(world, server):
    worlds.answer_all(world, {"A": 7, "B": 6})
    assert nudge(world, "A") == 1
    for _ in range(2):
        send(world)
    assert sorted(server.recipients) == addresses(world, "A")
    for letter, text in zip(server.letters, server.texts(), strict=True):
        assert "whoever has answered and whoever has not" in text
        assert letter["Subject"].startswith("To everyone: ")
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_link_goes_to_the_address_of_the_invitation_or_nowhere(world, server):
    """A leader may correct an address at any time; with it they would get a colleague's link, and see whether it is spent."""
    victim = world.wave.roster.filter(school=world.schools["A"]).first().person
    Person.objects.filter(pk=victim.pk).update(email="mine@a.example")
    nudge(world, "A")
    send(world)
    assert "mine@a.example" not in server.recipients
    assert len(server.recipients) == 8
    assert not Round.objects.filter(over=False).exists()


def test_without_the_key_nobody_is_asked_again(world, server):
    tickets.destroy_key(world.wave.pk)
    with pytest.raises(Refused, match="key of this pulse is not here"):
        nudge(world, "A")
    assert not Nudge.objects.exists()


def test_who_is_asked_by_a_slip_gets_no_letter_and_is_not_counted(world):
    WaveSchool.objects.filter(school=world.schools["A"]).update(invited=12, by_slip=3)
    leader = make.leader(world.schools["A"])
    page = reads.wave_page(world.wave, make.membership(leader, world.network))
    assert page.letters.nudge.people == 9
    WaveSchool.objects.filter(school=world.schools["A"]).update(invited=3, by_slip=3)
    assert reads.wave_page(world.wave, make.membership(leader, world.network)).letters.nudge.people == 0
    with pytest.raises(Refused):
        actions.nudge(world.wave, [world.schools["A"].pk], leader)
    assert not Nudge.objects.exists()


def test_no_statement_of_a_nudge_reads_a_ticket(world, server):
    nudge(world, "A")
    with CaptureQueriesContext(connection) as found:
        send(world)
    assert not [query for query in found.captured_queries if "surveys_ticket" in query["sql"]]
    assert len(server.recipients) == 9


def test_each_role_reaches_its_own_schools(world):
    rows = list(world.wave.schools.all())
    people = {
        "officer": make.officer(world.network),
        "chair": make.chair(world.clusters["Y"]),
        "leader": make.leader(world.schools["B"]),
        "coach": make.coach(world.clusters["X"]),
        "teacher": world.wave.roster.first().person,
    }
    reached = {
        who: world.names(rules.can_nudge(make.membership(person, world.network), rows))
        for who, person in people.items()
    }
    assert reached == {"officer": "ABCD", "chair": "CD", "leader": "B", "coach": "", "teacher": ""}


def test_once_in_fourteen_days_a_school(world, server, time_machine):
    nudge(world, "A")
    with pytest.raises(Conflict, match="within the last 14 days"):
        nudge(world, "A")
    assert nudge(world, "A", "B", "C") == 2
    time_machine.move_to(TUESDAY + asked_again.EVERY - worlds.SECOND, tick=False)
    with pytest.raises(Conflict):
        nudge(world, "A", "B")
    time_machine.move_to(TUESDAY + asked_again.EVERY, tick=False)
    assert nudge(world, "A") == 1
    assert Nudge.objects.count() == 4
    send(world)
    assert server.recipients.count(addresses(world, "A")[0]) == 1


def test_a_nudge_of_the_wave_before_counts(world, server):
    nudge(world, "A")
    Wave.objects.filter(pk=world.wave.pk).update(state="sealed")
    other = make.open_wave(world.network, "lead")
    Wave.objects.filter(pk=other.pk).update(opens_at=MONDAY)
    with pytest.raises(Conflict):
        actions.nudge(Wave.objects.get(pk=other.pk), {world.schools["A"].pk}, make.officer(world.network))


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_give_one_nudge(time_machine, monkeypatch):
    """Each lingers between looking and writing, so that whoever is not alone sees no nudge of the others."""
    real = nudging._reached
    monkeypatch.setattr(nudging, "_reached", lambda *given: (real(*given), threading.Event().wait(0.3))[0])
    world = worlds.open_world({"X": {"A": 9, "B": 6}})
    by = make.leader(world.schools["A"])
    RosterEntry.objects.update(invited_at=timezone.now())
    time_machine.move_to(TUESDAY, tick=True)

    def press(_):
        try:
            return actions.nudge(world.wave, {world.schools["A"].pk}, by)
        except Conflict:
            return 0

    assert sorted(together(4, press)) == [0, 0, 0, 1]
    assert (Nudge.objects.count(), Round.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (MONDAY, "The invitations leave today. A nudge can leave on Tuesday 17 November or later."),
        (WEDNESDAY, "reminded today by Alongside itself. A nudge can leave on Thursday 19 November or later."),
        (MONDAY + 42 * make.DAY - worlds.SECOND, ""),
    ],
)
def test_nobody_gets_two_letters_of_a_pulse_on_one_day(moment, words, world, time_machine):
    time_machine.move_to(moment, tick=False)
    if not words:
        assert nudge(world, "A") == 1
        return
    with pytest.raises(Refused, match=words):
        nudge(world, "A")
    assert not Nudge.objects.exists()


def test_a_nudge_that_an_outage_held_up_gives_way_to_the_reminder(world, server, time_machine):
    nudge(world, "A")
    for moment in (WEDNESDAY, THURSDAY):
        time_machine.move_to(moment, tick=False)
        send(world)
        send(world)
    assert len(server.recipients) == len(set(server.recipients)) == 22
    assert {letter["Subject"].partition(":")[0] for letter in server.letters} == {"Reminder"}
    assert not Round.objects.filter(over=False).exists()


def test_when_letters_could_leave_only_after_the_close_there_is_no_nudge(world, settings, time_machine):
    settings.LETTERS_AT_ANY_HOUR = False
    Wave.objects.update(closes_at=datetime.datetime(2026, 11, 19, 22, tzinfo=datetime.UTC))
    time_machine.move_to(datetime.datetime(2026, 11, 19, 20, tzinfo=datetime.UTC), tick=False)
    with pytest.raises(Refused, match="closes before another letter could leave"):
        nudge(world, "A")


def test_a_paused_school_gets_none(world, server):
    found = world.schools["A"]
    found.refresh_from_db()
    network_actions.pause(found, found.organisation, None, by=1)
    with pytest.raises(Refused, match="Paused"):
        nudge(world, "A")
    assert nudge(world, "A", "B") == 1
    send(world)
    assert sorted(server.recipients) == addresses(world, "B")


def test_the_page_counts_nobody_of_a_paused_school(world):
    officer = make.membership(make.officer(world.network), world.network)
    assert reads.wave_page(world.wave, officer).letters.nudge.people == 22
    for school in world.schools.values():
        school.refresh_from_db()
        network_actions.pause(school, school.organisation, None, by=1)
        nudge = reads.wave_page(world.wave, officer).letters.nudge
    assert (nudge.people, nudge.why_not.partition(":")[0]) == (0, "Paused")


def test_a_wave_that_is_not_open_gets_none(world):
    for state in ("planned", "closed", "sealed"):
        Wave.objects.update(state=state)
        with pytest.raises(Conflict, match="has closed"):
            nudge(world, "A")


def test_who_stopped_reminders_gets_no_nudge(world, server):
    person = world.wave.roster.filter(school=world.schools["A"]).first().person
    stopping.choose(person, stopping.INVITATIONS)
    nudge(world, "A")
    send(world)
    assert sorted([*server.recipients, person.email]) == addresses(world, "A")


def test_an_address_that_bounces_is_a_count(world, server):
    gone = addresses(world, "A")[0]
    server.refused_recipients[gone] = "550 5.1.1 No such person"
    nudge(world, "A")
    send(world)
    assert (len(server.recipients), MailFailure.objects.count()) == (8, 0)
    assert Wave.objects.get(pk=world.wave.pk).reminders_failed == 1


def test_failures_are_shown_in_steps_of_five(world):
    officer = make.membership(make.officer(world.network), world.network)
    for failed, shown in ((0, 0), (4, 0), (5, 5), (9, 5), (10, 10)):
        world.wave.reminders_failed = failed
        assert reads.wave_page(world.wave, officer).letters.not_delivered == shown


def test_the_journal_holds_that_it_was_given_and_nobody_who_was_asked(world, server):
    by = make.leader(world.schools["A"])
    nudge(world, "A", by=by)
    send(world)
    (line,) = JournalEntry.objects.filter(deed="surveys.nudged")
    assert (line.by, line.about, line.payload) == (by.pk, f"wave:{world.wave.pk}", {"pulse": "Wellbeing and belonging"})


# --- the page ----------------------------------------------------------------------------------------------------------------


def test_a_leader_presses_the_button_and_the_page_says_when_the_next_can_leave(world, server):
    client = Client()
    client.force_login(make.leader(world.schools["A"]))
    at = f"{world.network.get_absolute_url()}waves/{world.wave.pk}/"
    page = client.get(at).content.decode()
    assert f"goes to all 9 people who are asked at {world.schools['A'].name}" in page
    assert OxTask.objects.filter(task_path=actions.REMIND).count() == 0
    page = client.post(f"{at}nudge/", follow=True).content.decode()
    assert "Everyone who is asked at one school gets a letter" in page
    assert "The next nudge can leave after Tuesday 1 December." in page
    assert "nudge/" not in page
    assert OxTask.objects.filter(task_path=actions.REMIND).count() == 1
    assert client.post(f"{at}nudge/").status_code == 409
    assert client.get(f"{at}nudge/").status_code == 405
