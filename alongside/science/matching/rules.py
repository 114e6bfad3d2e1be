"""What a round of peer review must keep, and which reviews no rule forbids."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from alongside.science.errors import NotACount, UnequalScales, require_known, require_numbers, require_once
from alongside.science.matching.model import Arcs
from alongside.science.results import by_id

ALL_ARCS_UP_TO: Final = 60  # schools up to which every arc is a candidate
NEAREST: Final = 15

type Pair[Id: Hashable] = tuple[Id, Id]


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


def most_given[Id: Hashable](rules: Rules[Id]) -> int:
    """How many reviews a school may give."""
    return rules.reviews + 1 if rules.most is None else rules.most


def candidates[Id: Hashable](rules: Rules[Id], nearest: int) -> Arcs:
    """Arcs that no rule forbids: all up to 60 schools, above of each school the nearest of its phase and a third as many of any."""
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
