"""Pairs: co-coaching, best pairs in any graph, and one to one."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import rustworkx as rx
from scipy.optimize import linear_sum_assignment

from alongside.science.errors import (
    NotANumber,
    UnequalScales,
    require_known,
    require_numbers,
    require_once,
    require_something,
)
from alongside.science.results import Result, by_id, counted

FINE = 1_000  # fits are compared to a thousandth: the matching works on whole numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing[Id: Hashable](Result):
    """Pairs. value: sum of their fits. n: people. left: those without a pair. trio: the pair that takes the one left, if any."""

    pairs: tuple[tuple[Id, Id], ...]
    left: tuple[Id, ...]
    trio: tuple[Id, Id, Id] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Result):
    """One to one. value: cost in all. n: rows. columns: per row, None where a row got none."""

    columns: tuple[int | None, ...]


def best_pairs[Id: Hashable](edges: Iterable[tuple[Id, Id, float]], most_pairs: bool = True) -> Pairing[Id]:
    """Pairs of greatest fit in all; most_pairs: as many as possible come first. edges: (one, other, fit), no pair twice.

    Fits count to a thousandth. Raises DuplicateId, NotANumber. Source: Edmonds' matching in general graphs, rustworkx.
    """
    given = [(one, other, fit) for one, other, fit in edges]
    require_once("pair", [frozenset((one, other)) for one, other, _ in given])
    require_numbers("fit", [fit for _, _, fit in given])
    if any(one == other for one, other, _ in given):
        raise NotANumber("nobody can be paired with themselves")
    people = sorted({person for one, other, _ in given for person in (one, other)}, key=by_id)
    return _paired(people, given, most_pairs, trios=False)


def co_coaching[Id: Hashable](
    people: Sequence[Id],
    fit: Sequence[Sequence[float]],
    group: Sequence[Hashable] | None = None,
    never: Iterable[Iterable[Id]] = (),
) -> Pairing[Id]:
    """Pairs for co-coaching: as many as possible, then of greatest fit; what i offers j and j offers i, the smaller counts.

    fit: people × people; group: pairs only across groups (schools), if given; never: pairs that must not be, line managers for
    one. If one person is left, they join the pair that suits them best. Raises DuplicateId, UnequalScales, NotANumber,
    UnknownId, NothingGiven.
    """
    require_something("people", people)
    require_once("person", people)
    if len(fit) != len(people) or any(len(row) != len(people) for row in fit):
        raise UnequalScales("fits must be a square, a row and a column for each person")
    for row in fit:
        require_numbers("fit", row, 0)
    if group is not None and len(group) != len(people):
        raise UnequalScales(f"{len(people)} people, but {len(group)} groups")
    barred = {frozenset(pair) for pair in never}
    require_known("person", [person for pair in barred for person in pair], set(people))
    edges = [
        (people[i], people[j], min(fit[i][j], fit[j][i]))
        for i in range(len(people))
        for j in range(i + 1, len(people))
        if (group is None or group[i] != group[j]) and frozenset((people[i], people[j])) not in barred
    ]
    return _paired(sorted(people, key=by_id), edges, most_pairs=True, trios=True)


def assignment(cost: Sequence[Sequence[float]]) -> Assignment:
    """One column for each row at least cost in all. Raises NothingGiven, UnequalScales, NotANumber.

    Source: scipy's linear_sum_assignment.
    """
    require_something("rows", cost)
    if len({len(row) for row in cost}) > 1:
        raise UnequalScales("rows of different length")
    require_something("columns", cost[0])
    for row in cost:
        require_numbers("cost", row)
    rows, columns = linear_sum_assignment(np.array(cost, dtype=np.float64))
    chosen = dict(zip(rows.tolist(), columns.tolist(), strict=True))
    return Assignment(
        value=float(sum(cost[i][j] for i, j in chosen.items())),
        n=len(cost),
        method="linear sum assignment",
        sentence=f"{counted(len(chosen), 'row')} assigned at least cost.",
        reasons=(),
        not_claimed=("That no other assignment costs as little.",),
        columns=tuple(chosen.get(i) for i in range(len(cost))),
    )


def _paired[Id: Hashable](
    people: Sequence[Id], edges: Sequence[tuple[Id, Id, float]], most_pairs: bool, trios: bool
) -> Pairing[Id]:
    place = {person: i for i, person in enumerate(people)}
    fits = {(min(place[a], place[b]), max(place[a], place[b])): fit for a, b, fit in edges}
    graph: rx.PyGraph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(list(people))
    graph.add_edges_from([(i, j, round(FINE * fits[i, j])) for i, j in sorted(fits)])
    found = rx.max_weight_matching(graph, max_cardinality=most_pairs, weight_fn=lambda weight: weight)
    chosen = sorted((min(pair), max(pair)) for pair in found)
    left = [i for i in range(len(people)) if not any(i in pair for pair in chosen)]
    trio = _trio(left[0], chosen, fits) if trios and len(left) == 1 else None
    alone = () if trio else tuple(people[i] for i in left)
    return Pairing(
        value=sum(fits[pair] for pair in chosen),
        n=len(people),
        method="matching of greatest fit" + (", most pairs first" if most_pairs else ""),
        sentence=_sentence(len(chosen), trio is not None, len(alone)),
        reasons=("What each offers the other counts, the smaller of the two.",) if trios else (),
        not_claimed=("That the two will get on.",),
        pairs=tuple((people[i], people[j]) for i, j in chosen),
        left=alone,
        trio=None if trio is None else (people[trio[0]], people[trio[1]], people[trio[2]]),
    )


def _trio(
    single: int, pairs: Sequence[tuple[int, int]], fits: dict[tuple[int, int], float]
) -> tuple[int, int, int] | None:
    def with_pair(pair: tuple[int, int]) -> float | None:
        both = [fits.get((min(single, i), max(single, i))) for i in pair]
        return None if None in both else sum(fit for fit in both if fit is not None)

    open_to = [(value, pair) for pair in pairs if (value := with_pair(pair)) is not None]
    if not open_to:
        return None
    _, (i, j) = max(open_to, key=lambda item: (item[0], -item[1][0]))
    return i, j, single


def _sentence(pairs: int, trio: bool, left: int) -> str:
    text = counted(pairs, "pair")
    if trio:
        text += ", one of them a group of three"
    return f"{text}; {counted(left, 'person', 'people')} could not be paired." if left else f"{text}."
