"""A calendar file: read, looked at, applied exactly as shown or not at all, and undone."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from alongside.calendar import files
from alongside.calendar.files import Entry
from alongside.calendar.models import CalendarImport, Span
from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.kit.tabular import clean_text
from alongside.kit.words import people_date
from alongside.network.models import Organisation
from alongside.people.models import Person

APPLIED = journal.deed("calendar.applied", "brought a calendar file in")
UNDONE = journal.deed("calendar.undone", "took back a calendar file")
LIMIT = 2_000  # rows of a calendar to which a file adds
SHOWN = 300  # rows of a preview that are printed
FIELDS = ("kind", "name", "starts_on", "ends_on", "weekdays", "typical", "uid", "sequence", "brought_by_id")


@dataclass(frozen=True, slots=True)
class Change:
    """What applying would do with one entry: kind is new, changed, or left (with the reason in text)."""

    entry: Entry
    kind: str
    text: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that applying a file would do, and what is left alone and why."""

    changes: list[Change]
    ignored: list[files.Note]
    faults: list[files.Note]

    def of(self, kind: str) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]

    @property
    def new(self) -> list[Change]:
        return self.of("new")

    @property
    def changed(self) -> list[Change]:
        return self.of("changed")

    @property
    def left(self) -> list[files.Note]:
        """What stays out, with its reason; the first of them."""
        notes = [files.Note(change.entry.where, change.text) for change in self.of("left")]
        return (notes + self.ignored)[:SHOWN]

    @property
    def left_count(self) -> int:
        return len(self.of("left")) + len(self.ignored)


def bring_calendar(data: bytes, name: str, organisation: Organisation, by: Person) -> CalendarImport:
    """Read a file and keep what it says until somebody applies it. Raises UnreadableFile with a sentence."""
    today = timezone.localdate()
    read = files.read(data, name, organisation.zone, today)
    return CalendarImport.objects.create(
        organisation=organisation,
        name=PurePath(clean_text(name)).name[:100] or "calendar",
        uploaded_by=by,
        entries=[_stored(entry) for entry in read.entries],
        ignored=[list(note) for note in read.ignored[: SHOWN * 2]],
        faults=[list(note) for note in read.faults[: SHOWN * 2]],
        seen=_digest(_own(organisation.pk)),
    )


def _stored(entry: Entry) -> list[object]:
    return [*entry[:4], entry.first.isoformat(), entry.last.isoformat(), entry.where]


def _entry(row: list[str]) -> Entry:
    uid, sequence, kind, name, first, last, where = row
    day = datetime.date.fromisoformat
    return Entry(uid, int(sequence), kind, name, day(first), day(last), where)


def _own(organisation: int) -> list[Span]:
    return list(Span.objects.of(organisation).order_by("pk"))


def _digest(spans: list[Span]) -> str:
    rows = [(s.pk, s.kind, s.name, s.starts_on, s.ends_on, s.uid, s.sequence) for s in spans]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def preview(brought: CalendarImport) -> Preview:
    """What applying it would do now. One query."""
    return _preview(brought, _own(brought.organisation_id))


def _preview(brought: CalendarImport, own: list[Span]) -> Preview:
    by_uid = {span.uid: span for span in own if span.uid}
    by_days = {(span.kind, span.starts_on, span.ends_on): span for span in own}
    changes = [_change(_entry(row), by_uid, by_days) for row in brought.entries]
    notes = [[files.Note(*note) for note in each] for each in (brought.ignored, brought.faults)]
    return Preview(changes, *notes)


def _change(
    entry: Entry, by_uid: dict[str, Span], by_days: dict[tuple[str, datetime.date, datetime.date], Span]
) -> Change:
    known = by_uid.get(entry.uid)
    if known is None:
        same = by_days.get((entry.kind, entry.first, entry.last))
        return (
            Change(entry, "left", f"“{entry.name}”: these days are in the calendar already.")
            if same
            else Change(entry, "new")
        )
    if entry.sequence < known.sequence:
        return Change(entry, "left", f"“{entry.name}”: the calendar has a newer version of it.")
    if (known.kind, known.name, known.starts_on, known.ends_on) == (entry.kind, entry.name, entry.first, entry.last):
        return Change(entry, "left", f"“{entry.name}”: it is in the calendar already.")
    was = f"was “{known.name}”, {people_date(known.starts_on)} to {people_date(known.ends_on)}"
    return Change(entry, "changed", was, known)


@transaction.atomic
def apply_calendar(brought: CalendarImport, by: int) -> Preview:
    """Do what the preview said, all of it. by: id of a person.

    Raises Conflict when it was applied or dropped, or when the calendar has changed since the file was read; Refused when
    it would have more than LIMIT rows.
    """
    Organisation.objects.select_for_update().get(pk=brought.organisation_id)
    ready = CalendarImport.objects.filter(pk=brought.pk, state=CalendarImport.State.READY)
    own = _own(brought.organisation_id)
    if not ready.exists():
        raise Conflict("This file was applied or dropped already. The calendar shows how things stand.")
    if _digest(own) != brought.seen:
        raise Conflict("The calendar has changed since this file was read. Bring the file in again and look once more.")
    done = _preview(brought, own)
    if len(own) + len(done.new) > LIMIT:
        raise Refused(
            f"A calendar can have {LIMIT:,} rows; with this file it would have more. Take old ones out first."
        )
    before = [_before(change.span) for change in done.changed if change.span]
    Span.objects.bulk_create([_made(brought, change.entry) for change in done.new], batch_size=500)
    for change in done.changed:
        _overwrite(brought, change)
    ready.update(state=CalendarImport.State.APPLIED, before=before)
    _record(brought, APPLIED, by, {"new": len(done.new), "changed": len(done.changed)})
    return done


def _made(brought: CalendarImport, entry: Entry) -> Span:
    span = Span(organisation_id=brought.organisation_id, uid=entry.uid, brought_by=brought)
    return _set(span, entry)


def _set(span: Span, entry: Entry) -> Span:
    span.kind, span.name, span.sequence = entry.kind, entry.name, entry.sequence
    span.starts_on, span.ends_on, span.typical = entry.first, entry.last, False
    return span


def _overwrite(brought: CalendarImport, change: Change) -> None:
    if change.span is not None:
        change.span.brought_by = brought
        _set(change.span, change.entry).save()


def _before(span: Span) -> dict[str, object]:
    row = {name: getattr(span, name) for name in FIELDS}
    return {**row, "pk": span.pk, "starts_on": span.starts_on.isoformat(), "ends_on": span.ends_on.isoformat()}


@transaction.atomic
def undo_calendar(brought: CalendarImport, by: int) -> None:
    """Take back what applying did: its rows go, what it changed is as before. Rows that were changed since are left.

    Raises Conflict when it is not the newest that is applied.
    """
    Organisation.objects.select_for_update().get(pk=brought.organisation_id)
    applied = CalendarImport.objects.filter(organisation=brought.organisation_id, state=CalendarImport.State.APPLIED)
    newest = applied.order_by("-pk").first()
    if newest is None or newest.pk != brought.pk:
        raise Conflict("Only the file that was applied last can be taken back. The calendar shows how things stand.")
    mine = Span.objects.filter(brought_by=newest)
    changed = {row["pk"]: row for row in newest.before}
    mine.exclude(pk__in=changed).delete()
    for span in mine:
        row = changed[span.pk]
        for name in FIELDS:
            setattr(span, name, row[name])
        span.save()
    applied.filter(pk=newest.pk).update(state=CalendarImport.State.UNDONE, before=[])
    _record(newest, UNDONE, by, {})


@transaction.atomic
def drop_calendar(brought: CalendarImport) -> None:
    """Forget a file that was brought in. Raises Conflict when it was applied or dropped meanwhile."""
    ready = CalendarImport.objects.filter(pk=brought.pk, state=CalendarImport.State.READY)
    if not ready.update(state=CalendarImport.State.DROPPED, entries=[], ignored=[], faults=[]):
        raise Conflict("This file was applied or dropped already. The calendar shows how things stand.")


@transaction.atomic
def bring_country(data: bytes, name: str, country: str, zone: str) -> int:
    """Keep what a file says as usual in a country, for every organisation there. Returns how many rows are new.

    The file's own rows are matched by their ids, so bringing it again changes nothing twice.
    """
    read = files.read(data, name, zone, timezone.localdate())
    known = set(Span.objects.filter(organisation=None, country=country).values_list("uid", flat=True))
    fresh = [entry for entry in read.entries if entry.uid not in known]
    Span.objects.bulk_create([_set(Span(country=country, uid=entry.uid), entry) for entry in fresh])
    return len(fresh)


def _record(brought: CalendarImport, deed: str, by: int, payload: dict[str, object]) -> None:
    about = f"calendar_import:{brought.pk}"
    journal.record(brought.organisation_id, deed, by=by, about=about, payload={"file": brought.name, **payload})
