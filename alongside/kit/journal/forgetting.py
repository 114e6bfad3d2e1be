"""What may go from a journal without breaking it: payloads by erasure, the oldest entries by pruning. Both are recorded."""

import datetime
from collections.abc import Collection, Iterable, Iterator
from itertools import batched

from django.db import transaction
from django.db.models import Count, Max, Min, Q

from alongside.kit.errors import Refused
from alongside.kit.journal import chain
from alongside.kit.journal.checking import broken
from alongside.kit.journal.entries import append, deed, locked_head
from alongside.kit.models import JournalAnchor, JournalEntry

ERASED = deed("kit.details_erased", "erased the details of earlier entries")
PRUNED = deed("kit.journal_pruned", "removed the oldest entries")
RANGES = 200  # in one record of an erasure, so that none grows without end

type Range = tuple[int, int]


@transaction.atomic
def erase(
    organisation: int,
    *,
    by: int | None,
    numbers: Collection[int] | None = None,
    about: str | None = None,
    before: datetime.datetime | None = None,
) -> int:
    """Empty the payloads of some entries; returns of how many. The entries stay, and the erasing is an entry itself.

    numbers, about, before: which (all of these that are given must hold; before: entries older than that moment).
    Raises ValueError when none is given: nobody empties a whole journal by leaving something out.
    """
    if numbers is None and about is None and before is None:
        raise ValueError("Say which entries: numbers, about or before.")
    locked_head(organisation)
    meant = Q(number__in=list(numbers)) if numbers is not None else Q()
    meant &= Q(about=about) if about is not None else Q()
    meant &= Q(at__lt=before) if before is not None else Q()
    found = JournalEntry.objects.filter(meant, organisation=organisation).exclude(salt="")
    # Decided before the first is written: the entries that record the erasing are not part of it.
    ranges = list(_ranges(found.order_by("number").values_list("number", flat=True).iterator()))
    return sum(_erase(organisation, part, by) for part in batched(ranges, RANGES))


def erase_everywhere(about: str, *, by: int | None) -> int:
    """Empty the payloads of every entry about this, such as "person:12", in every organisation's journal; of how many."""
    holding = JournalEntry.objects.filter(about=about).exclude(salt="")
    found = holding.order_by("organisation").values_list("organisation", flat=True).distinct()
    return sum(erase(organisation, by=by, about=about) for organisation in list(found))


def _erase(organisation: int, ranges: Iterable[Range], by: int | None) -> int:
    ranges = list(ranges)
    record = append(organisation, ERASED, by=by, about="entries:" + ",".join(f"{a}-{b}" for a, b in ranges))
    chosen = Q()
    for first, last in ranges:
        chosen |= Q(number__range=(first, last))
    return JournalEntry.objects.filter(chosen, organisation=organisation).update(
        payload=None, salt="", erased_by=record.number
    )


def _ranges(numbers: Iterable[int]) -> Iterator[Range]:
    """Ascending numbers as runs without a gap."""
    first = last = 0
    for number in numbers:
        if first and number != last + 1:
            yield first, last
            first = number
        first, last = first or number, number
    if first:
        yield first, last


@transaction.atomic
def prune(organisation: int, *, before: datetime.date, by: int | None = None) -> int:
    """Remove the entries before the first of that day (UTC) or a later one; returns how many. An anchor takes their place.

    Raises Refused when the journal is broken: what is wrong would go with the old entries.
    """
    locked_head(organisation)
    if fault := broken(organisation):
        raise Refused(f"This journal is broken, so nothing of it may be removed: {fault.words}")
    moment = datetime.datetime.combine(before, datetime.time(), datetime.UTC)
    entries = JournalEntry.objects.filter(organisation=organisation)
    keep = entries.filter(at__gte=moment).aggregate(first=Min("number"))["first"]
    old = entries.filter(number__lt=keep) if keep else entries
    told = old.aggregate(count=Count("pk"), last=Max("number"))
    if not told["count"]:
        return 0
    last = old.get(number=told["last"])
    anchor = JournalAnchor(
        organisation=organisation, number=last.number, digest=last.digest, count=told["count"], before=before
    )
    anchor.seal = chain.seal_of_anchor(anchor)
    anchor.save(force_insert=True)
    old.delete()
    append(organisation, PRUNED, by=by, payload={"entries": told["count"], "before": before.isoformat()})
    return int(told["count"])
