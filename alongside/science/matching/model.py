"""The integer program behind peer review, solved tier by tier."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack, vstack

EXACT_UP_TO = 60  # schools up to which the best is proven to the last unit
GAP = 0.01

type Vector = NDArray[np.float64]
type Row = tuple[csr_matrix, float, float]


@dataclass(frozen=True, slots=True)
class Arcs:
    """Candidate reviews: pairs of places (reviewing, reviewed), and per arc whether it repeats, crosses phases, its travel."""

    n: int
    pairs: tuple[tuple[int, int], ...]
    repeat: Vector
    cross: Vector
    travel: Vector

    def index(self, pair: tuple[int, int]) -> int | None:
        """Where a pair stands among the arcs."""
        return self.pairs.index(pair) if pair in self.pairs else None

    def reciprocal(self) -> list[tuple[int, int]]:
        """Arcs that are each other's way back."""
        place = {pair: a for a, pair in enumerate(self.pairs)}
        return [(a, place[j, i]) for a, (i, j) in enumerate(self.pairs) if i < j and (j, i) in place]


@dataclass(frozen=True, slots=True)
class Solved:
    """Chosen arcs, and how far the last tier may be from its best, as a share."""

    chosen: tuple[int, ...]
    gap: float


def solve(
    arcs: Arcs,
    reviews: int,
    most: int,
    seconds: float,
    progress: Callable[[str], None] | None,
    fixed: Mapping[int, int] | None = None,
) -> Solved | None:
    """The best choice of arcs, None when there is none. fixed: arcs that must (1) or must not (0) be chosen.

    First the case that nearly always holds is tried: even, without repeats, within phases. Else tier after tier.
    """
    tell = progress or (lambda _: None)
    upper = np.ones(len(arcs.pairs))
    clean = upper * (arcs.repeat == 0) * (arcs.cross == 0)
    if most >= reviews and all(clean[arc] for arc, value in (fixed or {}).items() if value):
        tell("travel")
        found = _run(arcs, reviews, reviews, clean, fixed, [], arcs.travel, seconds)
        if found is not None:
            return found
    held: list[Row] = []
    for name, cost in (("imbalance", None), ("repeats", arcs.repeat), ("phases", arcs.cross), ("travel", arcs.travel)):
        tell(name)
        found = _run(arcs, reviews, most, upper, fixed, held, cost, seconds)
        if found is None:
            return None
        whole = _with_slack(arcs, cost)
        value = _value(arcs, reviews, found.chosen, cost)
        held.append((whole, -np.inf, value + 1e-6))
    return found


def _run(
    arcs: Arcs,
    reviews: int,
    most: int,
    upper: Vector,
    fixed: Mapping[int, int] | None,
    held: list[Row],
    cost: Vector | None,
    seconds: float,
) -> Solved | None:
    count, n = len(arcs.pairs), arcs.n
    if not count:
        return None
    low, high = np.zeros(count + n), np.concatenate([upper, np.full(n, float(n))])
    for arc, value in (fixed or {}).items():
        low[arc] = value
        high[arc] = min(high[arc], value)
    if (low > high).any():
        return None
    rows = [*_rows(arcs, reviews, most), *held]
    matrix = vstack([row for row, _, _ in rows]).tocsr()
    lower = np.concatenate([np.broadcast_to(a, (row.shape[0],)) for row, a, _ in rows])
    most_of = np.concatenate([np.broadcast_to(b, (row.shape[0],)) for row, _, b in rows])
    objective = np.concatenate([np.zeros(count) if cost is None else cost, np.ones(n) if cost is None else np.zeros(n)])
    found = milp(
        objective,
        constraints=LinearConstraint(matrix, lower, most_of),
        integrality=np.concatenate([np.ones(count), np.zeros(n)]),
        bounds=Bounds(low, high),
        options={"time_limit": seconds, "mip_rel_gap": 0.0 if n <= EXACT_UP_TO else GAP},
    )
    if found.x is None:
        return None
    chosen = tuple(int(a) for a in np.flatnonzero(found.x[:count] > 0.5))
    return Solved(chosen, float(found.mip_gap or 0.0))


def _rows(arcs: Arcs, reviews: int, most: int) -> list[Row]:
    """Each is reviewed so often; gives at most so many; nobody by those they review; slack holds the imbalance."""
    count, n = len(arcs.pairs), arcs.n
    one = np.ones(count)
    giving = csr_matrix((one, ([i for i, _ in arcs.pairs], range(count))), shape=(n, count))
    taking = csr_matrix((one, ([j for _, j in arcs.pairs], range(count))), shape=(n, count))
    none, slack = csr_matrix((n, n)), csr_matrix((np.ones(n), (range(n), range(n))), shape=(n, n))
    rows: list[Row] = [
        (hstack([taking, none]), reviews, reviews),
        (hstack([giving, none]), -np.inf, most),
        (hstack([giving, -slack]), -np.inf, reviews),
        (hstack([giving, slack]), reviews, np.inf),
    ]
    back = arcs.reciprocal()
    if back:
        places = [row for row in range(len(back)) for _ in range(2)]
        both = csr_matrix(
            (np.ones(2 * len(back)), (places, [a for pair in back for a in pair])), shape=(len(back), count)
        )
        rows.append((hstack([both, csr_matrix((len(back), n))]), -np.inf, 1))
    return rows


def _with_slack(arcs: Arcs, cost: Vector | None) -> csr_matrix:
    arc = np.zeros(len(arcs.pairs)) if cost is None else cost
    return csr_matrix(np.concatenate([arc, np.full(arcs.n, 1.0 if cost is None else 0.0)])[None, :])


def _value(arcs: Arcs, reviews: int, chosen: tuple[int, ...], cost: Vector | None) -> float:
    if cost is not None:
        return float(cost[list(chosen)].sum())
    given = np.bincount([arcs.pairs[a][0] for a in chosen], minlength=arcs.n)
    return float(np.abs(given - reviews).sum())
