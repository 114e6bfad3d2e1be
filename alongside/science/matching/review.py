"""Peer review: which school reviews which, and why this one and not that one."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from alongside.science.errors import (
    Infeasible,
    NotACount,
    UnequalScales,
    require_known,
    require_numbers,
    require_once,
)
from alongside.science.matching.model import Arcs, Solved, solve
from alongside.science.results import Result, by_id, counted, in_words
from alongside.science.solving import solver

ALL_ARCS_UP_TO = 60  # schools up to which every arc is a candidate
NEAREST = 15
MOST_COUNTED = 100_000

type Pair[Id: Hashable] = tuple[Id, Id]
type Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rules[Id: Hashable]:
    """What a round of peer review must keep. Pairs are (reviewing, reviewed).

    reviews: by how many each school is reviewed. distance: schools × schools, km or minutes, in the order of schools.
    conflicts: pairs that must not meet, either way. last: reviews of the last years, not to be repeated. phase: per school,
    or None. most: reviews a school may give, reviews + 1 if not said. furthest: no review beyond, if said.
    """

    schools: tuple[Id, ...]
    reviews: int
    distance: tuple[tuple[float, ...], ...]
    conflicts: frozenset[frozenset[Id]] = frozenset()
    last: frozenset[Pair[Id]] = frozenset()
    phase: tuple[Hashable, ...] | None = None
    most: int | None = None
    furthest: float | None = None

    @classmethod
    def of(
        cls,
        schools: Sequence[Id],
        reviews: int,
        distance: Sequence[Sequence[float]],
        conflicts: Iterable[Iterable[Id]] = (),
        last: Iterable[Iterable[Id]] = (),
        phase: Sequence[Hashable] | None = None,
        most: int | None = None,
        furthest: float | None = None,
    ) -> "Rules[Id]":
        """Rules from plain lists, put in order of the schools' names so that the order given decides nothing.

        Raises DuplicateId, UnknownId, UnequalScales, NotANumber, NotACount.
        """
        order = _checked_order(schools, reviews, distance, phase)
        meet = frozenset(frozenset(pair) for pair in conflicts)
        before = frozenset((one, other) for one, other in last)
        require_known("school", [s for pair in [*meet, *before] for s in pair], set(schools))
        return cls(
            tuple(schools[i] for i in order),
            reviews,
            tuple(tuple(distance[i][j] for j in order) for i in order),
            meet,
            before,
            None if phase is None else tuple(phase[i] for i in order),
            most,
            furthest,
        )


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
        arcs = _arcs(rules, nearest)
        solved = solve(arcs, rules.reviews, _most(rules), seconds, progress)
        if solved is not None:
            return _review(rules, arcs, solved)
        if nearest >= len(rules.schools) or len(rules.schools) <= ALL_ARCS_UP_TO:
            raise Infeasible("no round keeps all rules", _in_the_way(rules, seconds))
        nearest *= 2


def explain[Id: Hashable](rules: Rules[Id], pair: Pair[Id], seconds: float = 60.0) -> Explanation[Id]:
    """Why this pair, or why not: the best round with the pair, and without it. Raises UnknownId, Infeasible as `peer_review`."""
    require_known("school", pair, set(rules.schools))
    best, arcs = peer_review(rules, seconds), _arcs(rules, len(rules.schools))
    place = {school: i for i, school in enumerate(rules.schools)}
    arc = arcs.index((place[pair[0]], place[pair[1]]))
    tiers: list[tuple[int, int, int, float] | None] = []
    for value in (1, 0):
        if arc is None:
            tiers.append(None if value else best.tiers)
            continue
        solved = solve(arcs, rules.reviews, _most(rules), seconds, None, {arc: value})
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
    arcs, n = _arcs(rules, len(rules.schools)), len(rules.schools)
    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in arcs.pairs]
    for school in range(n):
        model.add(sum(v for v, (_, j) in zip(x, arcs.pairs, strict=True) if j == school) == rules.reviews)
        model.add(sum(v for v, (i, _) in zip(x, arcs.pairs, strict=True) if i == school) <= _most(rules))
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


def _checked_order[Id: Hashable](
    schools: Sequence[Id], reviews: int, distance: Sequence[Sequence[float]], phase: Sequence[Hashable] | None
) -> list[int]:
    require_once("school", schools)
    if not isinstance(reviews, int) or isinstance(reviews, bool) or reviews < 1:
        raise NotACount(f"reviews {reviews!r} is not a whole number from 1")
    if len(distance) != len(schools) or any(len(row) != len(schools) for row in distance):
        raise UnequalScales("distances must be a square, a row and a column for each school")
    for school, row in zip(schools, distance, strict=True):
        require_numbers(f"distance from {school!r}", row, 0)
    if phase is not None and len(phase) != len(schools):
        raise UnequalScales(f"{len(schools)} schools, but {len(phase)} phases")
    return sorted(range(len(schools)), key=lambda i: by_id(schools[i]))


def _most[Id: Hashable](rules: Rules[Id]) -> int:
    return rules.reviews + 1 if rules.most is None else rules.most


def _arcs[Id: Hashable](rules: Rules[Id], nearest: int) -> Arcs:
    """Arcs that no rule forbids: all, or of each school the nearest of its phase and a third as many of any."""
    n = len(rules.schools)
    place = {school: i for i, school in enumerate(rules.schools)}
    barred = {frozenset(place[school] for school in pair) for pair in rules.conflicts}
    phase = rules.phase or (0,) * n
    pairs: set[tuple[int, int]] = set()
    everyone = n <= ALL_ARCS_UP_TO or nearest >= n
    for i in range(n):
        may = [
            j
            for j in sorted(range(n), key=lambda j: (rules.distance[i][j], j))
            if j != i
            and frozenset((i, j)) not in barred
            and (rules.furthest is None or rules.distance[i][j] <= rules.furthest)
        ]
        alike = [j for j in may if phase[j] == phase[i]]
        pairs |= {(i, j) for j in (may if everyone else [*alike[:nearest], *may[: nearest // 3]])}
    listed = tuple(sorted(pairs))
    last = {(place[one], place[other]) for one, other in rules.last}
    return Arcs(
        n,
        listed,
        np.array([float(pair in last) for pair in listed]),
        np.array([float(phase[i] != phase[j]) for i, j in listed]),
        np.array([rules.distance[i][j] for i, j in listed], dtype=np.float64),
    )


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


def _in_the_way[Id: Hashable](rules: Rules[Id], seconds: float) -> tuple[str, ...]:
    """A smallest set of rule families whose dropping makes a round possible."""
    families: list[tuple[str, dict[str, object]]] = []
    if rules.most is not None:
        families.append(("the most reviews a school may give", {"most": len(rules.schools)}))
    if rules.furthest is not None:
        families.append((f"no review beyond {in_words(rules.furthest)}", {"furthest": None}))
    if rules.conflicts:
        families.append(("pairs that must not meet", {"conflicts": frozenset()}))
    sets = sorted(range(1, 1 << len(families)), key=lambda s: (s.bit_count(), s))
    for members in sets:
        dropped = [family for i, family in enumerate(families) if members >> i & 1]
        looser = rules
        for _, change in dropped:
            looser = replace(looser, **change)  # type: ignore[arg-type]
        if solve(_arcs(looser, len(rules.schools)), rules.reviews, _most(looser), seconds, None) is not None:
            return tuple(name for name, _ in dropped)
    return ("fewer reviews",)


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
