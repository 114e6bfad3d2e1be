"""Closing a session: no more answers, the release, the copies in random order, nothing of the intake any more.

The person who runs it waits for the first two steps, which take a moment; the rest is a task. Each step may be killed
anywhere and run again, as at the seal of a wave.
"""

import datetime
import hashlib

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from alongside.kit import database, journal
from alongside.people.models import Person
from alongside.science import disclosure
from alongside.surveys import publish
from alongside.surveys.models import Room, RoomAnswer, RoomPass, RoomRelease, SealedRoomAnswer
from alongside.surveys.seal import NotClean, new_keys, shuffled, truncate_log

LOCK = 7412
COUNT_EVERY = datetime.timedelta(seconds=10)
ALL_ROOMS = 0  # whoever makes or drops an intake is alone, or two would wait for each other's tables
CLOSED = journal.deed("surveys.room_closed", "closed a pulse in the room")


def close(room_id: int, by: Person | None = None) -> None:
    """Take no more answers and publish what came in. Twice is once, also at the same moment."""
    shut(room_id, timezone.now(), by)
    publish_release(room_id)


def seal(room_id: int) -> None:
    """Take a session that is past its closing through all steps; safe to run at any state, any number of times."""
    room = Room.objects.get(pk=room_id)
    if room.state == Room.State.OPEN and room.closes_at <= timezone.now():
        shut(room_id, room.closes_at, None)
    publish_release(room_id)
    if Room.objects.filter(pk=room_id, state=Room.State.PUBLISHED).exists():
        if not connection.in_atomic_block:
            truncate_log()
        verify(room_id)
        Room.objects.filter(pk=room_id, state=Room.State.PUBLISHED).update(state=Room.State.SEALED)


@transaction.atomic
def shut(room_id: int, moment: datetime.datetime, by: Person | None) -> None:
    """Open → takes no more answers; whoever is sending one now comes before this, or is told that it has closed."""
    room = Room.objects.select_for_update().get(pk=room_id)
    if room.state != Room.State.OPEN:
        return
    room.state, room.closed_at = Room.State.CLOSED, min(moment, room.closes_at)
    room.save(update_fields=["state", "closed_at"])
    about, payload = f"room:{room.pk}", {"pulse": room.pulse.name}
    journal.record(room.organisation_id, CLOSED, by=by.pk if by else None, about=about, payload=payload)


def publish_release(room_id: int) -> None:
    """Closed → published: the release and the copies, and no intake any more. All or nothing."""
    with database.alone(LOCK, ALL_ROOMS):
        room = Room.objects.select_for_update(of=("self",)).select_related("organisation", "cluster").get(pk=room_id)
        if room.state != Room.State.CLOSED:
            return
        document, enough = publish.count_room(room)
        _store_release(room, publish.canonical(document))
        if enough:
            _copy_answers(room)
        _drop_intake(room)
        room.state, room.taken, room.shown = Room.State.PUBLISHED, 0, 0
        room.save(update_fields=["state", "taken", "shown"])


def _store_release(room: Room, text: str) -> None:
    RoomRelease.objects.create(
        organisation=room.organisation,
        room=room,
        document=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        published_at=timezone.now(),
    )


def _copy_answers(room: Room) -> None:
    rows = shuffled(RoomAnswer.objects.filter(room=room.pk).values_list("ratings", flat=True))
    SealedRoomAnswer.objects.bulk_create(
        (
            SealedRoomAnswer(key=key, organisation=room.organisation, room=room, ratings=dict(sorted(ratings.items())))
            for key, ratings in zip(new_keys(len(rows)), rows, strict=True)
        ),
        batch_size=500,
    )


def _drop_intake(room: Room) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT alongside_drop_room(%s)", [room.pk])
            return
        for model in (RoomPass, RoomAnswer):
            cursor.execute(database.named("DELETE FROM {} WHERE room_id = %s", model._meta.db_table), [room.pk])


def verify(room_id: int) -> None:
    """Read back that nothing of the intake is there, and that the release is what it was; NotClean otherwise."""
    if any(model.objects.filter(room=room_id).exists() for model in (RoomPass, RoomAnswer)):
        raise NotClean(f"Room {room_id} is not clean yet.")
    release = RoomRelease.objects.get(room=room_id)
    if hashlib.sha256(release.document.encode()).hexdigest() != release.sha256:
        raise NotClean(f"The release of room {room_id} does not match its digest.")


def open_intake(room: Room) -> None:
    """PostgreSQL: room for what comes in. Call it in the transaction that makes the session, which holds the lock alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT alongside_open_room(%s)", [room.pk])


def shown(rooms: QuerySet[Room]) -> QuerySet[Room]:
    """Those whose result is shown, or may be in a moment. Sessions of fewer than ten showed nothing and give nothing away."""
    return rooms.filter(Exists(SealedRoomAnswer.objects.filter(room=OuterRef("pk"))) | Q(state=Room.State.CLOSED))


def due() -> list[int]:
    """Sessions whose latest closing has come, or whose seal was interrupted."""
    return list(Room.objects.due().order_by("pk").values_list("pk", flat=True))


def refresh(room: Room) -> int:
    """How many have answered in steps of 5, no fresher than ten seconds (R8), however often somebody looks."""
    now = timezone.now()
    old = Room.objects.filter(pk=room.pk, state=Room.State.OPEN).exclude(shown_at__gt=now - COUNT_EVERY)
    for taken in old.values_list("taken", flat=True):
        old.update(shown=disclosure.shown_participation(taken), shown_at=now)
    return int(Room.objects.values_list("shown", flat=True).get(pk=room.pk))
