"""Dates, spans and lists as people say them."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def people_date(day: date | datetime | None) -> str:
    """ "Tuesday 14 May", with the year when it is another year than now; "" for no date. Times are shown in local days."""
    if day is None:
        return ""
    day = _local_day(day)
    return date_format(day, "l j F" if day.year == timezone.localdate().year else "l j F Y")


def in_days(when: date | datetime | int | None) -> str:
    """How far away a day is: "today", "tomorrow", "in three weeks", "two days ago"; "" for no date.

    when: a day, a moment, or a whole number of days from today (negative: past).
    Days up to 13, then weeks up to 8, then months up to 18, then years; each rounded to the nearest.
    """
    if when is None:
        return ""
    days = when if isinstance(when, int) else (_local_day(when) - timezone.localdate()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    return f"in {_span(days)}" if days > 0 else f"{_span(-days)} ago"


def people_list(names: Iterable[object]) -> str:
    """ "A", "A and B", "A, B and C"."""
    words = [str(name) for name in names]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def thousands(number: int | None) -> str:
    """ "12,345"; "" for none."""
    return f"{number:,}" if isinstance(number, int) else ""


def _local_day(when: date | datetime) -> date:
    if not isinstance(when, datetime):
        return when
    return timezone.localtime(when).date() if timezone.is_aware(when) else when.date()


def _span(days: int) -> str:
    if days == 7:
        return "a week"
    if days < 14:
        return _count(days, "day")
    if days < 60:
        return _count(round(days / 7), "week")
    if days < 548:
        return _count(round(days / 30.44), "month")
    return _count(round(days / 365.25), "year")


def _count(number: int, unit: str) -> str:
    spoken = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{spoken} {unit}s"
