"""Reading a chain from its beginning to its end, in bounded memory: whole, or the first row that is broken and why."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Min, Sum

from alongside.kit.journal import chain
from alongside.kit.models import JournalAnchor, JournalEntry, JournalHead

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong in a journal. kind: changed, deleted, inserted, reordered, erased, head or anchor."""

    kind: str
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading a journal found: how many entries it holds, and its first fault."""

    organisation: int
    entries: int
    fault: Fault | None


def verify(organisation: int) -> Verdict:
    """Read one organisation's journal. What looks broken is read once more while nobody may append, erase or prune."""
    fault = broken(organisation)
    if fault:
        with transaction.atomic():
            list(JournalHead.objects.select_for_update().filter(organisation=organisation))
            fault = broken(organisation)
    return Verdict(organisation, JournalEntry.objects.filter(organisation=organisation).count(), fault)


def organisations() -> list[int]:
    """Ids of all organisations of which anything of a journal is there, in order."""
    found: set[int] = set()
    for model in (JournalHead, JournalEntry, JournalAnchor):
        found.update(model.objects.order_by().values_list("organisation", flat=True).distinct())
    return sorted(found)


def broken(organisation: int) -> Fault | None:
    """The first fault of a journal, or None."""
    # Before the head: what is appended meanwhile moves the head too, so nothing new looks like a stranger.
    entries = JournalEntry.objects.filter(organisation=organisation)
    ends = entries.aggregate(first=Min("number"), last=Max("number"))
    head = JournalHead.objects.filter(organisation=organisation).first()
    if head is None:
        return _without_head(ends["first"])
    anchor, fault = _anchored(organisation)
    if fault:
        return fault
    number, before = (anchor.number, anchor.digest) if anchor else (0, chain.BEGINNING)
    earlier = ""
    if ends["first"] is not None and ends["first"] <= number:
        return Fault("inserted", ends["first"], f"entry {ends['first']} is there again, although it was removed.")
    for entry in _walk(organisation, number, head.number):
        if fault := _fault(entry, number + 1, before, earlier):
            return fault
        number, earlier, before = entry.number, before, entry.digest
    return _ended(head, number, before, ends["last"])


def _without_head(first: int | None) -> Fault | None:
    return None if first is None else Fault("head", first, "the end of the journal is not known: its head is missing.")


def _anchored(organisation: int) -> tuple[JournalAnchor | None, Fault | None]:
    anchors = JournalAnchor.objects.filter(organisation=organisation)
    for anchor in anchors.iterator(chunk_size=BATCH):
        if not chain.same(anchor.seal, chain.seal_of_anchor(anchor)):
            text = f"the anchor at entry {anchor.number} was not made with this installation’s key."
            return None, Fault("anchor", anchor.number, text)
    last = anchors.order_by("number").last()
    removed = anchors.aggregate(all=Sum("count"))["all"] or 0
    if last and removed != last.number:
        text = (
            f"an anchor before entry {last.number} is missing: {removed} of {last.number} removed entries are told of."
        )
        return None, Fault("anchor", last.number, text)
    return last, None


def _walk(organisation: int, after: int, until: int) -> Iterator[JournalEntry]:
    """The entries by number, a batch at a time."""
    entries = JournalEntry.objects.filter(organisation=organisation, number__lte=until).order_by("number")
    while batch := list(entries.filter(number__gt=after)[:BATCH]):
        yield from batch
        after = batch[-1].number


def _fault(entry: JournalEntry, wanted: int, before: str, earlier: str) -> Fault | None:
    if entry.number != wanted:
        return Fault("deleted", wanted, f"entry {wanted} is missing; the next that is there is {entry.number}.")
    if chain.digest(before, entry) != entry.digest:
        return _moved(entry, before, earlier) or Fault("changed", wanted, f"entry {wanted} was changed.")
    if entry.payload is None and not entry.salt:
        return _unrecorded(entry)
    if entry.payload is None or chain.payload_digest(entry.salt, entry.payload) != entry.payload_digest:
        return Fault("changed", wanted, f"the details of entry {wanted} were changed.")
    return None


def _unrecorded(entry: JournalEntry) -> Fault | None:
    if entry.erased_by and entry.erased_by > entry.number and _told(entry.organisation, entry.erased_by, entry.number):
        return None
    text = f"the details of entry {entry.number} were erased, and no entry says so."
    return Fault("erased", entry.number, text)


def _told(organisation: int, by: int, number: int) -> bool:
    return any(first <= number <= last for first, last in _erased_in(organisation, by))


def _erased_in(organisation: int, by: int) -> tuple[tuple[int, int], ...]:
    """What one record of an erasure says was erased. The record's own digest is checked when its turn comes."""
    found = JournalEntry.objects.filter(organisation=organisation, number=by, deed="kit.details_erased")
    return _ranges(found.values_list("about", flat=True).first() or "")


@functools.lru_cache(maxsize=16)
def _ranges(about: str) -> tuple[tuple[int, int], ...]:
    pairs = [part.partition("-") for part in about.removeprefix("entries:").split(",")]
    return tuple((int(first), int(last)) for first, _, last in pairs if first.isdecimal() and last.isdecimal())


def _moved(entry: JournalEntry, before: str, earlier: str) -> Fault | None:
    """When the row is sound and stands in the wrong place: whether one was put in, one was taken out, or two changed places."""
    here = entry.number
    if _fits(entry, here - 1, earlier):
        return Fault("inserted", here - 1, f"entry {here - 1} was put in: the one that belongs there is now {here}.")
    following = JournalEntry.objects.filter(organisation=entry.organisation, number=here + 1).first()
    if following and _fits(following, here + 2, entry.digest):
        return Fault("deleted", here, f"entry {here} is missing; those after it were numbered anew.")
    for other in _walk(entry.organisation, here, 2**62):
        if _fits(other, here, before):
            return _displaced(entry, other)
    return None


def _displaced(entry: JournalEntry, other: JournalEntry) -> Fault:
    here, there = entry.number, other.number
    entries = JournalEntry.objects.filter(organisation=entry.organisation)
    before = other if there == here + 1 else entries.filter(number=there - 1).first()
    if before and _fits(entry, there, before.digest):
        return Fault("reordered", here, f"entries {here} and {there} have changed places.")
    return Fault("inserted", here, f"entry {here} was put in: the one that belongs there is now {there}.")


def _fits(entry: JournalEntry, number: int, before: str) -> bool:
    """Whether the entry's digest is sound under that number and behind that digest."""
    own, entry.number = entry.number, number
    fits = chain.digest(before, entry) == entry.digest
    entry.number = own
    return fits


def _ended(head: JournalHead, number: int, before: str, last: int | None) -> Fault | None:
    if number < head.number:
        return Fault(
            "deleted", number + 1, f"the journal was cut off: entries {number + 1} to {head.number} are missing."
        )
    if last is not None and last > head.number:
        return Fault("inserted", head.number + 1, f"entry {head.number + 1} was put in behind the end of the journal.")
    if head.digest != before:
        return Fault("head", number, f"the head does not match entry {number}, the last one.")
    if not chain.same(head.seal, chain.seal_of_head(head)):
        text = f"the end of the journal, entry {number}, was not sealed with this installation’s key: it was cut or rewritten."
        return Fault("head", number, text)
    return None


def unsealed() -> int:
    """How many heads and anchors were sealed with another key than this installation's."""
    heads = sum(not chain.same(head.seal, chain.seal_of_head(head)) for head in JournalHead.objects.iterator())
    return heads + sum(
        not chain.same(each.seal, chain.seal_of_anchor(each)) for each in JournalAnchor.objects.iterator()
    )


@transaction.atomic
def seal_anew() -> None:
    """Seal every head and anchor with this installation's key: after a restore to where the old key is not."""
    for head in JournalHead.objects.select_for_update():
        JournalHead.objects.filter(pk=head.pk).update(seal=chain.seal_of_head(head))
    for anchor in JournalAnchor.objects.all():
        JournalAnchor.objects.filter(pk=anchor.pk).update(seal=chain.seal_of_anchor(anchor))
