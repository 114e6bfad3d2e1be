"""A nudge: everyone who was invited at a school is asked again, answered or not, once in 14 days."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import Final

from django.utils import timezone

from alongside.calendar.days import SchoolDays
from alongside.calendar.reads import school_days
from alongside.kit import database, journal, queue
from alongside.kit.errors import Conflict, Refused
from alongside.kit.words import people_date
from alongside.network import pauses
from alongside.people.models import Person
from alongside.surveys import lettertimes, schooldays
from alongside.surveys.actions.deeds import record
from alongside.surveys.actions.rounds import add_rounds
from alongside.surveys.actions.work import REMIND
from alongside.surveys.models import Nudge, Wave, WaveSchool

EVERY: Final = datetime.timedelta(days=14)
LOCK: Final = 7412  # the nudges of an organisation: whoever gives one is alone
NUDGED: Final = journal.deed("surveys.nudged", "had everyone asked again")


def nudge(wave: Wave, schools: Collection[int], by: Person) -> int:
    """Have everyone who was invited at these schools (ids) asked again; how many schools it reaches.

    Schools that had a nudge in the last 14 days, or are left in peace, are passed over. Raises Conflict when the wave has
    closed or no school is left, Refused on a day on which other letters leave or when the pulse closes before any can.
    """
    with database.alone(LOCK, wave.organisation_id):
        found = Wave.objects.accepting().select_related("organisation", "series").filter(pk=wave.pk).first()
        if found is None:
            raise Conflict("This pulse has closed, so nobody can be asked again.")
        days = school_days(found.organisation)
        if why := unfit(found, days):
            raise Refused(why)
        left = _reached(found, schools)
        now = timezone.now()
        Nudge.objects.bulk_create(
            Nudge(organisation=found.organisation, wave=found, school_id=school, asked_by=by, asked_at=now)
            for school in left
        )
        add_rounds(found, f"nudge-{leaves_on(found, days)}", left)
        record(NUDGED, found, by)
        queue.enqueue(REMIND, found.pk)
    return len(left)


def leaves_on(wave: Wave, days: SchoolDays) -> datetime.date:
    """The day on which the letters of a nudge given now would leave."""
    zone = wave.organisation.zone
    return schooldays.local_day(lettertimes.next_leave(timezone.now(), zone, days), zone)


def unfit(wave: Wave, days: SchoolDays) -> str:
    """Why today is no day for a nudge of a wave that is open; nothing when it is. Nobody gets two letters of a pulse on
    one day."""
    day = leaves_on(wave, days)
    if lettertimes.next_leave(timezone.now(), wave.organisation.zone, days) >= wave.closes_at:
        return "This pulse closes before another letter could leave."
    if day <= lettertimes.first_day(wave, days):
        return f"The invitations leave {_on(day)}. A nudge can leave on {people_date(days.after(day, 1))} or later."
    if day in lettertimes.reminder_days(wave, days):
        return (
            f"The people who have not answered are reminded {_on(day)} by Alongside itself. "
            f"A nudge can leave on {people_date(days.after(day, 1))} or later."
        )
    return ""


def _on(day: datetime.date) -> str:
    return "today" if day == timezone.localdate() else f"on {people_date(day)}"


def nudged_since(wave: Wave, schools: Iterable[int]) -> dict[int, datetime.datetime]:
    """School → when it had its last nudge from this organisation, if that is less than 14 days ago. One query."""
    lately = Nudge.objects.filter(organisation=wave.organisation_id, asked_at__gt=timezone.now() - EVERY)
    return dict(lately.filter(school__in=schools).order_by("asked_at").values_list("school", "asked_at"))


def _reached(wave: Wave, schools: Collection[int]) -> list[int]:
    asked = WaveSchool.objects.filter(wave=wave, school__in=schools, invited__gt=0)
    there = set(asked.values_list("school", flat=True))
    quiet = pauses.paused(there, wave.organisation_id)
    if there and quiet == there:
        raise Refused("Paused: nobody is asked there until the pause ends. A nudge can leave then.")
    left = there - quiet - nudged_since(wave, there).keys()
    if not left:
        raise Conflict("Everyone was asked again within the last 14 days. Once in 14 days is enough.")
    return sorted(left)
