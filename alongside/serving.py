"""Web and worker as child processes of one command: started, watched, started again when they die, stopped together.

Free of Django, so that the process that watches stays small and starts at once.
"""

import ctypes
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from alongside.kit.errors import Refused

FAILURES_IN_A_ROW = 5
FIRST_PAUSE = 0.5  # seconds before a process that died is started again; doubled at each failure in a row
STEADY_AFTER = 60.0  # seconds that a process must run for its earlier failures to be forgotten
READY_WITHIN = 60.0  # seconds
STOP_WITHIN = 15.0  # seconds; then kill
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, held before anything else is done; port 0 takes any free one. Or raise Refused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused(
            f"Port {port} on {host} cannot be used ({reason.lower()}): choose another with --port, "
            f"for example --port {port + 1 if port < 65535 else 8000}."
        ) from error
    return listener


def web_command(listener: socket.socket, *, workers: int, threads: int, environment: str = "") -> list[str]:
    """gunicorn over a socket that it inherits, so that an address survives the death of the web process.

    environment: one more NAME=VALUE for it alone.
    """
    return [
        *(sys.executable, "-m", "gunicorn", "-c", "python:alongside.gunicorn_conf"),
        *("--bind", f"fd://{listener.fileno()}", "--workers", str(workers), "--threads", str(threads)),
        *(("--env", environment) if environment else ()),
        "alongside.wsgi:application",
    ]


def worker_command(*, concurrency: int) -> list[str]:
    """The process that does the queued work."""
    return [
        *(sys.executable, "-m", "django", "ox_worker", "--settings", "alongside.settings"),
        *("--verbosity", "0", "--concurrency", str(concurrency)),
    ]


def answers(listener: socket.socket, public: str) -> bool:
    """Whether the health page answers on this socket, asked for as a proxy in front of the public address would."""
    host, port = listener.getsockname()[:2]
    connection = http.client.HTTPConnection(host, port, timeout=2)
    parts = urlsplit(public)
    try:
        connection.request("GET", "/health/", headers={"Host": parts.netloc, "X-Forwarded-Proto": parts.scheme})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies, also by kill -9. Linux only; elsewhere nothing."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


@dataclass(slots=True)
class Child:
    """One process under watch. name: as a sentence says it, "web process"."""

    name: str
    argv: Sequence[str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0  # in a row
    due: float = 0.0  # when to start it next, by the monotonic clock
    starts: int = 0


class Supervisor:
    """Watches children until it is asked to stop (Ctrl-C, SIGTERM, hang-up) or one of them fails too often.

    Make it in the main thread: it takes over the signals of its process.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._children: list[Child] = []
        self._asked = 0
        self._wake, waker = socket.socketpair()
        for end in (self._wake, waker):
            end.setblocking(False)
        self._waker = waker
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    @property
    def stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._asked > 0

    def run_to_end(self, argv: Sequence[str]) -> int:
        """Run one command, in front of the others; its exit code. Ends it when asked to stop."""
        child = Child("preparation", argv)
        process = self._start(child)
        while process.poll() is None and not self.stopping:
            self._sleep(None)
        self._end([child])
        return process.returncode

    def run(self, children: Sequence[Child], *, answers: Callable[[], bool], ready: Callable[[], None]) -> int:
        """Keep the children running; 0 when asked to stop, 1 when one failed for good or nothing answered in time.

        answers: whether all is well, asked until it says yes; then `ready` is called, once. All children have ended on
        return.
        """
        self._children = list(children)
        deadline, waiting = time.monotonic() + READY_WITHIN, True
        try:
            while not self.stopping:
                if not self._keep_running():
                    return 1
                if waiting and answers():
                    waiting = False
                    ready()
                if waiting and time.monotonic() > deadline:
                    self._say(f"Alongside did not answer within {READY_WITHIN:.0f} seconds; stopping.")
                    return 1
                self._sleep(0.1 if waiting else self._next_due())
            return 0
        finally:
            self._end(self._children)

    def _keep_running(self) -> bool:
        """Notice who died, start who is due. False when one of them has failed too often."""
        for child in self._children:
            if child.process is not None and child.process.poll() is not None and not self._plan_again(child):
                return False
            if child.process is None and time.monotonic() >= child.due:
                self._start(child)
        return True

    def _plan_again(self, child: Child) -> bool:
        ended = _how_it_ended(child.process.returncode) if child.process else ""
        child.process = None
        if time.monotonic() - child.started > STEADY_AFTER:
            child.failures = 0
        child.failures += 1
        if child.failures > FAILURES_IN_A_ROW:
            self._say(f"The {child.name} ended {child.failures} times in a row ({ended} at last); stopping.")
            return False
        pause = FIRST_PAUSE * 2 ** (child.failures - 1)
        child.due = time.monotonic() + pause
        self._say(f"The {child.name} ended ({ended}); starting it again in {pause:g} s.")
        return True

    def _start(self, child: Child) -> subprocess.Popen[bytes]:
        # A session of its own keeps Ctrl-C from reaching the child: only this process decides who stops, and how.
        child.process = subprocess.Popen(
            child.argv, pass_fds=child.pass_fds, start_new_session=True, preexec_fn=die_with_parent
        )
        child.started = time.monotonic()
        child.starts += 1
        return child.process

    def _end(self, children: Sequence[Child]) -> None:
        """End the children gently; at a second request to stop, or after a while, at once."""
        running = [child.process for child in children if child.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        asked, deadline = self._asked, time.monotonic() + STOP_WITHIN
        while any(process.poll() is None for process in running):
            if time.monotonic() > deadline or self._asked > max(asked, 1):
                break
            self._sleep(0.5)
        for process in running:
            _kill_family(process)

    def _next_due(self) -> float | None:
        due = [child.due for child in self._children if child.process is None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _sleep(self, seconds: float | None) -> None:
        """Until a signal arrives, or for so many seconds."""
        if select.select([self._wake], [], [], seconds)[0]:
            self._wake.recv(512)

    def _ask_to_stop(self, *_: object) -> None:
        self._asked += 1


def _kill_family(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a child and of the processes that it started."""
    with suppress(ProcessLookupError, PermissionError):  # all of them are gone; macOS says it the second way
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _how_it_ended(code: int) -> str:
    return f"by signal {-code}" if code < 0 else f"exit code {code}"
