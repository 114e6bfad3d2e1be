"""Orders that contradict few voices: Schulze's widest paths and Kemeny's least contradiction."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from itertools import combinations
from typing import cast

from alongside.science.ballots.votes import Pairwise, tiers_by
from alongside.science.errors import require_something
from alongside.science.results import Result, by_id, counted

LISTED_UP_TO = 12  # issues for which every best order is listed
MOST_ORDERS = 200


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

    Up to 12 issues by complete search, above with CP-SAT (one worker, seed 1) within so much work: seconds of a usual machine,
    counted in the solver's own steps, so that the same votes end alike on every machine.
    Source: Kemeny (1959); Young & Levenglick (1978).
    """
    names = sorted(table, key=by_id)
    require_something("issues", names, 2)
    every = sum((table[a][b] + table[b][a] for a, b in combinations(names, 2)), Fraction(0))
    if len(names) <= LISTED_UP_TO:
        best, orders = _all_orders(names, table)
        bound, unique = best, cast(bool | None, len(orders) == 1)
    else:
        # Loaded when a vote first needs it: the solver takes seconds and 100 MB, and no page that only shows a vote does.
        solved = import_module("alongside.science.ballots.solved")
        best, bound, orders, unique = solved.order(names, table, seconds)
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
