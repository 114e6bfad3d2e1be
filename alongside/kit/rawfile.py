"""A file from outside, as bytes: what it is, how large it unpacks, which letters it uses. Nothing is held in memory."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

from alongside.kit.errors import Refused

type Source = bytes | Path

MAX_RATIO: Final = 100  # a register unpacks to about 10 times its size, a bomb to 1,000 times
RATIO_FROM: Final = 10_000_000  # below this a packed file is small whatever its ratio

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_NOT_TEXT = (
    (b"\xd0\xcf\x11\xe0", "This is an old Excel or Word file; save it as CSV (comma separated) and try again."),
    (b"%PDF", "This is a PDF; ask whoever made it for the same table as CSV."),
    (b"\x89PNG", "This is a picture; choose the CSV file instead."),
    (b"\xff\xd8\xff", "This is a picture; choose the CSV file instead."),
    (b"GIF8", "This is a picture; choose the CSV file instead."),
    (_GZIP, "This file is packed twice; unpack it once and try again."),
    (b"BZh", "This is a packed archive; unpack it and choose the CSV file inside."),
    (b"7z\xbc\xaf", "This is a packed archive; unpack it and choose the CSV file inside."),
    (b"\xfd7zXZ", "This is a packed archive; unpack it and choose the CSV file inside."),
    (b"Rar!", "This is a packed archive; unpack it and choose the CSV file inside."),
    (b"\x28\xb5\x2f\xfd", "This is a packed archive; unpack it and choose the CSV file inside."),
)
_WORKBOOK = re.compile(rb"xl/(workbook|worksheets|_rels|sharedStrings|styles|theme)|opendocument\.spreadsheet")
_WEB_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml)", re.I)
_JSON = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{])")
# A letter of Western or Central Europe, or a macron, as UTF-8 writes it: in Windows-1252 these pairs read "Ã©", "Ä«".
_UTF8_PAIR = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


class UnreadableFile(Refused):
    """A file that cannot be read as a table at all. The text says what it is, where it breaks and what to do."""


@contextmanager
def opened(data: Source) -> Iterator[BinaryIO]:
    """The bytes of the table, unpacked while they are read."""
    try:
        with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            if not packed:
                yield raw
                return
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast(BinaryIO, unpacked)
    except OSError as problem:
        raise UnreadableFile(_what_failed(data, problem)) from problem
    except (EOFError, zlib.error) as problem:
        raise UnreadableFile("This packed file is damaged or was cut off; fetch it again.") from problem


def _what_failed(data: Source, problem: OSError) -> str:
    if isinstance(problem, gzip.BadGzipFile) or isinstance(data, bytes):
        return "This packed file is damaged or was cut off; fetch it again."
    return f"{data} cannot be opened: {(problem.strerror or 'unknown reason').lower()}. Check the path."


def text_encoding(data: Source, max_bytes: int) -> str:
    """Go over all bytes once and return the codec that reads them: utf-8, utf-8-sig, utf-16 or cp1252.

    Raises UnreadableFile for what is no text, for more than max_bytes and for what unpacks to 100 times its size.
    """
    with opened(data) as stream:
        start = stream.read(_CHUNK)
        if not start.strip(codecs.BOM_UTF8 + b" \t\r\n"):
            raise UnreadableFile("This file is empty; choose the file that holds the table.")
        _refuse_other_formats(start)
        letters = _Letters(start)
        size, packed_size = 0, _size(data)
        chunk = start
        while chunk:
            size += len(chunk)
            _refuse_large(size, packed_size, max_bytes)
            letters.see(chunk)
            chunk = stream.read(_CHUNK)
        return letters.encoding()


def _size(data: Source) -> int:
    return len(data) if isinstance(data, bytes) else data.stat().st_size


def _refuse_large(size: int, packed_size: int, max_bytes: int) -> None:
    if size > max_bytes:
        limit = f"{max_bytes / 1_000_000:g} MB"
        raise UnreadableFile(
            f"This file holds more than {limit}, the limit for a table; split it or ask for an extract."
        )
    if size > RATIO_FROM and size > packed_size * MAX_RATIO:
        raise UnreadableFile(
            f"This file unpacks to more than {MAX_RATIO} times its size, which no real table does; "
            "unpack it yourself, look at it, and choose the plain CSV file."
        )


def _refuse_other_formats(start: bytes) -> None:
    for magic, sentence in _NOT_TEXT:
        if start.startswith(magic):
            raise UnreadableFile(sentence)
    if start.startswith(b"PK\x03\x04"):
        if _WORKBOOK.search(start):
            raise UnreadableFile("This is an Excel workbook; save it as CSV (comma separated) and try again.")
        raise UnreadableFile("This is a zip archive; unpack it and choose the CSV file inside.")
    start = start.removeprefix(codecs.BOM_UTF8)
    if _WEB_PAGE.match(start):
        raise UnreadableFile("This is a web page, not a table; download the file again, signed in if that is needed.")
    if _JSON.match(start):
        raise UnreadableFile("This is JSON; ask for the same table as CSV.")


class _Letters:
    """Finds the encoding of a file while its bytes pass by."""

    def __init__(self, start: bytes) -> None:
        self.mark = ""
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self.mark = "utf-16"
        elif start.startswith(codecs.BOM_UTF8):
            self.mark = "utf-8-sig"
        self.decoder = codecs.getincrementaldecoder(self.mark or "utf-8")()
        self.lines = 0
        self.bad = 0  # the row where it stops being what it seemed to be
        self.pair_seen = False
        self.not_cp1252 = 0

    def see(self, chunk: bytes) -> None:
        if not self.bad:
            self._decode(chunk)
        if self.mark == "utf-16":
            return
        if (zero := chunk.find(0)) >= 0:
            row = self._row(chunk, zero)
            raise UnreadableFile(
                f"There are bytes that are no text about row {row}; save the table as CSV UTF-8 and try again."
            )
        self.pair_seen = self.pair_seen or bool(_UTF8_PAIR.search(chunk))
        if not self.not_cp1252 and (stranger := _NOT_CP1252.search(chunk)):
            self.not_cp1252 = self._row(chunk, stranger.start())
        self.lines += chunk.count(b"\n")

    def encoding(self) -> str:
        if not self.bad:
            self._decode(b"", final=True)
        if not self.bad:
            return self.mark or "utf-8"
        if self.mark or self.pair_seen:
            raise UnreadableFile(
                f"This file mixes two encodings; the second begins about row {self.bad}. Save it again as CSV UTF-8."
            )
        if self.not_cp1252:
            raise UnreadableFile(
                f"The letters about row {self.not_cp1252} are neither UTF-8 nor Windows-1252; save the file again as CSV UTF-8."
            )
        return "cp1252"

    def _decode(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            text = self.decoder.decode(chunk, final)
        except UnicodeDecodeError as problem:
            self.bad = self.lines + 1 + problem.object[: problem.start].count(b"\n")
            return
        if self.mark == "utf-16":
            if "\0" in text:
                raise UnreadableFile(
                    f"There are bytes that are no text about row {self.lines + 1}; save the table as CSV UTF-8 and try again."
                )
            self.lines += text.count("\n")

    def _row(self, chunk: bytes, position: int) -> int:
        return self.lines + 1 + chunk.count(b"\n", 0, position)
