"""From closing time to results and to a verified seal, of a network of a thousand schools; then the same under kill -9.

A real worker on a real database. The answers of an open wave came through `accept`; earlier waves are releases and tallies as
`publish` counts them. After every seal the release is compared with one that was counted before the closing, every sealed
answer with what was stored, and nothing of the intake may be left.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from alongside.bench import ledger, processes, servers
from alongside.bench.figures import machine, spread
from alongside.bench.places import Place, Stage, place, stage
from alongside.bench.processes import Process
from alongside.bench.stage import timeless
from alongside.kit.errors import Refused

MINUTES = 5
GIVES_UP = 900.0  # seconds
IN_CLUSTER = 10
SHARE, COMMENTS = 0.7, 0.15
PULSE = "lead"
LOOKS_EVERY = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Closing:
    """One closing. Seconds from the closing time; megabytes of the worker at its peak; states at which it was killed; the
    longest that somebody else waited to write meanwhile, in seconds, where writers wait at all."""

    published: float
    sealed: float
    memory: float
    killed: tuple[str, ...] = ()
    waits: tuple[float, ...] = ()


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when every release is what was counted beforehand and nothing is left, however long it took."""
    print(machine(), flush=True)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    random.seed(seed)
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    said, faults = [], []
    for kind in kinds:
        with place(kind, named_server=options.postgres, folder=options.folder) as made:
            found = _Closings(made, options)
            said.append(found.measure())
            faults += found.faults
    print(f"Closing of {options.schools:,} schools (seed {seed}): {'; '.join(said)}. {_verdict(faults)}")
    return 1 if faults else 0


def _verdict(faults: list[str]) -> str:
    return (
        f"NOT the same: {', '.join(faults)}." if faults else "Every release as counted beforehand, nothing left over."
    )


class _Closings:
    """Waves of one network that close one after the other."""

    def __init__(self, made: Place, options: argparse.Namespace) -> None:
        self._place, self._options = made, options
        self._before: object = None
        self.faults: list[str] = []

    def measure(self) -> str:
        """So many closings in peace, and one under kills; what the last line says of this database."""
        options = self._options
        with ExitStack() as stack:
            inside = stack.enter_context(stage(self._place))
            inside.ask("found", clusters=-(-options.schools // IN_CLUSTER), schools=IN_CLUSTER, staff=options.staff)
            answers = round(options.staff * SHARE)
            inside.ask("past", pulse=PULSE, waves=options.earlier, answers=answers, invited=options.staff)
            worker = servers.worker(self._place)
            stack.callback(worker.stop)
            worker.start()
            peaceful = [self._close(inside, worker, 0, number) for number in range(1, options.runs + 1)]
            usual, killed = median(one.sealed for one in peaceful), list[Closing]()
            while (left := options.kills - sum(len(one.killed) for one in killed)) > 0:
                killed.append(self._close(inside, worker, left, options.runs + len(killed) + 1, usual))
        return self._summary(peaceful, killed)

    def _close(self, inside: Stage, worker: Process, kills: int, number: int, usual: float = 0.0) -> Closing:
        wave, answers, digest = self._answered(inside, number)
        stored = self._ratings("surveys_answer", wave)
        self._before = self._taken_up()
        began = time.time()
        with self._place.longest_wait() as waits:
            inside.ask("close", wave=wave)
            killed = tuple(self._killed(worker, wave, kills, usual))
            published, sealed, memory = self._watch(worker, wave, began)
        self._check(wave, answers, digest, stored)
        done = Closing(published, sealed, memory, killed, tuple(waits))
        print(_line(self._place.label, number, answers, done), flush=True)
        return done

    def _answered(self, inside: Stage, number: int) -> tuple[int, int, str]:
        """A wave that most have answered: its number, how many, and what its release must say."""
        wave = inside.ask("open", pulse=PULSE, seconds=86_400)["wave"]
        answers = inside.ask("answer", wave=wave, share=SHARE, comments=COMMENTS, seed=number)["answers"]
        return wave, answers, inside.ask("expected", wave=wave)["digest"]

    def _watch(self, worker: Process, wave: int, began: float) -> tuple[float, float, float]:
        """Seconds until the results are there, and until the seal is verified; the worker's memory at its peak."""
        published, memory = 0.0, 0.0
        while True:
            state = ledger.states(self._place)[wave]
            memory = max(memory, processes.peak_megabytes(worker.pid))
            if state in {"published", "sealed"} and not published:
                published = time.time() - began
            if state == "sealed":
                return published, time.time() - began, memory
            if worker.ended:
                worker.start()
            if time.time() - began > GIVES_UP:
                raise Refused(f"The wave was not sealed within {GIVES_UP:.0f} s; see {worker.log}.")
            time.sleep(LOOKS_EVERY)

    def _killed(self, worker: Process, wave: int, times: int, usual: float) -> Iterator[str]:
        """kill -9, each at a random moment after a worker took the seal in hand; the states of the wave at these moments."""
        for _ in range(times):
            deadline = time.time() + GIVES_UP
            while self._taken_up() == self._before and ledger.states(self._place)[wave] != "sealed":
                if time.time() > deadline:
                    raise Refused(f"No worker went on with the seal; see {worker.log}.")
                time.sleep(0.02)
            time.sleep(random.uniform(0, usual))
            self._before = self._taken_up()
            worker.kill()
            state = ledger.states(self._place)[wave]
            worker.start()
            if state == "sealed":
                return
            yield state

    def _taken_up(self) -> object:
        """When a worker last took a seal in hand."""
        rows = "SELECT max(locked_at) FROM django_ox_oxtask WHERE task_path LIKE '%tasks.seal'"
        return self._place.rows(rows)[0][0]

    def _ratings(self, table: str, wave: int) -> Counter[str]:
        """How often each sheet of ratings is there, whoever gave it."""
        rows = self._place.rows(f"SELECT ratings FROM {table} WHERE wave_id = {wave}")
        return Counter(json.dumps(ledger.read(row[0]), sort_keys=True) for row in rows)

    def _check(self, wave: int, answers: int, digest: str, stored: Counter[str]) -> None:
        """Add what is not as it must be to the faults."""
        documents = self._place.rows(f"SELECT document FROM surveys_release WHERE wave_id = {wave}")
        document = json.loads(documents[0][0]) if len(documents) == 1 else {"items": []}
        shown = sum(len(item["scores"]) for item in document["items"])
        changes = self._place.rows(f"SELECT count(*) FROM surveys_change WHERE wave_id = {wave}")[0][0]
        wrong = {
            "another release": timeless(document) != digest,
            "other answers": self._ratings("surveys_sealedanswer", wave) != stored or stored.total() != answers,
            f"{changes} of {shown} verdicts": changes != shown,
            "left over": ledger.left_over(self._place, wave) > 0,
        }
        self.faults += [f"{self._place.label}, wave {wave}: {what}" for what, is_so in wrong.items() if is_so]

    def _summary(self, peaceful: list[Closing], killed: list[Closing]) -> str:
        every = [*peaceful, *killed]
        reached = "reached" if max(one.sealed for one in every) <= 60 * MINUTES else "NOT reached"
        kills = sum(len(one.killed) for one in killed)
        under = f", with {kills} kills {max(one.sealed for one in killed):.0f} s at most" if kills else ""
        waits = [wait for one in every for wait in one.waits]
        others = f", another writer waited at most {max(waits):.1f} s" if waits else ""
        return (
            f"{self._place.label} published {spread([one.published for one in peaceful], 1)} s, sealed "
            f"{spread([one.sealed for one in peaceful], 1)} s{under} ({MINUTES} minutes {reached}), worker at most "
            f"{max(one.memory for one in every):.0f} MB{others}"
        )


def _line(label: str, number: int, answers: int, done: Closing) -> str:
    states = ", ".join(f"{count} {state}" for state, count in Counter(done.killed).items())
    how = (
        f"killed {len(done.killed)} times ({states}), " if done.killed else f"published after {done.published:.1f} s, "
    )
    return (
        f"  {label}, closing {number}, {answers:,} answers: {how}sealed after {done.sealed:.1f} s, "
        f"worker {done.memory:.0f} MB"
    )
