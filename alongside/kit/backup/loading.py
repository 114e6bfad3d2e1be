"""Putting the rows of an archive in the place of those that are here: all of them, or none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import batched
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction

from alongside.kit.backup.archive import EVERY, KEPT, Archive, Say
from alongside.kit.backup.tables import Model, checksum, fields, line, tables, values
from alongside.kit.database import named
from alongside.kit.errors import Refused

AT_A_TIME: Final = 1000


def require_empty() -> None:
    """Refuse to load over anything that is here."""
    for model in tables():
        if model._meta.app_label != "django_ox" and model._base_manager.exists():
            raise Refused(
                f"This installation is not empty: {model._meta.db_table} holds rows. To put a backup in the place of all "
                "that is here, say --replace."
            )


def load(archive: Archive, say: Say, after: Mapping[str, Callable[[], None]]) -> None:
    """Replace all rows and kept files, in one transaction; before it ends the rows are read back and compared.

    after: label of a model → what to do once its rows are there, such as making room for rows that come later.
    """
    _require_tables(archive)
    unpacked = _unpack(archive)
    try:
        with transaction.atomic(durable=True):
            _empty_tables()
            for model in tables():
                _fill(archive, model, say)
                after.get(model._meta.label_lower, _nothing)()
            _reset_sequences()
            for model in tables():
                _compare(archive, model)
    except DatabaseError as error:
        shutil.rmtree(unpacked, ignore_errors=True)
        said = str(error).partition("\n")[0]
        raise Refused(f"The backup could not be put in, and nothing was changed: {said}") from error
    except BaseException:  # Ctrl-C too: nothing that was unpacked stays
        shutil.rmtree(unpacked, ignore_errors=True)
        raise
    _put_files(unpacked)


def _nothing() -> None:
    pass


def _member(model: Model) -> str:
    return f"tables/{model._meta.db_table}.ndjson"


def _require_tables(archive: Archive) -> None:
    wanted = {_member(model) for model in tables()}
    told = {name for name in archive.members if name.startswith("tables/")}
    if odd := sorted(wanted ^ told):
        raise Refused(f"The backup does not fit this version: {odd[0]} is in one of them only. Nothing was changed.")


def _empty_tables() -> None:
    everything = [apps.get_model("sessions.Session"), *reversed(tables())]
    names = [model._meta.db_table for model in everything]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(named("TRUNCATE {}", names))
            return
        for name in names:
            cursor.execute(named("DELETE FROM {}", name))


def _fill(archive: Archive, model: Model, say: Say) -> None:
    lines = archive.lines(_member(model))
    header = next(lines, b"")
    rows = (_values(model, row) for row in _counted(lines, model, say))
    if header != line([field.column for field in fields(model)]):
        raise Refused(f"The backup does not fit this version: {_member(model)} has other columns. Nothing was changed.")
    _insert(model, rows)


def _values(model: Model, row: bytes) -> list[Any]:
    try:
        return values(model, row)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise Refused(
            f"The backup is damaged: {_member(model)} holds a row that cannot be read. Nothing was changed."
        ) from error


def _counted(lines: Iterator[bytes], model: Model, say: Say) -> Iterator[bytes]:
    for number, row in enumerate(lines, 1):
        yield row
        if number % EVERY == 0:
            say(f"{model._meta.db_table}: {number:,} rows")


def _insert(model: Model, rows: Iterable[list[Any]]) -> None:
    columns = [str(field.column) for field in fields(model)]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(named("COPY {} ({}) FROM STDIN", table, columns)) as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = f" VALUES ({', '.join(['%s'] * len(columns))})"
        for batch in batched(rows, AT_A_TIME):
            cursor.executemany(named("INSERT INTO {} ({})", table, columns) + places, batch)


def _reset_sequences() -> None:
    """The next id follows the highest that is here."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _compare(archive: Archive, model: Model) -> None:
    if checksum(model)[0] != archive.members[_member(model)].sha256:
        raise Refused(f"{_member(model)} did not come back as it was written, so nothing was changed.")


def _unpack(archive: Archive) -> Path:
    """The kept files beside those that are here, until the rows are in."""
    unpacked = settings.DATA / f"{KEPT}.restoring"
    shutil.rmtree(unpacked, ignore_errors=True)
    for name in archive.members:
        if not name.startswith(f"{KEPT}/"):
            continue
        target = (unpacked / name.removeprefix(f"{KEPT}/")).resolve()
        if not target.is_relative_to(unpacked):
            raise Refused(f"The backup is damaged: its member {name} would leave the data folder. Nothing was changed.")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("wb") as file:
            file.writelines(archive.lines(name))
        target.chmod(0o600)
    return Path(unpacked)


def _put_files(unpacked: Path) -> None:
    here, old = settings.DATA / KEPT, settings.DATA / f"{KEPT}.replaced"
    shutil.rmtree(old, ignore_errors=True)
    if here.exists():
        here.rename(old)
    if unpacked.exists():
        unpacked.rename(here)
    shutil.rmtree(old, ignore_errors=True)
