"""What pulses would tell a person: what opened, whose results came in, which reply is owed. Never who answered."""

from __future__ import annotations

import datetime

from django.db.models import Subquery
from django.urls import reverse
from django.utils import timezone

from alongside.calendar.days import SchoolDays
from alongside.calendar.reads import school_days_of
from alongside.kit.notices import Notice
from alongside.kit.words import people_date
from alongside.network.models import Organisation
from alongside.people.reads import Standing
from alongside.surveys import owing, reads, rules, schooldays
from alongside.surveys.models import Owed, Wave


def open_waves(standing: Standing, **more: Subquery) -> list[reads.OpenWave]:
    """Waves that are open or planned wherever this person belongs; `more`: what is read along. One query."""
    work = [(entry.school_id, entry.job) for entry in standing.staff]
    return reads.open_waves({place.pk for place in standing.organisations()}, work, **more)


def notices(standing: Standing, since: datetime.datetime, waves: list[reads.OpenWave]) -> list[Notice]:
    """Replies that I owe or need not write, pulses that opened for me, results that opened to me. Five queries at most.

    waves: as `open_waves` finds them."""
    places = {place.pk: place for place in standing.organisations()}
    owed = owing.rows_of(standing)
    return [
        *_owed(owed),
        *_waived(owed, since),
        *_opened(waves, since),
        *_results(standing, places, since),
    ]


def _owed(rows: list[Owed]) -> list[Notice]:
    return [
        Notice(
            owed.wave.release.published_at,
            f"{owed.waiting} wait for a reply to “{owed.pulse.name}”. {owed.by_when} {owed.what_holds}".rstrip(),
            owed.url,
            (owed.school.organisation_id if owed.school else None) or owed.wave.organisation_id,
            needs_me=True,
        )
        for owed in owing.owed_of(rows)
    ]


def _waived(rows: list[Owed], since: datetime.datetime) -> list[Notice]:
    """Replies of schools that I lead, and that a chair or the officer has waived."""
    return [
        Notice(
            row.waived_at,
            f"{row.school} need not reply to “{row.wave.pulse.name}”: {row.reason}",
            _at("results_school", row.wave, school=row.school.slug),
            row.school.organisation_id or row.organisation_id,
        )
        for row in rows
        if row.school and row.waived_at and row.waived_at >= since
    ]


def _opened(waves: list[reads.OpenWave], since: datetime.datetime) -> list[Notice]:
    """The same line for everyone who is asked, whether they have answered or not."""
    found = [entry.wave for entry in waves if entry.asks_me]
    return [
        Notice(
            wave.opens_at,
            f"{wave.pulse.question} Open until {people_date(wave.closes_at)}; your link is in your letter.",
            _at("wave", wave),
            wave.organisation_id,
        )
        for wave in found
        if wave.opens_at >= since
    ]


def _results(standing: Standing, places: dict[int, Organisation], since: datetime.datetime) -> list[Notice]:
    """Results by the moment from which this person may see them (R11)."""
    earlier = since - schooldays.AT_THE_LATEST  # to staff they may open that much later
    members = {pk: standing.member(place) for pk, place in places.items()}
    at_close = {pk for pk, member in members.items() if member and rules.sees_at_close(member)}
    waves = [wave for wave in reads.recent_results(set(places), earlier) if members[wave.organisation_id]]
    waiting = [wave for wave in waves if wave.organisation_id not in at_close]
    days = school_days_of(wave.organisation for wave in waiting) if waiting else {}
    found = []
    for wave in waves:
        opened = _open_to_staff(wave, days[wave.organisation_id]) if wave in waiting else wave.release.published_at
        if since <= opened <= timezone.now():
            text = f"The results of “{wave.pulse.name}” are in."
            found.append(Notice(opened, text, _at("results", wave), wave.organisation_id))
    return found


def _open_to_staff(wave: Wave, days: SchoolDays) -> datetime.datetime:
    return rules.staff_see_from(wave.release.published_at, None, wave.organisation.zone, days)


def _at(name: str, wave: Wave, **more: object) -> str:
    place = wave.organisation
    return reverse(name, kwargs={"kind": place.kind, "slug": place.slug, "pk": wave.pk, **more})
