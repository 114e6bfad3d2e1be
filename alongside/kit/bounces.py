"""Addresses that do not work: what mail servers say at once, and the delivery reports that come back (RFC 3464).

Kept is a digest of the address, a day and the status; no message, no person, no wave. A mark ends after ninety days, or
when a leader says so. Letters carry nothing by which a report could be traced to them: no image, no address of their own
to return to (docs/decisions/0041-mark-addresses-that-bounce.md).
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.message import Message
from typing import Final

from django.utils import timezone

from alongside.kit.models import MailFailure

HOLDS: Final = datetime.timedelta(days=90)
# The address is none, or its mailbox is closed. A full mailbox or a letter taken for spam says nothing of the address.
GONE: Final = re.compile(r"5\.(1\.\d{1,3}|2\.1|0\.0|4\.4)")
ADDRESS: Final = re.compile(r"[^\s<>;,\"]{1,64}@[^\s<>;,\"@]{1,190}")
LARGEST: Final = 10_000_000
# A letter with this header is never noted when it comes back: who gets it at all must stay untold.
UNNOTED: Final = "Alongside-Unnoted"


def digest(address: str) -> str:
    """What is kept of an address: SHA-256 in hex of it, trimmed and in small letters."""
    return hashlib.sha256(address.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def note(address: str, status: str) -> bool:
    """Remember that an address does not work; False when the status says something else."""
    if not GONE.fullmatch(status):
        return False
    # The day alone: the hour could tell in which round of letters it was.
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    MailFailure.objects.update_or_create(digest=digest(address), defaults={"since": today, "reason": status})
    return True


def forget(addresses: Iterable[str]) -> int:
    """Try these addresses again; how many had been marked."""
    deleted, _ = MailFailure.objects.filter(digest__in=[digest(address) for address in addresses]).delete()
    return deleted


def failing(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that do not work. One query, however many they are."""
    known = set(MailFailure.objects.filter(since__gte=timezone.now() - HOLDS).values_list("digest", flat=True))
    return {address for address in addresses if digest(address) in known} if known else set()


def reported(data: bytes) -> list[tuple[str, str]]:
    """Address and status of every final failure in a delivery report; empty for any other message."""
    try:
        message = message_from_bytes(data)
        if message.get_content_type() != "multipart/report" or _unnoted(message):
            return []
        return [found for block in _blocks(message) if (found := _failure(block))]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []  # mail from anywhere: what cannot be read reports nothing


def _unnoted(message: Message) -> bool:
    """Whether the letter that came back, or its headers, which a report brings along, asked not to be noted."""
    for part in message.walk():
        if part.get(UNNOTED):
            return True
        if part.get_content_type() == "text/rfc822-headers":
            returned = part.get_payload(decode=True)
            if isinstance(returned, bytes) and message_from_bytes(returned).get(UNNOTED):
                return True
    return False


def _blocks(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks := part.get_payload(), list):
            yield from (block for block in blocks if isinstance(block, Message))


def _failure(block: Message) -> tuple[str, str] | None:
    if str(block.get("Action", "")).strip().lower() != "failed":
        return None
    status = re.match(r"\s*(\d\.\d{1,3}\.\d{1,3})", str(block.get("Status", "")))
    named = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    address = ADDRESS.fullmatch(named.rpartition(";")[2].strip().removeprefix("<").removesuffix(">"))
    return (address[0].lower(), status[1]) if status and address else None
