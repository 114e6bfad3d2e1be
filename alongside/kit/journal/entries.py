"""Appending to the journal, under a lock on its head."""

import datetime
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from django.utils import timezone

from alongside.kit.journal import chain
from alongside.kit.models import JournalEntry, JournalHead

DEEDS: dict[str, str] = {}
_told: ContextVar[datetime.datetime | None] = ContextVar("told", default=None)


def deed(name: str, words: str) -> str:
    """Announce a kind of deed: its name (package.what_was_done) and the words in which its page lists it."""
    DEEDS[name] = words
    return name


@contextmanager
def dated(moment: datetime.datetime) -> Iterator[None]:
    """What is recorded inside bears this moment: for the made-up past of the demo world, and for nothing else."""
    before = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(before)


def record(
    organisation: int, name: str, *, by: int | None, about: str = "", payload: Mapping[str, object] | None = None
) -> None:
    """Append a deed, in the caller's transaction: it stands in the journal if and only if it happened.

    organisation, by: ids. about: what it was done to, as "kind:id". payload: what a reader wants to know, erasable: only
    there may a name stand, and only under the `about` of the person who bears it. Raises LookupError for a deed that
    nobody announced.
    """
    append(organisation, name, by=by, about=about, payload=payload)


@transaction.atomic
def append(
    organisation: int, name: str, *, by: int | None, about: str = "", payload: Mapping[str, object] | None = None
) -> JournalEntry:
    """The same, for those who need to know the new entry's number."""
    if name not in DEEDS:
        raise LookupError(f"No deed was announced under the name {name!r}: use journal.deed().")
    head, salt = locked_head(organisation), secrets.token_hex(16)
    # As the database will give it back: keys as text, no tuples. Then it has the same digest for ever.
    plain = json.loads(json.dumps(dict(payload or {}), allow_nan=False))
    entry = JournalEntry(
        organisation=organisation,
        number=head.number + 1,
        at=_told.get() or timezone.now(),
        by=by,
        deed=name,
        about=about,
        payload=plain,
        salt=salt,
    )
    entry.payload_digest = chain.payload_digest(salt, plain)
    entry.digest = chain.digest(head.digest, entry)
    entry.save(force_insert=True)
    head.number, head.digest = entry.number, entry.digest
    head.seal = chain.seal_of_head(head)
    head.save(update_fields=["number", "digest", "seal"])
    return entry


def locked_head(organisation: int) -> JournalHead:
    """The end of an organisation's journal, held until the transaction ends; made when there is none."""
    JournalHead.objects.get_or_create(organisation=organisation, defaults={"digest": chain.BEGINNING})
    return JournalHead.objects.select_for_update().get(organisation=organisation)
