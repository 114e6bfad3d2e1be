"""An installation of its own for a test: a temporary folder, a database of the run's kind, the real commands."""

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests import postgres

READY = re.compile(r"^Alongside is ready at (http://(?:127\.0\.0\.1|localhost):\d+)$", re.MULTILINE)
READY_WITHIN = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder and its database. environment: what a process needs to work on it."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str, code: int = 0) -> str:
        """What `alongside ARGUMENTS` prints, both streams; it must end with that exit code."""
        done = subprocess.run(
            self._command(*arguments), env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextlib.contextmanager
    def running(self, *arguments: str, command: tuple[str, ...] = ()) -> Iterator["Running"]:
        """`alongside ARGUMENTS` (or another command) as long as the block lasts, from when it says that it is ready."""
        with (self.folder.parent / f"{secrets.token_hex(4)}.log").open("w+b") as log:
            argv = [*command, *arguments] if command else self._command(*arguments)
            environment = self.environment | {"ALONGSIDE_STARTED_BY": str(os.getpid())}
            process = subprocess.Popen(argv, env=environment, stdout=log, stderr=subprocess.STDOUT)
            running = Running(self, process, Path(log.name))
            try:
                yield running.wait()
            except BaseException:
                sys.stderr.write(f"What `alongside {' '.join(arguments)}` said:\n{running.text()}\n")
                raise
            finally:
                process.terminate()
                process.wait(timeout=60)

    def started(self) -> contextlib.AbstractContextManager["Running"]:
        """The demo: web and worker over the demo world."""
        return self.running("start", "--port", "0", "--no-open")

    @contextlib.contextmanager
    def served(self, port: int = 0) -> Iterator["Running"]:
        """Web and worker without the demo, as a network runs them. port: 0 takes a free one."""
        with self.running("serve", "--port", str(port)) as web, self.running("worker"):
            yield web

    @property
    def database(self) -> str:
        """The name of its database on the server, or nothing on SQLite."""
        return urlsplit(self.environment.get("ALONGSIDE_DATABASE_URL", "")).path.lstrip("/")

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "alongside.cli", *arguments]


@dataclass(slots=True)
class Running:
    """A command that keeps running, and where it answers."""

    installation: Installation
    process: subprocess.Popen[bytes]
    log: Path
    url: str = ""

    def text(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(errors="replace")

    def wait(self) -> "Running":
        """Until it says that it is ready."""
        deadline = time.monotonic() + READY_WITHIN
        while self.process.poll() is None and time.monotonic() < deadline:
            if found := READY.search(self.text()):
                self.url = found[1]
                return self
            if "The worker takes" in self.text():
                return self
            time.sleep(0.05)
        raise AssertionError(f"not ready: {self.text()}")

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Ask it to stop, as Ctrl-C does; its exit code."""
        self.process.send_signal(by)
        return self.process.wait(timeout=60)


@contextlib.contextmanager
def installation(like: Installation | None = None) -> Iterator[Installation]:
    """An installation on the kind of database that this test run uses, gone afterwards.

    like: one that does not run at the moment, whose folder and database are copied; otherwise it is empty.
    """
    with tempfile.TemporaryDirectory(prefix="alongside-installation-") as parent, contextlib.ExitStack() as stack:
        folder = Path(parent) / "data"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
        environment["ALONGSIDE_DATA"] = str(folder)
        environment["ALONGSIDE_QUIET_HOURS"] = "off"  # tests run on Sundays too
        if like:
            shutil.copytree(like.folder, folder)
        if server := os.environ.get("ALONGSIDE_DATABASE_URL"):
            template = like.database if like else ""
            environment["ALONGSIDE_DATABASE_URL"] = stack.enter_context(_database_beside(server, template))
        yield Installation(folder, environment)


@contextlib.contextmanager
def _database_beside(server: str, template: str) -> Iterator[str]:
    name = f"alongside_{secrets.token_hex(6)}"
    postgres.create_database(server, name, like=template)
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        postgres.drop_database(server, name)
