"""Taking one answer in a hall: one transaction; no cookie, no session, nothing that tells who, when or from where."""

import json
import secrets
from collections.abc import Mapping

from django.db import connection, transaction
from django.utils import timezone

from alongside.kit import prepared
from alongside.surveys.accept import KEY_BYTES, Closed, NotTaken, Spent, Unknown
from alongside.surveys.models import Room, RoomPass
from alongside.surveys.rooms import door


class Full(NotTaken):
    """As many people as are present have answered."""


# The session's row first: whoever closes waits for it, and after the close nothing reaches the tables of the intake.
COUNT = """
UPDATE surveys_room SET taken = taken + 1
WHERE id = %s AND state = %s AND closes_at > %s AND taken < present
RETURNING organisation_id
"""
SPEND = """
INSERT INTO surveys_roompass (room_id, digest, organisation_id) VALUES (%s, %s, %s)
ON CONFLICT DO NOTHING RETURNING room_id
"""
STORE = "INSERT INTO surveys_roomanswer (room_id, key, organisation_id, ratings) VALUES (%s, %s, %s, %s)"


def take(room_id: int, number: str, ratings: Mapping[str, int | str]) -> None:
    """Store what a form says, once; or raise Unknown (another session's form), Spent, Full or Closed, and store nothing.

    `ratings`: id of a statement → 1–5 or "x"; checked by the form.
    """
    if not door.is_ours(room_id, number):
        raise Unknown
    sent = door.digest(number)
    with transaction.atomic():
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        counted = prepared.row(COUNT, [room_id, Room.State.OPEN.value, now])
        if counted is None:
            raise _why_not(room_id, sent)
        if prepared.row(SPEND, [room_id, sent, counted[0]]) is None:
            raise Spent
        prepared.run(STORE, [room_id, secrets.token_bytes(KEY_BYTES), counted[0], json.dumps(dict(ratings))])


def _why_not(room_id: int, sent: bytes) -> NotTaken:
    room = Room.objects.filter(pk=room_id).first()
    if room is None or not room.accepts:
        return Closed()
    return Spent() if RoomPass.objects.filter(room=room_id, digest=sent).exists() else Full()
