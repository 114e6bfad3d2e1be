"""On which days there is school: plain reckoning over spans, without a database."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

DAY = datetime.timedelta(days=1)
LONGEST_HOLIDAY = datetime.timedelta(days=84)  # a longer gap between two terms is one of which nothing is known
LOOKED_AT = 400  # days; a calendar without a school day for so long is a mistake, and Monday to Friday is meant


class Period(NamedTuple):
    """Some days, both ends included; layer 0 is the organisation's own, higher ones are further away."""

    kind: str
    name: str
    first: datetime.date
    last: datetime.date
    layer: int = 0
    weekdays: str = ""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, datetime.date) and self.first <= day <= self.last

    def meets(self, other: "Period") -> bool:
        """Whether they share a day."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """The school days of one organisation. Periods are those in force, nearest layer first."""

    terms: tuple[Period, ...] = ()  # by their first day; they share none
    days: tuple[Period, ...] = ()  # closed, and school days after all
    weeks: tuple[Period, ...] = ()
    busy: tuple[Period, ...] = ()  # report and exam weeks, by their first day

    def is_school_day(self, day: datetime.date) -> bool:
        """The nearest word on that day counts; without one it is a weekday in term, or where no term is known."""
        for period in self.days:
            if day in period:
                return period.kind == "open"
        return str(day.isoweekday()) in self._weekdays(day) and not self.is_holiday(day)

    def _weekdays(self, day: datetime.date) -> str:
        return next((week.weekdays for week in self.weeks if day in week), "12345")

    def is_holiday(self, day: datetime.date) -> bool:
        """Between two terms. Before the first and after the last that are known, nobody knows."""
        before = [term for term in self.terms if term.first <= day]
        after = [term for term in self.terms if term.first > day]
        if not before or not after or day in before[-1]:
            return False
        return after[0].first - before[-1].last <= LONGEST_HOLIDAY

    def term(self, day: datetime.date) -> Period | None:
        """The term that a day lies in."""
        return next((term for term in self.terms if day in term), None)

    def after(self, day: datetime.date, count: int) -> datetime.date:
        """The day that is so many school days later."""
        for _ in range(count):
            day = self._next(day, DAY)
        return day

    def on_or_after(self, day: datetime.date) -> datetime.date:
        """The first school day from this day on."""
        return day if self.is_school_day(day) else self._next(day, DAY)

    def before_or_on(self, day: datetime.date) -> datetime.date:
        """The last school day up to this day."""
        return day if self.is_school_day(day) else self._next(day, -DAY)

    def _next(self, day: datetime.date, step: datetime.timedelta) -> datetime.date:
        tried = [day + number * step for number in range(1, LOOKED_AT)]
        return next((each for each in tried if self.is_school_day(each)), MONDAY_TO_FRIDAY.plain(day, step))

    def plain(self, day: datetime.date, step: datetime.timedelta) -> datetime.date:
        """The next weekday in that direction, whatever the calendar says."""
        day += step
        while day.isoweekday() > 5:
            day += step
        return day

    def busy_between(self, first: datetime.date, last: datetime.date) -> list[Period]:
        """Report and exam weeks that share a day with these."""
        asked = Period("", "", first, last)
        return [period for period in self.busy if period.meets(asked)]


MONDAY_TO_FRIDAY = SchoolDays()


def reckon(periods: Iterable[Period]) -> SchoolDays:
    """What is in force of all that an organisation has, has from its networks, and from its country.

    A term further away gives way to a nearer one that it shares a day with; closed days add up; of two words on the same
    day, and of two sorts of week, the nearer counts, and in one layer a school day after all.
    """
    near = sorted(periods, key=lambda p: (p.layer, p.first, p.last))
    days = sorted((p for p in near if p.kind in {"closed", "open"}), key=lambda p: (p.layer, p.kind == "closed"))
    busy = sorted((p for p in near if p.kind in {"report", "exam"}), key=lambda p: p.first)
    return SchoolDays(in_force(near), tuple(days), tuple(p for p in near if p.kind == "week"), tuple(busy))


def in_force(near: Sequence[Period]) -> tuple[Period, ...]:
    """The terms among periods, nearest first, that no nearer term takes the place of; by their first day."""
    kept: list[Period] = []
    for period in near:
        if period.kind == "term" and not any(period.meets(other) for other in kept):
            kept.append(period)
    return tuple(sorted(kept, key=lambda p: p.first))
