"""A PostgreSQL of our own for a test run: real, empty, and gone afterwards.

`python -m tests.postgres` starts one, prints what to set for pytest, and stops it at Ctrl-C. A server that is already there
is used instead when ALONGSIDE_TEST_POSTGRES_URL names it (with a role that may create roles and databases).
"""

import contextlib
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from alongside.postgresql import drop_roles, install, make_roles

NAMED_SERVER = "ALONGSIDE_TEST_POSTGRES_URL"
PREFIX = "alongside-postgres-"
STARTER = "started-by"  # names the process that will stop the server, so that a later run can tell who is gone
MEMORY_DISK, MEMORY_DISK_NEEDED = Path("/dev/shm"), 2 * 1024**3
SETTINGS = {"max_connections": "300", "autovacuum_naptime": "5s", "max_wal_size": "2GB"}
INITDB = ("--no-sync", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. Roles: the owner migrates and owns tables; web reads and writes rows only."""

    address: str  # host:port
    owner: str
    web: str
    password: str
    data: Path | None = None  # where its files are, when the server is ours
    pid: int | None = None  # of its first process, when the server is ours

    def url(self, database: str, *, role: str = "") -> str:
        """The address of a database, for ALONGSIDE_DATABASE_URL."""
        return f"postgres://{role or self.owner}:{self.password}@{self.address}/{database}"

    def environment(self, database: str) -> dict[str, str]:
        """What a test run needs to know."""
        return {"ALONGSIDE_DATABASE_URL": self.url(database), "ALONGSIDE_TEST_POSTGRES_DATA": str(self.data or "")}


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """The named server, or one from the wheel in a temporary folder, with both roles made."""
    named = os.environ.get(NAMED_SERVER)
    with _named_server(named) if named else _own_server() as running:
        yield running


@contextlib.contextmanager
def database(running: Server, name: str) -> Iterator[str]:
    """A new database that belongs to the owner role, dropped afterwards; its address."""
    create_database(running.url("postgres"), name)
    try:
        yield running.url(name)
    finally:
        drop_database(running.url("postgres"), name)


def create_database(url: str, name: str, *, like: str = "") -> None:
    """Make a database on the server of that address, owned by the role that asks: empty, or a copy of another."""
    template = sql.Identifier(like or "template1")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template))


def drop_database(url: str, name: str) -> None:
    """Drop a database, whoever is still connected to it; one that is gone is fine."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def _named_server(url: str) -> Iterator[Server]:
    """Roles of our own on somebody's server: random names, taken away afterwards."""
    parts, mark = urlsplit(url), secrets.token_hex(4)
    address = f"{parts.hostname}:{parts.port or 5432}"
    running = Server(address, f"alongside_owner_{mark}", f"alongside_web_{mark}", secrets.token_hex(16))
    with psycopg.connect(url, autocommit=True) as connection:
        make_roles(connection, running.owner, running.web, running.password)
        try:
            yield running
        finally:
            drop_roles(connection, running.web, running.owner)


@contextlib.contextmanager
def _own_server() -> Iterator[Server]:
    _sweep(Path(_room()))
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=_room()) as folder:
        home = Path(folder)
        (home / STARTER).write_text(str(os.getpid()))
        installed = install(home, SETTINGS, *INITDB)
        try:
            installed.start()
            assert installed.process
            running = Server(
                installed.address,
                "alongside_owner",
                "alongside_web",
                secrets.token_hex(16),
                home / "data",
                installed.process.pid,
            )
            with psycopg.connect(installed.admin_url, autocommit=True) as connection:
                make_roles(connection, running.owner, running.web, running.password)
            yield running
        finally:
            installed.stop()


def _room() -> str:
    """Where the files go: memory when there is plenty, since the tests sync at each commit as a school's server does.

    Never below a home folder that the server's user may not enter.
    """
    if os.access(MEMORY_DISK, os.W_OK) and shutil.disk_usage(MEMORY_DISK).free > MEMORY_DISK_NEEDED:
        return str(MEMORY_DISK)
    return "/tmp" if os.geteuid() == 0 else tempfile.gettempdir()


def _sweep(room: Path) -> None:
    """Remove what killed runs left behind: in memory it would stay until the machine is switched off."""
    for left in room.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # it has just begun, it has just ended, or it belongs to somebody else
            starter = int((left / STARTER).read_text())
            if not runs(starter):
                shutil.rmtree(left)


def runs(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> None:
    """Start a server, say how to use it, wait for Ctrl-C or SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):  # also in the background, where a shell has Ctrl-C ignored
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), server() as running, database(running, "alongside"):
        for name, value in running.environment("alongside").items():
            sys.stdout.write(f"export {name}={value}\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
