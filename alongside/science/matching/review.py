"""Peer review: which school reviews which, and why this one and not that one."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from alongside.science.errors import (
    Infeasible,
    require_known,
)
from alongside.science.matching.lifting import smallest_to_lift
from alongside.science.matching.model import Arcs, Solved, solve
from alongside.science.matching.rules import ALL_ARCS_UP_TO, NEAREST, Pair, Rules, candidates, most_given
from alongside.science.results import Result, counted, in_words
from alongside.science.solving import solver

MOST_COUNTED = 100_000

type Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review[Id: Hashable](Result):
    """A round. value: travel in all, in the unit of distance; low: the proven bound. n: schools.

    pairs: (reviewing, reviewed). imbalance, repeats, cross_phase, travel: the tiers, each as small as those before allow.
    gap: how far travel may be from the best, as a share of it.
    """

    pairs: tuple[Pair[Id], ...]
    imbalance: int
    repeats: int
    cross_phase: int
    travel: float
    gap: float

    @property
    def tiers(self) -> tuple[int, int, int, float]:
        """Imbalance, repeats, reviews across phases, travel: smaller is better, the first counts most."""
        return self.imbalance, self.repeats, self.cross_phase, self.travel


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation[Id: Hashable](Result):
    """Why a pair, or why not. value: what it costs in travel, 0 if nothing; None when it cannot be. n: schools.

    forced, forbidden: tiers with and without the pair; forced is None when a rule stands against it.
    """

    pair: Pair[Id]
    forced: tuple[int, int, int, float] | None
    forbidden: tuple[int, int, int, float] | None


def schools_short(schools: int, reviews: int) -> int:
    """How many schools are missing for each to be reviewed `reviews` times, nobody by those they review: 2r + 1 are needed."""
    return max(0, 2 * reviews + 1 - schools)


def peer_review[Id: Hashable](rules: Rules[Id], seconds: float = 60.0, progress: Progress | None = None) -> Review[Id]:
    """The best round: least imbalance, then fewest repeats, fewest across phases, least travel.

    Up to 60 schools over all arcs and proven; above over each school's nearest, within 1%. progress is told each tier.
    Raises Infeasible with the rules that stand in the way. Source: integer program, HiGHS, tier by tier.
    """
    short = schools_short(len(rules.schools), rules.reviews)
    if short:
        raise Infeasible(
            f"{counted(rules.reviews, 'review')} of each school need {2 * rules.reviews + 1} schools",
            (f"{counted(short, 'school')} more, or fewer reviews",),
        )
    nearest = NEAREST
    while True:
        arcs = candidates(rules, nearest)
        solved = solve(arcs, rules.reviews, most_given(rules), seconds, progress)
        if solved is not None:
            return _review(rules, arcs, solved)
        if nearest >= len(rules.schools) or len(rules.schools) <= ALL_ARCS_UP_TO:
            raise _infeasible(rules, nearest, seconds)
        nearest *= 2


def explain[Id: Hashable](rules: Rules[Id], pair: Pair[Id], seconds: float = 60.0) -> Explanation[Id]:
    """Why this pair, or why not: the best round with the pair, and without it. Raises UnknownId, Infeasible as `peer_review`."""
    require_known("school", pair, set(rules.schools))
    best, arcs = peer_review(rules, seconds), candidates(rules, len(rules.schools))
    place = {school: i for i, school in enumerate(rules.schools)}
    arc = arcs.index((place[pair[0]], place[pair[1]]))
    tiers: list[tuple[int, int, int, float] | None] = []
    for value in (1, 0):
        if arc is None:
            tiers.append(None if value else best.tiers)
            continue
        solved = solve(arcs, rules.reviews, most_given(rules), seconds, None, {arc: value})
        tiers.append(None if solved is None else _review(rules, arcs, solved).tiers)
    forced, forbidden = tiers
    chosen = pair in best.pairs
    other = forbidden if chosen else forced
    return Explanation(
        value=None if other is None else other[3] - best.travel,
        n=len(rules.schools),
        method="solved again with and without the pair",
        sentence=_why(pair, chosen, best.tiers, other),
        reasons=(_rule_against(rules, pair),) if arc is None else (),
        not_claimed=("That the schools suit each other.",),
        pair=pair,
        forced=forced,
        forbidden=forbidden,
    )


def count_reviews[Id: Hashable](rules: Rules[Id], tiers: Sequence[float] | None = None) -> int:
    """How many rounds keep all rules and, if tiers are given, reach exactly these; up to 100,000 are counted.

    For small networks. Distances must be whole numbers. Source: CP-SAT, all solutions.
    """
    arcs, n = candidates(rules, len(rules.schools)), len(rules.schools)
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in arcs.pairs]
    for school in range(n):
        model.add(sum(v for v, (_, j) in zip(x, arcs.pairs, strict=True) if j == school) == rules.reviews)
        model.add(sum(v for v, (i, _) in zip(x, arcs.pairs, strict=True) if i == school) <= most_given(rules))
    for one, other in arcs.reciprocal():
        model.add(x[one] + x[other] <= 1)
    if tiers is not None:
        _hold_tiers(model, x, arcs, rules.reviews, n, tiers)
    counter = _Counter()
    solver(every=True).solve(model, counter)
    return counter.found


class _Counter(cp_model.CpSolverSolutionCallback):
    def __init__(self) -> None:
        super().__init__()
        self.found = 0

    def on_solution_callback(self) -> None:
        self.found += 1
        if self.found >= MOST_COUNTED:
            self.stop_search()


def _hold_tiers(
    model: cp_model.CpModel, x: list[cp_model.IntVar], arcs: Arcs, reviews: int, n: int, tiers: Sequence[float]
) -> None:
    off = [model.new_int_var(0, n, "") for _ in range(n)]
    for school in range(n):
        given = sum(v for v, (i, _) in zip(x, arcs.pairs, strict=True) if i == school)
        model.add_abs_equality(off[school], given - reviews)
    model.add(sum(off) == int(tiers[0]))
    for costs, value in zip((arcs.repeat, arcs.cross, arcs.travel), tiers[1:], strict=True):
        model.add(sum(round(float(c)) * v for c, v in zip(costs, x, strict=True)) == round(value))


def _review[Id: Hashable](rules: Rules[Id], arcs: Arcs, solved: Solved) -> Review[Id]:
    chosen = [arcs.pairs[a] for a in solved.chosen]
    given = np.bincount([i for i, _ in chosen], minlength=arcs.n)
    travel = sum(sorted(rules.distance[i][j] for i, j in chosen))
    repeats, across = int(arcs.repeat[list(solved.chosen)].sum()), int(arcs.cross[list(solved.chosen)].sum())
    proven = "proven the least" if solved.gap <= 1e-6 else f"within {in_words(100 * solved.gap, 1)}% of the least"
    return Review(
        value=travel,
        low=travel * (1 - solved.gap),
        n=arcs.n,
        method="integer program, tier by tier",
        sentence=(
            f"{counted(arcs.n, 'school')}, each reviewed by {rules.reviews}; {counted(repeats, 'repeat')}; "
            f"{in_words(travel, 0)} of travel in all, {proven}."
        ),
        reasons=("Balance counts before repeats, repeats before phase, phase before travel.",)
        + (() if arcs.n <= ALL_ARCS_UP_TO else ("Only each school's nearest others were considered.",)),
        not_claimed=("That no other round is as good.",),
        pairs=tuple((rules.schools[i], rules.schools[j]) for i, j in chosen),
        imbalance=int(np.abs(given - rules.reviews).sum()),
        repeats=repeats,
        cross_phase=across,
        travel=travel,
        gap=solved.gap,
    )


def _infeasible[Id: Hashable](rules: Rules[Id], nearest: int, seconds: float) -> Infeasible:
    lifted = smallest_to_lift(rules, nearest, seconds)
    if not lifted:
        return Infeasible("no round was found in the time given", ("more time",))
    return Infeasible("no round keeps all rules; it would if these gave way", lifted)


def _rule_against[Id: Hashable](rules: Rules[Id], pair: Pair[Id]) -> str:
    if pair[0] == pair[1]:
        return "A school does not review itself."
    if frozenset(pair) in rules.conflicts:
        return "The two must not meet: that would have to be lifted."
    return "It is beyond the furthest distance: that would have to be lifted."


def _why[Id: Hashable](
    pair: Pair[Id], chosen: bool, best: tuple[int, int, int, float], other: tuple[int, int, int, float] | None
) -> str:
    named = f"{pair[0]} reviewing {pair[1]}"
    if other is None:
        return f"Without {named} no round keeps all rules." if chosen else f"{named} cannot be."
    names = ("imbalance", "repeats", "reviews across phases", "travel")
    worse = next(((name, b - a) for name, a, b in zip(names, best, other, strict=True) if b > a + 1e-6), None)
    if worse is None:
        return f"{named} could as well be {'left out' if chosen else 'chosen'}: another round is as good."
    return f"{'Without' if chosen else 'With'} {named} there would be {in_words(worse[1])} more {worse[0]}."
