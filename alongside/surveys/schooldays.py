"""School days: Monday to Friday, until terms are known."""

import datetime
from zoneinfo import ZoneInfo

CLOSING_HOUR = datetime.time(18, 0)
OPENING_HOUR = datetime.time(7, 0)


def is_school_day(day: datetime.date) -> bool:
    return day.weekday() < 5


def after(day: datetime.date, count: int) -> datetime.date:
    """The day that is so many school days later."""
    while count:
        day += datetime.timedelta(days=1)
        count -= is_school_day(day)
    return day


def before_or_on(day: datetime.date) -> datetime.date:
    """The last school day up to this day."""
    while not is_school_day(day):
        day -= datetime.timedelta(days=1)
    return day


def closing(day: datetime.date, zone: str) -> datetime.datetime:
    """18:00 of that day where the organisation is, as a moment in UTC."""
    return datetime.datetime.combine(day, CLOSING_HOUR, ZoneInfo(zone)).astimezone(datetime.UTC)


def opening(day: datetime.date, zone: str) -> datetime.datetime:
    """07:00 of that day where the organisation is, as a moment in UTC."""
    return datetime.datetime.combine(day, OPENING_HOUR, ZoneInfo(zone)).astimezone(datetime.UTC)


def local_day(moment: datetime.datetime, zone: str) -> datetime.date:
    """The date of a moment where the organisation is."""
    return moment.astimezone(ZoneInfo(zone)).date()


def two_school_days_after(moment: datetime.datetime, zone: str) -> datetime.datetime:
    """When staff see results by themselves: the same hour, two school days later (R11)."""
    local = moment.astimezone(ZoneInfo(zone))
    day = after(local.date(), 2)
    return datetime.datetime.combine(day, local.time(), ZoneInfo(zone)).astimezone(datetime.UTC)
