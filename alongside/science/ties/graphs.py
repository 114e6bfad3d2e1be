"""Graphs of schools: reading them in, distances, efficiency, and the spectrum of small ones."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

from alongside.science.errors import DuplicateId, NotANumber, require_known, require_once, require_something
from alongside.science.results import by_id

type Matrix = NDArray[np.float64]


def graph_of[Id: Hashable](
    schools: Sequence[Id], ties: Iterable[tuple[Id, Id]]
) -> tuple[list[Id], list[tuple[int, int]], rx.PyGraph]:
    """Schools in order of their names, ties as pairs of places, and the graph; a tie given both ways is one.

    Raises NothingGiven, DuplicateId for a school or a tie given twice the same way, UnknownId, NotANumber for a tie with
    itself.
    """
    names, arcs = arcs_of(schools, ties)
    edges = sorted({(min(arc), max(arc)) for arc in arcs})
    graph: rx.PyGraph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(names)
    graph.add_edges_from_no_data(edges)
    return names, edges, graph


def arcs_of[Id: Hashable](
    schools: Sequence[Id], ties: Iterable[tuple[Id, Id]]
) -> tuple[list[Id], list[tuple[int, int]]]:
    """Schools in order of their names and directed ties as pairs of places. Raises as `graph_of`."""
    require_something("schools", schools)
    require_once("school", schools)
    names = sorted(schools, key=by_id)
    place = {name: i for i, name in enumerate(names)}
    arcs: set[tuple[int, int]] = set()
    for one, other in ties:
        require_known("school", [one, other], place)
        if one == other:
            raise NotANumber(f"{one!r} cannot have a tie with itself")
        if (place[one], place[other]) in arcs:
            raise DuplicateId(f"tie given twice: {one!r} and {other!r}")
        arcs.add((place[one], place[other]))
    return names, sorted(arcs)


def distances(graph: rx.PyGraph) -> Matrix:
    """Steps between every two schools, infinite where there is no way."""
    return np.asarray(rx.distance_matrix(graph, null_value=np.inf), dtype=np.float64)


def efficiency(steps: Matrix) -> float:
    """Mean of 1/steps over all pairs, 0–1; also defined when the network falls apart. One school: 0."""
    n = len(steps)
    return float(closeness_sum(steps)) / (n * (n - 1)) if n > 1 else 0.0


def closeness_sum(steps: Matrix) -> float:
    """Σ 1/steps over ordered pairs."""
    with np.errstate(divide="ignore"):
        near = 1 / steps
    np.fill_diagonal(near, 0)
    return float(near.sum())


def algebraic_connectivity[Id: Hashable](schools: Sequence[Id], ties: Iterable[tuple[Id, Id]]) -> float:
    """Second smallest eigenvalue of the Laplacian (Fiedler 1973); 0 when the network falls apart. Dense: up to some 1,000.

    Raises as `graph_of`, NothingGiven under two schools.
    """
    names, edges, _ = graph_of(schools, ties)
    require_something("schools", names, 2)
    return fiedler(len(names), edges)


def fiedler(n: int, edges: Sequence[tuple[int, int]]) -> float:
    """λ2 of a graph given by places, never below 0."""
    laplacian = np.zeros((n, n))
    for i, j in edges:
        laplacian[i, j] -= 1
        laplacian[j, i] -= 1
        laplacian[i, i] += 1
        laplacian[j, j] += 1
    return max(0.0, float(np.linalg.eigvalsh(laplacian)[1]))


def rewired(edges: Sequence[tuple[int, int]], rng: np.random.Generator) -> list[tuple[int, int]]:
    """A random graph in which every school keeps its number of ties: ten swaps of ends tried per tie."""
    ties = [tuple(edge) for edge in edges]
    there = {frozenset(tie) for tie in ties}
    if len(ties) < 2:
        return list(edges)
    picks = rng.integers(0, len(ties), size=(10 * len(ties), 2))
    turns = rng.integers(0, 2, size=10 * len(ties))
    for (first, second), turn in zip(picks, turns, strict=True):
        (a, b), (c, d) = ties[first], ties[second] if turn else ties[second][::-1]
        new = frozenset((a, d)), frozenset((c, b))
        if len({a, b, c, d}) < 4 or new[0] in there or new[1] in there:
            continue
        there -= {frozenset((a, b)), frozenset((c, d))}
        there |= set(new)
        ties[first], ties[second] = (a, d), (c, b)
    return sorted((min(a, b), max(a, b)) for a, b in ties)
