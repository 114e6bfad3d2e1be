"""What the database must promise before Alongside takes an answer (TRUST 4), locks by number, names in quotes, absence."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg_pool import PoolTimeout

from alongside.kit.errors import Refused

AWAY = (OperationalError, InterfaceError, PoolTimeout)  # how a database is missed that is down, or has no place left

SQLITE = {
    "journal_mode": ("wal", "WAL keeps readers and the writer apart"),
    "synchronous": (2, "FULL makes an accepted answer survive a power cut"),
    "foreign_keys": (1, "foreign keys must be checked"),
    "secure_delete": (1, "what the seal deletes must be overwritten"),
}
POSTGRESQL = {
    "synchronous_commit": ("on", "an accepted answer must be on disk before we say so"),
    "fsync": ("on", "an accepted answer must survive a power cut"),
    "full_page_writes": ("on", "a torn page must not lose answers"),
}


def weaknesses() -> list[str]:
    """One sentence for each setting that is weaker than what we promise; empty when all is well."""
    found = _sqlite_settings() if connection.vendor == "sqlite" else _postgresql_settings()
    wanted = SQLITE if connection.vendor == "sqlite" else POSTGRESQL
    return [
        f"The database setting {name} is {found[name]!r}; it must be {value!r}: {why}."
        for name, (value, why) in wanted.items()
        if found[name] != value
    ]


def require_durable() -> None:
    """Refuse to start on a database that could lose an accepted answer."""
    if found := weaknesses():
        raise Refused(" ".join(found))


@contextmanager
def shared(name: int, number: int) -> Iterator[None]:
    """Hold the lock (name, number) together with others until the transaction ends.

    On SQLite a transaction is alone anyway.
    """
    _lock("pg_advisory_xact_lock_shared", name, number)
    yield


@contextmanager
def alone(name: int, number: int) -> Iterator[None]:
    """Hold the lock (name, number) alone until the transaction ends."""
    with transaction.atomic():
        _lock("pg_advisory_xact_lock", name, number)
        yield


def wait_for(name: int, number: int) -> None:
    """Return when everybody who holds the lock (name, number) now has ended. At once on SQLite, where writers do not overlap."""
    with alone(name, number):
        return


def named(statement: str, *names: str | Sequence[str]) -> str:
    """A statement with names for its {}, each in this database's quotes; several names for one {} stand with commas.

    For tables and columns of models alone: values travel beside a statement, as its parameters.
    """
    lists = ([name] if isinstance(name, str) else name for name in names)
    return statement.format(*(", ".join(map(connection.ops.quote_name, each)) for each in lists))


def empty_log(tries: int = 200, waits: int = 100) -> bool:
    """SQLite: empty the write-ahead log, where deleted rows may still be read; whether nobody kept us from it.

    waits: milliseconds of each try, in which nobody else can write. True at once on PostgreSQL, False inside a transaction.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return connection.vendor != "sqlite"
    with connection.cursor() as cursor:
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {waits:d}")
        try:
            for _ in range(tries):
                busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    return True
                time.sleep(0.05)
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience:d}")
    return False


def _lock(function: str, name: int, number: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [name, number])


def _sqlite_settings() -> dict[str, object]:
    with connection.cursor() as cursor:
        return {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in SQLITE}


def _postgresql_settings() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(POSTGRESQL)])
        return dict(cursor.fetchall())
