"""Letters of pulses leave between 7:00 and 19:00 on school days of the organisation; what is due outside waits."""

import datetime
import os
import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_ox.models import OxTask

from alongside.calendar.days import MONDAY_TO_FRIDAY, Period, reckon
from alongside.surveys import actions, health, lettertimes, reads
from alongside.surveys.models import RosterEntry
from tests import make
from tests.surveys import worlds

LONDON, AUCKLAND = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Auckland")
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _quiet(settings):
    settings.LETTERS_AT_ANY_HOUR = False


def london(day, hour, minute=0, second=0):
    """A moment of November 2026 in London; the 16th is a Monday."""
    return datetime.datetime(2026, 11, day, hour, minute, second, tzinfo=LONDON)


# --- the hours -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (london(16, 6, 59, 59), False),
        (london(16, 7), True),
        (london(16, 18, 59, 59), True),
        (london(16, 19), False),
        (london(20, 12), True),
        (london(21, 12), False),
        (london(22, 12), False),
    ],
)
def test_letters_leave_between_seven_and_seven_on_school_days(moment, leaves):
    assert lettertimes.leave_now(moment.astimezone(datetime.UTC), "Europe/London", MONDAY_TO_FRIDAY) is leaves


@pytest.mark.parametrize(
    ("moment", "following"),
    [
        (london(16, 12, 30), london(16, 12, 30)),
        (london(16, 3), london(16, 7)),
        (london(16, 19), london(17, 7)),
        (london(20, 19, 1), london(23, 7)),
        (london(21, 3), london(23, 7)),
        (london(22, 23), london(23, 7)),
    ],
)
def test_the_next_moment_at_which_letters_leave(moment, following):
    assert lettertimes.next_leave(moment, "Europe/London", MONDAY_TO_FRIDAY) == following


def test_a_closed_day_is_as_quiet_as_a_sunday():
    tuesday = datetime.date(2026, 11, 17)
    days = reckon([Period("closed", "Training", tuesday, tuesday)])
    assert not lettertimes.leave_now(london(17, 12), "Europe/London", days)
    assert lettertimes.next_leave(london(16, 20), "Europe/London", days) == london(18, 7)


@pytest.mark.parametrize(
    ("friday", "zone", "before", "after"),
    [
        # The clock goes back in London on 25 October 2026 and forward in Auckland on 27 September 2026.
        (datetime.datetime(2026, 10, 23, 20, tzinfo=LONDON), "Europe/London", 1, 0),
        (datetime.datetime(2026, 9, 25, 20, tzinfo=AUCKLAND), "Pacific/Auckland", 12, 13),
    ],
)
def test_seven_in_the_morning_is_seven_on_the_wall_when_the_clock_has_changed(friday, zone, before, after):
    monday = lettertimes.next_leave(friday, zone, MONDAY_TO_FRIDAY)
    assert friday.utcoffset() == datetime.timedelta(hours=before)
    assert monday.utcoffset() == datetime.timedelta(0)
    assert monday == friday.astimezone(datetime.UTC) + datetime.timedelta(hours=59 + before - after)
    assert monday.astimezone(ZoneInfo(zone)).time() == datetime.time(7)
    assert not lettertimes.leave_now(monday - SECOND, zone, MONDAY_TO_FRIDAY)
    assert lettertimes.leave_now(monday, zone, MONDAY_TO_FRIDAY)


@pytest.mark.parametrize(
    ("value", "demo", "any_hour"), [("", "", False), ("off", "", True), ("on", "", False), ("", "1", True)]
)
def test_quiet_hours_hold_unless_it_is_the_demo_or_they_are_turned_off(value, demo, any_hour, tmp_path):
    environment = {name: text for name, text in os.environ.items() if not name.startswith("ALONGSIDE_")}
    environment |= {"ALONGSIDE_DATA": str(tmp_path), "ALONGSIDE_QUIET_HOURS": value, "ALONGSIDE_DEMO": demo}
    asked = "from alongside import settings; print(settings.LETTERS_AT_ANY_HOUR)"
    said = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(any_hour)


# --- senders -------------------------------------------------------------------------------------------------------------------


def opened_at(moment, time_machine):
    time_machine.move_to(moment, tick=False)
    return worlds.open_world({"X": {"A": 9, "B": 6}})


def test_invitations_of_an_evening_wait_for_the_morning(db, server, time_machine):
    world = opened_at(london(20, 20), time_machine)
    for moment, count in ((london(20, 21), 0), (london(22, 12), 0), (london(23, 6, 59), 0), (london(23, 7), 15)):
        time_machine.move_to(moment, tick=False)
        OxTask.objects.all().delete()
        actions.due_work()
        assert OxTask.objects.filter(task_path=actions.SEND).count() == bool(count)
        actions.send_invitations(world.wave.pk)
        assert len(server.recipients) == count


def test_a_worker_that_is_still_sending_at_seven_in_the_evening_stops(db, server, time_machine, monkeypatch):
    world = opened_at(london(16, 18, 59, 55), time_machine)
    _a_second_a_letter(time_machine, monkeypatch)
    actions.send_invitations(world.wave.pk)
    assert len(server.recipients) == 5
    time_machine.move_to(london(17, 7), tick=False)
    actions.send_invitations(world.wave.pk)
    assert len(set(server.recipients)) == len(server.recipients) == 15


def test_reminders_stop_in_the_evening_and_go_on_in_the_morning(db, server, time_machine, monkeypatch):
    world = opened_at(london(16, 9), time_machine)
    RosterEntry.objects.update(invited_at=timezone.now())
    _a_second_a_letter(time_machine, monkeypatch)
    time_machine.move_to(london(18, 18, 59, 55), tick=False)
    for _ in range(3):
        actions.send_rounds(world.wave.pk)
    assert len(server.recipients) == 5
    time_machine.move_to(london(19, 7), tick=False)
    actions.send_rounds(world.wave.pk)
    assert len(set(server.recipients)) == len(server.recipients) == 15


def _a_second_a_letter(time_machine, monkeypatch):
    real = actions.inviting.mail.send

    def slow(*args, **kwargs):
        real(*args, **kwargs)
        time_machine.move_to(timezone.now() + SECOND, tick=False)

    monkeypatch.setattr(actions.inviting.mail, "send", slow)


def test_a_nudge_of_an_evening_leaves_in_the_morning(db, server, time_machine):
    world = opened_at(london(16, 9), time_machine)
    RosterEntry.objects.update(invited_at=timezone.now())
    time_machine.move_to(london(18, 20), tick=False)
    actions.nudge(world.wave, {world.schools["A"].pk}, make.leader(world.schools["A"]))
    actions.send_rounds(world.wave.pk)
    assert server.recipients == []
    time_machine.move_to(london(19, 7), tick=False)
    actions.send_rounds(world.wave.pk)
    subjects = [letter["Subject"].partition(":")[0] for letter in server.letters]
    assert (subjects.count("To everyone"), subjects.count("Reminder")) == (9, 6)  # B has the reminder that it missed


def test_a_wave_that_opens_in_quiet_hours_counts_its_days_from_the_first_letter(db, time_machine):
    world = opened_at(london(20, 20), time_machine)
    days = [lettertimes.school_day(world.wave, number, MONDAY_TO_FRIDAY).day for number in (1, 3, 5)]
    assert days == [23, 25, 27]


def test_the_page_says_when_letters_leave(db, time_machine):
    world = opened_at(london(20, 12), time_machine)
    officer = make.membership(make.officer(world.network), world.network)
    assert reads.wave_page(world.wave, officer).letters.hours == "Letters leave between 7:00 and 19:00 on school days."
    time_machine.move_to(london(21, 12), tick=False)
    assert "The next ones leave on Monday 23 November at 7:00." in reads.wave_page(world.wave, officer).letters.hours


def test_doctor_calls_no_letter_late_that_waits_for_the_morning(db, time_machine):
    opened_at(london(20, 20), time_machine)
    for moment, late in ((london(22, 12), False), (london(23, 7, 5), False), (london(23, 7, 20), True)):
        time_machine.move_to(moment, tick=False)
        (letters,) = (finding for finding in health.findings() if finding.name == "Letters")
        assert letters.ok is not late
