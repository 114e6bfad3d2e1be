"""A real PostgreSQL to measure on: one of our own in a throw-away folder, or somebody's that --postgres names.

Its settings are those of an installation: nothing that makes an accepted answer durable is turned off.
"""

import contextlib
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from alongside.bench import processes
from alongside.kit.errors import Refused
from alongside.postgresql import Installed, drop_roles, install, make_roles

SETTINGS = {"max_connections": "100", "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


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

    def kill(self) -> None:
        """kill -9 of a server of our own with all that it has started, and wait until none is left."""
        if self.own and self.own.process and self.own.process.poll() is None:
            processes.kill_tree(self.own.process.pid)
            self.own.process.wait()

    def restart(self) -> None:
        """Start a server of our own again, after it was killed, and wait until it has recovered."""
        if self.own:
            self.own.start(self.url("postgres"))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


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
        make_roles(connection, running.owner, running.web, running.password)
        try:
            yield running
        finally:
            drop_roles(connection, running.web, running.owner)


@contextlib.contextmanager
def _own(folder: Path | None) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="alongside-bench-postgres-", dir=folder) as name:
        installed = install(Path(name), SETTINGS)
        running = Server(installed.address, own=installed)
        try:
            installed.start()
            with psycopg.connect(installed.admin_url, autocommit=True) as connection:
                make_roles(connection, running.owner, running.web, running.password)
            yield running
        finally:
            installed.stop()


DROP_TRIES = 60  # a second apart
