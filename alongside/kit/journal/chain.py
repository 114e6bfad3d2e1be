"""The links of the chain: what each digest covers, and the seal on its end (TRUST 6)."""

import functools
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path

from django.conf import settings

from alongside.kit import keyfile
from alongside.kit.models import JournalAnchor, JournalEntry, JournalHead

BEGINNING = "0" * 64


def payload_digest(salt: str, payload: Mapping[str, object]) -> str:
    """SHA-256 in hex of a payload with its salt, the same whatever the order of keys."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def digest(before: str, entry: JournalEntry) -> str:
    """SHA-256 in hex of an entry without its payload, and of the digest of the entry before it."""
    parts = [before, entry.organisation, entry.number, entry.at.astimezone(UTC).isoformat(), entry.by]
    parts += [entry.deed, entry.about, entry.payload_digest]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def key_path() -> Path:
    """The key that seals the ends: beside the database whoever can write rows could cut a chain and mend its head."""
    return Path(settings.KEYS) / "journal.key"


def seal_of_head(head: JournalHead) -> str:
    """HMAC-SHA256 in hex of where an organisation's journal ends."""
    return _seal("head", head.organisation, head.number, head.digest)


def seal_of_anchor(anchor: JournalAnchor) -> str:
    """HMAC-SHA256 in hex of where an organisation's journal was cut off at its beginning."""
    return _seal("anchor", anchor.organisation, anchor.number, anchor.digest, anchor.count)


def same(one: str, other: str) -> bool:
    """Whether two seals are the same."""
    return hmac.compare_digest(one.encode(), other.encode())


def _seal(*parts: object) -> str:
    return hmac.new(_key(str(key_path())), json.dumps(parts).encode(), hashlib.sha256).hexdigest()


@functools.lru_cache(maxsize=8)
def _key(path: str) -> bytes:
    return keyfile.read_or_create(Path(path)).encode()
