"""Taking one answer: one transaction, a conditional update of the ticket and one insert.

The token is the authority: no cookie, no session. Nothing here looks at a ticket before it is spent, and nothing is
written that tells when or from where an answer came.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from alongside.kit import database, prepared
from alongside.surveys.models import Ticket, Wave
from alongside.surveys.tickets import digest

LOCK = 7411  # the intake of a wave: shared by everyone who answers, taken alone by the seal
ALL_WAVES = (
    0  # in place of a wave: whoever makes or drops an intake is alone, or two would wait for each other's tables
)
KEY_BYTES = 16
COMMENT_LIMIT = 1200


class NotTaken(Exception):
    """The answer was not stored; the subclass says why."""


class Spent(NotTaken):
    """The ticket was used before: its answer is in, this one is not stored."""


class Closed(NotTaken):
    """The wave takes no answers any more."""


class NotYetOpen(NotTaken):
    """The wave takes no answers yet."""


class Unknown(NotTaken):
    """No such ticket in this wave: mistyped, forged, or from another wave."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Where an answer counts."""

    school_id: int
    organisation_id: int


SPEND = """
UPDATE surveys_ticket SET used = %s
WHERE wave_id = %s AND digest = %s AND used = %s
  AND EXISTS (SELECT 1 FROM surveys_wave WHERE id = %s AND state = %s AND opens_at <= %s AND closes_at > %s)
RETURNING school_id, organisation_id, audience, category
"""
STORE_ANSWER = (
    "INSERT INTO surveys_answer (wave_id, key, organisation_id, school_id, audience, category, ratings) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
STORE_COMMENT = (
    "INSERT INTO surveys_comment (wave_id, key, organisation_id, school_id, text) VALUES (%s, %s, %s, %s, %s)"
)


def accept(wave_id: int, token: str, ratings: Mapping[str, int | str], comment: str = "") -> Taken:
    """Spend the ticket and store its ratings, together or not at all.

    `ratings`: id of a statement → 1–5 or "x"; checked by the form. Raises Spent, Closed, NotYetOpen or Unknown.
    """
    key = digest(token)
    with transaction.atomic(), database.shared(LOCK, wave_id):
        spent = _spend(wave_id, key)
        if spent is None:
            raise _why_not(wave_id, key)
        school, organisation, audience, category = spent
        prepared.run(
            STORE_ANSWER,
            [
                wave_id,
                secrets.token_bytes(KEY_BYTES),
                organisation,
                school,
                audience,
                category,
                json.dumps(dict(ratings)),
            ],
        )
        if comment:
            prepared.run(
                STORE_COMMENT, [wave_id, secrets.token_bytes(KEY_BYTES), organisation, school, comment[:COMMENT_LIMIT]]
            )
    return Taken(school, organisation)


def _spend(wave_id: int, key: bytes) -> tuple[int, int, str, str] | None:
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    return prepared.row(SPEND, [True, wave_id, key, False, wave_id, Wave.State.OPEN.value, now, now])


def _why_not(wave_id: int, key: bytes) -> NotTaken:
    wave = Wave.objects.filter(pk=wave_id).first()
    if wave is None:
        return Unknown()
    return refusal(wave, Ticket.objects.filter(wave=wave_id, digest=key).values_list("used", flat=True).first())


def refusal(wave: Wave, used: bool | None) -> NotTaken:
    """Why a ticket of a wave (`used`; None: there is no such ticket) does not open the form."""
    now = timezone.now()
    if wave.state not in {Wave.State.PLANNED, Wave.State.OPEN} or wave.closes_at <= now:
        return Closed()
    if used is None:
        return Unknown()
    return Spent() if used else NotYetOpen()
