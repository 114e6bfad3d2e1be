"""Earlier results: counted and kept until somebody applies exactly what they looked at, drops it, or takes it back."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.kit.rawfile import Source
from alongside.kit.tabular import clean_text
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys.actions.fitting import asked_schools
from alongside.surveys.models import Past, PastWave
from alongside.surveys.past import columns, files, matching, overlaps, standing
from alongside.surveys.past.counts import Counts, from_stored
from alongside.surveys.past.exports import Asked
from alongside.surveys.past.standing import Standing

APPLIED = journal.deed("surveys.past_applied", "brought earlier results in")
UNDONE = journal.deed("surveys.past_undone", "took earlier results back")
WAITS = datetime.timedelta(days=7)
OVER = "This file was applied, dropped or taken back already. The page of earlier results shows how things stand."


def schools_of(past: Past) -> list[School]:
    """The schools that its answers may be of: those whom a pulse of the same place would ask today."""
    return list(asked_schools(past.organisation, past.cluster).select_related("organisation"))


def bring(
    data: Source,
    name: str,
    organisation: Organisation,
    by: Person,
    *,
    instrument: str,
    day: datetime.date | None,
    cluster: Cluster | None = None,
    school_column: str = "",
    one_school: int = 0,
) -> Past:
    """Count a file and keep the counts until somebody applies or drops them. one_school: the id of the school whose answers
    all of it holds. Raises Refused with a sentence, and keeps nothing."""
    past = Past(organisation=organisation, cluster=cluster, instrument=instrument, uploaded_by=by)
    schools = schools_of(past)
    if one_school and one_school not in {school.pk for school in schools}:
        raise Refused("That school does not belong to the cluster that you chose. Choose one of its schools.")
    known = matching.school_index(schools)
    one = one_school or (schools[0].pk if len(schools) == 1 and not school_column else 0)
    asked = Asked(day, school_column, bool(one), lambda text: columns.plain(text) in known)
    counts = files.read(data, asked, timezone.localdate())
    found, _ = matching.schools_by_label(
        counts.schools, [s for s in schools if not one or s.pk == one or counts.kind == "tallies"]
    )
    past.name = PurePath(clean_text(name)).name[:100] or "earlier results"
    past.found, past.digest = counts.stored(), _digest(counts)
    past.choices = {"schools": found}
    _require_new(past)
    past.save()
    return past


def _digest(counts: Counts) -> str:
    """The same file gives the same, whatever it is called; of a form of ours the days belong to it, of an export they are said."""
    kept = counts.stored()
    days = kept["days"] if counts.kind == "tallies" else []
    said = json.dumps([kept["statements"], kept["scales"], kept["schools"], days, kept["cells"]])
    return hashlib.sha256(said.encode()).hexdigest()


def _require_new(past: Past) -> None:
    if Past.objects.applied().filter(organisation=past.organisation_id, digest=past.digest).exists():
        raise Refused(
            "The answers of this file stand here already. Take them back first if they should stand otherwise."
        )


def counts_of(past: Past) -> Counts:
    """What waits to be matched. Raises Conflict when it waits no more."""
    if past.state != Past.State.READY or not past.found:
        raise Conflict(OVER)
    return from_stored(past.found)


def decide(past: Past, choices: matching.Choices) -> list[Standing]:
    """Keep what somebody decided; what would stand then. Raises Refused when it cannot be, or when nothing would."""
    counts = counts_of(past)
    past.choices = choices.stored()
    found = _found(past, counts)
    if not found:
        raise Refused(
            "Nothing of this would stand: fewer than five answers are left everywhere, or every statement is left out."
        )
    if not Past.objects.filter(pk=past.pk, state=Past.State.READY).update(choices=past.choices):
        raise Conflict(OVER)
    return found


def would_stand(past: Past) -> list[Standing] | None:
    """What applying would do now; None while there is something to decide."""
    counts = counts_of(past)
    return _found(past, counts) if "answers" in past.choices else None


def _found(past: Past, counts: Counts) -> list[Standing]:
    choices, schools = matching.from_stored(past.choices), schools_of(past)
    gone = set(choices.schools) - {school.pk for school in schools} - {0}
    if gone:
        raise Conflict("A school of this file belongs here no more. Drop the file and bring it again.")
    return standing.standings(past, counts, choices, schools)


@transaction.atomic
def apply(past: Past, seen: str, by: int) -> list[Standing]:
    """Let stand exactly what was looked at. seen: the digest of that. by: id of a person.

    Raises Conflict when it was applied or dropped meanwhile, when clusters have changed since, or when the same school's
    answers to the same statement stand already, or were published, within 30 days of one of its days.
    """
    Organisation.objects.select_for_update().get(pk=past.organisation_id)
    now = Past.objects.select_related("organisation", "cluster").get(pk=past.pk)
    found = would_stand(now)
    if not found or standing.digest(found) != seen:
        raise Conflict("Schools or clusters have changed since you looked. Look once more, then apply.")
    _require_new(now)
    overlaps.require_none(now, found)
    PastWave.objects.bulk_create(
        PastWave(organisation=now.organisation, past=now, day=each.day, document=each.text, sha256=each.sha256)
        for each in found
    )
    # The counts of single schools go: only what may be shown of them stays.
    kept = {"found": {}, "choices": {}, "applied_at": timezone.now(), "state": Past.State.APPLIED}
    Past.objects.filter(pk=now.pk).update(**kept)
    _record(
        now,
        APPLIED,
        by,
        {"rounds": len(found), "statements": len({i["text"] for f in found for i in f.document["items"]})},
    )
    return found


@transaction.atomic
def undo(past: Past, by: int) -> None:
    """Take applied results back, all of the file. Raises Conflict when they do not stand."""
    standing_now = Past.objects.applied().filter(pk=past.pk)
    if not standing_now.update(state=Past.State.UNDONE):
        raise Conflict("These results were taken back already.")
    PastWave.objects.filter(past=past).delete()
    _record(past, UNDONE, by, {})


def drop(past: Past) -> None:
    """Forget a file that waits, with all its counts. Raises Conflict when it was applied or dropped meanwhile."""
    ready = Past.objects.filter(pk=past.pk, state=Past.State.READY)
    if not ready.update(state=Past.State.DROPPED, found={}, choices={}):
        raise Conflict(OVER)


def forget_waiting() -> int:
    """Drop what has waited for seven days; how many."""
    old = Past.objects.filter(state=Past.State.READY, uploaded_at__lt=timezone.now() - WAITS)
    return old.update(state=Past.State.DROPPED, found={}, choices={})


def _record(past: Past, deed: str, by: int, payload: dict[str, object]) -> None:
    journal.record(past.organisation_id, deed, by=by, about=f"past:{past.pk}", payload={"file": past.name, **payload})
