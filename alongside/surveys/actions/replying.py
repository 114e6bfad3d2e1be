"""What a school’s leaders say to a pulse."""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.actions import make_organisation
from alongside.network.models import School
from alongside.people.models import Person
from alongside.surveys.models import Reply, Wave

REPLIED = journal.deed("surveys.replied", "posted a reply")


@dataclass(frozen=True, slots=True)
class ReplyText:
    """What a leader writes; checked by the form."""

    kind: str
    heard: str
    text: str
    moves: str = ""
    look_on: datetime.date | None = None


def save_reply(wave: Wave, school: School, words: ReplyText, by: Person) -> Reply:
    """Keep a reply for later. Raises Conflict once it is posted."""
    return _save_reply(wave, school, words, by, posted_at=None)


def post_reply(wave: Wave, school: School, words: ReplyText, by: Person) -> Reply:
    """Show the reply and the results to the school's staff, now and for good. Raises Conflict when a colleague was faster."""
    with transaction.atomic():
        reply = _save_reply(wave, school, words, by, posted_at=timezone.now())
        pulse = wave.pulse.name
        journal.record(reply.organisation_id, REPLIED, by=by.pk, about=f"wave:{wave.pk}", payload={"pulse": pulse})
    return reply


def _save_reply(wave: Wave, school: School, words: ReplyText, by: Person, posted_at: datetime.datetime | None) -> Reply:
    if not wave.has_results:
        raise Refused("There is nothing to reply to yet: the results are not in.")
    if words.moves:
        wave.pulse.item(words.moves)
    values = {
        "kind": words.kind,
        "heard": words.heard,
        "text": words.text,
        "moves": words.moves,
        "look_on": words.look_on,
        "written_by": by,
        "posted_at": posted_at,
        "saved_at": timezone.now(),
    }
    try:
        with transaction.atomic():
            reply, created = Reply.objects.get_or_create(
                wave=wave, school=school, defaults={**values, "organisation": make_organisation(school)}
            )
    except IntegrityError:
        raise Conflict("A colleague is writing this reply at the same moment. Look at theirs first.") from None
    if not created and not Reply.objects.filter(pk=reply.pk, posted_at__isnull=True).update(**values):
        raise Conflict(
            "A colleague has posted the school's reply already. Yours was not posted; theirs is shown below."
        )
    reply.refresh_from_db()
    return reply
