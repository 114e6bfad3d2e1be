"""When a rhythm's turn comes: worked by hand on England's school year 2026/27 as it typically is."""

import datetime

import pytest

from alongside.calendar import presets
from alongside.calendar.days import MONDAY_TO_FRIDAY, Period, reckon
from alongside.surveys import occasions
from alongside.surveys.occasions import Asked, Step, Turn

FIRST, LAST = datetime.date(2026, 8, 1), datetime.date(2027, 7, 31)
FIRST_TUESDAY = Turn("month", 1, 2, 5, datetime.date(2026, 9, 1))


def day(text):
    """ "1 Dec 26" """
    return datetime.datetime.strptime(text, "%d %b %y").date()


def year(*more):
    slots = presets.typical("gb", 2026) + presets.typical("gb", 2027)
    return reckon([Period(slot.kind, slot.name, slot.first, slot.last) for slot in slots] + list(more))


def said(turn=FIRST_TUESDAY, days=None, *, first=FIRST, last=LAST, steps=(), waves=()):
    """What comes: "1 Sep", or "7 Jun (May half-term)", or "– (the holidays)"."""
    lines = []
    for found in occasions.coming(turn, days or year(), first, last, steps, waves):
        opens = f"{found.opens_on:%-d %b}" if found.opens_on else "–"
        why = f" ({', '.join(found.reasons)})" if found.reasons else ""
        lines.append(opens + why + (" moved" if found.moved else "") + (" skipped" if found.skipped else ""))
    return lines


def test_the_first_tuesday_of_each_month_moves_out_of_half_term_and_leaves_the_summer_out():
    assert said() == [
        "– (no term is known then)", "1 Sep", "6 Oct", "3 Nov", "1 Dec", "5 Jan", "2 Feb", "2 Mar", "6 Apr", "4 May",
        "7 Jun (May half-term)", "6 Jul",
    ]  # fmt: skip


def test_five_school_days_later_it_closes():
    found = {o.opens_on: o.closes_on for o in occasions.coming(FIRST_TUESDAY, year(), FIRST, LAST)}
    assert found[day("6 Oct 26")] == day("13 Oct 26")
    with_training_day = year(Period("closed", "Training day", day("9 Oct 26"), day("9 Oct 26")))
    found = {o.opens_on: o.closes_on for o in occasions.coming(FIRST_TUESDAY, with_training_day, FIRST, LAST)}
    assert found[day("6 Oct 26")] == day("14 Oct 26")


def test_no_answering_day_falls_in_a_report_or_exam_week():
    busy = year(
        Period("report", "Report week", day("9 Nov 26"), day("13 Nov 26")),
        Period("exam", "Mock exams", day("1 Mar 27"), day("31 Mar 27")),
    )
    # 3 Nov closes on 10 Nov, inside report week; Mock exams last to the end of March.
    assert said(days=busy)[3] == "16 Nov (Report week)"
    assert said(days=busy)[7] == "– (Mock exams, the holidays)"


def test_no_pulse_is_open_over_a_half_term():
    late = Turn(
        "month", 3, 4, 5, FIRST
    )  # the third Thursday: 15 Oct closes on 22 Oct, before half-term; 22 Oct would not
    assert said(late)[2] == "15 Oct"
    assert said(Turn("month", 4, 4, 5, FIRST))[2] == "– (October half-term)"  # then it is November
    assert said(Turn("month", 2, 2, 5, FIRST))[6] == "22 Feb (February half-term)"  # 9 Feb closes on 23 Feb over it


def test_a_bank_holiday_on_the_day_moves_it_to_the_next():
    assert said(Turn("month", 1, 1, 5, FIRST), year(Period("closed", "May Day", day("3 May 27"), day("3 May 27"))))[
        9
    ] == ("4 May (May Day)")


def test_every_second_month_counts_from_the_month_in_which_it_started():
    assert said(Turn("second", 1, 2, 5, datetime.date(2026, 10, 20))) == [
        "– (no term is known then)", "6 Oct", "1 Dec", "2 Feb", "6 Apr", "7 Jun (May half-term)",
    ]  # fmt: skip


def test_once_a_half_term_is_a_weekday_of_each_stretch_between_holidays():
    assert said(Turn("half-term", 2, 2, 5, FIRST)) == ["8 Sep", "10 Nov", "12 Jan", "2 Mar", "13 Apr", "15 Jun"]


def test_half_terms_need_terms():
    assert said(Turn("half-term", 1, 2, 5, FIRST), MONDAY_TO_FRIDAY) == []
    assert len(said(days=MONDAY_TO_FRIDAY)) == 12


def test_two_weeks_rest_between_one_closing_and_the_next_opening():
    exams = year(Period("exam", "Exams", day("1 Nov 26"), day("20 Nov 26")))
    # November's moves to the 23rd and closes on the 30th: 14 days of rest end on 14 December, too late for December.
    found = said(days=exams)
    assert found[3] == "23 Nov (Exams)"
    assert found[4].startswith("– (two weeks’ rest after the pulse before, until Sunday 13 December")


def test_what_has_passed_unplanned_is_gone_and_what_moved_to_come_is_not():
    assert said(first=day("1 Dec 26"))[0] == "5 Jan"
    assert said(first=day("30 Nov 26"))[0] == "1 Dec"
    assert said(first=day("2 Jun 27"))[0] == "7 Jun (May half-term)"
    assert said(first=day("7 Jun 27"))[0] == "6 Jul"


def test_a_leader_leaves_one_out_and_moves_one(time_machine):
    time_machine.move_to("2026-11-22")  # days of another year are said with it
    steps = [Step(day("1 Dec 26"), None), Step(day("5 Jan 27"), day("13 Jan 27"))]
    assert said(first=day("22 Nov 26"), steps=steps)[:3] == [
        "– skipped",
        "13 Jan moved",  # it closes on 20 January
        "3 Feb (two weeks’ rest after the pulse before, until Tuesday 2 February 2027)",
    ]


def test_a_day_that_a_leader_chose_still_keeps_clear_of_what_the_calendar_learns_later():
    steps = [Step(day("5 Jan 27"), day("13 Jan 27"))]
    learnt = year(Period("report", "Reports", day("11 Jan 27"), day("15 Jan 27")))
    assert said(days=learnt, first=day("2 Dec 26"), steps=steps)[0] == "18 Jan (Reports) moved"


def test_a_wave_that_is_planned_stands_where_it_is():
    waves = [Asked(day("1 Dec 26"), day("3 Dec 26"), day("10 Dec 26")), Asked(None, day("2 Nov 26"), day("9 Nov 26"))]
    found = occasions.coming(FIRST_TUESDAY, year(), day("22 Nov 26"), LAST, (), waves)
    assert (found[0].opens_on, found[0].closes_on, found[0].asked) == (day("3 Dec 26"), day("10 Dec 26"), True)
    assert not found[1].asked


def test_the_wave_of_a_half_term_counts_for_it_though_its_days_were_learnt_later():
    turn = Turn("half-term", 2, 2, 5, FIRST)
    waves = [Asked(day("11 Nov 26"), day("11 Nov 26"), day("18 Nov 26"))]  # planned before the terms were corrected
    assert [o.asked for o in occasions.coming(turn, year(), day("5 Nov 26"), LAST, (), waves)][:2] == [True, False]


@pytest.mark.parametrize("week", range(1, 5))
@pytest.mark.parametrize("weekday", range(1, 6))
@pytest.mark.parametrize("length", [1, 5, 10])
def test_whatever_the_rhythm_it_keeps_clear_of_closed_days_breaks_and_busy_weeks(week, weekday, length):
    days = year(
        Period("report", "Reports", day("23 Nov 26"), day("27 Nov 26")),
        Period("exam", "Exams", day("10 May 27"), day("21 May 27")),
        Period("closed", "Training", day("1 Dec 26"), day("1 Dec 26")),
    )
    asked = 0
    for every in ("month", "second", "half-term"):
        before = None
        for found in occasions.coming(Turn(every, week, weekday, length, FIRST), days, FIRST, LAST):
            if found.opens_on is None:
                assert found.reasons
                continue
            asked += 1
            assert days.is_school_day(found.opens_on)
            assert days.is_school_day(found.closes_on)
            assert not days.busy_between(found.opens_on, found.closes_on)
            span = (found.closes_on - found.opens_on).days
            assert not any(days.is_holiday(found.opens_on + n * occasions.DAY) for n in range(span))
            assert before is None or found.opens_on - before >= occasions.REST
            assert found.opens_on in found.window
            before = found.closes_on
    assert asked > 10
