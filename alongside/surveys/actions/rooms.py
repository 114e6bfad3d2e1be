"""Asking a hall, and closing it."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from alongside.kit import database, journal, queue
from alongside.kit.errors import Conflict, Refused
from alongside.kit.words import people_date
from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys.actions.work import SEAL_ROOM
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Room
from alongside.surveys.rooms import closing, door

PRESENT_AT_LEAST = 10
PRESENT_AT_MOST = 5000
REST = datetime.timedelta(days=14)  # between two sessions that ask the same
LASTS = datetime.timedelta(hours=2)  # at the longest; whoever runs it closes it long before
OPENED = journal.deed("surveys.room_opened", "asked a pulse in the room")


def open_room(
    organisation: Organisation, instrument_id: str, present: int, *, cluster: Cluster | None = None, by: Person
) -> Room:
    """Open a door for so many people, now. Raises Refused for fewer than ten, or more than any hall holds, and Conflict while
    this pulse is asked in a room of this organisation or was in the last fortnight: the same people and one more, asked
    twice, would give that one away, and nobody can check who sits there."""
    with database.alone(closing.LOCK, closing.ALL_ROOMS):
        _require_rest(organisation, instrument_id)
        return begin(organisation, instrument_id, present, cluster=cluster, by=by)


def _require_rest(organisation: Organisation, instrument_id: str) -> None:
    of_these = Room.objects.filter(organisation=organisation, instrument=instrument_id)
    if of_these.filter(state=Room.State.OPEN).exists():
        raise Conflict("This pulse is being asked in a room already. Close that one first.")
    last = closing.shown(of_these).filter(closed_at__gt=timezone.now() - REST).order_by("-closed_at").first()
    if last:
        raise Conflict(
            f"This pulse was asked in a room on {people_date(last.closed_at)}. It can be asked again two weeks after that: two "
            "results close together would show what single people answered. Choose another pulse, or talk about that result."
        )


def begin(
    organisation: Organisation, instrument_id: str, present: int, *, cluster: Cluster | None = None, by: Person
) -> Room:
    """The same without looking at what was asked before."""
    if not PRESENT_AT_LEAST <= present <= PRESENT_AT_MOST:
        raise Refused(
            f"A room of {PRESENT_AT_LEAST} to {PRESENT_AT_MOST:,} people can be asked: with fewer, answers are not anonymous."
        )
    asked, now = instrument(instrument_id), timezone.now()
    if asked.is_grid and organisation.kind != Organisation.Kind.NETWORK:
        raise Refused("A reflection grid asks about the network too, so a network or a cluster asks it.")
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
