"""Give and take over ties, ties inside and across groups, and whether there is a core."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, factorial, prod, sqrt

import numpy as np
from numpy.typing import NDArray

from alongside.science.errors import NothingGiven, require_known
from alongside.science.results import Result, by_id, in_words
from alongside.science.ties.graphs import arcs_of, graph_of, rewired

ENUMERATE_UP_TO = 16  # schools up to which every core is tried
ARRANGEMENTS = 50_000  # of group labels up to which all are tried
DRAWS = 20_000
CORE_FROM = 0.6
REWIRED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reciprocity(Result):
    """Two-way ties. value: share (0–1) of directed ties that go both ways. n: directed ties.

    rho: beyond chance, −1 to 1; None when every possible tie is there. mutual, one_way: pairs. density: 0–1.
    """

    rho: float | None
    mutual: int
    one_way: int
    density: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixing(Result):
    """Ties across groups. value: (across − inside) / all, −1 to 1. n: ties.

    expected: the same if every pair had a tie, from the sizes alone. p_at_least, p_at_most: chance (0–1) of a value as high, as
    low, when the same labels are dealt at random. exact: all arrangements tried.
    """

    expected: float
    p_at_least: float
    p_at_most: float
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Core[Id: Hashable](Result):
    """A core. value: greatest correlation with a perfect core and periphery, −1 to 1; None when undefined. n: schools.

    core: the schools in it. labelled: above .6 and above 95 of 100 rewired networks; else do not speak of a core.
    """

    core: tuple[Id, ...]
    labelled: bool


def reciprocity[Id: Hashable](schools: Sequence[Id], arcs: Iterable[tuple[Id, Id]]) -> Reciprocity:
    """How far help goes both ways, from directed ties. Raises NothingGiven without ties, as `graph_of` else.

    Source: Garlaschelli & Loffredo (2004): ρ = (r − ā) / (1 − ā), ā the density.
    """
    names, pairs = arcs_of(schools, arcs)
    if not pairs:
        raise NothingGiven("no ties, so none goes both ways")
    there = set(pairs)
    both = sum((j, i) in there for i, j in pairs)
    share, density = both / len(pairs), len(pairs) / (len(names) * (len(names) - 1))
    return Reciprocity(
        value=share,
        n=len(pairs),
        method="reciprocity of directed ties",
        sentence=f"{in_words(100 * share, 0)} of 100 ties go both ways.",
        reasons=("In a dense network many ties go both ways by chance; rho allows for that.",),
        not_claimed=("That one-way help is bad.",),
        rho=(share - density) / (1 - density) if density < 1 else None,
        mutual=both // 2,
        one_way=len(pairs) - both,
        density=density,
    )


def mixing[Id: Hashable](
    schools: Sequence[Id], ties: Iterable[tuple[Id, Id]], group: Mapping[Id, Hashable], seed: int = 5
) -> Mixing:
    """Whether ties cross groups (phases, trusts), beside what the sizes of the groups alone would give.

    All arrangements of the labels are tried up to 50,000, else 20,000 drawn, the same for the same seed. Raises NothingGiven
    without ties, UnknownId for a school without a group. Source: Krackhardt & Stern (1988), E–I index.
    """
    names, edges, _ = graph_of(schools, ties)
    require_known("school", names, group)
    if not edges:
        raise NothingGiven("no ties, so none crosses groups")
    labels = [group[name] for name in names]
    across = sum(labels[i] != labels[j] for i, j in edges)
    sizes, n = Counter(labels), len(names)
    expected = 1 - 2 * sum(comb(size, 2) for size in sizes.values()) / comb(n, 2)
    exact = factorial(n) // prod(factorial(size) for size in sizes.values()) <= ARRANGEMENTS if n <= 20 else False
    found = _all_labelings(labels, edges) if exact else _drawn_labelings(labels, edges, seed)
    value = 2 * across / len(edges) - 1
    return Mixing(
        value=value,
        n=len(edges),
        method="E–I index, labels dealt at random" + ("" if exact else f" {DRAWS:,} times"),
        sentence=_mixing_sentence(across, len(edges), value, expected),
        reasons=("Small groups have more ties across by their size alone.",),
        not_claimed=("That ties inside a group are worth less.",),
        expected=expected,
        p_at_least=float((found >= across).mean()),
        p_at_most=float((found <= across).mean()),
        exact=exact,
    )


def core_periphery[Id: Hashable](schools: Sequence[Id], ties: Iterable[tuple[Id, Id]], seed: int = 5) -> Core[Id]:
    """The core that best explains the ties: all ties that touch it, none elsewhere. Every core is tried up to 16 schools.

    Above, schools are taken by their number of ties and then swapped while that helps. Raises as `graph_of`.
    Source: Borgatti & Everett (1999).
    """
    names, edges, _ = graph_of(schools, ties)
    value, core = _best_core(len(names), edges)
    labelled = value is not None and value > CORE_FROM and _beats_rewired(len(names), edges, value, seed)
    return Core(
        value=value,
        n=len(names),
        method="correlation with a perfect core and periphery",
        sentence=_core_sentence(len(core), labelled),
        reasons=("A core is named only above .6 and above 95 of 100 networks rewired at random.",),
        not_claimed=("That the core leads.",),
        core=tuple(names[i] for i in core),
        labelled=labelled,
    )


def _all_labelings(labels: Sequence[Hashable], edges: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Ties across for every distinct arrangement of the labels."""
    found: list[int] = []
    left = Counter(labels)
    kinds = sorted(left, key=by_id)
    placed: list[int] = []

    def place() -> None:
        if len(placed) == len(labels):
            found.append(sum(placed[i] != placed[j] for i, j in edges))
        for kind, label in enumerate(kinds):
            if left[label]:
                left[label] -= 1
                placed.append(kind)
                place()
                placed.pop()
                left[label] += 1

    place()
    return np.array(found)


def _drawn_labelings(labels: Sequence[Hashable], edges: Sequence[tuple[int, int]], seed: int) -> NDArray[np.int64]:
    kinds = {label: kind for kind, label in enumerate(sorted(set(labels), key=by_id))}
    numbers = np.array([kinds[label] for label in labels])
    one, other = np.array(edges).T
    rng = np.random.default_rng(seed)
    drawn = (rng.permutation(numbers) for _ in range(DRAWS))
    return np.array([int((mixed[one] != mixed[other]).sum()) for mixed in drawn])


def _best_core(n: int, edges: Sequence[tuple[int, int]]) -> tuple[float | None, tuple[int, ...]]:
    if not edges or len(edges) == comb(n, 2):
        return None, ()
    return _tried_core(n, edges) if n <= ENUMERATE_UP_TO else _grown_core(n, edges)


def _tried_core(n: int, edges: Sequence[tuple[int, int]]) -> tuple[float | None, tuple[int, ...]]:
    sets = np.arange(1 << n, dtype=np.int64)
    touched, ends = np.zeros(len(sets), dtype=np.int64), np.zeros(len(sets), dtype=np.int64)
    for i, j in edges:
        touched += (sets >> i | sets >> j) & 1
        ends += (sets >> i & 1) + (sets >> j & 1)
    # of cores that explain as much, the one with more ties of its own, then the first in order of names
    rank = touched * (2 * len(edges) + 1) + ends
    size = np.array([int(s).bit_count() for s in sets])
    best: tuple[float, int, tuple[int, ...]] | None = None
    for k in range(1, n):
        inside = np.flatnonzero(size == k)
        top = inside[np.argmax(rank[inside])]
        value = _correlation(n, len(edges), int(touched[top]), k)
        core = tuple(i for i in range(n) if int(top) >> i & 1)
        if value is not None and (best is None or value > best[0] + 1e-12):
            best = value, k, core
    return (best[0], best[2]) if best else (None, ())


def _grown_core(n: int, edges: Sequence[tuple[int, int]]) -> tuple[float | None, tuple[int, ...]]:
    around: list[set[int]] = [set() for _ in range(n)]
    for i, j in edges:
        around[i].add(j)
        around[j].add(i)
    order = sorted(range(n), key=lambda i: (-len(around[i]), i))
    core, touched, best = set[int](), 0, (-2.0, 0)
    for k, school in enumerate(order[: n - 1], 1):
        touched += len(around[school] - core)
        core.add(school)
        value = _correlation(n, len(edges), touched, k)
        if value is not None and value > best[0] + 1e-12:
            best = value, k
    core = set(order[: best[1]])
    touched = _swapped(core, around, sum(1 for i, j in edges if i in core or j in core))
    return _correlation(n, len(edges), touched, len(core)), tuple(sorted(core))


def _swapped(core: set[int], around: Sequence[set[int]], touched: int) -> int:
    """Swap a school of the core for one outside while that touches more ties."""
    while True:
        moves = [
            (len(around[new] - core) + (old in around[new]) - len(around[old] - core), -old, -new)
            for old in core
            for new in set(range(len(around))) - core
            if len(around[new] - core) + 1 > len(around[old] - core)
        ]
        if not moves or max(moves)[0] <= 0:
            return touched
        gain, old, new = max(moves)
        core.remove(-old)
        core.add(-new)
        touched += gain


def _correlation(n: int, ties: int, touched: int, k: int) -> float | None:
    pairs, ones = comb(n, 2), comb(n, 2) - comb(n - k, 2)
    spread = (pairs * ties - ties**2) * (pairs * ones - ones**2)
    return (pairs * touched - ties * ones) / sqrt(spread) if spread else None


def _beats_rewired(n: int, edges: Sequence[tuple[int, int]], value: float, seed: int) -> bool:
    rng = np.random.default_rng(seed)
    others = [_grown_core(n, rewired(edges, rng))[0] or 0.0 for _ in range(REWIRED)]
    return sum(value > other + 1e-12 for other in others) >= 0.95 * REWIRED


def _mixing_sentence(across: int, ties: int, value: float, expected: float) -> str:
    side = (
        "as often as" if abs(value - expected) < 1e-12 else "less often than" if value < expected else "more often than"
    )
    return f"{across} of {ties} ties cross groups, {side} the sizes of the groups alone would give."


def _core_sentence(size: int, labelled: bool) -> str:
    return f"A core of {size} holds the network together." if labelled else "No core stands out."
