"""Mail: an SMTP server named by a setting, or in the demo a mailbox of files that anyone on this machine may read.

No body is ever stored outside the demo; in the demo a message is dropped when what it belongs to ends.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from smtplib import SMTPConnectError, SMTPDataError, SMTPRecipientsRefused
from socket import gaierror

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from alongside.kit.errors import Refused

STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")
# Nobody was reached at all: nothing of the letter has left.
SERVER_DOWN = (Refused, ConnectionRefusedError, gaierror, SMTPConnectError, TimeoutError)
FOLDER = re.compile(r"[a-z]+-\d+|letters")


class Undeliverable(Exception):
    """This address will not take the message; another try would not help. status: why, as in RFC 3463, or nothing.

    Names nobody: the queue keeps what its tasks raise.
    """

    def __init__(self, status: str = "") -> None:
        super().__init__(status)
        self.status = status


class Later(Exception):
    """The server does not take this message for the moment. Names nobody: the queue keeps what its tasks raise."""


class Silenced(Exception):
    """Whom this letter would have reached is left in peace for now; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Permit:
    """The leave to send a letter; `send` asks it at the last moment. Made by `network.pauses`, and below."""

    letter: str
    holds: Callable[[], bool]


# A letter that its reader, or somebody for them by name, asked for just now: a password, a code, an invitation.
ASKED_FOR = Permit("asked for", lambda: True)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in the demo's mailbox."""

    key: str
    to: str
    subject: str
    text: str
    sent_at: datetime


class BoxedMessage(EmailMessage):
    """A message that knows which folder of the demo's mailbox it belongs to."""

    folder = "letters"


def send(
    to: str,
    subject: str,
    text: str,
    *,
    permit: Permit,
    folder: str = "letters",
    headers: Mapping[str, str] | None = None,
) -> None:
    """Send one plain-text message, if its permit still holds.

    Raises Silenced when it does not, Undeliverable when the address is refused for good or can be none, Later when the
    server puts this message off, and lets every other failure through, so that the task which sends is run again.
    """
    if not permit.holds():
        raise Silenced
    message = BoxedMessage(subject, text, settings.MAIL_FROM, [to], headers=dict(headers or {}))
    message.folder = folder
    try:
        if not message.send():  # no address at all
            raise Undeliverable
    except (SMTPRecipientsRefused, SMTPDataError) as refusal:
        raise (Undeliverable(_status(refusal)) if _for_good(refusal) else Later()) from None
    except ValueError:
        raise Undeliverable from None


def drop(folder: str) -> None:
    """Forget a folder of the demo's mailbox; real mail has left this machine long ago."""
    shutil.rmtree(_folder(folder), ignore_errors=True)


def redate(folder: str, sent_at: datetime) -> None:
    """Let the letters in a folder of the demo's mailbox be from that moment, for a story that began before today."""
    for file in _folder(folder).glob("*.json"):
        file.write_text(json.dumps(json.loads(file.read_text()) | {"sent_at": sent_at.isoformat()}))
        os.utime(file, (sent_at.timestamp(), sent_at.timestamp()))


def forget(addresses: Sequence[str], words: Sequence[str] = ()) -> None:
    """Delete the letters of the demo's mailbox to these addresses, and those in which they or these words stand."""
    sought = [word.casefold() for word in (*addresses, *words) if word]
    for file in settings.MAILBOX.glob("*/*.json"):
        found = _read(file)
        if found and any(word in f"{found.to} {found.subject} {found.text}".casefold() for word in sought):
            file.unlink(missing_ok=True)


def letters(limit: int) -> tuple[list[Letter], int]:
    """The newest letters of the demo's mailbox, and how many there are."""
    files = [(file.stat().st_mtime_ns, file) for file in settings.MAILBOX.glob("*/*.json")]
    newest = (letter for _, file in sorted(files, reverse=True)[:limit] if (letter := _read(file)))
    return list(newest), len(files)


def letters_to(address: str) -> list[Letter]:
    """The letters of the demo's mailbox to one address, newest first."""
    files = sorted(settings.MAILBOX.glob(f"*/{_begin(address)}*.json"), key=lambda file: file.stat().st_mtime_ns)
    return [letter for file in reversed(files) if (letter := _read(file))]


def letter(key: str) -> Letter | None:
    """One letter by its key."""
    found = next(settings.MAILBOX.glob(f"*/{key}.json"), None) if key.isalnum() else None
    return _read(found) if found else None


class MailboxBackend(BaseEmailBackend):
    """The demo's mail server: writes each message into a file."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            folder = _folder(getattr(message, "folder", "letters"))
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            content = {"to": message.to[0], "subject": message.subject, "text": message.body}
            content["sent_at"] = datetime.now(UTC).isoformat()
            (folder / f"{_begin(message.to[0])}{secrets.token_hex(8)}.json").write_text(json.dumps(content))
        return len(messages)


class NoServer(BaseEmailBackend):
    """No mail server is named: every letter waits."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise Refused(
            "No mail server is set. Set ALONGSIDE_SMTP_URL, for example smtps://user:password@mail.example:465."
        )


def _begin(address: str) -> str:
    """How the keys of all letters to an address begin, so that they are found without opening every file."""
    return hashlib.sha256(address.encode()).hexdigest()[:12]


def _for_good(refusal: SMTPRecipientsRefused | SMTPDataError) -> bool:
    if isinstance(refusal, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in refusal.recipients.values())
    return 500 <= refusal.smtp_code < 600


def _status(refusal: SMTPRecipientsRefused | SMTPDataError) -> str:
    """The enhanced status of a refusal, such as 5.1.1; nothing when the server gave none."""
    replies = refusal.recipients.values() if isinstance(refusal, SMTPRecipientsRefused) else [(0, refusal.smtp_error)]
    for _, said in replies:
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        if found := STATUS.match(text):
            return found[0]
    return ""


def _folder(name: str) -> Path:
    if not FOLDER.fullmatch(name):
        raise ValueError(f"Not a folder of the mailbox: {name!r}.")
    return Path(settings.MAILBOX) / name


def _read(file: Path) -> Letter | None:
    try:
        content = json.loads(file.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None  # dropped, or half written, while we looked
    sent_at = datetime.fromisoformat(content["sent_at"])
    return Letter(file.stem, content["to"], content["subject"], content["text"], sent_at)
