"""The archive: a zip with one member for each table, one for each file that matters, and a manifest that knows them all.

Never in it: the key folder, the secret key, the demo's mailbox. A backup of an open wave holds its intake sorted by key,
and nothing with which a link could be made again (TRUST 2).
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

import alongside
from alongside.kit.archives import UNREADABLE
from alongside.kit.backup.tables import LEFT_OUT, lines, tables
from alongside.kit.errors import Refused

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
KEPT: Final = "files"  # the one folder of the data folder with files that exist nowhere else
LEVEL: Final = 3
EVERY: Final = 500_000  # rows between two lines of progress
LARGEST_MANIFEST: Final = 50_000_000
LARGEST_LINE: Final = 200_000_000

type Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Member:
    """One member as the manifest tells of it. rows: None for a file."""

    name: str
    sha256: str
    bytes: int
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that was read through and found whole."""

    path: Path
    made_at: str
    version: str
    members: dict[str, Member]

    @property
    def rows(self) -> int:
        return sum(member.rows or 0 for member in self.members.values())

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member, checked once more while they pass by: the file may have changed since it was opened."""
        member, digest = self.members[name], hashlib.sha256()
        with _readable(self.path) as archive, _intact(name), archive.open(name) as stream:
            while line := stream.readline(LARGEST_LINE):
                digest.update(line)
                yield line
            if digest.hexdigest() != member.sha256:
                raise _damaged(name)


def write(path: Path, say: Say) -> Archive:
    """Write everything as of one moment into a new file of mode 0600: whole, or not at all.

    Raises Refused when the file is there already or cannot be written.
    """
    if path.exists():
        raise Refused(f"{path} is there already: choose another name. Nothing was written.")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with _private(unfinished) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as to:
            made = Archive(path, datetime.now(UTC).isoformat(), alongside.__version__, {})
            with snapshot():
                for model in tables():
                    _add(to, made, f"tables/{model._meta.db_table}.ndjson", lines(model), say)
            for kept in _kept_files():
                _add(to, made, f"{KEPT}/{kept.relative_to(settings.DATA / KEPT)}", _chunks(kept), None)
            to.writestr(MANIFEST, json.dumps(_manifest(made), indent=1))
        unfinished.rename(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written ({(error.strerror or 'unknown').lower()}).") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return made


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that its owner alone can read, safely on disk at the end."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is as of one moment; nobody who writes has to wait for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")  # Django's own would be IMMEDIATE, and keep writers out
        try:
            cursor.execute("SELECT count(*) FROM django_migrations").fetchone()
            yield
        finally:
            cursor.execute("ROLLBACK")


def _add(to: zipfile.ZipFile, made: Archive, name: str, parts: Iterator[bytes], say: Say | None) -> None:
    digest, size, count = hashlib.sha256(), 0, 0
    with to.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
        for part in parts:
            member.write(part)
            digest.update(part)
            size, count = size + len(part), count + 1
            if say and count % EVERY == 0:
                say(f"{name}: {count:,} rows")
    made.members[name] = Member(name, digest.hexdigest(), size, count - 1 if say else None)


def _kept_files() -> list[Path]:
    folder = settings.DATA / KEPT
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk


def _manifest(made: Archive) -> dict[str, Any]:
    members = [[m.name, m.sha256, m.bytes, m.rows] for m in made.members.values()]
    told = {"format": FORMAT, "version": made.version, "made_at": made.made_at, "migrations": _migrations()}
    return told | {"members": members}


def _migrations() -> list[list[str]]:
    """Every migration that this version knows: what the tables look like."""
    known = MigrationLoader(None).disk_migrations or {}
    return sorted([app, name] for app, name in known if app not in LEFT_OUT)


# --- reading -------------------------------------------------------------------------------------------------------------------


def opened(path: Path, say: Say) -> Archive:
    """Read an archive through. Raises Refused when it is none, is of another version, or a member is damaged, by its name."""
    with _readable(path) as archive:
        told = _told(archive, path)
        _require_same_version(told, path)
        members = {each.name: each for each in _members(told, path)}
        inside = set(archive.namelist()) - {MANIFEST}
        if missing := sorted(members.keys() - inside):
            raise Refused(f"The backup {path} is damaged: its member {missing[0]} is missing. Nothing was changed.")
        if strangers := sorted(inside - members.keys()):
            raise Refused(f"The backup {path} is damaged: {strangers[0]} does not belong to it. Nothing was changed.")
        for member in members.values():
            _check(archive, member)
            if (member.rows or 0) >= EVERY:
                say(f"{member.name}: checked")
    return Archive(path, told["made_at"], told["version"], members)


@contextmanager
def _readable(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with _zip(path) as archive:
            yield archive
    except OSError as error:
        raise Refused(f"{path} cannot be read ({(error.strerror or 'unknown').lower()}).") from error


def _zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except UNREADABLE as error:
        raise Refused(f"{path} is no backup of Alongside, or only a part of one. Nothing was changed.") from error


def _told(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        with _intact(MANIFEST), archive.open(MANIFEST) as stream:
            text = stream.read(LARGEST_MANIFEST)
        told = json.loads(text)
        if isinstance(told, dict) and {"format", "version", "made_at", "migrations", "members"} <= told.keys():
            return told
    except (KeyError, ValueError):
        pass
    raise Refused(f"{path} is no backup of Alongside: its {MANIFEST} is missing or damaged. Nothing was changed.")


def _members(told: dict[str, Any], path: Path) -> list[Member]:
    try:
        return [Member(str(name), str(digest), int(size), rows) for name, digest, size, rows in told["members"]]
    except (TypeError, ValueError) as error:
        raise Refused(f"The backup {path} is damaged: its {MANIFEST} cannot be read. Nothing was changed.") from error


def _require_same_version(told: dict[str, Any], path: Path) -> None:
    theirs, ours = {tuple(each) for each in told["migrations"]}, {tuple(each) for each in _migrations()}
    if told["format"] > FORMAT or theirs - ours:
        raise Refused(
            f"The backup {path} was made by a newer Alongside ({told['version']}): update this installation first. "
            f"Its {MANIFEST} knows tables that this version does not. Nothing was changed."
        )
    if ours - theirs:
        raise Refused(
            f"The backup {path} was made by an older Alongside ({told['version']}): restore it with that version, then "
            f"update. Its {MANIFEST} does not know {len(ours - theirs)} migrations. Nothing was changed."
        )


def _check(archive: zipfile.ZipFile, member: Member) -> None:
    digest, size = hashlib.sha256(), 0
    with _intact(member.name), archive.open(member.name) as stream:
        while size <= member.bytes and (chunk := stream.read(1 << 20)):
            digest.update(chunk)
            size += len(chunk)
    if size != member.bytes or digest.hexdigest() != member.sha256:
        raise _damaged(member.name)


@contextmanager
def _intact(name: str) -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        raise _damaged(name) from error


def _damaged(name: str) -> Refused:
    return Refused(f"The backup is damaged: its member {name} is not what was written. Nothing was changed.")
