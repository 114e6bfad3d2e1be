"""Throw-away installations: a folder, a database of its own, the real commands; all of it gone afterwards."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from alongside.bench import postgres
from alongside.kit.errors import Refused

type Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An installation to measure on. url, owner_url: of its database on PostgreSQL, for the web and for its owner."""

    kind: str  # "sqlite" or "postgres"
    folder: Path
    floor_url: str  # as floor.py wants it, of a database of its own
    url: str = ""
    owner_url: str = ""
    server: postgres.Server | None = None

    @property
    def label(self) -> str:
        return {"sqlite": "SQLite", "postgres": "PostgreSQL"}[self.kind]

    @property
    def usual_workers(self) -> int:
        """As many web processes as `alongside serve` takes by itself."""
        return 1 if self.kind == "sqlite" else 2

    def environment(self, *, owner: bool = False, **more: str) -> dict[str, str]:
        """What a process needs to work on it, without the settings of any other installation."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
        database = {"ALONGSIDE_DATABASE_URL": self.owner_url if owner else self.url} if self.url else {}
        return inherited | {"ALONGSIDE_DATA": str(self.folder)} | database | more

    def rows(self, statement: str) -> list[Row]:
        """What the database holds, read from outside: by none of the code that wrote it."""
        if self.kind == "postgres":
            return _postgres_rows(self.owner_url, statement)
        return _sqlite_rows(self.folder / "alongside.sqlite3", statement)

    @contextlib.contextmanager
    def longest_wait(self) -> Iterator[list[float]]:
        """Meanwhile somebody else begins to write, again and again; afterwards the list holds the longest wait, in seconds.
        Nothing on PostgreSQL, where a row is written beside any other."""
        found: list[float] = []
        if self.kind == "postgres":
            yield found
            return
        done = threading.Event()
        with ThreadPoolExecutor(1) as hand:
            waited = hand.submit(_longest_wait, self.folder / "alongside.sqlite3", done)
            try:
                yield found
            finally:
                done.set()
            found.append(waited.result())

    def floor_rows(self) -> int:
        """How many answers the floor has stored."""
        statement = "SELECT count(*) FROM floor_answer"
        if self.kind == "postgres":
            return int(_postgres_rows(self.floor_url, statement)[0][0])
        return int(_sqlite_rows(self.folder / "floor.sqlite3", statement)[0][0])


def _sqlite_rows(path: Path, statement: str) -> list[Row]:
    with contextlib.closing(sqlite3.connect(path, timeout=20)) as connection:
        return connection.execute(statement).fetchall()


def _longest_wait(path: Path, done: threading.Event) -> float:
    longest = 0.0
    with contextlib.closing(sqlite3.connect(path, timeout=600, isolation_level=None)) as connection:
        while not done.wait(0.05):
            began = time.monotonic()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            longest = max(longest, time.monotonic() - began)
    return longest


def _postgres_rows(url: str, statement: str) -> list[Row]:
    with psycopg.connect(url, connect_timeout=20) as connection:
        return connection.execute(statement.encode()).fetchall()


@contextlib.contextmanager
def place(kind: str, *, named_server: str = "", folder: Path | None = None) -> Iterator[Place]:
    """A new installation, its tables and static files ready. folder: where it goes."""
    with contextlib.ExitStack() as stack:
        parent = stack.enter_context(tempfile.TemporaryDirectory(prefix="alongside-bench-", dir=folder))
        data = Path(parent) / "data"
        if kind == "sqlite":
            made = Place(kind, data, f"sqlite:///{data / 'floor.sqlite3'}")
        else:
            server = stack.enter_context(postgres.server(named_server, folder))
            made = _on_server(data, server, stack)
        with stage(made, owner=True) as inside:
            inside.ask("prepare")
        yield made


def _on_server(data: Path, server: postgres.Server, stack: contextlib.ExitStack) -> Place:
    own = stack.enter_context(server.database("alongside"))
    floor = stack.enter_context(server.database("floor"))
    return Place("postgres", data, server.url(floor), server.url(own, server.web), server.url(own), server)


class Away(Refused):
    """The database is not there at the moment; asking again may help."""


class Stage:
    """A process inside the installation that does what is asked of it; see stage for what it can do.

    It starts at once, so that the first request need not wait for it.
    """

    def __init__(self, place: Place, *, owner: bool = False) -> None:
        argv = [sys.executable, "-m", "alongside.cli", "bench", "--data", str(place.folder), "stage"]
        self._log = place.folder.parent / "stage.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                argv,
                env=place.environment(owner=owner),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def ask(self, do: str, **values: object) -> dict[str, Any]:
        """Have one thing done and wait for it; raises Refused with what it says when it cannot, Away without a database."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The stage was started without its pipes.")
        print(json.dumps({"do": do, **values}), file=self._process.stdin, flush=True)
        said = self._process.stdout.readline()
        if not said:
            last = self._log.read_text(errors="replace").strip().rpartition("\n")[2]
            raise Refused(f"The process that was asked to {do} has ended: {last or 'it said nothing'}")
        answer: dict[str, Any] = json.loads(said)
        if "away" in answer:
            raise Away(answer["away"])
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer

    def close(self) -> None:
        self._process.communicate()  # the end of its input ends it


@contextlib.contextmanager
def stage(of: Place, *, owner: bool = False) -> Iterator[Stage]:
    """A stage as long as the block lasts. owner: as the one who owns the tables, who alone may make them."""
    running = Stage(of, owner=owner)
    try:
        yield running
    finally:
        running.close()
