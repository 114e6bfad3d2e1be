"""What the methods of `alongside.science` take at the sizes that we promise, and how often a verdict is a false alarm."""

import argparse
import random
from collections.abc import Callable
from functools import partial
from statistics import NormalDist
from time import perf_counter

import numpy as np

from alongside.science import ballots, matching, pulse, scheduling, ties
from alongside.science.coherence import coherence_map
from alongside.science.permutation import tails
from alongside.science.tallies import Tally, from_answers

USUAL = (0.05, 0.12, 0.23, 0.40, 0.20)  # shares of the answers 1 to 5 in an ordinary school
RESPONSE = 0.7
STAFFS = ((12, 0.6), (30, 0.6), (30, 0.0))  # people, and how far their own answers go together from wave to wave


def main() -> int:
    """Print every figure; 1 when a verdict's promise against chance does not hold."""
    parser = argparse.ArgumentParser()
    for name in ("seed", "runs", "schools"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    rnd = random.Random(options.seed)
    _timed("exact change test, 60 + 60 answers", _test, "ms", 1000)
    counts = np.random.default_rng(options.seed).integers(0, 9, (1000, 12, 5, 5))
    _timed("coherence map, 1,000 × 12 × 5", lambda: coherence_map(counts))
    for schools in sorted({options.schools, *(size for size in (100, 300) if size < options.schools)}):
        rules = _round(rnd, schools)
        found = _timed(f"peer review, {schools} schools, 2 reviews each", partial(matching.peer_review, rules, 90))
        print(f"    gap {100 * found.gap:.2f}%")
    _timed("givers and takers, 1,000 schools × 5", lambda: matching.givers_and_takers(*_hours(rnd)))
    edges = [(i, j, rnd.randint(1, 99)) for i in range(1000) for j in range(i + 1, 1000) if rnd.random() < 0.033]
    _timed(f"co-coaching, 1,000 people, {len(edges):,} possible pairs", lambda: matching.best_pairs(edges))
    _programme(rnd)
    _votes(rnd)
    _network(rnd)
    return _false_alarms(rnd, options.runs)


def _timed[T](what: str, call: Callable[[], T], unit: str = "s", scale: float = 1) -> T:
    start = perf_counter()
    result = call()
    print(f"{what}: {scale * (perf_counter() - start):.2f} {unit}", flush=True)
    return result


def _test() -> object:
    return tails(Tally((3, 7, 14, 24, 12)), Tally((5, 11, 16, 20, 8)))


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


def _programme(rnd: random.Random) -> None:
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
    plan = _timed("programme, 40 sessions × 38 weeks × 12 schools", lambda: scheduling.schedule(own, 20, 0.02))
    print(f"    gap {100 * plan.gap:.2f}%")
    old = {session: (week, plan.host[session]) for session, week in plan.week.items()}
    hit = made([*closed, plan.week["20"]])
    plans = _timed(
        "replan, three alternatives", lambda: scheduling.alternatives(hit, old, 3, 2, today=5, seconds=6, gap=0.02)
    )
    print(f"    sessions changed {', '.join(str(len(each.changed)) for each in plans)}")


def _votes(rnd: random.Random) -> None:
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

    _timed(f"ballots, 40 issues × {len(votes):,} people, resampled", all_of_it)
    backed = {i: [issue for tier in vote.tiers for issue in tier] for i, vote in enumerate(votes)}
    cost = {issue: 10 + 5 * (i % 7) for i, issue in enumerate(issues)}
    _timed("equal shares of these, completed", lambda: ballots.equal_shares(cost, 200, backed, complete=True))


def _network(rnd: random.Random) -> None:
    drawn = ((i, (i + rnd.choice([1, 2, 3, 40, rnd.randrange(1, 999)])) % 1000) for i in range(1000) for _ in range(3))
    edges = sorted({(min(tie), max(tie)) for tie in drawn if 7 not in tie and tie[0] != tie[1]})

    def both() -> None:
        ties.network(range(1000), edges)
        ties.next_connection(range(1000), edges)

    _timed("network of 1,000 schools: summary and next connection", both)


def _false_alarms(rnd: random.Random, runs: int) -> int:
    """Share of staffs, whose views do not change, with a word at wave 5; promised are 1 in 20 and 1 in 200."""
    broken = 0
    for people, together in STAFFS:
        words = [_word(rnd, people, together) for _ in range(runs)]
        confirmed = words.count(pulse.Word.CONFIRMED) / runs
        watch = confirmed + words.count(pulse.Word.WATCH) / runs
        print(
            f"false alarms, {people} staff, answers going together {together}: watch {watch:.2%}, confirmed {confirmed:.2%}"
        )
        # three standard errors beyond what is promised
        broken += watch > 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5 or confirmed > 0.005 + 3 * (0.005 / runs) ** 0.5
    return int(broken > 0)


def _word(rnd: random.Random, people: int, together: float) -> pulse.Word:
    cuts = [NormalDist().inv_cdf(sum(USUAL[: k + 1])) for k in range(4)]
    views = [rnd.gauss(0, together**0.5) for _ in range(people)]
    waves = [
        from_answers(
            1 + sum(view + rnd.gauss(0, (1 - together) ** 0.5) > cut for cut in cuts)
            for view in views
            if rnd.random() < RESPONSE
        )
        for _ in range(5)
    ]
    return pulse.verdict(waves, [people] * 5).word


if __name__ == "__main__":
    raise SystemExit(main())
