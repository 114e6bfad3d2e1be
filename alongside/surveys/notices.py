"""What pulses would tell a person: what opened, whose results came in, which reply is owed. Never who answered."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone

from alongside.kit.notices import Notice
from alongside.kit.words import people_date
from alongside.network.models import Organisation
from alongside.people.reads import Standing
from alongside.surveys import owing, reads, rules
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Owed, Wave


def notices(standing: Standing, since: datetime.datetime) -> list[Notice]:
    """Replies that I owe or need not write, pulses that opened for me, results that opened to me. Six queries at most."""
    places = {place.pk: place for place in standing.organisations()}
    owed = owing.rows_of(standing)
    return [
        *_owed(owed),
        *_waived(owed, since),
        *_opened(standing, places, since),
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
            f"{row.school} need not reply to “{instrument(row.wave.series.instrument).name}”: {row.reason}",
            _at("results_school", row.wave, school=row.school.slug),
            row.school.organisation_id or row.organisation_id,
        )
        for row in rows
        if row.school and row.waived_at and row.waived_at >= since
    ]


def _opened(standing: Standing, places: dict[int, Organisation], since: datetime.datetime) -> list[Notice]:
    """The same line for everyone who is asked, whether they have answered or not."""
    staffed = frozenset(entry.school_id for entry in standing.staff)
    found = [entry.wave for entry in reads.open_waves(set(places), staffed) if entry.asks_me]
    return [
        Notice(
            wave.opens_at,
            f"{instrument(wave.series.instrument).question} Open until {people_date(wave.closes_at)}; your link is in your letter.",
            _at("wave", wave),
            wave.organisation_id,
        )
        for wave in found
        if wave.opens_at >= since
    ]


def _results(standing: Standing, places: dict[int, Organisation], since: datetime.datetime) -> list[Notice]:
    earlier = since - datetime.timedelta(days=5)  # staff see a release two school days after it
    found = []
    for wave in reads.recent_results(set(places), earlier):
        opened = _open_to(standing, places[wave.organisation_id], wave)
        if opened and since <= opened <= timezone.now():
            text = f"The results of “{instrument(wave.series.instrument).name}” are in."
            found.append(Notice(opened, text, _at("results", wave), wave.organisation_id))
    return found


def _open_to(standing: Standing, place: Organisation, wave: Wave) -> datetime.datetime | None:
    """Since when this person may see the results of a wave (R11)."""
    member = standing.member(place)
    if member is None:
        return None
    published = wave.release.published_at
    return published if rules.sees_at_close(member) else rules.staff_see_from(published, None, place.zone)


def _at(name: str, wave: Wave, **more: object) -> str:
    place = wave.organisation
    return reverse(name, kwargs={"kind": place.kind, "slug": place.slug, "pk": wave.pk, **more})
