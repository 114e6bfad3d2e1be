"""Which next connection brings schools nearer to each other, and whether a network is nearer than chance."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import rustworkx as rx

from alongside.science.errors import require_known, require_something
from alongside.science.results import Result, in_words
from alongside.science.ties.graphs import Matrix, closeness_sum, distances, efficiency, fiedler, graph_of, rewired

ALL_PAIRS_UP_TO = 60  # schools up to which every missing tie is tried
SPECTRUM_UP_TO = 40  # schools up to which λ2 gives a second opinion
NEAR = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTie[Id: Hashable](Result):
    """The best next tie. value: efficiency gained, 0–1. n: ties tried.

    before: efficiency now. pairs: all ties that gain as much. By λ2, up to 40 schools: spectrum_before, spectrum_gain,
    spectrum_pairs; it may prefer others.
    """

    before: float
    pairs: tuple[tuple[Id, Id], ...]
    spectrum_before: float | None
    spectrum_gain: float | None
    spectrum_pairs: tuple[tuple[Id, Id], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band(Result):
    """Efficiency beside chance. value: this network's, 0–1; low, high: the middle 95% of rewired ones. n: rewired networks."""

    unusual: bool


def next_connection[Id: Hashable](
    schools: Sequence[Id], ties: Iterable[tuple[Id, Id]], candidates: Iterable[tuple[Id, Id]] | None = None
) -> NextTie[Id]:
    """The missing tie that raises efficiency most, computed exactly, and all that do as well.

    candidates: ties to try (within reach, with something to offer); without them all missing ties up to 60 schools, above
    those of the school farthest from all others. Raises NothingGiven when no tie is missing, as `graph_of` else.
    Source: a new tie u–v makes every distance min(d, d(·,u) + 1 + d(v,·), d(·,v) + 1 + d(u,·)).
    """
    names, edges, graph = graph_of(schools, ties)
    place = {name: i for i, name in enumerate(names)}
    steps = distances(graph)
    tried = _missing(names, edges, steps, place, candidates)
    require_something("missing ties", tried)
    base, pairs = closeness_sum(steps), len(names) * (len(names) - 1)
    gains = {pair: _gain(steps, *pair) / pairs for pair in tried}
    best = max(gains.values())
    first = tuple(pair for pair in tried if gains[pair] > best - NEAR)
    small = len(names) <= SPECTRUM_UP_TO
    before = fiedler(len(names), edges) if small else None
    spectrum = {pair: fiedler(len(names), [*edges, pair]) - (before or 0) for pair in tried} if small else {}
    most = max(spectrum.values(), default=None)
    return NextTie(
        value=best,
        n=len(tried),
        method="efficiency gained, every tie tried",
        sentence=f"A tie between {names[first[0][0]]} and {names[first[0][1]]} would bring schools nearest to each other.",
        reasons=(f"Efficiency would rise from {in_words(base / pairs, 2)} to {in_words(base / pairs + best, 2)}.",),
        not_claimed=("That the two have something to offer each other.",),
        before=base / pairs,
        pairs=tuple((names[i], names[j]) for i, j in first),
        spectrum_before=before,
        spectrum_gain=most,
        spectrum_pairs=tuple((names[i], names[j]) for (i, j), gain in spectrum.items() if gain > (most or 0) - NEAR),
    )


def efficiency_band[Id: Hashable](
    schools: Sequence[Id], ties: Iterable[tuple[Id, Id]], draws: int = 200, seed: int = 5
) -> Band:
    """Efficiency beside that of networks in which every school keeps its number of ties. Same schools, never single ties.

    The same for the same seed. Raises as `graph_of`. Source: degree-preserving rewiring (Maslov & Sneppen 2002).
    """
    names, edges, graph = graph_of(schools, ties)
    rng = np.random.default_rng(seed)
    others = [_efficiency_of(len(names), rewired(edges, rng)) for _ in range(draws)]
    value = efficiency(distances(graph))
    low, high = (float(q) for q in np.quantile(others, [0.025, 0.975]))
    unusual = value < low - 1e-12 or value > high + 1e-12
    words = "further apart" if value < low else "nearer"
    return Band(
        value=value,
        low=low,
        high=high,
        n=draws,
        method="efficiency against rewired networks",
        sentence=f"Schools are {words} than chance would have them." if unusual else "As near as chance would have it.",
        reasons=("Every school kept its number of ties.",),
        not_claimed=("That any single tie matters.",),
        unusual=unusual,
    )


def _missing[Id: Hashable](
    names: Sequence[Id],
    edges: Sequence[tuple[int, int]],
    steps: Matrix,
    place: dict[Id, int],
    candidates: Iterable[tuple[Id, Id]] | None,
) -> list[tuple[int, int]]:
    there = set(edges)
    if candidates is not None:
        given = list(candidates)
        require_known("school", [school for pair in given for school in pair], place)
        pairs = {(min(place[a], place[b]), max(place[a], place[b])) for a, b in given if a != b}
        return sorted(pairs - there)
    if len(names) <= ALL_PAIRS_UP_TO:
        return [pair for pair in combinations(range(len(names)), 2) if pair not in there]
    with np.errstate(divide="ignore"):
        near = np.where(steps > 0, 1 / steps, 0).sum(axis=1)
    for far in np.argsort(near, kind="stable"):
        pairs = {(min(int(far), i), max(int(far), i)) for i in range(len(names)) if i != far} - there
        if pairs:
            return sorted(pairs)
    return []


def _gain(steps: Matrix, u: int, v: int) -> float:
    """By how much Σ 1/steps grows once u and v are tied.

    A way from x over u and v to y is shorter only if x lies nearer to u and y nearer to v, by more than the new step.
    """
    ours = np.flatnonzero(steps[:, u] + 1 < steps[:, v])
    theirs = np.flatnonzero(steps[:, v] + 1 < steps[:, u])
    now = steps[np.ix_(ours, theirs)]
    then = np.minimum(now, steps[ours, u][:, None] + 1 + steps[theirs, v][None, :])
    return 2 * float((1 / then - 1 / now).sum())


def _efficiency_of(n: int, edges: Sequence[tuple[int, int]]) -> float:
    graph: rx.PyGraph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(n))
    graph.add_edges_from_no_data(list(edges))
    return efficiency(distances(graph))
