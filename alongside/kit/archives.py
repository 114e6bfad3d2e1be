"""A zip file from outside, looked into with limits before anything in it is believed."""

from __future__ import annotations

import functools
import io
import lzma
import struct
import zipfile
import zlib
from typing import Final

from alongside.kit.rawfile import Source, UnreadableFile

ZIP: Final = b"PK\x03\x04"
MAX_MEMBERS: Final = 1_000
MAX_UNPACKED: Final = 50_000_000
# All that zipfile and what unpacks for it raise for an archive that is damaged, locked or packed in a way they do not know.
UNREADABLE: Final = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError),
    *(zlib.error, lzma.LZMAError, struct.error),
)

_PIECE = 1 << 16
_DAMAGED = "This file is a zip archive that is damaged or was cut off; save or fetch it again."
_LOCKED = "This file is locked with a password; save it without one and try again."


def is_archive(data: Source) -> bool:
    """Whether the file begins as a zip archive does; Excel workbooks are such archives."""
    if isinstance(data, bytes):
        return data.startswith(ZIP)
    with data.open("rb") as file:
        return file.read(len(ZIP)) == ZIP


def names(data: Source) -> list[str]:
    """The names of everything inside. Raises UnreadableFile for a damaged archive or one of too many files."""
    try:
        with _opened(data) as archive:
            return [info.filename for info in _listed(archive)]
    except (*UNREADABLE, OSError) as problem:
        raise UnreadableFile(_DAMAGED) from problem


def unpack(data: Source, wanted: frozenset[str], *, max_bytes: int = MAX_UNPACKED) -> dict[str, bytes]:
    """What the named files hold, in memory and nowhere else.

    Raises UnreadableFile when all that is packed says it is larger than max_bytes, before any of it is unpacked. A file
    that holds more than it says is cut there, and refused by its checksum.
    """
    try:
        with _opened(data) as archive:
            listed = _listed(archive)
            _refuse_large(sum(info.file_size for info in listed), max_bytes)
            if any(info.flag_bits & 0x1 for info in listed):
                raise UnreadableFile(_LOCKED)
            return {info.filename: _read(archive, info) for info in listed if info.filename in wanted}
    except (*UNREADABLE, OSError) as problem:
        raise UnreadableFile(_DAMAGED) from problem


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    # Piece by piece: asked for all at once, zipfile would unpack what lies beyond the size that the file says it has.
    with archive.open(info) as file:
        return b"".join(iter(functools.partial(file.read, _PIECE), b""))


def _opened(data: Source) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data)


def _listed(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    listed = archive.infolist()
    if len(listed) > MAX_MEMBERS:
        raise UnreadableFile(f"This archive holds more than {MAX_MEMBERS:,} files, the limit; choose the right file.")
    if len({info.filename for info in listed}) < len(listed):
        raise UnreadableFile("This archive holds two files of the same name; save or fetch it again.")
    return listed


def _refuse_large(unpacked: int, max_bytes: int) -> None:
    if unpacked > max_bytes:
        raise UnreadableFile(
            f"This file unpacks to {unpacked / 1_000_000:,.0f} MB, and the limit is {max_bytes / 1_000_000:,.0f} MB; "
            "copy what is needed into a new file and bring that."
        )
