"""Writing a pulse of one's own, bringing one from a file, putting one away."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Organisation
from alongside.surveys import naming
from alongside.surveys.instruments import shipped
from alongside.surveys.models import OwnInstrument, ReadFile, Rhythm, Wave
from alongside.surveys.models.own import new_code
from alongside.surveys.offered import was_asked
from alongside.surveys.wording import Wording, of

WROTE = journal.deed("surveys.pulse_written", "began a pulse of our own")
BROUGHT = journal.deed("surveys.pulse_brought", "took a pulse from a file")
PUT_AWAY = journal.deed("surveys.pulse_put_away", "put a pulse of our own away")
BACK = journal.deed("surveys.pulse_back", "took a pulse of our own out again")
DROPPED = journal.deed("surveys.pulse_dropped", "deleted a pulse of our own that was never asked")
OWN_MOST = 200  # in one organisation, so that nobody fills a database with drafts
MEANWHILE = "A colleague has changed this pulse meanwhile. Look at it as it is now, then go on."
FROZEN = (
    "This pulse was asked, so its wording stays as it is: figures before and after would not be about the same. "
    "Write a copy, and change that."
)


@transaction.atomic
def write_pulse(organisation: Organisation, wording: Wording, *, by: int, file: str = "") -> OwnInstrument:
    """Begin a pulse of one's own with this wording. file: the name of the file that it came from."""
    if OwnInstrument.objects.filter(organisation=organisation).count() >= OWN_MOST:
        raise Refused(f"There are {OWN_MOST} pulses of your own already, the most there may be. Delete one first.")
    made = OwnInstrument.objects.create(organisation=organisation, wording=wording.stored())
    payload = {"pulse": wording.name or "without a name"} | ({"file": file} if file else {})
    _record(made, BROUGHT if file else WROTE, by, payload)
    return made


@transaction.atomic
def keep_wording(own: OwnInstrument, seen: str, wording: Wording) -> OwnInstrument:
    """Put this wording in the place of the one that was seen (its id). Raises Conflict when a colleague was faster, and
    Refused once it was asked."""
    held = _held(own)
    if was_asked(held):
        raise Refused(FROZEN)
    if held.code != seen:
        raise Conflict(MEANWHILE)
    if held.words != wording:
        held.wording, held.code, held.changed_at = wording.stored(), new_code(), timezone.now()
        held.save()
    return held


@transaction.atomic
def put_away(own: OwnInstrument, by: int) -> bool:
    """Offer it no more; one that was never asked is deleted. Whether a row is left. Safe twice."""
    held = _held(own)
    if not was_asked(held):
        _record(held, DROPPED, by, {"pulse": held.instrument.name})
        held.delete()
        return False
    series = {"series__organisation": held.organisation_id, "series__instrument": held.code}
    under_way = Wave.objects.filter(**series, state__in=[Wave.State.PLANNED, Wave.State.OPEN, Wave.State.CLOSED])
    if under_way.exists() or Rhythm.objects.running().filter(**series).exists():
        raise Refused(
            "This pulse is planned, open or in a rhythm. Put it away when it has closed and its rhythm ended."
        )
    if held.put_away_at is None:
        held.put_away_at = timezone.now()
        held.save()
        _record(held, PUT_AWAY, by, {"pulse": held.instrument.name})
    return True


@transaction.atomic
def take_out(own: OwnInstrument, by: int) -> None:
    """Offer again what was put away. Safe twice."""
    held = _held(own)
    if held.put_away_at:
        held.put_away_at = None
        held.save()
        _record(held, BACK, by, {"pulse": held.instrument.name})


def hold(organisation: Organisation, instrument_id: str, *, anyway: bool = False) -> None:
    """Inside the transaction that asks: from here on the wording can change no more. Raises Conflict when it changed since
    it was looked at, and Refused for what cannot be asked here: naming.NamesSomebody where it names a person, and
    naming.MayNameSomebody where it may; anyway: somebody has said that it names nobody."""
    if ours := shipped().get(instrument_id):
        naming.require_nobody(organisation, of(ours), ours=True)
        return
    mine = OwnInstrument.objects.select_for_update().filter(organisation=organisation, code=instrument_id)
    found = mine.first()
    if found is None:
        raise Conflict(MEANWHILE)
    if found.words.missing or found.put_away_at:
        raise Refused("This pulse is not whole yet, or was put away. Look at it under “Our own pulses”.")
    naming.require_nobody(organisation, found.words, anyway=anyway)


@transaction.atomic
def keep_file(organisation: Organisation, called: str, found: dict[str, object]) -> ReadFile:
    """Keep what was read of a file until somebody takes or leaves it; of those that wait the last ten stay."""
    made = ReadFile.objects.create(organisation=organisation, called=called, found=_without_nulls(found))
    waiting = ReadFile.objects.filter(organisation=organisation).order_by("-pk").values_list("pk", flat=True)
    ReadFile.objects.filter(pk__in=list(waiting[10:])).delete()
    return made


def _without_nulls(value: Any) -> Any:
    """PostgreSQL keeps no null characters, in whatever corner of a file they stood."""
    if isinstance(value, str):
        return value.replace("\0", " ")
    if isinstance(value, dict):
        return {_without_nulls(key): _without_nulls(each) for key, each in value.items()}
    return [_without_nulls(each) for each in value] if isinstance(value, list | tuple) else value


@transaction.atomic
def take_file(read: ReadFile, wording: Wording, by: int) -> OwnInstrument:
    """Make a pulse of what was read. Raises Conflict when a colleague has taken or left it meanwhile."""
    if not ReadFile.objects.filter(pk=read.pk).delete()[0]:
        raise Conflict("A colleague has taken or left this file meanwhile. Look at “Our own pulses”.")
    return write_pulse(read.organisation, wording, by=by, file=read.called)


def drop_file(read: ReadFile) -> None:
    """Forget what was read."""
    ReadFile.objects.filter(pk=read.pk).delete()


def _held(own: OwnInstrument) -> OwnInstrument:
    found = OwnInstrument.objects.select_for_update().filter(pk=own.pk).first()
    if found is None:
        raise Conflict("A colleague has deleted this pulse meanwhile. Look at “Our own pulses”.")
    return found


def _record(own: OwnInstrument, deed: str, by: int, payload: dict[str, str]) -> None:
    journal.record(own.organisation_id, deed, by=by, about=f"pulse:{own.pk}", payload=payload)
