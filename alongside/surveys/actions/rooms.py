"""Asking a hall, and closing it."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from alongside.kit import database, journal, queue
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys.actions.work import SEAL_ROOM
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Room
from alongside.surveys.rooms import closing, door

PRESENT_AT_LEAST = 10
PRESENT_AT_MOST = 5000
LASTS = datetime.timedelta(hours=2)  # at the longest; whoever runs it closes it long before
OPENED = journal.deed("surveys.room_opened", "asked a pulse in the room")


def open_room(
    organisation: Organisation, instrument_id: str, present: int, *, cluster: Cluster | None = None, by: Person
) -> Room:
    """Open a door for so many people, now. Raises Refused for fewer than ten, or more than any hall holds."""
    if not PRESENT_AT_LEAST <= present <= PRESENT_AT_MOST:
        raise Refused(
            f"A room of {PRESENT_AT_LEAST} to {PRESENT_AT_MOST:,} people can be asked: with fewer, answers are not anonymous."
        )
    asked, now = instrument(instrument_id), timezone.now()
    with database.alone(closing.LOCK, closing.ALL_ROOMS):
        room = _with_a_free_code(
            organisation=organisation,
            cluster=cluster,
            instrument=instrument_id,
            items=list(asked.turn(1)),
            present=present,
            opened_at=now,
            closes_at=now + LASTS,
            asked_by=by,
        )
        closing.open_intake(room)
        queue.enqueue(SEAL_ROOM, room.pk, run_after=room.closes_at)
        about, payload = f"room:{room.pk}", {"pulse": asked.name}
        journal.record(organisation.pk, OPENED, by=by.pk, about=about, payload=payload)
    return room


def _with_a_free_code(**given: Any) -> Room:
    for _ in range(20):
        try:
            with transaction.atomic():
                return Room.objects.create(code=door.new_code(), **given)
        except IntegrityError:  # that code is taken
            continue
    raise Conflict("No free code was found for this room. Try once more.")


def close_room(room: Room, by: Person | None) -> None:
    """Take no more answers and show everybody the results; what is left of the intake goes by itself."""
    closing.close(room.pk, by)
    queue.enqueue(SEAL_ROOM, room.pk)
