"""Processes of ours: started with their output in a file, killed with all that they have started, their cost counted.

Reads /proc, so the benchmarks run on Linux only.
"""

import os
import re
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alongside.serving import die_with_parent

STOP_WITHIN = 20.0  # seconds; then kill
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Process:
    """A command that can be killed and started again. Start it in the main thread: it dies with the thread that did."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    pass_fds: tuple[int, ...] = ()
    running: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.argv,
                env=dict(self.environment),
                pass_fds=self.pass_fds,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self.starts += 1

    @property
    def pid(self) -> int:
        return self.running.pid if self.running else 0

    @property
    def ended(self) -> bool:
        return self.running is None or self.running.poll() is not None

    def kill(self) -> None:
        """kill -9 of it and of all below it, and wait until none is left. Of one that has ended nothing is left to kill:
        its number may be another's by now."""
        if self.running and self.running.poll() is None:
            kill_tree(self.running.pid)
            self.running.wait()

    def stop(self) -> None:
        """Ask it to end, as a deploy does; kill it when it will not."""
        if self.running and self.running.poll() is None:
            self.running.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.running.wait(STOP_WITHIN)
            self.kill()


@dataclass(frozen=True, slots=True)
class Known:
    """What /proc says of a process. started: tells it from another that has got its number."""

    parent: int
    seconds: float  # of processor, its ended children included
    started: int
    state: str


def below(pid: int) -> list[int]:
    """The process and all below it, itself first."""
    return _below(pid, _table())


def kill_tree(pid: int) -> None:
    """kill -9 of a child of ours and of all below it; returns when the last of them is gone. It must not have been
    waited for: until then nobody else can have its number."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)  # it starts nobody while we count
    table = _table()
    doomed = _below(pid, table)
    for each in doomed:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    while any(_lives(each, table[each]) for each in doomed if each in table):
        time.sleep(0.002)


def processor_seconds(*roots: int) -> float:
    """Seconds of processor that these processes and all below them have used, their ended children included."""
    table = _table()
    wanted = {each for root in roots if root for each in _below(root, table)}
    return sum(table[each].seconds for each in wanted if each in table)


def peak_megabytes(root: int) -> float:
    """The most memory that this process and all below it have held so far, each at its own peak, added up."""
    peaks = []
    for pid in below(root) if root else []:
        with suppress(FileNotFoundError, ProcessLookupError):
            peaks += re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return sum(map(int, peaks)) / 1024


def _below(pid: int, table: Mapping[int, Known]) -> list[int]:
    children = defaultdict(list)
    for child, known in table.items():
        children[known.parent].append(child)
    found = [pid]
    for each in found:  # grows while it is read
        found += children[each]
    return found


def _lives(pid: int, before: Known) -> bool:
    """Whether that process still runs; a dead one that nobody has taken note of does not."""
    now = _known(Path(f"/proc/{pid}/stat"))
    return now is not None and now.started == before.started and now.state not in "ZX"


def _table() -> dict[int, Known]:
    files = Path("/proc").glob("[0-9]*/stat")
    return {int(file.parent.name): known for file in files if (known := _known(file))}


def _known(file: Path) -> Known | None:
    try:
        fields = file.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return Known(int(fields[1]), sum(map(int, fields[11:15])) / TICKS, int(fields[19]), fields[0])
