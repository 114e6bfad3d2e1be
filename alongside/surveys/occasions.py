"""When a rhythm's turn comes, and why not then: plain reckoning over school days, without a database.

The turn of each month (every second month, half-term) is a weekday of it. A wave opens on that day, unless its days of
answering would meet what they must not: then on the next day that fits in the same month, or not at all that month.
"""

import datetime
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from alongside.calendar.days import DAY, SchoolDays
from alongside.kit.words import people_date

REST = datetime.timedelta(days=14)  # from the closing of a wave to the opening of the next: time to read and to reply
BREAK = datetime.timedelta(days=7)  # more days without school than a long week-end has: a half-term or a holiday


@dataclass(frozen=True, slots=True)
class Turn:
    """What a rhythm says. every: "month", "second" or "half-term"; week: 1 to 4; weekday: 1 is Monday;
    days: school days from opening to closing; since: of every second month, one whose turn it was."""

    every: str
    week: int
    weekday: int
    days: int
    since: datetime.date


@dataclass(frozen=True, slots=True)
class Window:
    """A month or a half-term, both ends included."""

    first: datetime.date
    last: datetime.date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, datetime.date) and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Step:
    """What a leader made of an occasion: moved to a day, or left out (None)."""

    occasion: datetime.date
    opens_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A wave of the series that is planned already, open or over."""

    occasion: datetime.date | None
    opens_on: datetime.date
    closes_on: datetime.date


@dataclass(frozen=True, slots=True)
class Occasion:
    """One turn: the day it falls on, when the wave opens and closes (None: it is left out), and why not on the day."""

    day: datetime.date
    window: Window
    opens_on: datetime.date | None = None
    closes_on: datetime.date | None = None
    reasons: tuple[str, ...] = ()
    skipped: bool = False  # by a leader
    moved: bool = False  # by a leader
    asked: bool = False  # a wave of it is planned already


def coming(
    turn: Turn,
    days: SchoolDays,
    first: datetime.date,
    last: datetime.date,
    steps: Sequence[Step] = (),
    waves: Sequence[Asked] = (),
) -> list[Occasion]:
    """The turns that are still to come between two days, oldest first; those that nobody planned in time are gone."""
    found: list[Occasion] = []
    free = datetime.date.min
    for window in windows(turn, days, first, last):
        earlier = [wave.closes_on + REST for wave in waves if wave.opens_on <= window.last]
        free = max([free, *earlier])
        occasion = _occasion(turn, days, window, free, steps, waves)
        if (occasion.opens_on or occasion.day) <= first:
            continue  # over; if nobody planned it in time, it was not asked
        if occasion.closes_on:
            free = max(free, occasion.closes_on + REST)
        found.append(occasion)
    return found


def _occasion(
    turn: Turn,
    days: SchoolDays,
    window: Window,
    free: datetime.date,
    steps: Sequence[Step],
    waves: Sequence[Asked],
) -> Occasion:
    plain = Occasion(weekday_of(window, turn.week, turn.weekday), window)
    wave = next((wave for wave in waves if (wave.occasion or wave.opens_on) in window), None)  # by hand counts too
    step = next((step for step in steps if step.occasion in window), None)
    if wave is not None:
        return _of_wave(turn, days, plain, wave, bool(step), [w for w in waves if w != wave])
    if step is not None and step.opens_on is None:
        return replace(plain, skipped=True)
    if step is not None and step.opens_on is not None:
        return replace(fitted(turn, days, plain, step.opens_on, free), moved=True)
    return fitted(turn, days, plain, plain.day, free)


def _of_wave(
    turn: Turn, days: SchoolDays, plain: Occasion, wave: Asked, moved: bool, others: Iterable[Asked]
) -> Occasion:
    """A wave that is planned: where it is, and what the calendar has against the day whose turn it was."""
    free = max((w.closes_on + REST for w in others if w.opens_on < wave.opens_on), default=datetime.date.min)
    why = () if wave.opens_on == plain.day or moved else against(turn, days, plain.day, free)
    return replace(plain, opens_on=wave.opens_on, closes_on=wave.closes_on, reasons=why, moved=moved, asked=True)


def fitted(turn: Turn, days: SchoolDays, occasion: Occasion, start: datetime.date, free: datetime.date) -> Occasion:
    """The occasion on the first day from `start` on that fits in its window, with what was in the way before; without days
    where none fits."""
    reasons: dict[str, None] = {}
    day = start
    while day <= occasion.window.last:
        why = against(turn, days, day, free)
        if not why and days.is_school_day(day):
            return replace(occasion, opens_on=day, closes_on=days.after(day, turn.days), reasons=tuple(reasons))
        reasons |= dict.fromkeys(why)
        day += DAY
    return replace(occasion, reasons=tuple(reasons) or ("no school day is left",))


def against(turn: Turn, days: SchoolDays, day: datetime.date, free: datetime.date) -> tuple[str, ...]:
    """What a wave that opens on this day would meet, in words; empty when nothing is against it but, perhaps, a week-end."""
    if days.terms and days.term(day) is None:
        return (_between_terms(days, day),)
    closed = closed_by(days, day)
    if closed:
        return (closed,)
    close = days.after(day, turn.days)
    found = [*_breaks(days, day, close), *(period.name for period in days.busy_between(day, close))]
    if day < free:
        found.append(f"two weeks’ rest after the pulse before, until {people_date(free - DAY)}")
    return tuple(found)


def closed_by(days: SchoolDays, day: datetime.date) -> str:
    """The name of what closes a weekday; "" for a school day and for a plain week-end."""
    if days.is_school_day(day):
        return ""
    return next(
        (p.name for p in days.days if p.kind == "closed" and day in p), "" if day.isoweekday() > 5 else "no school"
    )


def _between_terms(days: SchoolDays, day: datetime.date) -> str:
    return "the holidays" if days.is_holiday(day) else "no term is known then"


def _breaks(days: SchoolDays, first: datetime.date, last: datetime.date) -> Iterator[str]:
    """Names of half-terms and holidays between two school days: nobody should have a pulse on the mind then."""
    before = first
    while before < last:
        after = days.after(before, 1)
        if after - before > BREAK:
            yield _name_of_break(days, before, after)
        before = after


def _name_of_break(days: SchoolDays, before: datetime.date, after: datetime.date) -> str:
    inside = [before + number * DAY for number in range(1, (after - before).days)]
    names = [p.name for p in days.days if p.kind == "closed" and any(day in p for day in inside)]
    return "the holidays" if any(map(days.is_holiday, inside)) or not names else names[0]


def weekday_of(window: Window, week: int, weekday: int) -> datetime.date:
    """The first, second … such weekday of a window; in one that is too short its last day."""
    first = window.first + (weekday - window.first.isoweekday()) % 7 * DAY
    return min(first + 7 * (week - 1) * DAY, window.last)


def windows(turn: Turn, days: SchoolDays, first: datetime.date, last: datetime.date) -> Iterator[Window]:
    """The months or half-terms that share a day with these, in order."""
    if turn.every == "half-term":
        yield from (window for window in half_terms(days, first, last))
        return
    step = 2 if turn.every == "second" else 1
    for month in range(_month(first), _month(last) + 1):
        if (month - _month(turn.since)) % step == 0:
            yield month_of(month)


def _month(day: datetime.date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def month_of(number: int) -> Window:
    """The month of that number, counted since the year 0."""
    year, month = number // 12, number % 12 + 1
    return Window(datetime.date(year, month, 1), datetime.date(year, month, monthrange(year, month)[1]))


def half_terms(days: SchoolDays, first: datetime.date, last: datetime.date) -> list[Window]:
    """Stretches of school days in the terms that are known, from one half-term or holiday to the next."""
    found: list[Window] = []
    for term in days.terms:
        if term.last < first or term.first > last:
            continue
        found += _stretches([day for day in _each(term.first, term.last) if days.is_school_day(day)])
    return [window for window in found if window.last >= first and window.first <= last]


def _each(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    return (first + number * DAY for number in range((last - first).days + 1))


def _stretches(school: Sequence[datetime.date]) -> Iterator[Window]:
    start = 0
    for index, day in enumerate(school):
        following = school[index + 1] if index + 1 < len(school) else None
        if following is None or following - day > BREAK:
            yield Window(school[start], day)
            start = index + 1
