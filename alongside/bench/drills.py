"""kill -9 of the web, the worker and the database while people answer and waves close: nothing is lost or doubled.

A real web server, a real worker and a real database; short waves that close and are sealed during the drill, two long
ones that most people answer. Killed are whole processes with all their children, at random moments, many of them in
the middle of a seal. At the end every acknowledged answer must be stored exactly once.
"""

import argparse
import os
import random
import signal
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from alongside.bench import ledger, processes, servers
from alongside.bench.clients import Crowd, Told, Wave
from alongside.bench.ledger import Faults
from alongside.bench.places import Away, Place, Stage, place, stage
from alongside.bench.processes import Process
from alongside.kit.errors import Refused

WHAT = ("web", "worker", "database")
CLUSTERS, SCHOOLS, STAFF = 16, 2, 60
WAVES_OF_CLUSTER = 10  # its schools have room for a dozen in the question budget of a year
OTHERS, OTHERS_STAFF = 8, 900
SHORT = 2.5  # seconds that a short wave is open
RECOVERS_WITHIN = 60.0  # seconds until the web answers again, by itself, after the database was killed
SEALED_WITHIN = 240.0  # seconds after the last kill: interrupted tasks run again when their lock has lapsed
LAST_KILLS = 4  # of the worker, in the middle of the long waves' seals


@dataclass(slots=True)
class Drill:
    """Everything that runs during a drill."""

    place: Place
    web: servers.Web
    worker: Process
    stage: Stage
    crowd: Crowd
    clusters: int = CLUSTERS
    faults: Faults = field(default_factory=Faults)
    kills: Counter[str] = field(default_factory=Counter)
    cut_short: Counter[str] = field(default_factory=Counter)  # state of the wave whose seal the kill interrupted
    short: list[Wave] = field(default_factory=list)
    long: list[Wave] = field(default_factory=list)

    def open_long(self, pulse: str) -> None:
        """A wave of the whole network that stays open until the drill ends."""
        self.long.append(self._open(pulse, 86_400.0, ""))

    def open_short(self) -> None:
        """A wave of one cluster that closes in a moment, in a series that has none at work."""
        for number in range(len(self.short), len(self.short) + 2 * self.clusters):
            pulse, cluster = ("well", "lead")[number // self.clusters % 2], f"Cluster {number % self.clusters + 1}"
            with suppress(Refused):  # its last wave is not sealed yet, or the database is just coming back
                self.short.append(self._open(pulse, SHORT, cluster))
                return

    def _open(self, pulse: str, seconds: float, cluster: str) -> Wave:
        file = self.place.folder.parent / "tokens"
        said = self.stage.ask("open", pulse=pulse, seconds=seconds, cluster=cluster, file=str(file))
        wave = Wave(said["wave"], said["items"], said["comments"], said["closes_at"])
        self.crowd.invite(wave, file.read_text().split())
        return wave

    def kill(self, what: str) -> None:
        """One kill at a random moment, and back to work."""
        if not self.short or self.short[-1].closes_at < time.time():
            self.open_short()
        if what == "worker":
            self._kill_worker(self.short[-1])
        elif what == "web":
            time.sleep(random.uniform(0.1, 0.8))
            self._kill_web()
        else:
            time.sleep(random.uniform(0.1, 0.8))
            self._kill_database()
        self.kills[what] += 1
        self.faults.add(ledger.snapshot(self.place))

    def _kill_web(self) -> None:
        """The whole web server, or only one of the processes that it has started."""
        below = processes.below(self.web.process.pid)[1:]
        if below and random.random() < 0.5:
            with suppress(ProcessLookupError):
                os.kill(random.choice(below), signal.SIGKILL)
            self._wait_for_web()
        else:
            self.web.process.kill()
            self.web.start()

    def _kill_database(self) -> None:
        server = self.place.server
        if server is None or server.own is None:
            raise Refused("Only a database of our own can be killed.")
        server.kill()
        server.restart()
        self._wait_for_web()
        with suppress(Away):
            self.stage.ask("awake")
        if self.worker.ended:  # as `alongside worker` does
            self.worker.start()

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + RECOVERS_WITHIN
        while not self.web.ready():
            if time.monotonic() > deadline:
                raise Refused(
                    f"The web did not answer again within {RECOVERS_WITHIN:.0f} s; see {self.web.process.log}."
                )
            time.sleep(0.02)

    def _kill_worker(self, wave: Wave, at_most: float = 0.06) -> None:
        """The worker, most often in the middle of this wave's seal: before its release is stored, or after it."""
        before = random.choice(({"open"}, {"open", "closed"}))
        deadline = wave.closes_at + 3
        while time.time() < deadline and ledger.states(self.place)[wave.pk] in before:
            time.sleep(0.002)
        time.sleep(random.uniform(0, at_most))
        self.worker.kill()
        state = ledger.states(self.place)[wave.pk]
        if state in {"closed", "published"}:
            self.cut_short[state] += 1
        self.worker.start()

    def close_long(self, kills: int) -> None:
        """Close the long waves, one after the other, and kill the worker while it seals them."""
        for number, wave in enumerate(self.long):
            with suppress(Away):  # the first request after a kill may only find out that the database was away
                self.stage.ask("close", wave=wave.pk)
            self.stage.ask("close", wave=wave.pk)  # twice is once
            wave.closes_at = time.time()
            for _ in range(kills // len(self.long) + (number < kills % len(self.long))):
                self._kill_worker(wave, at_most=0.5)
                self.kills["worker"] += 1

    def wait_for_seals(self) -> None:
        """Until the worker has sealed every wave, without hands."""
        deadline = time.monotonic() + SEALED_WITHIN
        while set(ledger.states(self.place).values()) != {"sealed"}:
            if self.worker.ended:
                self.worker.start()
            if time.monotonic() > deadline:
                raise Refused(f"Not all waves were sealed within {SEALED_WITHIN:.0f} s: {ledger.states(self.place)}")
            time.sleep(0.2)

    def check(self, waves: list[Wave], *, sealed: bool) -> None:
        """Add what is wrong with these waves to the faults."""
        of = ledger.of_sealed if sealed else ledger.of_open
        for wave in waves:
            tickets = [ticket for ticket in self.crowd.tickets if ticket.wave.pk == wave.pk]
            self.faults.add(of(self.place, wave.pk, tickets))


def run(options: argparse.Namespace) -> int:
    """Drill each database; 0 when nothing was lost, doubled or spent without an answer."""
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    random.seed(seed)
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    faults, kills = Faults(), 0
    for kind in kinds:
        with place(kind, named_server=options.postgres, folder=options.folder) as made:
            done = _drill(made, options)
            faults.add(done.faults)
            kills += done.kills.total()
    print(f"Drills: {kills} kills (seed {seed}): {faults}.")
    return 1 if faults else 0


def _drill(made: Place, options: argparse.Namespace) -> Drill:
    plan = _plan(made, options)
    clusters = max(CLUSTERS, -(-len(plan) // WAVES_OF_CLUSTER))
    began = time.monotonic()
    with ExitStack() as stack:
        inside = stack.enter_context(stage(made))
        inside.ask("found", clusters=clusters, schools=SCHOOLS, staff=STAFF, others=OTHERS, others_staff=OTHERS_STAFF)
        web = stack.enter_context(servers.alongside(made, made.usual_workers, 8))
        worker = servers.worker(made)
        stack.callback(worker.stop)
        worker.start()
        crowd = Crowd(web.listener.getsockname()[:2], options.clients)
        drill = Drill(made, web, worker, inside, crowd, clusters)
        _play(drill, plan, stack)
    _report(drill, time.monotonic() - began)
    return drill


def _plan(made: Place, options: argparse.Namespace) -> list[str]:
    """What is killed, in which order; the database only where it is a process of ours."""
    own = made.server is not None and made.server.own is not None
    plan = [options.what[number % len(options.what)] for number in range(options.kills)]
    if "database" in options.what and not own:
        why = "it is no process of its own" if made.kind == "sqlite" else "the server is not ours"
        print(f"{made.label}: in place of the database the web is killed, because {why}.")
        plan = ["web" if what == "database" else what for what in plan]
    random.shuffle(plan)
    return plan


def _play(drill: Drill, plan: list[str], stack: ExitStack) -> None:
    for pulse in ("well", "lead"):
        drill.open_long(pulse)
    drill.crowd.start()
    stack.callback(drill.crowd.stop)
    last = min(LAST_KILLS, plan.count("worker"))
    for _ in range(last):
        plan.remove("worker")
    for number, what in enumerate(plan, start=1):
        drill.kill(what)
        if number % 10 == 0:
            print(f"  {drill.place.label}: {number} kills, {drill.crowd.posts:,} posts, {drill.faults}", flush=True)
    drill.crowd.stop()
    drill.check(drill.long, sealed=False)
    drill.close_long(last)
    drill.wait_for_seals()
    drill.check(drill.long + drill.short, sealed=True)


def _report(drill: Drill, seconds: float) -> None:
    told = Counter(ticket.told for ticket in drill.crowd.tickets)
    kills = ", ".join(f"{what} {count}" for what, count in sorted(drill.kills.items()))
    print(
        f"{drill.place.label}: {drill.kills.total()} kills ({kills}) in {seconds:.0f} s; {drill.crowd.posts:,} posts over "
        f"{len(drill.long) + len(drill.short)} waves: {told[Told.ACKNOWLEDGED]:,} acknowledged, {told[Told.UNKNOWN]:,} "
        f"without a reply, {told[Told.REFUSED]:,} told that the wave had closed. Seals cut short: "
        f"{drill.cut_short['closed']} before the release was stored, {drill.cut_short['published']} after it; "
        f"{list(ledger.states(drill.place).values()).count('sealed')} waves are sealed."
    )
    if drill.crowd.strange:
        print(f"  Replies that nobody should get: {dict(drill.crowd.strange)}")
    print(f"  {drill.faults}.", flush=True)
