"""Dates, spans and lists as people say them."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from alongside.kit import words


@time_machine.travel(datetime(2027, 5, 12, 9, tzinfo=UTC))
@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2027, 5, 18), "Tuesday 18 May"),
        (date(2028, 1, 5), "Wednesday 5 January 2028"),
        (datetime(2027, 5, 18, 23, 59, tzinfo=UTC), "Tuesday 18 May"),
        (None, ""),
    ],
)
def test_people_date(day, said):
    assert words.people_date(day) == said


@time_machine.travel(datetime(2027, 5, 12, 9, tzinfo=UTC))
def test_people_date_is_the_day_of_the_place_not_of_the_server(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    assert words.people_date(datetime(2027, 5, 18, 23, 0, tzinfo=UTC)) == "Wednesday 19 May"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (3, "in three days"),
        (7, "in a week"),
        (-7, "a week ago"),
        (13, "in 13 days"),
        (14, "in two weeks"),
        (20, "in three weeks"),
        (59, "in eight weeks"),
        (60, "in two months"),
        (-92, "three months ago"),
        (547, "in 18 months"),
        (548, "in two years"),
        (None, ""),
    ],
)
def test_in_days(days, said):
    assert words.in_days(days) == said


@time_machine.travel(datetime(2027, 5, 12, 9, tzinfo=UTC))
def test_in_days_counts_from_today():
    assert words.in_days(date(2027, 5, 28)) == "in two weeks"
    assert words.in_days(datetime(2027, 5, 13, 0, 0, tzinfo=UTC)) == "tomorrow"


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_people_list(names, said):
    assert words.people_list(names) == said
