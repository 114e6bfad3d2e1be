"""What the methods take at the sizes that we promise: the median of several runs, between which it lay, and what to reach."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np

from alongside.bench.figures import spread
from alongside.science import ballots, matching, scheduling, ties
from alongside.science.coherence import coherence_map
from alongside.science.permutation import tails
from alongside.science.tallies import Tally

ROUNDS = {100: 2, 300: 15, 1000: 90}  # schools in a round of peer review → seconds
GAPS = {"peer review": 1, "programme": 2}  # percent that may stay unproven


@dataclass(frozen=True, slots=True)
class Clock:
    """Runs each method so many times and prints what they took beside what is to be reached."""

    times: int

    def timed[T](self, what: str, call: Callable[[], T], most: float | None = None, unit: str = "s") -> T:
        """Print a row; the result of the last run. most: in the unit, "s" or "ms"; None where nothing is promised."""
        taken = list[float]()
        for _ in range(self.times):
            start = perf_counter()
            result = call()
            taken.append((perf_counter() - start) * (1000 if unit == "ms" else 1))
        print(f"{what}: {spread(taken, 2)} {unit}{_to_reach(median(taken), most, unit)}", flush=True)
        return result


def measure(seed: int, schools: int, times: int) -> None:
    """Print what each method takes, `times` times on the same input."""
    rnd, clock = random.Random(seed), Clock(times)
    print(f"median (lowest–highest) of {times}")
    clock.timed("exact change test, 60 + 60 answers", _test, 2, "ms")
    counts = np.random.default_rng(seed).integers(0, 9, (1000, 12, 5, 5))
    clock.timed("coherence map, 1,000 schools × 12 statements × 5 perspectives", lambda: coherence_map(counts), 1)
    for size in sorted({schools, *(size for size in ROUNDS if size < schools)}):
        _reviews(rnd, clock, size)
    offers, needs, fit = _hours(rnd)
    help_found = partial(matching.givers_and_takers, offers, needs, fit)
    clock.timed("givers and takers, 1,000 schools × 5 dimensions", help_found, 5)
    edges = [(i, j, rnd.randint(1, 99)) for i in range(1000) for j in range(i + 1, 1000) if rnd.random() < 0.033]
    clock.timed(f"co-coaching, 1,000 people, {len(edges):,} possible pairs", lambda: matching.best_pairs(edges), 1)
    _programme(rnd, clock)
    _votes(rnd, clock)
    _network(rnd, clock)


def _to_reach(figure: float, most: float | None, unit: str) -> str:
    if most is None:
        return ""
    return f"; to reach {most:g} {unit}{'' if figure <= most else ', NOT REACHED'}"


def _gap(what: str, gap: float) -> None:
    print(f"    gap {100 * gap:.2f}%{_to_reach(100 * gap, GAPS[what], '%')}", flush=True)


def _test() -> object:
    return tails(Tally((3, 7, 14, 24, 12)), Tally((5, 11, 16, 20, 8)))


def _reviews(rnd: random.Random, clock: Clock, schools: int) -> None:
    rules = _round(rnd, schools)
    what = f"peer review, {schools:,} schools, 2 reviews each"
    _gap("peer review", clock.timed(what, partial(matching.peer_review, rules, 90), ROUNDS.get(schools)).gap)


def _round(rnd: random.Random, schools: int) -> matching.Rules[int]:
    places = [(rnd.uniform(0, 150), rnd.uniform(0, 150)) for _ in range(schools)]
    apart = [[round(((a - c) ** 2 + (b - d) ** 2) ** 0.5, 1) for c, d in places] for a, b in places]
    last = [(i, (i + 1) % schools) for i in range(schools)]
    return matching.Rules.of(range(schools), 2, apart, [(0, 1)], last, [rnd.choice("pps") for _ in range(schools)])


type Hours = dict[int, dict[int, int]]


def _hours(rnd: random.Random) -> tuple[Hours, Hours, dict[tuple[int, int, int], float]]:
    offers, needs = ({d: {i: rnd.randint(0, 20) for i in range(1000)} for d in range(5)} for _ in range(2))
    arcs = ((d, rnd.randrange(1000), taker) for d in range(5) for taker in range(1000) for _ in range(12))
    return offers, needs, {arc: float(rnd.randint(1, 100)) for arc in arcs if arc[1] != arc[2]}


def _programme(rnd: random.Random, clock: Clock) -> None:
    groups = [f"school {i:02}" for i in range(12)]
    travel = {a: {b: float(rnd.randint(1, 60)) if a != b else 0.0 for b in groups} for a in groups}
    sessions = [
        scheduling.Session(
            f"{i:02}", tuple(rnd.sample(groups, rnd.choice([2, 3, 4, 6]) if i % 5 else 12)), i * 38 // 40
        )
        for i in range(40)
    ]
    away = {group: rnd.sample(range(38), 3) for group in groups}
    after = [(f"{i:02}", f"{i + 4:02}", 2) for i in range(0, 36, 4)]

    def made(closed: list[int]) -> scheduling.Programme[str]:
        return scheduling.Programme.of(sessions, 38, groups, travel, closed, away, away, after)

    own, closed = made([7, 15, 16, 24, 25]), [7, 15, 16, 24, 25]
    plan = clock.timed(
        "programme schedule, 40 sessions × 38 weeks × 12 schools", lambda: scheduling.schedule(own, 20, 0.02), 60
    )
    _gap("programme", plan.gap)
    old = {session: (week, plan.host[session]) for session, week in plan.week.items()}
    hit = made([*closed, plan.week["20"]])
    plans = clock.timed(
        "replan after one disruption, three alternatives",
        lambda: scheduling.alternatives(hit, old, 3, 2, today=5, seconds=6, gap=0.02),
        60,
    )
    print(f"    sessions changed {', '.join(str(len(each.changed)) for each in plans)}", flush=True)


def _votes(rnd: random.Random, clock: Clock) -> None:
    issues = [f"issue {i:02}" for i in range(40)]
    worth = {issue: rnd.gauss(0, 1) for issue in issues}
    groups = [
        (school, place) for school in range(12) for place, n in (("staff", 117), ("pupils", 300)) for _ in range(n)
    ]
    votes = [
        ballots.ballot(sorted(issues, key=lambda issue: -worth[issue] - rnd.gauss(0, 1.2))[:5])
        for _ in range(len(groups))
    ]

    def all_of_it() -> None:
        ballots.rank(issues, votes)
        ballots.certainty(issues, votes, groups)

    clock.timed(f"ballots, 40 issues × {len(votes):,} people, resampling included", all_of_it, 5)
    backed = {i: [issue for tier in vote.tiers for issue in tier] for i, vote in enumerate(votes)}
    cost = {issue: 10 + 5 * (i % 7) for i, issue in enumerate(issues)}
    clock.timed("equal shares of these, completed", lambda: ballots.equal_shares(cost, 200, backed, complete=True))


def _network(rnd: random.Random, clock: Clock) -> None:
    drawn = ((i, (i + rnd.choice([1, 2, 3, 40, rnd.randrange(1, 999)])) % 1000) for i in range(1000) for _ in range(3))
    edges = sorted({(min(tie), max(tie)) for tie in drawn if 7 not in tie and tie[0] != tie[1]})

    def both() -> None:
        ties.network(range(1000), edges)
        ties.next_connection(range(1000), edges)

    clock.timed("network of 1,000 schools, summary and next connection", both, 10)
