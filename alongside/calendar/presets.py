"""A school year as it usually is, to begin from: dates that somebody looks at before they are kept."""

from __future__ import annotations

import datetime
from typing import NamedTuple

DAY = datetime.timedelta(days=1)
MONDAY, TUESDAY, FRIDAY = 0, 1, 4


class Slot(NamedTuple):
    """One line of the form of a school year. key: the same every year."""

    key: str
    kind: str
    name: str
    first: datetime.date
    last: datetime.date


def school_year(country: str, day: datetime.date) -> int:
    """The year in which the school year of a day begins: from August in the north, the calendar year in the south."""
    if country in {"nz", "au"}:
        return day.year
    return day.year if day.month >= 8 else day.year - 1


def name_of(country: str, year: int) -> str:
    """ "2026/27", or "2026" where a school year is a calendar year."""
    return str(year) if country in {"nz", "au"} else f"{year}/{(year + 1) % 100:02d}"


def typical(country: str, year: int) -> list[Slot]:
    """The terms of a school year, and in the north its half-terms; nothing of one school's own."""
    match country:
        case "nz":
            return _south(year, datetime.date(year, 2, 1), datetime.date(year, 12, 20))
        case "au":
            return _south(year, datetime.date(year, 1, 27), datetime.date(year, 12, 18))
        case _:
            return _north(year)


def _north(year: int) -> list[Slot]:
    """England: three terms with a week in the middle of each; spring ends before the week-end before Easter."""
    easter = easter_sunday(year + 1)
    autumn = _on_or_after(datetime.date(year, 9, 1), TUESDAY), _before_or_on(datetime.date(year, 12, 20), FRIDAY)
    spring = _on_or_after(datetime.date(year + 1, 1, 4), MONDAY), easter - 9 * DAY
    summer = easter + 8 * DAY, _before_or_on(datetime.date(year + 1, 7, 22), FRIDAY)
    may = _before_or_on(datetime.date(year + 1, 5, 31), MONDAY)
    october = _before_or_on(datetime.date(year, 10, 31), FRIDAY)
    february = _on_or_after(datetime.date(year + 1, 2, 13), MONDAY)
    return [
        Slot("autumn", "term", "Autumn term", *autumn),
        Slot("october", "closed", "October half-term", october - 4 * DAY, october),
        Slot("spring", "term", "Spring term", *spring),
        Slot("february", "closed", "February half-term", february, february + 4 * DAY),
        Slot("summer", "term", "Summer term", *summer),
        Slot("may", "closed", "May half-term", may, may + 4 * DAY),
    ]


def _south(year: int, begin: datetime.date, end: datetime.date) -> list[Slot]:
    """Australia and New Zealand: four terms, two weeks between them; the first ends before Easter or its holy week."""
    easter = easter_sunday(year)
    april = easter - (9 if easter > datetime.date(year, 4, 12) else 3) * DAY
    second = _on_or_after(april + 15 * DAY, MONDAY)
    july = _before_or_on(datetime.date(year, 7, 5), FRIDAY)
    september = _before_or_on(datetime.date(year, 9, 28), FRIDAY)
    return [
        Slot("term-1", "term", "Term 1", _weekday_from(begin), april),
        Slot("term-2", "term", "Term 2", second, july),
        Slot("term-3", "term", "Term 3", july + 17 * DAY, september),
        Slot("term-4", "term", "Term 4", september + 17 * DAY, _before_or_on(end, FRIDAY)),
    ]


def easter_sunday(year: int) -> datetime.date:
    """Of the western churches: the Gregorian computus (Meeus, Astronomical Algorithms, 1991, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    length = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * length) // 433
    month = (h + length - 7 * m + 90) // 25
    return datetime.date(year, month, (h + length - 7 * m + 33 * month + 19) % 32)


def _on_or_after(day: datetime.date, weekday: int) -> datetime.date:
    return day + (weekday - day.weekday()) % 7 * DAY


def _before_or_on(day: datetime.date, weekday: int) -> datetime.date:
    return day - (day.weekday() - weekday) % 7 * DAY


def _weekday_from(day: datetime.date) -> datetime.date:
    return day if day.weekday() < 5 else _on_or_after(day, MONDAY)
