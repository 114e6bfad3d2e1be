"""When things of the story happened, counted back from the day on which it is told."""

import datetime
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils import timezone

from alongside.surveys import schooldays

ZONE = "Europe/London"
FOUNDED = 434  # days ago: a few days before the first pulse opened

type Event = tuple[datetime.datetime, Callable[[], object]]


def day(days_ago: int) -> datetime.date:
    """The date so many days ago; a negative number looks ahead."""
    return datetime.date.today() - datetime.timedelta(days=days_ago)


def at(days_ago: int, hour: int = 10) -> datetime.datetime:
    """That hour in the trust, on the last weekday up to so many days ago; never in the time to come."""
    local = datetime.datetime.combine(schooldays.before_or_on(day(days_ago)), datetime.time(hour), ZoneInfo(ZONE))
    return min(local.astimezone(datetime.UTC), timezone.now())
