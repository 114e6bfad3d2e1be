"""The days on which an event comes again (RFC 5545, 3.3.10), in a bounded number of steps.

A library that follows a rule step by step can be kept busy for minutes by one line of a file. Terms and closed days need
days only, so each day of the window is asked whether it fits the rule; what counts repetitions is followed from its start.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DAY = datetime.timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TOO_OFTEN = {"SECONDLY": "second", "MINUTELY": "minute", "HOURLY": "hour"}
READ = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY"}
LIMIT_OCCURRENCES = 400  # of one event, in the window
LIMIT_COUNT = 1_000
LIMIT_BACK = datetime.timedelta(days=20 * 366)  # how long ago something that is counted may have begun


class NotFollowed(Exception):
    """A rule that is not followed; the text says why, as a sentence for whoever brought the file."""


class TooOften(NotFollowed):
    """It comes more often than a calendar of terms has days."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as days need it. by_day: (which one, weekday from 0 for Monday); 0 for each of them."""

    start: datetime.date
    frequency: str
    interval: int = 1
    count: int | None = None
    until: datetime.date | None = None
    week_start: int = 0
    by_day: tuple[tuple[int, int], ...] = ()
    by_month: frozenset[int] = frozenset()
    by_month_day: tuple[int, ...] = ()

    def days(self, first: datetime.date, last: datetime.date) -> list[datetime.date]:
        """The days in the window on which it comes, at most 400. Raises NotFollowed for more."""
        found = [day for day in self._all(first, last) if day >= first]
        if len(found) > LIMIT_OCCURRENCES:
            raise TooOften(
                f"It comes {len(found):,} times in four years, and {LIMIT_OCCURRENCES} is the limit. Enter it by hand if "
                "it is a term or a closed day."
            )
        return found

    def _all(self, first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
        if self.count is not None and self.start < first - LIMIT_BACK:
            raise NotFollowed("It is counted from more than 20 years ago. Enter it by hand if it is a closed day.")
        day = self.start if self.count is not None else max(self.start, first)
        end, left = min(last, self.until or last), self.count
        while day <= end and left != 0:
            if self.fits(day):
                yield day
                left = left - 1 if left is not None else None
            day += DAY

    def fits(self, day: datetime.date) -> bool:
        """Whether it comes on a day from its start on."""
        if self.by_month and day.month not in self.by_month:
            return False
        if self.by_month_day and not self._month_day_fits(day):
            return False
        return FITS[self.frequency](self, day)

    def _month_day_fits(self, day: datetime.date) -> bool:
        return day.day in self.by_month_day or day.day - _length(day) - 1 in self.by_month_day

    def _weekday_fits(self, day: datetime.date) -> bool:
        return not self.by_day or any(weekday == day.weekday() for _, weekday in self.by_day)

    def _daily(self, day: datetime.date) -> bool:
        return (day - self.start).days % self.interval == 0 and self._weekday_fits(day)

    def _weekly(self, day: datetime.date) -> bool:
        weeks = (self._week(day) - self._week(self.start)) % self.interval
        weekdays = {weekday for _, weekday in self.by_day} or {self.start.weekday()}
        return weeks == 0 and day.weekday() in weekdays

    def _week(self, day: datetime.date) -> int:
        return (day.toordinal() - 1 - self.week_start) // 7

    def _monthly(self, day: datetime.date) -> bool:
        months = (day.year - self.start.year) * 12 + day.month - self.start.month
        if months % self.interval:
            return False
        if self.by_day:
            return self._nth_fits(day, day.replace(day=1), day.replace(day=_length(day)))
        return bool(self.by_month_day) or day.day == self.start.day

    def _yearly(self, day: datetime.date) -> bool:
        if (day.year - self.start.year) % self.interval:
            return False
        if self.by_day and self.by_month:
            return self._nth_fits(day, day.replace(day=1), day.replace(day=_length(day)))
        if self.by_day:
            return self._nth_fits(day, day.replace(month=1, day=1), day.replace(month=12, day=31))
        if self.by_month_day:
            return True
        return day.day == self.start.day and (bool(self.by_month) or day.month == self.start.month)

    def _nth_fits(self, day: datetime.date, begin: datetime.date, end: datetime.date) -> bool:
        place = {0, (day - begin).days // 7 + 1, -((end - day).days // 7 + 1)}
        return any(weekday == day.weekday() and which in place for which, weekday in self.by_day)


FITS: dict[str, Callable[[Rule, datetime.date], bool]] = {
    "DAILY": Rule._daily,
    "WEEKLY": Rule._weekly,
    "MONTHLY": Rule._monthly,
    "YEARLY": Rule._yearly,
}


def rule(values: Mapping[str, Any], start: datetime.date, until: datetime.date | None) -> Rule:
    """The rule of an event. values: its parts as lists, upper case. until: the last day on which it may come.

    Raises NotFollowed for more often than daily, and for parts that calendars of schools do without.
    """
    return Rule(
        start,
        _frequency(values),
        max(1, int(_one(values, "INTERVAL", 1))),
        _count(values),
        until,
        _weekday(str(_one(values, "WKST", "MO"))),
        tuple(_by_day(str(each)) for each in values.get("BYDAY", ())),
        frozenset(int(each) for each in values.get("BYMONTH", ())),
        tuple(int(each) for each in values.get("BYMONTHDAY", ())),
    )


def _frequency(values: Mapping[str, Any]) -> str:
    frequency = str(_one(values, "FREQ", "")).upper()
    if frequency in TOO_OFTEN:
        raise TooOften(f"It comes every {TOO_OFTEN[frequency]}; once a day is the limit. It is left out.")
    unknown = sorted(key for key in map(str.upper, values) if key not in READ)
    if frequency not in FITS or unknown:
        raise NotFollowed(
            f"Its repetition uses {unknown[0] if unknown else 'no known frequency'}, which is not followed."
        )
    return frequency


def _count(values: Mapping[str, Any]) -> int | None:
    count = _one(values, "COUNT", None)
    if count is None:
        return None
    if not 0 < int(count) <= LIMIT_COUNT:
        raise TooOften(f"It is repeated {int(count):,} times; {LIMIT_COUNT:,} is the limit.")
    return int(count)


def _one(values: Mapping[str, Any], key: str, otherwise: Any) -> Any:
    found = values.get(key, otherwise)
    if isinstance(found, Sequence) and not isinstance(found, str):
        return found[0] if found else otherwise
    return found


def _by_day(text: str) -> tuple[int, int]:
    which = text[:-2].strip("+")
    return int(which) if which else 0, _weekday(text[-2:])


def _weekday(text: str) -> int:
    if text.upper() not in WEEKDAYS:
        raise NotFollowed(f"Its repetition names {text[:10]!r}, which is no day of the week.")
    return WEEKDAYS.index(text.upper())


def _length(day: datetime.date) -> int:
    """How many days its month has."""
    after = day.replace(day=28) + 4 * DAY
    return (after - after.day * DAY).day
