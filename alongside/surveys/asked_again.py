"""What the page of an open pulse says of its letters and its roster: hours, reminders, the nudge, who was added."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from alongside.calendar.days import SchoolDays
from alongside.kit.access import Member
from alongside.kit.words import people_date
from alongside.network import pauses
from alongside.network.models import School
from alongside.surveys import lettertimes, rules, schooldays
from alongside.surveys.models import Nudge, SlipSheet, Wave, WaveSchool

IN_STEPS_OF: Final = 5
EVERY: Final = datetime.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class LettersPart:
    """All that the template may use. Sentences hold counts and never names of people."""

    hours: str
    reminders: str
    not_delivered: int  # reminders and nudges, in steps of 5
    added: int  # people, since the opening; for everyone
    adding_for: list[School]  # schools whose roster this member may still add to
    joined: list[WaveSchool]  # for the officer: schools with people who joined lately or were added
    nudge: NudgePart | None


@dataclass(frozen=True, slots=True)
class NudgePart:
    """Whether this member may have people asked again, and how many a nudge would reach today."""

    people: int
    schools: int
    where: str
    passed_over: int  # schools that had a nudge in the last 14 days
    why_not: str


def taking_part(wave: Wave) -> QuerySet[WaveSchool]:
    """The schools of a wave by name, each with when it had its last nudge from this organisation, whether it is left in
    peace, and whether slips of it wait for a second person."""
    nudges = Nudge.objects.filter(organisation=wave.organisation_id, school=OuterRef("school")).order_by("-asked_at")
    nudged = Subquery(nudges.values("asked_at")[:1])
    silent = Exists(pauses.silent(wave.organisation_id).filter(school=OuterRef("school")))
    sheets = SlipSheet.objects.filter(wave=OuterRef("wave"), school=OuterRef("school"), state=SlipSheet.State.WAITING)
    found = wave.schools.select_related("school__organisation")
    found = found.annotate(nudged_at=nudged, silent=silent, slips_waiting=Exists(sheets))
    return found.order_by("school__name")


def letters_part(wave: Wave, member: Member, schools: list[WaveSchool], days: SchoolDays) -> LettersPart | None:
    """The part of a wave that is open and sends letters; None of any other. schools: as `taking_part` finds them. No query."""
    now = timezone.now()
    if not (wave.state == Wave.State.OPEN and wave.opens_at <= now < wave.closes_at) or wave.series.asks.by_slips:
        return None
    rows = [row for row in schools if row.invited]
    still = lettertimes.takes_additions(wave, now, days)
    return LettersPart(
        hours=_hours(wave, now, days),
        reminders=_reminders(wave, now, days),
        not_delivered=wave.reminders_failed // IN_STEPS_OF * IN_STEPS_OF,
        added=sum(row.added for row in rows),
        adding_for=[row.school for row in rows if still and rules.can_add_people(member, row.school_id)],
        joined=[row for row in rows if member.officer and (row.joined_lately or row.added)],
        nudge=_nudge(wave, rows, rules.can_nudge(member, rows), days),
    )


def _hours(wave: Wave, now: datetime.datetime, days: SchoolDays) -> str:
    said = f"Letters leave {lettertimes.HOURS}."
    zone = wave.organisation.zone
    if lettertimes.leave_now(now, zone, days):
        return said
    morning = schooldays.local_day(lettertimes.next_leave(now, zone, days), zone)
    return f"{said} The next ones leave on {people_date(morning)} at 7:00."


def _reminders(wave: Wave, now: datetime.datetime, days: SchoolDays) -> str:
    today = schooldays.local_day(now, wave.organisation.zone)
    planned = lettertimes.reminder_days(wave, days)
    coming = [people_date(day) for day in planned if day >= today]
    if coming:
        return (
            f"On {' and '.join(coming)} Alongside itself reminds whoever has not answered. "
            "Nobody can see who that is, and no list of them is kept."
        )
    return "Whoever had not answered was reminded by Alongside itself. Nobody can see who that was." if planned else ""


def leaves_on(wave: Wave, days: SchoolDays) -> datetime.date:
    """The day on which the letters of a nudge given now would leave."""
    zone = wave.organisation.zone
    return schooldays.local_day(lettertimes.next_leave(timezone.now(), zone, days), zone)


def no_nudge(wave: Wave, days: SchoolDays) -> str:
    """Why today is no day for a nudge of a wave that is open; nothing when it is. On days on
    which other letters of it leave there is none."""
    day = leaves_on(wave, days)
    if lettertimes.next_leave(timezone.now(), wave.organisation.zone, days) >= wave.closes_at:
        return "This pulse closes before another letter could leave."
    if day <= lettertimes.first_day(wave, days):
        return (
            f"The invitations leave {_on(wave, day)}. A nudge can leave on {people_date(days.after(day, 1))} or later."
        )
    if day in lettertimes.reminder_days(wave, days):
        return (
            f"The people who have not answered are reminded {_on(wave, day)} by Alongside itself. "
            f"A nudge can leave on {people_date(days.after(day, 1))} or later."
        )
    return ""


def _on(wave: Wave, day: datetime.date) -> str:
    today = schooldays.local_day(timezone.now(), wave.organisation.zone)
    return "today" if day == today else f"on {people_date(day)}"


def _lately(row: WaveSchool) -> datetime.datetime | None:
    """When a school had a nudge, if that is less than 14 days ago."""
    at: datetime.datetime | None = vars(row)["nudged_at"]
    return at if at and at > timezone.now() - EVERY else None


def nudged_since(wave: Wave, schools: Iterable[int]) -> dict[int, datetime.datetime]:
    """School → when it had its last nudge from this organisation, if that is less than 14 days ago. One query."""
    lately = Nudge.objects.filter(organisation=wave.organisation_id, asked_at__gt=timezone.now() - EVERY)
    return dict(lately.filter(school__in=schools).order_by("asked_at").values_list("school", "asked_at"))


def _nudge(wave: Wave, rows: list[WaveSchool], may: set[int], days: SchoolDays) -> NudgePart | None:
    if not may:
        return None
    awake = [row for row in rows if row.school_id in may and row.invited > row.by_slip and not vars(row)["silent"]]
    lately = {row.school_id: at for row in awake if (at := _lately(row))}
    reached = [row for row in awake if row.school_id not in lately]
    if not reached:
        return NudgePart(0, 0, "", len(lately), _none_left(wave, lately))
    where = reached[0].school.name if len(reached) == 1 else f"{len(reached)} schools"
    return NudgePart(
        sum(row.invited - row.by_slip for row in reached), len(reached), where, len(lately), no_nudge(wave, days)
    )


def _none_left(wave: Wave, lately: dict[int, datetime.datetime]) -> str:
    if not lately:
        return "Paused: nobody is asked there until the pause ends. A nudge can leave then."
    first = schooldays.local_day(min(lately.values()) + EVERY, wave.organisation.zone)
    return f"Everyone was asked again within the last 14 days. The next nudge can leave after {people_date(first)}."
