"""Days on which an event comes again, against a library that follows rules step by step."""

import datetime
import itertools
import time

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.calendar.files.recurrence import LIMIT_OCCURRENCES, NotFollowed, rule

FIRST, LAST = datetime.date(2025, 10, 18), datetime.date(2029, 11, 22)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@st.composite
def rules(draw):
    """A rule as calendars write it, and the day on which it starts."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    values = {"FREQ": [frequency], "INTERVAL": [draw(st.integers(1, 5))], "WKST": [draw(st.sampled_from(WEEKDAYS))]}
    nth = st.sampled_from(["", "1", "2", "+3", "-1", "-2"]) if frequency in {"MONTHLY", "YEARLY"} else st.just("")
    if draw(st.booleans()):
        days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True))
        which = draw(nth)  # the library forgets "each of them" where some are counted
        values["BYDAY"] = [which + day for day in days]
    if draw(st.booleans()):
        values["BYMONTH"] = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True))
    if frequency != "WEEKLY" and "BYDAY" not in values and draw(st.booleans()):
        values["BYMONTHDAY"] = draw(
            st.lists(st.sampled_from([1, 15, 29, 31, -1, -3]), min_size=1, max_size=2, unique=True)
        )
    if draw(st.booleans()):
        values["COUNT"] = [draw(st.integers(1, 60))]
    start = draw(st.dates(datetime.date(2019, 1, 1), datetime.date(2027, 1, 1)))
    return values, start


def text(values):
    return ";".join(f"{key}={','.join(str(each) for each in value)}" for key, value in values.items())


def followed(values, start):
    begin = datetime.datetime.combine(start, datetime.time())
    end = datetime.datetime.combine(LAST, datetime.time())
    every = itertools.takewhile(lambda moment: moment <= end, rrule.rrulestr(text(values), dtstart=begin))
    return [moment.date() for moment in every if moment.date() >= FIRST]


@settings(max_examples=150, deadline=None)
@given(rules())
def test_days_are_those_of_a_library_that_follows_the_rule(given_rule):
    values, start = given_rule
    wanted = followed(values, start)
    if len(wanted) > LIMIT_OCCURRENCES:
        with pytest.raises(NotFollowed, match="400 is the limit"):
            rule(values, start, None).days(FIRST, LAST)
    else:
        assert rule(values, start, None).days(FIRST, LAST) == wanted


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"FREQ": ["SECONDLY"]}, "It comes every second; once a day is the limit."),
        ({"FREQ": ["MINUTELY"], "COUNT": [3]}, "It comes every minute; once a day is the limit."),
        ({"FREQ": ["HOURLY"]}, "It comes every hour; once a day is the limit."),
        ({"FREQ": ["DAILY"]}, "and 400 is the limit"),
        ({"FREQ": ["DAILY"], "COUNT": [10**9]}, "1,000 is the limit"),
        ({"FREQ": ["MONTHLY"], "BYSETPOS": [-1], "BYDAY": ["MO"]}, "uses BYSETPOS, which is not followed"),
        ({"FREQ": ["SOMETIMES"]}, "no known frequency"),
        ({}, "no known frequency"),
        ({"FREQ": ["WEEKLY"], "BYDAY": ["XX"]}, "no day of the week"),
    ],
)
def test_what_is_not_followed_says_why_and_names_its_limit(values, said):
    with pytest.raises(NotFollowed, match=said.replace(".", r"\.")):
        rule(values, datetime.date(2026, 1, 1), None).days(FIRST, LAST)


def test_a_rule_that_never_comes_true_is_through_in_no_time():
    """A library that follows it counts to the year 9999: 2.9 million days."""
    begin = time.perf_counter()
    values = {"FREQ": ["DAILY"], "BYMONTH": [2], "BYMONTHDAY": [30]}
    assert rule(values, datetime.date(1, 1, 1), None).days(FIRST, LAST) == []
    assert time.perf_counter() - begin < 0.5


def test_something_counted_since_the_middle_ages_is_not_followed():
    with pytest.raises(NotFollowed, match="more than 20 years ago"):
        rule({"FREQ": ["YEARLY"], "COUNT": [900]}, datetime.date(1066, 10, 14), None).days(FIRST, LAST)
