"""The journal: one chain of digests for each organisation, appended under a lock on its head (TRUST 6).

Answers, tickets and reminders never enter it.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from alongside.kit.models import JournalEntry, JournalHead

BEGINNING = "0" * 64
DEEDS: dict[str, str] = {}


def deed(name: str, words: str) -> str:
    """Announce a kind of deed: its name (package.what_was_done) and the words in which its page lists it."""
    DEEDS[name] = words
    return name


@transaction.atomic
def record(
    organisation: int, name: str, *, by: int | None, about: str = "", payload: Mapping[str, object] | None = None
) -> None:
    """Append a deed, in the caller's transaction: it stands in the journal if and only if it happened.

    organisation, by: ids. about: what it was done to, as "kind:id". payload: what a reader wants to know, erasable.
    Raises LookupError for a deed that nobody announced.
    """
    if name not in DEEDS:
        raise LookupError(f"No deed was announced under the name {name!r}: use journal.deed().")
    JournalHead.objects.get_or_create(organisation=organisation, defaults={"digest": BEGINNING})
    head = JournalHead.objects.select_for_update().get(organisation=organisation)
    salt, number = secrets.token_hex(16), head.number + 1
    entry = JournalEntry(
        organisation=organisation,
        number=number,
        at=timezone.now(),
        by=by,
        deed=name,
        about=about,
        payload=dict(payload or {}),
        salt=salt,
    )
    entry.payload_digest = payload_digest(salt, dict(payload or {}))
    entry.digest = digest(head.digest, entry)
    entry.save(force_insert=True)
    JournalHead.objects.filter(pk=head.pk).update(number=number, digest=entry.digest)


def payload_digest(salt: str, payload: Mapping[str, object]) -> str:
    """SHA-256 in hex of a payload with its salt, the same whatever the order of keys."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def digest(before: str, entry: JournalEntry) -> str:
    """SHA-256 in hex of an entry without its payload, and of the digest of the entry before it."""
    parts = [before, entry.organisation, entry.number, entry.at.isoformat(), entry.by]
    parts += [entry.deed, entry.about, entry.payload_digest]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def erase(organisation: int, *, by: int | None, numbers: Collection[int]) -> int:
    """Empty the payloads of these entries; returns of how many. The entries stay, and so does the chain."""
    found = JournalEntry.objects.filter(organisation=organisation, number__in=numbers).exclude(salt="")
    return found.update(payload=None, salt="")


def erase_everywhere(about: str, *, by: int | None) -> int:
    """Empty the payloads of every entry about this, such as "person:12", in every organisation's journal; of how many."""
    return JournalEntry.objects.filter(about=about).exclude(salt="").update(payload=None, salt="")
