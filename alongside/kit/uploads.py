"""Files from outside: small ones in memory, larger ones on disk under names of ours, none larger than its kind may be.

A view says what it takes with `@uploads.takes("staff")`, outermost; what it does not say is a small file.
"""

from __future__ import annotations

import io
import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from alongside.kit import keyfile
from alongside.kit.errors import Refused

LIMIT: Final = 5_000_000  # of all files of a request together, where a view says nothing
IN_MEMORY: Final = 2_500_000
FORGOTTEN_AFTER: Final = 3600  # seconds: whatever a killed process left is older
# Kind → the most bytes, and what the sentence calls it.
KINDS: Final = {
    "": (LIMIT, "a file here"),
    "calendar": (5_000_000, "a calendar"),
    "staff": (10_000_000, "a staff list"),
    "past": (40_000_000, "earlier results"),
    "register": (200_000_000, "a register"),
    "votes": (5_000_000, "votes"),
}


def takes[**P, R](kind: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say which kind of file a view takes, of KINDS. Only people who are signed in may send more than LIMIT."""
    if kind not in KINDS:
        raise LookupError(f"No kind of upload is called {kind!r}: one of {', '.join(filter(None, KINDS))}.")

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        vars(view)["upload_kind"] = kind
        return view

    return mark


class _Receiving(HttpRequest):
    """A request as its parts here see it. Django makes the requests, so neither is there before it is set."""

    upload_kind: str
    upload_refused: str


def allow(request: HttpRequest, view: Callable[..., object]) -> None:
    """Let somebody signed in bring a file as large as its view says it takes. Other views ask nobody who they are."""
    kind = getattr(view, "upload_kind", "")
    if kind and request.user.is_authenticated:
        cast(_Receiving, request).upload_kind = kind


def receive(request: HttpRequest) -> None:
    """Read the form and its files. Raises Refused with the limit when they were larger, UnreadablePostError when cut off."""
    _ = request.POST
    if sentence := getattr(request, "upload_refused", ""):
        raise Refused(sentence)


class _OnDisk(io.BufferedRandom):
    """A file that is wiped by being closed, by whoever closes it: the request, Django when the sender hangs up, or nobody."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b"))
        self.path = path

    def close(self) -> None:
        super().close()
        keyfile.destroy(self.path)


class SmallFile(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs alone
    """An uploaded file in memory."""


class StoredFile(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs alone
    """An uploaded file on disk, under a name that tells nothing; wiped when it is closed, as the request ends."""

    def __init__(self, file: IO[bytes], name: str, content_type: str, size: int, path: Path) -> None:
        super().__init__(file, name, content_type, size)
        self.path = path

    def temporary_file_path(self) -> str:
        """Where its bytes are, for readers that want a path."""
        return str(self.path)


class LimitedUpload(FileUploadHandler):
    """Takes files up to the limit of the request's kind; beyond it reads on and keeps nothing, so that a page can say so."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0  # by all files of the request together
        self.file: IO[bytes] = io.BytesIO()
        self.path: Path | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file, self.path = io.BytesIO(), None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        limit, noun = KINDS[getattr(self.request, "upload_kind", "")]
        if self.received > limit:
            self.upload_interrupted()
            if self.request is not None:
                cast(_Receiving, self.request).upload_refused = _sentence(limit, noun)
            raise StopUpload(connection_reset=False)
        if self.path is None and start + len(raw_data) > IN_MEMORY:
            self._move_to_disk()
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> SmallFile | StoredFile:
        self.file.seek(0)
        name, content_type = str(self.file_name), str(self.content_type or "")
        if self.path is None:
            return SmallFile(self.file, name, content_type, file_size)
        self.file.flush()
        return StoredFile(self.file, name, content_type, file_size, self.path)

    def upload_interrupted(self) -> None:
        """The connection was dropped, or the file is too large: nothing of it stays."""
        self.file.close()

    def _move_to_disk(self) -> None:
        folder = Path(settings.DATA) / "uploads"
        folder.mkdir(exist_ok=True, mode=0o700)
        sweep(folder)
        self.path = folder / secrets.token_hex(16)
        on_disk = _OnDisk(self.path)
        self.file.seek(0)
        shutil.copyfileobj(self.file, on_disk)
        self.file = on_disk


def sweep(folder: Path) -> None:
    """Wipe what killed processes left behind."""
    for path in folder.iterdir():
        try:
            old = path.stat().st_mtime < time.time() - FORGOTTEN_AFTER
        except FileNotFoundError:  # another process was faster
            continue
        if old:
            keyfile.destroy(path)


def _sentence(limit: int, noun: str) -> str:
    return f"This file is larger than {limit // 1_000_000} MB, the limit for {noun}. Choose a smaller one, or ask for an extract."
