"""Opening and closing hours on school days, where the organisation is. Which days those are, `calendar` knows."""

import datetime
from zoneinfo import ZoneInfo

from alongside.calendar import presets
from alongside.calendar.days import DAY, MONDAY_TO_FRIDAY, SchoolDays

CLOSING_HOUR = datetime.time(18, 0)
OPENING_HOUR = datetime.time(7, 0)
# Longer than any summer holiday: whoever enters closed days cannot keep results from staff for good.
AT_THE_LATEST = datetime.timedelta(days=60)


def is_school_day(day: datetime.date, days: SchoolDays = MONDAY_TO_FRIDAY) -> bool:
    return days.is_school_day(day)


def after(day: datetime.date, count: int, days: SchoolDays = MONDAY_TO_FRIDAY) -> datetime.date:
    """The day that is so many school days later."""
    return days.after(day, count)


def before_or_on(day: datetime.date, days: SchoolDays = MONDAY_TO_FRIDAY) -> datetime.date:
    """The last school day up to this day."""
    return days.before_or_on(day)


def closing(day: datetime.date, zone: str) -> datetime.datetime:
    """18:00 of that day where the organisation is, as a moment in UTC."""
    return datetime.datetime.combine(day, CLOSING_HOUR, ZoneInfo(zone)).astimezone(datetime.UTC)


def opening(day: datetime.date, zone: str) -> datetime.datetime:
    """07:00 of that day where the organisation is, as a moment in UTC."""
    return datetime.datetime.combine(day, OPENING_HOUR, ZoneInfo(zone)).astimezone(datetime.UTC)


def midnight(day: datetime.date, zone: str) -> datetime.datetime:
    """The first moment of that day where the organisation is, in UTC."""
    return datetime.datetime.combine(day, datetime.time(), ZoneInfo(zone)).astimezone(datetime.UTC)


def local_day(moment: datetime.datetime, zone: str) -> datetime.date:
    """The date of a moment where the organisation is."""
    return moment.astimezone(ZoneInfo(zone)).date()


def two_school_days_after(
    moment: datetime.datetime, zone: str, days: SchoolDays = MONDAY_TO_FRIDAY
) -> datetime.datetime:
    """When staff see results by themselves: the same hour, two school days later (R11), and never later than
    60 days."""
    local = moment.astimezone(ZoneInfo(zone))
    day = min(days.after(local.date(), 2), local.date() + AT_THE_LATEST)
    return datetime.datetime.combine(day, local.time(), ZoneInfo(zone)).astimezone(datetime.UTC)


def school_year(country: str, day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of the school year that a day lies in: from August in the north, else the calendar year."""
    year = presets.school_year(country, day)
    month = 1 if country in {"nz", "au"} else 8
    return datetime.date(year, month, 1), datetime.date(year + 1, month, 1) - DAY
