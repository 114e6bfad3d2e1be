"""A network in figures: who is left out, how near schools are, who holds it together."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import rustworkx as rx

from alongside.science.results import Result, counted, in_words
from alongside.science.ties.graphs import distances, efficiency, graph_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Network[Id: Hashable](Result):
    """A network. value: efficiency, 0–1. n: schools.

    density, transitivity: 0–1. mean_steps, diameter: over pairs that are connected, None without any. isolates: schools
    without a tie. parts: numbers of schools per connected part, largest first. cut_points, bridges: schools and ties without
    which it falls into more parts. betweenness, closeness (0–1), degree: per school.
    """

    ties: int
    density: float
    transitivity: float
    mean_steps: float | None
    diameter: int | None
    isolates: tuple[Id, ...]
    parts: tuple[int, ...]
    cut_points: tuple[Id, ...]
    bridges: tuple[tuple[Id, Id], ...]
    betweenness: dict[Id, float]
    closeness: dict[Id, float]
    degree: dict[Id, int]


def network[Id: Hashable](schools: Sequence[Id], ties: Iterable[tuple[Id, Id]]) -> Network[Id]:
    """All that a page says of a network; ties are taken both ways. 1,000 schools take about a second.

    Raises NothingGiven, DuplicateId, UnknownId, NotANumber. Source: Latora & Marchiori (2001), efficiency; Freeman (1977),
    betweenness as a share of pairs; Wasserman & Faust, closeness corrected for parts.
    """
    names, edges, graph = graph_of(schools, ties)
    n, steps = len(names), distances(graph)
    reached = steps[np.isfinite(steps) & (steps > 0)]
    degree = {name: graph.degree(i) for i, name in enumerate(names)}
    isolates = tuple(name for name in names if degree[name] == 0)
    parts = tuple(sorted((len(part) for part in rx.connected_components(graph)), reverse=True))
    between, near = rx.betweenness_centrality(graph), rx.closeness_centrality(graph)
    cuts = tuple(names[i] for i in sorted(rx.articulation_points(graph)))
    bridges = tuple((names[min(b)], names[max(b)]) for b in sorted(tuple(sorted(pair)) for pair in rx.bridges(graph)))
    mean_steps = float(reached.mean()) if len(reached) else None
    return Network(
        value=efficiency(steps),
        n=n,
        method="shortest ways over live ties",
        sentence=_sentence(len(isolates), n, mean_steps, cuts),
        reasons=("A tie counts while it is live; it fades when nothing is done together.",),
        not_claimed=("That a school with few ties does poor work.", "Anything about single people."),
        ties=len(edges),
        density=2 * len(edges) / (n * (n - 1)) if n > 1 else 0.0,
        transitivity=float(rx.transitivity(graph)) if edges else 0.0,
        mean_steps=mean_steps,
        diameter=int(reached.max()) if len(reached) else None,
        isolates=isolates,
        parts=parts,
        cut_points=cuts,
        bridges=bridges,
        betweenness={name: between[i] for i, name in enumerate(names)},
        closeness={name: near[i] for i, name in enumerate(names)},
        degree=degree,
    )


def _sentence(isolates: int, n: int, mean_steps: float | None, cuts: Sequence[object]) -> str:
    alone = f"{isolates} of {counted(n, 'school')} without a live tie"
    if mean_steps is None:
        return f"{alone}."
    near = f"{in_words(mean_steps)} steps between connected schools on average"
    split = f"; if {cuts[0]} withdraws, it splits" if len(cuts) == 1 else ""
    if len(cuts) > 1:
        split = f"; it splits if any of {len(cuts)} schools withdraws"
    return f"{alone}; {near}{split}."
