"""A series that is asked again by itself: planned, moved, left out, ended; twice is once, and two that race are one."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from alongside.calendar import actions as calendar_actions
from alongside.calendar import presets
from alongside.calendar.models import Span
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.surveys import actions, outlook
from alongside.surveys.models import Rhythm, RhythmStep, Wave
from alongside.surveys.occasions import Turn
from tests import make
from tests.surveys import worlds
from tests.surveys.killed import Killed, killed_at, statements_of
from tests.surveys.threads import together

NOW = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)
LONDON = ZoneInfo("Europe/London")


def day(text):
    """ "1 Dec 26" """
    return datetime.datetime.strptime(text, "%d %b %y").date()


def first_tuesday(every="month", week=1, weekday=2, days=5):
    return Turn(every, week, weekday, days, day("22 Nov 26"))


@pytest.fixture(autouse=True)
def _in_november(time_machine):
    time_machine.move_to(NOW, tick=True)


def a_network(sizes=None):
    network = worlds.network_of(sizes or {"X": {"A": 9, "B": 6}})[0]
    for year in (2026, 2027):
        calendar_actions.save_year(
            network, year, {slot: (slot.first, slot.last) for slot in presets.typical("gb", year)}, [], by=0
        )
    return network


@pytest.fixture
def network(db):
    return a_network()


def started(network, turn=None, pulse="well", cluster=None):
    email = f"officer@{network.slug}.example"
    return actions.start(network, pulse, turn or first_tuesday(), cluster=cluster, by=make.officer(network, email))


def planned(rhythm):
    """Opening and closing of its waves that have not opened, as local days."""
    waves = rhythm.series.waves.filter(state="planned")
    return [(w.opens_at.astimezone(LONDON).date(), w.closes_at.astimezone(LONDON).date()) for w in waves]


def coming(rhythm):
    """What its page lists: "1 Dec*" (planned already), "12 Jan moved", "– skipped" …"""
    lines = []
    for found in outlook.shown(rhythm, timezone.localdate()):
        opens = f"{found.opens_on:%-d %b}" if found.opens_on else "–"
        marks = [word for word, on in (("moved", found.moved), ("skipped", found.skipped)) if on]
        lines.append(" ".join([opens + ("*" if found.asked else ""), *marks, *(f"({why})" for why in found.reasons)]))
    return lines


def said(rhythm, words=("rhythm", "occasion")):
    return [e.deed for e in JournalEntry.objects.filter(organisation=rhythm.organisation_id).order_by("number")
            if e.deed.startswith(tuple(f"surveys.{word}" for word in words))]  # fmt: skip


def over(rhythm, wave=None):
    """The wave of a rhythm runs its course."""
    wave = wave or rhythm.series.waves.get(state__in=["planned", "open"])
    Wave.objects.filter(pk=wave.pk).update(state="sealed", invited=15)


# --- starting -----------------------------------------------------------------------------------------------------------------


def test_starting_plans_the_first_wave_and_shows_the_school_years_others(network):
    rhythm = started(network)
    assert planned(rhythm) == [(day("1 Dec 26"), day("8 Dec 26"))]
    wave = rhythm.series.waves.get()
    assert (wave.number, wave.occasion, wave.asked_by, wave.items) == (
        1,
        day("1 Dec 26"),
        None,
        [f"well.{n}" for n in range(1, 7)],
    )
    assert coming(rhythm) == [
        "1 Dec*", "5 Jan", "2 Feb", "2 Mar", "6 Apr", "4 May", "7 Jun (May half-term)", "6 Jul",
    ]  # fmt: skip
    assert said(rhythm) == ["surveys.rhythm_started", "surveys.occasion_planned"]
    assert (rhythm.ahead, rhythm.ahead_until) == (7 * 6, day("31 Jul 27"))


def test_a_rhythm_needs_ten_people_and_is_one_at_a_time(network):
    few = a_network({"Y": {"C": 7, "D": 2}})
    with pytest.raises(Refused, match="at least 10 people"):
        started(few)
    started(network)
    with pytest.raises(Conflict, match="has a rhythm already"):
        started(network)
    assert Rhythm.objects.count() == 1
    started(network, first_tuesday("second"), pulse="lead")


def test_a_rhythm_once_a_half_term_needs_terms(db):
    network = worlds.network_of({"X": {"A": 8, "B": 4}})[0]
    with pytest.raises(Refused, match="Enter the terms"):
        started(network, first_tuesday("half-term"))
    assert not Rhythm.objects.exists()


def test_a_wave_asked_by_hand_is_waited_for_and_rested_after(network):
    wave = actions.ask(network, "well", timezone.now(), timezone.now() + 3 * make.DAY)
    rhythm = started(network)
    assert rhythm.series.waves.count() == 1
    assert coming(rhythm)[0].startswith("9 Dec (two weeks’ rest after the pulse before")
    over(rhythm, wave)
    actions.plan_after(wave.pk)
    run_tasks()
    assert planned(rhythm) == [(day("9 Dec 26"), day("16 Dec 26"))]


def test_a_turn_that_somebody_planned_by_hand_is_not_said_to_be_moved(network):
    """It would stay where it is: the pulse by hand is not the rhythm's to move."""
    rhythm = started(network)
    over(rhythm, rhythm.series.waves.get())
    by_hand = actions.ask(network, "well", timezone.now() + 60 * make.DAY, timezone.now() + 63 * make.DAY)
    turn = next(
        found.day for found in outlook.shown(rhythm, timezone.localdate()) if by_hand.opens_at.date() in found.window
    )
    for change in (
        lambda by: actions.skip(rhythm, turn, by),
        lambda by: actions.move(rhythm, turn, day("25 Jan 27"), by),
    ):
        with pytest.raises(Conflict, match="planned a pulse by hand"):
            change(make.officer(network, "second@t.example"))
    assert not RhythmStep.objects.exists()


# --- the next one -----------------------------------------------------------------------------------------------------------------


def test_a_sealed_wave_is_followed_by_the_next(network, time_machine):
    rhythm = started(network)
    time_machine.move_to(datetime.datetime(2026, 12, 8, 18, 1, tzinfo=datetime.UTC), tick=True)
    over(rhythm)
    OxTask.objects.all().delete()
    actions.plan_after(rhythm.series.waves.get().pk)
    run_tasks()
    assert planned(rhythm) == [(day("5 Jan 27"), day("12 Jan 27"))]
    assert Wave.objects.get(state="planned").number == 2
    rhythm.refresh_from_db()
    assert rhythm.ahead == 6 * 6


def test_due_work_makes_up_for_a_plan_that_was_lost_once_an_hour(network, time_machine):
    rhythm = started(network)
    over(rhythm)
    OxTask.objects.all().delete()
    actions.due_work()
    assert not OxTask.objects.exists()
    time_machine.move_to(NOW + datetime.timedelta(minutes=61), tick=True)
    actions.due_work()
    run_tasks()
    assert len(planned(rhythm)) == 1
    OxTask.objects.all().delete()
    actions.due_work()
    assert not OxTask.objects.filter(task_path=actions.PLAN).exists()


def test_arranging_twice_is_once(network):
    rhythm = started(network)
    over(rhythm)
    for _ in range(3):
        actions.arrange(rhythm.pk)
    assert rhythm.series.waves.filter(state="planned").count() == 1
    assert said(rhythm).count("surveys.occasion_planned") == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_arrange_at_once_plan_one_wave():
    rhythm = started(a_network())
    over(rhythm)
    together(4, lambda _: actions.arrange(rhythm.pk))
    assert planned(rhythm) == [(day("5 Jan 27"), day("12 Jan 27"))]
    assert said(rhythm).count("surveys.occasion_planned") == 2


def test_a_worker_killed_at_any_statement_leaves_it_to_be_done_again(network):
    rhythm = started(network)
    over(rhythm)
    total = statements_of(lambda: actions.arrange(rhythm.pk))
    assert total > 8
    for nth in range(1, total + 1):
        with worlds.undone():
            with killed_at(nth), pytest.raises(Killed):
                actions.arrange(rhythm.pk)
            assert planned(rhythm) == []
            actions.arrange(rhythm.pk)
            assert planned(rhythm) == [(day("5 Jan 27"), day("12 Jan 27"))]


def test_a_planned_wave_follows_what_the_calendar_learns(network):
    rhythm = started(network)
    calendar_actions.add_span(network, "report", "Report week", day("7 Dec 26"), day("11 Dec 26"), by=0)
    actions.arrange(rhythm.pk)
    # 14 December would close on the 21st, in the holidays: December is left out.
    assert planned(rhythm) == [(day("5 Jan 27"), day("12 Jan 27"))]
    assert coming(rhythm)[:2] == ["– (Report week) (the holidays)", "5 Jan*"]


def test_a_wave_that_could_not_open_in_its_time_gives_way_to_the_next(network, time_machine):
    rhythm = started(network)
    network.memberships.update(until=datetime.date(2026, 11, 23))  # its schools have left
    time_machine.move_to(datetime.datetime(2026, 12, 3, 9, 0, tzinfo=datetime.UTC), tick=True)
    actions.open_wave(rhythm.series.waves.get().pk)
    assert planned(rhythm) == [(day("1 Dec 26"), day("8 Dec 26"))]
    actions.arrange(rhythm.pk)
    assert planned(rhythm) == [(day("5 Jan 27"), day("12 Jan 27"))]


def test_the_wave_of_a_rhythm_opens_and_is_answered_like_any_other(network, time_machine):
    rhythm = started(network)
    wave = rhythm.series.waves.get()
    time_machine.move_to(wave.opens_at, tick=True)
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    assert (wave.state, wave.invited) == ("open", 15)
    actions.arrange(rhythm.pk)
    assert rhythm.series.waves.count() == 1


# --- clocks ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "turn", "to", "hours"),
    [
        ("2 Jan 27", "1 Mar 27", "27 Mar 27", ("2027-03-27T07:00+00:00", "2027-03-28T17:00+00:00")),
        ("2 Jan 27", "1 Mar 27", "28 Mar 27", ("2027-03-28T06:00+00:00", "2027-03-29T17:00+00:00")),
        ("2 Sep 27", "4 Oct 27", "30 Oct 27", ("2027-10-30T06:00+00:00", "2027-10-31T18:00+00:00")),
        ("2 Sep 27", "4 Oct 27", "31 Oct 27", ("2027-10-31T07:00+00:00", "2027-11-01T18:00+00:00")),
    ],
)
def test_seven_and_eighteen_are_what_the_clock_in_school_says(db, time_machine, now, turn, to, hours):
    """Schools with lessons on Sundays: they open or close on the days on which British clocks change."""
    time_machine.move_to(datetime.datetime.combine(day(now), datetime.time(12), datetime.UTC), tick=True)
    network = worlds.network_of({"X": {"A": 8, "B": 4}})[0]
    Span.objects.create(
        organisation=network, kind="week", name="All week", weekdays="1234567",
        starts_on=day("1 Jan 27"), ends_on=day("31 Dec 27"),
    )  # fmt: skip
    rhythm = started(network, Turn("month", 1, 1, 1, day(now)))
    while rhythm.series.waves.get().occasion != day(turn):
        actions.skip(rhythm, rhythm.series.waves.get().occasion, rhythm.started_by)
    actions.move(rhythm, day(turn), day(to), rhythm.started_by)
    wave = rhythm.series.waves.get()
    assert tuple(moment.isoformat(timespec="minutes") for moment in (wave.opens_at, wave.closes_at)) == hours


# --- what leaders change -------------------------------------------------------------------------------------------------------


def test_a_turn_left_out_gives_way_to_the_one_after_it(network):
    rhythm = started(network)
    by = rhythm.started_by
    actions.skip(rhythm, day("1 Dec 26"), by)
    actions.skip(rhythm, day("1 Dec 26"), by)
    assert coming(rhythm)[:2] == ["– skipped", "5 Jan*"]
    assert planned(rhythm) == [(day("5 Jan 27"), day("12 Jan 27"))]
    actions.skip(rhythm, day("2 Feb 27"), by)
    assert coming(rhythm)[1:4] == ["5 Jan*", "– skipped", "2 Mar"]
    actions.put_back(rhythm, day("1 Dec 26"), by)
    actions.put_back(rhythm, day("1 Dec 26"), by)
    assert planned(rhythm) == [(day("1 Dec 26"), day("8 Dec 26"))]
    assert said(rhythm)[2:] == ["surveys.occasion_skipped", "surveys.occasion_skipped", "surveys.occasion_put_back"]


def test_a_turn_is_moved_and_put_back(network):
    rhythm = started(network)
    by = rhythm.started_by
    for _ in range(2):
        actions.move(rhythm, day("1 Dec 26"), day("3 Dec 26"), by)
    assert planned(rhythm) == [(day("3 Dec 26"), day("10 Dec 26"))]
    assert coming(rhythm)[:2] == ["3 Dec* moved", "5 Jan"]
    actions.put_back(rhythm, day("1 Dec 26"), by)
    assert planned(rhythm) == [(day("1 Dec 26"), day("8 Dec 26"))]
    assert said(rhythm)[2:] == ["surveys.occasion_moved", "surveys.occasion_put_back"]


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("5 Dec 26", "Saturday 5 December does not fit: there is no school. Monday 7 December would do"),
        ("14 Dec 26", "Monday 14 December does not fit: the holidays"),
        ("25 Dec 26", "does not fit: the holidays"),
        ("5 Jan 27", "Choose a day to come between Tuesday 1 December and Thursday 31 December"),
        ("20 Nov 26", "Choose a day to come"),
    ],
)
def test_a_turn_is_moved_only_to_a_day_that_fits(network, to, words):
    rhythm = started(network)
    with pytest.raises(Refused, match=words):
        actions.move(rhythm, day("1 Dec 26"), day(to), rhythm.started_by)
    assert not RhythmStep.objects.exists()


def test_what_is_open_or_over_is_not_changed(network, time_machine):
    rhythm = started(network)
    wave = rhythm.series.waves.get()
    time_machine.move_to(wave.opens_at, tick=True)
    for change in (actions.skip, actions.put_back, lambda r, d, by: actions.move(r, d, day("10 Dec 26"), by)):
        with pytest.raises(Conflict):
            change(rhythm, day("1 Dec 26"), rhythm.started_by)
    actions.open_wave(wave.pk)
    with pytest.raises(Conflict):
        actions.skip(rhythm, day("1 Dec 26"), rhythm.started_by)
    with pytest.raises(Conflict):
        actions.skip(rhythm, day("24 Dec 26"), rhythm.started_by)


def test_calling_a_planned_wave_off_leaves_its_turn_out(network):
    rhythm = started(network)
    actions.call_off(rhythm.series.waves.get(), rhythm.started_by)
    run_tasks()
    assert coming(rhythm)[:2] == ["– skipped", "5 Jan*"]


def test_an_ended_rhythm_plans_no_more_and_lets_an_open_wave_go_on(network, time_machine):
    rhythm = started(network)
    actions.end(rhythm, rhythm.started_by)
    actions.end(rhythm, rhythm.started_by)
    actions.arrange(rhythm.pk)
    assert not Wave.objects.exists()
    assert said(rhythm)[2:] == ["surveys.rhythm_ended"]
    with pytest.raises(Conflict, match="has ended"):
        actions.skip(rhythm, day("1 Dec 26"), rhythm.started_by)
    again = started(network)
    assert again.pk != rhythm.pk
    wave = again.series.waves.get()
    time_machine.move_to(wave.opens_at, tick=True)
    actions.open_wave(wave.pk)
    actions.end(again, rhythm.started_by)
    assert Wave.objects.get().state == "open"


@pytest.mark.django_db(transaction=True)
def test_changes_that_race_leave_one_wave_where_the_turns_say():
    rhythm = started(a_network())
    by, turns = rhythm.started_by, [day("1 Dec 26"), day("5 Jan 27"), day("2 Feb 27")]
    together(6, lambda n: (actions.skip if n % 2 else actions.put_back)(rhythm, turns[n // 2], by))
    together(2, lambda _: actions.arrange(rhythm.pk))
    assert len(planned(rhythm)) == 1
    assert [line for line in coming(rhythm) if "*" in line] == [
        line for line in coming(rhythm) if not line.startswith("–")
    ][:1]
