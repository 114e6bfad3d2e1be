"""When letters of pulses leave: in no quiet hours, and reminders on the third and the fifth day. All pure but for one
setting, which lets them leave at any hour in the demo and where somebody tries Alongside out."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from alongside.calendar.days import SchoolDays
from alongside.surveys import schooldays

if TYPE_CHECKING:
    from alongside.surveys.models import Wave

FROM: Final = datetime.time(7, 0)
UNTIL: Final = datetime.time(19, 0)
HOURS: Final = "between 7:00 and 19:00 on school days"  # the one sentence that pages and letters say of it
REMINDERS: Final = {"day-3": 3, "day-5": 5}  # name of a round → on which school day, the opening's being the first
NUDGE: Final = "nudge-"
ADDED_UNTIL: Final = 3


def leave_now(moment: datetime.datetime, zone: str, days: SchoolDays) -> bool:
    """Whether letters of pulses may leave at this moment where the organisation is."""
    if settings.LETTERS_AT_ANY_HOUR:
        return True
    local = moment.astimezone(ZoneInfo(zone))
    return FROM <= local.time() < UNTIL and days.is_school_day(local.date())


def next_leave(moment: datetime.datetime, zone: str, days: SchoolDays) -> datetime.datetime:
    """The first moment from this one on at which letters may leave, in UTC."""
    if leave_now(moment, zone, days):
        return moment
    local = moment.astimezone(ZoneInfo(zone))
    begun = local.time() >= FROM or not days.is_school_day(local.date())
    day = days.after(local.date(), 1) if begun else local.date()
    return datetime.datetime.combine(day, FROM, ZoneInfo(zone)).astimezone(datetime.UTC)


def first_day(wave: Wave, days: SchoolDays) -> datetime.date:
    """The first school day of a wave: its opening's, or the next one when it opens in quiet hours."""
    zone = wave.organisation.zone
    return days.on_or_after(schooldays.local_day(next_leave(wave.opens_at, zone, days), zone))


def school_day(wave: Wave, number: int, days: SchoolDays) -> datetime.date:
    """The nth school day of a wave, counted from 1."""
    return days.after(first_day(wave, days), number - 1)


def reminder_due(wave: Wave, moment: datetime.datetime, days: SchoolDays) -> str:
    """The reminder whose day has come last; nothing before the third day. One that was missed is not made up for."""
    today = schooldays.local_day(moment, wave.organisation.zone)
    due = [name for name, number in REMINDERS.items() if school_day(wave, number, days) <= today]
    return due[-1] if due else ""


def nudge_name(day: datetime.date) -> str:
    """What the round of a nudge is called whose letters leave on that day."""
    return f"{NUDGE}{day}"


def meant_for(wave: Wave, name: str, days: SchoolDays) -> datetime.date:
    """The day on which a round of that name should leave."""
    if name in REMINDERS:
        return school_day(wave, REMINDERS[name], days)
    return datetime.date.fromisoformat(name.removeprefix(NUDGE))


def reminder_days(wave: Wave, days: SchoolDays) -> list[datetime.date]:
    """The days on which a wave reminds, as far as it is open then at the hour when letters begin to leave."""
    zone = ZoneInfo(wave.organisation.zone)
    found = [school_day(wave, number, days) for number in REMINDERS.values()]
    return [day for day in found if datetime.datetime.combine(day, FROM, zone) < wave.closes_at]


def takes_additions(wave: Wave, moment: datetime.datetime, days: SchoolDays) -> bool:
    """Whether people may still be added to the roster: until the third day is over where the organisation is."""
    return schooldays.local_day(moment, wave.organisation.zone) <= school_day(wave, ADDED_UNTIL, days)
