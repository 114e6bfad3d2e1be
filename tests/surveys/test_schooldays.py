"""Days and hours where the organisation is, around week ends and clock changes."""

import datetime
from datetime import date

import pytest

from alongside.calendar.days import MONDAY_TO_FRIDAY
from alongside.surveys import rules, schooldays
from alongside.surveys.models import Reply

UTC = datetime.UTC
LONDON, AUCKLAND, SYDNEY = "Europe/London", "Pacific/Auckland", "Australia/Sydney"


def at(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2026, 5, 11), 0, date(2026, 5, 11)),  # a Monday
        (date(2026, 5, 11), 1, date(2026, 5, 12)),
        (date(2026, 5, 14), 2, date(2026, 5, 18)),  # Thursday → Monday
        (date(2026, 5, 15), 1, date(2026, 5, 18)),  # Friday → Monday
        (date(2026, 5, 16), 1, date(2026, 5, 18)),  # Saturday → Monday
        (date(2026, 5, 17), 2, date(2026, 5, 19)),  # Sunday → Tuesday
        (date(2026, 5, 11), 10, date(2026, 5, 25)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_school_days_after(day, count, later):
    assert schooldays.after(day, count) == later


@pytest.mark.parametrize(("day", "found"), [(15, 15), (16, 15), (17, 15), (18, 18)])
def test_the_last_school_day_up_to_a_day(day, found):
    assert schooldays.before_or_on(date(2026, 5, day)) == date(2026, 5, found)


@pytest.mark.parametrize(
    ("day", "zone", "moment"),
    [
        (date(2026, 3, 27), LONDON, "2026-03-27T18:00"),  # the last school day of winter time
        (date(2026, 3, 30), LONDON, "2026-03-30T17:00"),  # the clocks went on at the week end
        (date(2026, 3, 29), LONDON, "2026-03-29T17:00"),  # the day itself
        (date(2026, 10, 23), LONDON, "2026-10-23T17:00"),
        (date(2026, 10, 25), LONDON, "2026-10-25T18:00"),
        (date(2026, 10, 26), LONDON, "2026-10-26T18:00"),
        (date(2026, 4, 3), AUCKLAND, "2026-04-03T05:00"),
        (date(2026, 4, 6), AUCKLAND, "2026-04-06T06:00"),  # the clocks went back
        (date(2026, 9, 28), AUCKLAND, "2026-09-28T05:00"),
        (date(2026, 10, 5), SYDNEY, "2026-10-05T07:00"),
        (date(2026, 5, 12), "UTC", "2026-05-12T18:00"),
    ],
)
def test_a_pulse_closes_at_six_where_the_organisation_is(day, zone, moment):
    assert schooldays.closing(day, zone) == at(moment)
    assert schooldays.local_day(schooldays.closing(day, zone), zone) == day


def test_a_pulse_opens_at_seven_where_the_organisation_is():
    assert schooldays.opening(date(2026, 3, 30), LONDON) == at("2026-03-30T06:00")
    assert schooldays.opening(date(2026, 3, 27), LONDON) == at("2026-03-27T07:00")
    assert schooldays.opening(date(2026, 5, 12), AUCKLAND) == at("2026-05-11T19:00")


def test_a_week_of_school_days_over_a_clock_change_is_an_hour_shorter_or_longer():
    week = schooldays.closing(date(2026, 3, 31), LONDON) - schooldays.closing(date(2026, 3, 24), LONDON)
    assert week == datetime.timedelta(days=7, hours=-1)
    week = schooldays.closing(date(2026, 10, 27), LONDON) - schooldays.closing(date(2026, 10, 20), LONDON)
    assert week == datetime.timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("released", "zone", "seen"),
    [
        ("2026-05-12T17:01", LONDON, "2026-05-14T17:01"),  # Tuesday → Thursday
        ("2026-05-14T17:01", LONDON, "2026-05-18T17:01"),  # Thursday → Monday
        ("2026-05-15T17:01", LONDON, "2026-05-19T17:01"),  # Friday → Tuesday
        ("2026-05-16T09:00", LONDON, "2026-05-19T09:00"),  # a late seal, on a Saturday → Tuesday
        ("2026-03-27T18:01", LONDON, "2026-03-31T17:01"),  # the same hour by the clock on the wall
        ("2026-10-23T17:01", LONDON, "2026-10-27T18:01"),
        ("2026-05-14T20:00", AUCKLAND, "2026-05-18T20:00"),  # in Auckland it is Friday already
        ("2026-04-02T05:01", AUCKLAND, "2026-04-06T06:01"),
    ],
)
def test_staff_see_results_by_themselves_two_school_days_later(released, zone, seen):
    assert schooldays.two_school_days_after(at(released), zone) == at(seen)
    assert rules.staff_see_from(at(released), None, zone, MONDAY_TO_FRIDAY) == at(seen)


def test_a_posted_reply_opens_results_at_once_and_a_draft_or_a_late_one_delays_nothing():
    released, by_itself = at("2026-05-12T17:01"), at("2026-05-14T17:01")
    posted = at("2026-05-13T08:00")
    assert rules.staff_see_from(released, Reply(posted_at=posted), LONDON, MONDAY_TO_FRIDAY) == posted
    assert rules.staff_see_from(released, Reply(posted_at=None), LONDON, MONDAY_TO_FRIDAY) == by_itself
    assert (
        rules.staff_see_from(released, Reply(posted_at=at("2026-05-20T08:00")), LONDON, MONDAY_TO_FRIDAY) == by_itself
    )


def test_staff_see_results_from_that_moment_on(time_machine):
    released = at("2026-05-12T17:01")
    for text, seen in (("2026-05-14T17:00", False), ("2026-05-14T17:01", True)):
        time_machine.move_to(at(text), tick=False)
        assert rules.staff_see_now(released, None, LONDON, MONDAY_TO_FRIDAY) is seen
