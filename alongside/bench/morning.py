"""A Monday morning: ten thousand staff answer within ten minutes, half of them within one, while dashboards are open.

The real server and worker. People come when they come: each look and each sending has its moment, drawn beforehand, and is
timed from that moment on, so that a slow server cannot slow its own clock. Beside them heads, chairs and officers look at the
results of earlier waves, again and again.
"""

import argparse
import http.client
import random
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alongside.bench import servers
from alongside.bench.figures import machine, percentile, spread
from alongside.bench.places import Place, Stage, place, stage
from alongside.bench.processes import processor_seconds

P95, P99 = 500.0, 1000.0  # milliseconds
ANSWERED = "Your answers are in"
THINKS = (2.0, 20.0)  # seconds between looking and sending
STAFF = 50  # of a school
EARLIER = 4  # waves whose results are looked at
TIMEOUT = 30.0
WARM_UPS = 5


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """When somebody looks at the form, or sends it. at: seconds from the beginning."""

    at: float
    path: str
    sends: bool


@dataclass(slots=True)
class Seen:
    """What clients met. Milliseconds from the moment on which it was due."""

    looks: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    acknowledged: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def answering(self) -> list[float]:
        return [*self.looks, *self.sent]


@dataclass(frozen=True, slots=True)
class Morning:
    """What one morning came to."""

    seen: Seen
    stored: int
    locked: int  # times that the web wrote of a locked database
    processor: float  # ms an answer: web, worker and a database of ours


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when everybody's answer was acknowledged and is stored, once, however long it took."""
    print(machine(), flush=True)
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    said, wrong = [], False
    for kind in kinds:
        mornings = [_morning(kind, options) for _ in range(options.runs)]
        wrong |= any(_is_wrong(one, options.people) for one in mornings)
        said.append(_summary(kind, mornings))
    print(f"Morning of {options.people:,} people in {options.seconds:,} s: {'; '.join(said)}.")
    return int(wrong)


def _is_wrong(one: Morning, people: int) -> bool:
    return bool(one.seen.errors) or one.locked > 0 or not one.stored == one.seen.acknowledged == people


def _morning(kind: str, options: argparse.Namespace) -> Morning:
    with place(kind, named_server=options.postgres, folder=options.folder) as made, ExitStack() as stack:
        inside = stack.enter_context(stage(made))
        wave, looked_at = _prepared(inside, made, options)
        moments = schedule(wave, _tokens(made, options.people), options)
        web = stack.enter_context(servers.alongside(made, made.usual_workers, options.threads))
        worker = servers.worker(made)
        stack.callback(worker.stop)
        worker.start()
        own = made.server.own if made.server else None
        roots = (web.process.pid, worker.pid, own.process.pid if own and own.process else 0)
        besieged = Besieged(web.listener.getsockname()[:2], moments, wave["items"], looked_at, options)
        besieged.warm_up(moments[0].path)
        before = processor_seconds(*roots)
        seen = besieged.play()
        used = processor_seconds(*roots) - before
        done = Morning(
            seen,
            _stored(made, wave["wave"]),
            servers.lock_errors(web.process.log, worker.log),
            1000 * used / options.people,
        )
        _print(made.label, done, options)
        return done


def _prepared(inside: Stage, made: Place, options: argparse.Namespace) -> tuple[dict[str, Any], dict[str, Any]]:
    """A network with results of earlier waves and one wave that is open; who looks at the results, and where."""
    schools = -(-options.people // STAFF)
    inside.ask("found", clusters=-(-schools // 10), schools=10, staff=STAFF)
    inside.ask("past", pulse="lead", waves=EARLIER, answers=30, invited=STAFF, verdicts=1)
    looked_at = inside.ask("cast")
    return inside.ask("open", pulse="well", seconds=86_400, file=str(_file(made))), looked_at


def _file(made: Place) -> Path:
    return made.folder.parent / "tokens"


def _tokens(made: Place, people: int) -> list[str]:
    return _file(made).read_text().split()[:people]


def schedule(wave: Mapping[str, Any], tokens: Sequence[str], options: argparse.Namespace) -> list[Moment]:
    """Each person's two moments: as many a second as `--peak` in one tenth of the time, the others spread over the rest."""
    dice, tenth = random.Random(options.seed), options.seconds / 10
    rush = min(len(tokens), round(options.peak * tenth))
    begins = 5 * tenth
    moments = []
    for number, token in enumerate(tokens):
        at = dice.uniform(0, 9 * tenth)
        comes = begins + dice.uniform(0, tenth) if number < rush else at if at < begins else at + tenth
        path = f"/a/{wave['wave']}/{token}"
        moments += [Moment(comes, path, False), Moment(comes + dice.uniform(*THINKS), path, True)]
    return sorted(moments)


class Besieged:
    """Clients that do what is due at each moment, and dashboards beside them."""

    def __init__(
        self,
        address: tuple[str, int],
        moments: Sequence[Moment],
        items: Sequence[str],
        looked_at: Mapping[str, Any],
        options: argparse.Namespace,
    ) -> None:
        self._address, self._moments, self._options = address, iter(moments), options
        self._body = urllib.parse.urlencode(dict.fromkeys(items, "4"))
        self._sessions, self._pages = looked_at["sessions"], list(looked_at["pages"].values())
        self._seen, self._lock, self._over = Seen(), threading.Lock(), threading.Event()

    def warm_up(self, token: str) -> None:
        """Every process of the server has answered before: on a Monday morning it has run for days. Nothing is noted."""
        for who, path in [*self._pages, ("", token)] * WARM_UPS:
            self._ask("GET", path, {"Cookie": f"session={self._sessions[who]}"} if who else {})

    def play(self) -> Seen:
        """From the first moment to the last reply."""
        began = time.monotonic()
        clients = [threading.Thread(target=self._answer, args=[began]) for _ in range(self._options.clients)]
        boards = [threading.Thread(target=self._watch, args=[n]) for n in range(self._options.dashboards)]
        for thread in (*clients, *boards):
            thread.start()
        for thread in clients:
            thread.join()
        self._over.set()
        for thread in boards:
            thread.join()
        return self._seen

    def _answer(self, began: float) -> None:
        while moment := self._next():
            due = began + moment.at
            time.sleep(max(0.0, due - time.monotonic()))
            if moment.sends:
                self._note(self._seen.sent, due, "POST", moment.path, 200, ANSWERED)
            else:
                self._note(self._seen.looks, due, "GET", moment.path, 200, "<fieldset")

    def _next(self) -> Moment | None:
        with self._lock:
            return next(self._moments, None)

    def _watch(self, number: int) -> None:
        """One dashboard: a page, a few seconds, the next page."""
        for who, path in (self._pages * 10_000)[number:]:
            if self._over.wait(random.uniform(0.5, 1.5) * self._options.every):
                return
            cookie = {"Cookie": f"session={self._sessions[who]}"}
            self._note(self._seen.pages, time.monotonic(), "GET", path, 200, "</html>", cookie)

    def _note(
        self,
        times: list[float],
        due: float,
        method: str,
        path: str,
        status: int,
        sign: str,
        more: Mapping[str, str] = {},
    ) -> None:
        said = self._ask(method, path, more)
        milliseconds = 1000 * (time.monotonic() - due)
        with self._lock:
            times.append(milliseconds)
            if said[0] != status or sign not in said[1]:
                self._seen.errors[f"{method} {said[0]}"] += 1
            elif sign == ANSWERED:
                self._seen.acknowledged += 1

    def _ask(self, method: str, path: str, more: Mapping[str, str]) -> tuple[object, str]:
        """Status and page; instead of a status, what went wrong on the way."""
        connection = http.client.HTTPConnection(*self._address, timeout=TIMEOUT)
        form = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        try:
            connection.request(method, path, self._body if form else None, {**form, **more})
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__, ""
        finally:
            connection.close()


def _stored(made: Place, wave: int) -> int:
    """Answers that are stored; no more and no fewer than tickets that are used."""
    answers = int(made.rows(f"SELECT count(*) FROM surveys_answer WHERE wave_id = {wave}")[0][0])
    used = int(made.rows(f"SELECT count(*) FROM surveys_ticket WHERE wave_id = {wave} AND used")[0][0])
    return answers if answers == used else -abs(answers - used)


def _print(label: str, done: Morning, options: argparse.Namespace) -> None:
    seen = done.seen
    for name, times in (("looking", seen.looks), ("sending", seen.sent), ("dashboards beside", seen.pages)):
        shares = ", ".join(f"p{share} {percentile(times, share):.0f}" for share in (50, 95, 99, 100))
        print(f"  {label}, {name}: {len(times):,} requests, {shares} ms")
    print(
        f"  {label}: acknowledged {seen.acknowledged:,} of {options.people:,}, stored {done.stored:,}, errors "
        f"{dict(seen.errors) or 0}, locked {done.locked}; processor {done.processor:.1f} ms an answer, pages beside included",
        flush=True,
    )


def _summary(kind: str, mornings: Sequence[Morning]) -> str:
    label = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[kind]
    p95, p99 = ([percentile(one.seen.answering, share) for one in mornings] for share in (95, 99))
    reached = "reached" if max(p95) <= P95 and max(p99) <= P99 else "NOT reached"
    stored = ", ".join(f"{one.stored:,}" for one in mornings)
    return (
        f"{label} p95 {spread(p95)} ms, p99 {spread(p99)} ms ({P95:.0f} and {P99:.0f} {reached}), "
        f"ratio of p95 to its limit {max(p95) / P95:.2f}; stored {stored}; errors "
        f"{sum(one.seen.errors.total() for one in mornings)}, locked {sum(one.locked for one in mornings)}"
    )
