"""How many answers a second Alongside accepts over real HTTP, against the least that any Django server must do.

The two are driven in turn by the same program, on the same server, processes, threads and kind of database, so that a
busy machine slows both: the ratio is the figure. What the clients were told is compared with what is stored.
"""

import argparse
import itertools
import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from alongside.bench.figures import machine, spread
from alongside.bench.places import Place, place, stage
from alongside.bench.processes import processor_seconds
from alongside.bench.servers import Web, alongside, floor, load_command, lock_errors

AT_MOST = 600  # answers a second for which there are tokens
SCHOOLS = 40
REACH = 0.6
MILLISECONDS = 8.0  # of processor an answer
RATE = 100.0  # accepted a second on SQLite with 32 clients


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of formload.py said, and what it cost the server and our database."""

    rate: float  # accepted a second
    accepted: int  # warm-up included
    errors: int
    p95: float  # ms of the whole flow: looking and sending
    milliseconds: float  # of processor an answer


@dataclass(frozen=True, slots=True)
class Pair:
    """The floor, then Alongside."""

    floor: Run
    ours: Run

    @property
    def ratio(self) -> float:
        return self.ours.rate / self.floor.rate if self.floor.rate else 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """All runs with one number of clients on one kind of database."""

    database: str
    clients: int
    pairs: list[Pair]

    @property
    def ratio(self) -> float:
        return median(pair.ratio for pair in self.pairs)

    @property
    def errors(self) -> int:
        return sum(pair.ours.errors for pair in self.pairs)


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when no client met an error and everything acknowledged is stored exactly once."""
    load_command(options.floor)
    print(machine(), flush=True)
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    results: list[Result] = []
    faults: list[str] = []
    for kind in kinds:
        with place(kind, named_server=options.postgres, folder=options.folder) as made:
            found = _measure(made, options)
            faults += _faults(made, found)
            results += found
    print(_summary(results, faults))
    return 1 if faults or any(result.errors for result in results) else 0


def _measure(made: Place, options: argparse.Namespace) -> list[Result]:
    """All runs on one kind of database."""
    workers = options.workers or made.usual_workers
    wave, tokens = _wave(made, options)
    with ExitStack() as stack:
        base = stack.enter_context(floor(made, options.floor.resolve(), workers, options.threads))
        ours = stack.enter_context(alongside(made, workers, options.threads))
        drive = Drive(made, options, base, ours, wave, iter(tokens))
        return [drive.result(clients, workers) for clients in options.clients]


def _wave(made: Place, options: argparse.Namespace) -> tuple[int, list[str]]:
    """An open pulse with a token for every answer that all runs together can take."""
    seconds = (options.seconds + options.warmup) * options.runs * len(options.clients)
    file = made.folder.parent / "tokens"
    with stage(made) as inside:
        inside.ask("found", clusters=4, schools=SCHOOLS // 4, staff=AT_MOST * seconds // SCHOOLS + 1)
        opened = inside.ask("open", pulse="well", seconds=86_400, file=str(file))
    return opened["wave"], file.read_text().split()


class Drive:
    """Drives both servers in turn."""

    def __init__(
        self, made: Place, options: argparse.Namespace, base: Web, ours: Web, wave: int, tokens: Iterator[str]
    ) -> None:
        self._place, self._options, self._base, self._ours, self._wave = made, options, base, ours, wave
        self._tokens = tokens
        own = made.server and made.server.own
        self._database = own.process.pid if own and own.process else 0

    def result(self, clients: int, workers: int) -> Result:
        """Runs with so many clients, each printed as it ends."""
        options = self._options
        print(
            f"{self._place.label}, {clients} clients, {workers} × {options.threads} threads, "
            f"{options.seconds} s a run after {options.warmup} s of warm-up:",
            flush=True,
        )
        pairs = []
        for number in range(1, options.runs + 1):
            pairs.append(Pair(self._run(self._base, clients, "/form"), self._answers(clients)))
            print(_line(number, pairs[-1]), flush=True)
        result = Result(self._place.label, clients, pairs)
        print(_median(result), flush=True)
        return result

    def _answers(self, clients: int) -> Run:
        """One run against Alongside, with tokens that nobody has used."""
        enough = AT_MOST * (self._options.seconds + self._options.warmup)
        file = self._place.folder.parent / "tokens-of-this-run"
        file.write_text("\n".join(itertools.islice(self._tokens, enough)))
        return self._run(self._ours, clients, f"/a/{self._wave}/{{token}}", "--tokens", str(file))

    def _run(self, web: Web, clients: int, path: str, *more: str) -> Run:
        before = processor_seconds(web.process.pid, self._database)
        argv = [*load_command(self._options.floor), "--url", web.url + path, "--form-id", "answers"]
        argv += ["--success", "<p>Thank you|Your answers are in", "-c", str(clients)]
        argv += ["-d", str(self._options.seconds), "--warmup", str(self._options.warmup), *more]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
        used = processor_seconds(web.process.pid, self._database) - before
        said = json.loads(done.stdout)
        if said["errors"]:
            print(f"  errors: {said['errors']}; {_tail(web.process.log)}")
        accepted = said["accepted_total"]
        return Run(
            rate=said["accepted_per_s"],
            accepted=accepted,
            errors=sum(said["errors"].values()),
            p95=said["flow_ms"]["p95"] or 0.0,
            milliseconds=1000 * used / max(1, accepted),
        )


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-1000:]


def _line(number: int, pair: Pair) -> str:
    floor, ours = pair.floor, pair.ours
    return (
        f"  run {number}: floor {floor.rate:6.1f}/s, Alongside {ours.rate:6.1f}/s, ratio {pair.ratio:.2f}; "
        f"p95 {floor.p95:.0f} and {ours.p95:.0f} ms; processor {floor.milliseconds:.1f} and {ours.milliseconds:.1f} ms "
        f"an answer; errors {floor.errors} and {ours.errors}"
    )


def _median(result: Result) -> str:
    floors, ours = [pair.floor for pair in result.pairs], [pair.ours for pair in result.pairs]
    return (
        f"  median (lowest–highest): floor {spread([run.rate for run in floors])}/s, Alongside "
        f"{spread([run.rate for run in ours])}/s, ratio {spread([pair.ratio for pair in result.pairs], 2)}; Alongside p95 "
        f"{spread([run.p95 for run in ours])} ms, processor {spread([run.milliseconds for run in ours], 1)} ms an answer"
    )


def _faults(made: Place, results: list[Result]) -> list[str]:
    """What is stored and was not acknowledged, or the other way round."""
    acknowledged = sum(pair.ours.accepted for result in results for pair in result.pairs)
    used = int(made.rows("SELECT count(*) FROM surveys_ticket WHERE used")[0][0])
    answers = int(made.rows("SELECT count(*) FROM surveys_answer")[0][0])
    floor_stored = made.floor_rows()
    floor_acknowledged = sum(pair.floor.accepted for result in results for pair in result.pairs)
    print(
        f"{made.label}: acknowledged {acknowledged:,}, tickets used {used:,}, answers stored {answers:,}; "
        f"the floor acknowledged {floor_acknowledged:,}, stored {floor_stored:,}.",
        flush=True,
    )
    locked = lock_errors(made.folder.parent / "web.log")
    faults = [f"{made.label}: {locked} times locked"] if locked else []
    if acknowledged == used == answers:
        return faults
    return [*faults, f"{made.label}: acknowledged {acknowledged}, tickets used {used}, answers stored {answers}"]


def _summary(results: list[Result], faults: list[str]) -> str:
    ratios = ", ".join(f"{result.database} {result.clients} clients {result.ratio:.2f}" for result in results)
    reached = "all reach" if all(result.ratio >= REACH for result in results) else "NOT all reach"
    errors = sum(result.errors for result in results)
    stored = "; ".join(faults) if faults else "stored = acknowledged"
    return f"Intake, of the floor: {ratios} ({reached} {REACH}); {_costs(results)}; errors {errors}; {stored}."


def _costs(results: list[Result]) -> str:
    """The most that an answer cost, and the fewest that were accepted a second, with what they are to be."""
    most = max(median(pair.ours.milliseconds for pair in result.pairs) for result in results)
    fewest = min(median(pair.ours.rate for pair in result.pairs) for result in results)
    cheap = "reached" if most <= MILLISECONDS else "NOT reached"
    fast = "reached" if fewest >= RATE else "NOT reached"
    return f"processor at most {most:.1f} ms an answer ({MILLISECONDS:.0f} {cheap}); at least {fewest:.0f}/s ({RATE:.0f} {fast})"
