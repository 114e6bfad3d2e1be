"""Alongside and the floor as web servers: the same gunicorn, the same numbers of processes and threads."""

import contextlib
import http.client
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from alongside import serving
from alongside.bench.places import Place
from alongside.bench.processes import Process
from alongside.kit.errors import Refused

READY_WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Web:
    """A web server of ours. The socket stays open when the process dies, as below `alongside serve`."""

    process: Process
    listener: socket.socket
    ready: Callable[[], bool]

    @property
    def url(self) -> str:
        host, port = self.listener.getsockname()[:2]
        return f"http://{host}:{port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process.start()
        deadline = time.monotonic() + READY_WITHIN
        while not self.ready():
            if self.process.ended or time.monotonic() > deadline:
                raise Refused(f"A web server did not answer: {self.process.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)


@contextlib.contextmanager
def alongside(place: Place, workers: int, threads: int) -> Iterator[Web]:
    """Alongside as `alongside serve` runs it."""
    with serving.listen("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        argv = serving.web_command(listener, workers=workers, threads=threads)
        log = place.folder.parent / "web.log"
        process = Process(argv, place.environment(ALONGSIDE_URL=url), log, (listener.fileno(),))
        with _running(Web(process, listener, lambda: serving.answers(listener, url))) as web:
            yield web


@contextlib.contextmanager
def floor(place: Place, folder: Path, workers: int, threads: int) -> Iterator[Web]:
    """The floor on a database of its own of the same kind, with the same configuration of gunicorn."""
    with serving.listen("127.0.0.1", 0) as listener:
        argv = serving.web_command(listener, workers=workers, threads=threads)[:-1]
        environment = place.environment(FLOOR_DB=place.floor_url, PYTHONDONTWRITEBYTECODE="1")
        command = [*argv, "--chdir", str(folder), "floor:application"]
        process = Process(command, environment, place.folder.parent / "floor.log", (listener.fileno(),))
        with _running(Web(process, listener, lambda: _answers(listener))) as web:
            yield web


def worker(place: Place) -> Process:
    """The worker as `alongside worker` runs it, not started yet."""
    return Process(serving.worker_command(concurrency=1), place.environment(), place.folder.parent / "worker.log")


def lock_errors(*logs: Path) -> int:
    """How often a server wrote of a database that stayed locked."""
    return sum(log.read_text(errors="replace").count("database is locked") for log in logs if log.exists())


@contextlib.contextmanager
def _running(web: Web) -> Iterator[Web]:
    try:
        web.start()
        yield web
    finally:
        web.process.stop()


def _answers(listener: socket.socket) -> bool:
    host, port = listener.getsockname()[:2]
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/form")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def load_command(folder: Path) -> list[str]:
    """formload.py of the floor's folder; raises Refused when either file is missing."""
    missing = [name for name in ("floor.py", "formload.py") if not (folder / name).is_file()]
    if missing:
        raise Refused(
            f"There is no {' and no '.join(missing)} in {folder.resolve()}: name the folder that holds them with --floor."
        )
    return [sys.executable, str(folder / "formload.py")]
