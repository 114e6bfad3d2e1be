"""Pausing a school, and going on. Nobody says why."""

import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Refused
from alongside.kit.words import people_date
from alongside.network import pauses
from alongside.network.models import Organisation, Pause, School

PAUSED = journal.deed("network.paused", "paused a school")
LIFTED = journal.deed("network.pause_lifted", "ended a school’s pause")
LONGEST = datetime.timedelta(days=366)


@transaction.atomic
def pause(school: School, setter: Organisation, last_day: datetime.date | None, by: int) -> Pause:
    """Leave a school in peace to the end of that day where the setter is, or, without one, until it is lifted.

    setter: the school's own organisation, which silences everything, or a network, which silences what it sends.
    by: id of a person. Paused already, the pause gets this end; with the same end nothing happens.
    Raises Refused for a day that is over or more than a year ahead.
    """
    until = _end(last_day, setter)
    Organisation.objects.select_for_update().get(pk=setter.pk)  # two at once: the second changes what the first set
    now, mine = timezone.now(), Pause.objects.filter(organisation=setter, school=school, lifted_at__isnull=True)
    mine.filter(until__lte=now).update(lifted_at=F("until"))
    held = mine.first()
    if held is not None and held.until == until:
        return held
    held = held or Pause(organisation=setter, school=school, since=now)
    held.until, held.set_by = until, by
    held.save()
    payload = {"until": until.isoformat() if until else None}
    journal.record(setter.pk, PAUSED, by=by, about=f"school:{school.pk}", payload=payload)
    return held


def _end(last_day: datetime.date | None, setter: Organisation) -> datetime.datetime | None:
    if last_day is None:
        return None
    today = timezone.now().astimezone(datetime.UTC).date()
    if last_day > today + LONGEST:
        raise Refused("A pause can be set for a year at most. Choose an earlier day, or pause until you lift it.")
    if last_day < today - datetime.timedelta(days=2) or (end := pauses.end_of(last_day, setter.zone)) <= timezone.now():
        raise Refused(f"{people_date(last_day)} is over. Choose today or a later day.")
    return end


@transaction.atomic
def lift(school: School, setter: Organisation, by: int) -> bool:
    """End the pause that this organisation set; letters that waited are sent. False when there is none any more."""
    Organisation.objects.select_for_update().get(pk=setter.pk)
    now = timezone.now()
    mine = Pause.objects.current(now).filter(organisation=setter, school=school)
    if not mine.update(lifted_at=now, lifted_by=by):
        return False
    journal.record(setter.pk, LIFTED, by=by, about=f"school:{school.pk}")
    return True
