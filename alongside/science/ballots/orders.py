"""Orders that contradict few voices: Schulze's widest paths and Kemeny's least contradiction."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import cast

from ortools.sat.python import cp_model

from alongside.science.ballots.votes import Pairwise, tiers_by
from alongside.science.errors import require_something
from alongside.science.results import Result, by_id, counted
from alongside.science.solving import FOUND, solver

LISTED_UP_TO = 12  # issues for which every best order is listed
MOST_ORDERS = 200
LARGEST = 2**52  # sum of whole weights the solver is given


@dataclass(frozen=True, slots=True, kw_only=True)
class Schulze[Id: Hashable](Result):
    """Order by widest paths. value: how many issues share the first place. tiers: best first, ties as ties.

    wins: how many issues each beats. paths: strength of the strongest path from one to another, in weight of voices.
    """

    tiers: tuple[tuple[Id, ...], ...]
    wins: dict[Id, int]
    paths: Pairwise[Id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kemeny[Id: Hashable](Result):
    """Orders that contradict fewest voices. value: weight of voices agreed with, over all pairs; high: the proven bound.

    contradicted: weight of voices against. orders: all best orders up to 12 issues (200 listed at most), one above.
    unique: None when it was not proven in time.
    """

    contradicted: float
    orders: tuple[tuple[Id, ...], ...]
    unique: bool | None


def schulze[Id: Hashable](table: Pairwise[Id]) -> Schulze[Id]:
    """Order by Schulze's method on winning votes. Raises NothingGiven under two issues. Source: Schulze (2011)."""
    names = sorted(table, key=by_id)
    require_something("issues", names, 2)
    paths = {a: {b: table[a][b] if table[a][b] > table[b][a] else Fraction(0) for b in table[a]} for a in names}
    for via in names:
        for a in names:
            for b in names:
                if len({a, b, via}) == 3:
                    paths[a][b] = max(paths[a][b], min(paths[a][via], paths[via][b]))
    wins = {a: sum(paths[a][b] > paths[b][a] for b in paths[a]) for a in names}
    tiers = tiers_by(wins)
    return Schulze(
        value=len(tiers[0]),
        n=len(names),
        method="Schulze, winning votes",
        sentence=_first_sentence(tiers),
        reasons=("An issue stands before another when its strongest chain of majorities is the stronger one.",),
        not_claimed=("How far one issue is ahead of the next.",),
        tiers=tiers,
        wins=wins,
        paths=paths,
    )


def kemeny[Id: Hashable](table: Pairwise[Id], seconds: float = 20.0) -> Kemeny[Id]:
    """The order that contradicts fewest voices, and whether another does as well. Raises NothingGiven under two issues.

    Up to 12 issues by complete search, above with CP-SAT (one worker, seed 1) within the time given.
    Source: Kemeny (1959); Young & Levenglick (1978).
    """
    names = sorted(table, key=by_id)
    require_something("issues", names, 2)
    every = sum((table[a][b] + table[b][a] for a, b in combinations(names, 2)), Fraction(0))
    if len(names) <= LISTED_UP_TO:
        best, orders = _all_orders(names, table)
        bound, unique = best, cast(bool | None, len(orders) == 1)
    else:
        best, bound, orders, unique = _solved_order(names, table, seconds)
    return Kemeny(
        value=float(best),
        high=float(bound),
        n=len(names),
        method="Kemeny, least contradiction",
        sentence=_kemeny_sentence(orders, unique),
        reasons=(f"Of {float(every):g} voices over all pairs it agrees with {float(best):g}.",),
        not_claimed=("That everybody is content with it.",),
        contradicted=float(every - best),
        orders=orders,
        unique=unique,
    )


def _all_orders[Id: Hashable](names: Sequence[Id], table: Pairwise[Id]) -> tuple[Fraction, tuple[tuple[Id, ...], ...]]:
    """Best sums over all sets of issues that stand first, then every order that reaches the best."""
    n = len(names)
    against = [[table[a][b] if a != b else Fraction(0) for b in names] for a in names]
    best = [Fraction(0)] * (1 << n)  # best[set]: of ordering this set at the end
    for members in range(1, 1 << n):
        best[members] = max(_with_first(members, first, against, best) for first in range(n) if members >> first & 1)
    orders: list[tuple[Id, ...]] = []

    def walk(members: int, so_far: tuple[Id, ...]) -> None:
        if len(orders) >= MOST_ORDERS:
            return
        if not members:
            orders.append(so_far)
        for first in range(n):
            if members >> first & 1 and _with_first(members, first, against, best) == best[members]:
                walk(members & ~(1 << first), (*so_far, names[first]))

    walk((1 << n) - 1, ())
    return best[-1], tuple(orders)


def _with_first(members: int, first: int, against: list[list[Fraction]], best: list[Fraction]) -> Fraction:
    rest = members & ~(1 << first)
    return best[rest] + sum((w for other, w in enumerate(against[first]) if rest >> other & 1), Fraction(0))


def _solved_order[Id: Hashable](
    names: Sequence[Id], table: Pairwise[Id], seconds: float
) -> tuple[Fraction, Fraction, tuple[tuple[Id, ...], ...], bool | None]:
    model, before = _order_model(len(names))
    margins = {pair: table[names[pair[0]]][names[pair[1]]] - table[names[pair[1]]][names[pair[0]]] for pair in before}
    whole, scale = _whole(list(margins.values()))
    gain = sum(w * before[pair] for pair, w in zip(margins, whole, strict=True))
    model.maximize(gain)
    first = solver(seconds)
    status = first.solve(model)
    order = _read_order(names, before, first)
    base = sum((table[names[j]][names[i]] for i, j in before), Fraction(0))
    best = _agreed(order, table)
    bound = max(best, base + Fraction(int(first.best_objective_bound)) / scale)
    if status != cp_model.OPTIMAL:
        return best, bound, (order,), None
    # is there another order as good?
    model.add(gain >= int(first.objective_value))
    model.add_bool_or([var.negated() if first.value(var) else var for var in before.values()])
    model.maximize(0)
    again = solver(seconds)
    found = again.solve(model)
    if found in FOUND:
        other = _read_order(names, before, again)
        if _agreed(other, table) == best:
            return best, best, tuple(sorted([order, other], key=repr)), False
        return best, bound, (order,), None  # alike only after rounding
    return best, best, (order,), True if found == cp_model.INFEASIBLE else None


def _order_model(n: int) -> tuple[cp_model.CpModel, dict[tuple[int, int], cp_model.IntVar]]:
    model = cp_model.CpModel()
    before = {(i, j): model.new_bool_var("") for i, j in combinations(range(n), 2)}
    for i, j, k in combinations(range(n), 3):
        ij, jk, ik = before[i, j], before[j, k], before[i, k]
        model.add_bool_or([ij.negated(), jk.negated(), ik])
        model.add_bool_or([ij, jk, ik.negated()])
    return model, before


def _read_order[Id: Hashable](
    names: Sequence[Id], before: dict[tuple[int, int], cp_model.IntVar], found: cp_model.CpSolver
) -> tuple[Id, ...]:
    ahead = dict.fromkeys(range(len(names)), 0)
    for (i, j), var in before.items():
        ahead[i if found.value(var) else j] += 1
    return tuple(names[i] for i in sorted(ahead, key=lambda i: -ahead[i]))


def _agreed[Id: Hashable](order: Sequence[Id], table: Pairwise[Id]) -> Fraction:
    return sum((table[a][b] for a, b in combinations(order, 2)), Fraction(0))


def _whole(weights: list[Fraction]) -> tuple[list[int], Fraction]:
    """Weights as whole numbers and what they were multiplied with; rounded when the exact ones would be too large."""
    scale = Fraction(lcm(*(w.denominator for w in weights)))
    largest = sum(abs(w) for w in weights) * scale
    if largest > LARGEST:
        scale = scale * LARGEST / largest
    return [round(w * scale) for w in weights], scale


def _first_sentence[Id: Hashable](tiers: Sequence[Sequence[Id]]) -> str:
    if len(tiers[0]) == 1:
        return f"{tiers[0][0]} comes first."
    return f"{', '.join(map(str, tiers[0]))} share the first place."


def _kemeny_sentence[Id: Hashable](orders: Sequence[Sequence[Id]], unique: bool | None) -> str:
    if unique:
        return f"One order contradicts fewest voices; {orders[0][0]} comes first in it."
    if unique is None:
        return "The best order found; that no other is better was not proven in the time given."
    return f"{counted(len(orders), 'order')} contradict equally few voices."
