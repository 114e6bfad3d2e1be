"""On which days there is school: terms, holidays, closed days and school days after all, nearest word first."""

import datetime
import itertools
from datetime import date

import pytest

from alongside.calendar import presets, reads
from alongside.calendar.actions import add_span
from alongside.calendar.days import MONDAY_TO_FRIDAY, Period, SchoolDays, reckon
from alongside.calendar.models import Span
from tests import make

AUTUMN = Period("term", "Autumn", date(2026, 9, 2), date(2026, 12, 18))
SPRING = Period("term", "Spring", date(2027, 1, 4), date(2027, 3, 19))
HALF_TERM = Period("closed", "Half-term", date(2026, 10, 26), date(2026, 10, 30))
DAYS = reckon([AUTUMN, SPRING, HALF_TERM])


@pytest.mark.parametrize(
    ("day", "school"),
    [
        (date(2026, 9, 1), True),  # before the first term that is known, Monday to Friday counts
        (date(2026, 9, 2), True),
        (date(2026, 9, 5), False),  # a Saturday
        (date(2026, 10, 23), True),
        (date(2026, 10, 26), False),
        (date(2026, 10, 30), False),
        (date(2026, 11, 2), True),
        (date(2026, 12, 18), True),
        (date(2026, 12, 21), False),  # a Monday of the holidays
        (date(2027, 1, 1), False),
        (date(2027, 1, 4), True),
        (date(2027, 3, 22), True),  # after the last term that is known
    ],
)
def test_school_days(day, school):
    assert DAYS.is_school_day(day) is school


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2026, 10, 22), 2, date(2026, 11, 2)),  # Thursday → Friday, then over half-term
        (date(2026, 12, 17), 2, date(2027, 1, 4)),  # over the holidays
        (date(2026, 12, 25), 1, date(2027, 1, 4)),
        (date(2026, 9, 2), 0, date(2026, 9, 2)),
    ],
)
def test_two_school_days_skip_closed_days_and_holidays(day, count, later):
    assert DAYS.after(day, count) == later


def test_a_gap_of_more_than_twelve_weeks_is_no_holiday_but_nothing_known():
    year_later = AUTUMN._replace(first=date(2027, 9, 1), last=date(2027, 12, 17))
    assert reckon([AUTUMN, year_later]).is_school_day(date(2027, 3, 1)) is True
    near = AUTUMN._replace(first=date(2027, 3, 12), last=date(2027, 5, 12))
    assert reckon([AUTUMN, near]).is_school_day(date(2027, 3, 1)) is False


def test_the_nearest_word_on_a_day_counts():
    day = date(2026, 11, 30)
    closed, opened = Period("closed", "St Andrew", day, day, 1), Period("open", "Open", day, day, 0)
    assert reckon([AUTUMN, closed]).is_school_day(day) is False
    assert reckon([AUTUMN, closed, opened]).is_school_day(day) is True
    assert reckon([AUTUMN, closed._replace(layer=0), opened._replace(layer=1)]).is_school_day(day) is False
    assert reckon([AUTUMN, closed._replace(layer=0), opened]).is_school_day(day) is True
    saturday = date(2026, 11, 28)
    assert reckon([Period("open", "Open morning", saturday, saturday)]).is_school_day(saturday) is True


def test_an_own_term_takes_the_place_of_an_inherited_one_on_the_same_days():
    theirs = AUTUMN._replace(layer=1, last=date(2026, 12, 11))
    assert reckon([theirs, AUTUMN, SPRING._replace(layer=1)]).terms == (AUTUMN, SPRING._replace(layer=1))


def test_a_week_of_other_days():
    sunday_to_thursday = Period("week", "Week", date(2026, 9, 1), date(2027, 8, 31), 0, "71234")
    days = reckon([sunday_to_thursday])
    assert [days.is_school_day(date(2026, 11, 22) + n * make.DAY) for n in range(7)] == [True] * 5 + [False] * 2
    assert days.is_school_day(date(2026, 8, 28)) is True  # a Friday before that week was agreed


def test_a_calendar_without_any_school_day_falls_back_to_weekdays():
    never = Period("closed", "Closed", date.min, date.max)
    assert reckon([never]).after(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert reckon([never]).before_or_on(date(2026, 11, 22)) == date(2026, 11, 20)


@pytest.mark.parametrize("day", [date(1, 1, 5), date(9998, 12, 31)])
def test_the_ends_of_all_time_are_borne(day):
    assert MONDAY_TO_FRIDAY.is_school_day(day) in {True, False}


def test_report_and_exam_weeks_that_meet_a_stretch_of_days():
    reports = Period("report", "Reports", date(2026, 11, 23), date(2026, 11, 27))
    mocks = Period("exam", "Mocks", date(2026, 12, 1), date(2026, 12, 4))
    days = reckon([mocks, reports])
    assert days.busy_between(date(2026, 11, 27), date(2026, 12, 1)) == [reports, mocks]
    assert days.busy_between(date(2026, 11, 28), date(2026, 11, 30)) == []


# --- what an organisation has from whom ---------------------------------------------------------------------------------


@pytest.fixture
def place(db):
    one, other = make.network("Riverway Trust"), make.network("Brede Alliance")
    ashmead, birch, elm = (make.school(name) for name in ("Ashmead", "Birch", "Elm"))
    make.cluster(one, "Avon", [ashmead, birch])
    make.cluster(other, "Cray", [birch, elm])
    for school in (ashmead, birch, elm):
        school.refresh_from_db()
    return one, other, ashmead.organisation, birch.organisation, elm.organisation


def closed(organisation, day):
    return add_span(organisation, "closed", f"Closed at {organisation}", day, day, by=1)


def test_a_school_has_the_days_of_its_networks_and_its_country_and_of_nobody_else(place, django_assert_num_queries):
    one, other, ashmead, birch, elm = place
    monday = date(2026, 11, 23)
    for number, owner in enumerate((one, other, ashmead, birch, elm)):
        closed(owner, monday + number * make.DAY)
    Span.objects.create(
        country="gb", kind="closed", name="Holiday", starts_on=monday + 7 * make.DAY, ends_on=monday + 7 * make.DAY
    )
    Span.objects.create(
        country="nz", kind="closed", name="Holiday", starts_on=monday + 8 * make.DAY, ends_on=monday + 8 * make.DAY
    )
    with django_assert_num_queries(1):
        found = reads.school_days_of(place)
    shut = {
        owner.pk: [n for n in (0, 1, 2, 3, 4, 7, 8) if not found[owner.pk].is_school_day(monday + n * make.DAY)]
        for owner in place
    }
    assert shut == {one.pk: [0, 7], other.pk: [1, 7], ashmead.pk: [0, 2, 7], birch.pk: [0, 1, 3, 7], elm.pk: [1, 4, 7]}
    with django_assert_num_queries(1):
        assert reads.school_days(birch) == found[birch.pk]


def test_the_older_network_goes_first_where_two_name_a_term(place):
    one, other, _, birch, _ = place
    birch.school.network_memberships.filter(network=other).update(since=date(2020, 1, 1))
    for owner, name in ((one, "Term of one"), (other, "Term of the other")):
        add_span(owner, "term", name, date(2026, 9, 2), date(2026, 12, 18), by=1)
    assert [term.name for term in reads.school_days(birch).terms] == ["Term of the other"]


def test_a_school_that_left_a_network_no_longer_has_its_days(place):
    one, _, ashmead, _, _ = place
    closed(one, date(2026, 11, 23))
    ashmead.school.network_memberships.update(until=datetime.date.today())
    assert reads.school_days(ashmead) == SchoolDays()


def test_the_page_says_whose_days_are_inherited_and_which_give_way(place):
    one, _, ashmead, _, _ = place
    add_span(one, "term", "Autumn term", date(2026, 9, 2), date(2026, 12, 18), by=1)
    add_span(ashmead, "term", "Our autumn", date(2026, 9, 7), date(2026, 12, 16), by=1)
    page = reads.terms_page(ashmead, date(2026, 11, 22))
    assert [(line.span.name, line.source, line.replaced) for line in page.ahead] == [
        ("Autumn term", "Riverway Trust", True),
        ("Our autumn", "", False),
    ]
    assert (page.now.name, page.knows_terms) == ("Our autumn", True)


# --- typical years -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "easter"),
    [(2024, date(2024, 3, 31)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25)), (2285, date(2285, 3, 22))],
)
def test_easter(year, easter):
    assert presets.easter_sunday(year) == easter


@pytest.mark.parametrize("country", ["gb", "nz", "au", "ie"])
@pytest.mark.parametrize("year", range(2020, 2040))
def test_a_typical_year_is_a_sound_one(country, year):
    slots = presets.typical(country, year)
    terms = [slot for slot in slots if slot.kind == "term"]
    assert len(terms) == (4 if country in {"nz", "au"} else 3)
    for before, after in itertools.pairwise(terms):
        assert datetime.timedelta(days=9) < after.first - before.last <= datetime.timedelta(days=24)
    assert all(slot.first < slot.last and slot.first.weekday() < 5 and slot.last.weekday() < 5 for slot in slots)
    days = reckon(Period(slot.kind, slot.name, slot.first, slot.last) for slot in slots)
    count = sum(
        days.is_school_day(terms[0].first + n * make.DAY)
        for n in range(330)
        if days.term(terms[0].first + n * make.DAY)
    )
    assert 183 <= count <= 206


def test_typical_terms_of_england_2025_26():
    assert [(slot.name, slot.first, slot.last) for slot in presets.typical("gb", 2025)] == [
        ("Autumn term", date(2025, 9, 2), date(2025, 12, 19)),
        ("October half-term", date(2025, 10, 27), date(2025, 10, 31)),
        ("Spring term", date(2026, 1, 5), date(2026, 3, 27)),
        ("February half-term", date(2026, 2, 16), date(2026, 2, 20)),
        ("Summer term", date(2026, 4, 13), date(2026, 7, 17)),
        ("May half-term", date(2026, 5, 25), date(2026, 5, 29)),
    ]


@pytest.mark.parametrize(
    ("country", "day", "year", "name"),
    [
        ("gb", date(2026, 7, 31), 2025, "2025/26"),
        ("gb", date(2026, 8, 1), 2026, "2026/27"),
        ("nz", date(2026, 12, 31), 2026, "2026"),
        ("gb", date(2099, 9, 1), 2099, "2099/00"),
    ],
)
def test_which_school_year_a_day_is_in(country, day, year, name):
    assert presets.school_year(country, day) == year
    assert presets.name_of(country, year) == name


def test_the_days_of_networks_alone_are_found_in_one_query(place, django_assert_num_queries):
    one, other, *_ = place
    monday = date(2026, 11, 23)
    closed(one, monday)
    with django_assert_num_queries(1):
        found = reads.school_days_of([one, other])
    assert {pk: days.is_school_day(monday) for pk, days in found.items()} == {one.pk: False, other.pk: True}
