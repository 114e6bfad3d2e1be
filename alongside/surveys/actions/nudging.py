"""A nudge: everyone who was invited at a school is asked again, answered or not, once in 14 days."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import F
from django.utils import timezone

from alongside.calendar.reads import school_days
from alongside.kit import database, journal, queue
from alongside.kit.errors import Conflict, Refused
from alongside.network import pauses
from alongside.people.models import Person
from alongside.surveys import asked_again, lettertimes, tickets
from alongside.surveys.actions.deeds import record
from alongside.surveys.actions.rostering import KEYLESS
from alongside.surveys.actions.rounds import add_rounds
from alongside.surveys.actions.work import REMIND
from alongside.surveys.models import Nudge, Wave, WaveSchool

LOCK: Final = 7413  # the nudges of an organisation: whoever gives one is alone
NUDGED: Final = journal.deed("surveys.nudged", "had everyone asked again")


def nudge(wave: Wave, schools: Collection[int], by: Person) -> int:
    """Have everyone who was invited at these schools (ids) asked again; how many schools it reaches.

    Schools that had a nudge in the last 14 days, or are left in peace, are passed over. Raises Conflict when the wave has
    closed or no school is left, Refused for a wave without letters, on a day on which other letters leave or when the pulse closes before any can.
    """
    with database.alone(LOCK, wave.organisation_id):
        held = Wave.objects.accepting().select_for_update(of=("self",)).select_related("organisation", "series")
        found = held.filter(pk=wave.pk).first()
        if found is None:
            raise Conflict("This pulse has closed, so nobody can be asked again.")
        if not tickets.key_path(found.pk).exists():
            raise Refused(KEYLESS)
        days = school_days(found.organisation)
        if why := asked_again.no_nudge(found, days):
            raise Refused(why)
        left = _reached(found, schools)
        now = timezone.now()
        Nudge.objects.bulk_create(
            Nudge(organisation=found.organisation, wave=found, school_id=school, asked_by=by, asked_at=now)
            for school in left
        )
        add_rounds(found, lettertimes.nudge_name(asked_again.leaves_on(found, days)), left)
        record(NUDGED, found, by)
        queue.enqueue(REMIND, found.pk)
    return len(left)


def _reached(wave: Wave, schools: Collection[int]) -> list[int]:
    if wave.series.asks.by_slips:
        raise Refused(
            f"No letters are sent in this pulse, so none can leave again: its {wave.series.asks.people} have slips."
        )
    asked = WaveSchool.objects.filter(wave=wave, school__in=schools, invited__gt=F("by_slip"))
    there = set(asked.values_list("school", flat=True))
    quiet = pauses.paused(there, wave.organisation_id)
    if there and quiet == there:
        raise Refused("Paused: nobody is asked there until the pause ends. A nudge can leave then.")
    left = there - quiet - asked_again.nudged_since(wave, there).keys()
    if not left:
        raise Conflict("Everyone was asked again within the last 14 days. Once in 14 days is enough.")
    return sorted(left)
