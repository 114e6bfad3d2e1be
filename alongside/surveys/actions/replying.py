"""What leaders say to a pulse: of a school, or the chair of a cluster. The same words, the same rules."""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.actions import make_organisation
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys.models import Held, Reply, Series, Wave

REPLIED = journal.deed("surveys.replied", "posted a reply")
REPLIED_FOR_CLUSTER = journal.deed("surveys.replied_for_cluster", "posted a reply for a cluster")


@dataclass(frozen=True, slots=True)
class ReplyText:
    """What a leader writes; checked by the form. theme: the words of the theme that it answers."""

    kind: str
    heard: str
    text: str
    moves: str = ""
    look_on: datetime.date | None = None
    theme: str = ""


def save_reply(wave: Wave, place: School | Cluster, words: ReplyText, by: Person) -> Reply:
    """Keep a reply for later. Raises Conflict once it is posted."""
    return _save_reply(wave, place, words, by, posted_at=None)


def post_reply(wave: Wave, place: School | Cluster, words: ReplyText, by: Person) -> Reply:
    """Post the reply, now and for good; a school's opens the results to its staff. Raises Conflict when a colleague was
    faster. A wave of the series that opens at the same moment waits for it, or was opened before."""
    with transaction.atomic():
        Series.objects.select_for_update().get(pk=wave.series_id)
        reply = _save_reply(wave, place, words, by, posted_at=timezone.now())
        deed = REPLIED if isinstance(place, School) else REPLIED_FOR_CLUSTER
        payload = {"pulse": wave.pulse.name}
        journal.record(reply.organisation_id, deed, by=by.pk, about=f"wave:{wave.pk}", payload=payload)
    return reply


def left_out_of(wave: Wave, place: School | Cluster) -> Wave | None:
    """The wave of the series that is open now and does not ask this school, because replies were missing when it opened."""
    if not isinstance(place, School):
        return None
    now = Wave.objects.accepting().filter(series=wave.series_id)
    held = Held.objects.filter(wave__in=now, school=place).select_related("wave").first()
    return held.wave if held else None


def _save_reply(
    wave: Wave, place: School | Cluster, words: ReplyText, by: Person, posted_at: datetime.datetime | None
) -> Reply:
    if not wave.has_results:
        raise Refused("There is nothing to reply to yet: the results are not in.")
    if words.moves:
        wave.pulse.item(words.moves)
    values = {
        "kind": words.kind,
        "heard": words.heard,
        "theme": words.theme,
        "text": words.text,
        "moves": words.moves,
        "look_on": words.look_on,
        "written_by": by,
        "posted_at": posted_at,
        "saved_at": timezone.now(),
    }
    try:
        with transaction.atomic():
            owner = {"organisation": _owner(wave, place)}
            reply, created = Reply.objects.get_or_create(wave=wave, **_of(place), defaults={**values, **owner})
    except IntegrityError:
        raise Conflict("A colleague is writing this reply at the same moment. Look at theirs first.") from None
    if not created and not Reply.objects.filter(pk=reply.pk, posted_at__isnull=True).update(**values):
        raise Conflict(
            f"A colleague has posted the {_kind(place)}'s reply already. Yours was not posted; theirs is shown below."
        )
    reply.refresh_from_db()
    return reply


def _of(place: School | Cluster) -> dict[str, School | Cluster]:
    return {_kind(place): place}


def _kind(place: School | Cluster) -> str:
    return "school" if isinstance(place, School) else "cluster"


def _owner(wave: Wave, place: School | Cluster) -> Organisation:
    return make_organisation(place) if isinstance(place, School) else wave.organisation
