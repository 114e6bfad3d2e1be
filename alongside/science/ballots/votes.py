"""Ballots with ties and blanks, and how often each issue beats each other."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from numpy.typing import NDArray

from alongside.science.errors import NotANumber, require_known, require_once, require_something
from alongside.science.results import by_id

CHUNK = 2_000  # ballots compared at once, to keep the arrays small

type Pairwise[Id: Hashable] = dict[Id, dict[Id, Fraction]]


@dataclass(frozen=True, slots=True)
class Ballot[Id: Hashable]:
    """One person's order: tiers, best first, each a set of issues held equal; issues not named are tied last.

    weight: how much this voice counts, at least 0; two people of one weight may share a row with twice that weight.
    """

    tiers: tuple[frozenset[Id], ...]
    weight: Fraction = Fraction(1)


def ballot[Id: Hashable](order: Iterable[Id | Iterable[Id]], weight: int | float | Fraction = 1) -> Ballot[Id]:
    """A ballot from an order, best first; a list, tuple or set in it is a tie. Raises DuplicateId, NotANumber."""
    tiers = [_tier(place) for place in order]
    require_once("issue on a ballot", [issue for tier in tiers for issue in tier])
    exact = weight if isinstance(weight, Fraction) else _exact(weight)
    if exact < 0:
        raise NotANumber(f"a ballot cannot weigh {weight!r}")
    return Ballot(tuple(tier for tier in tiers if tier), exact)


def pairwise[Id: Hashable](issues: Sequence[Id], ballots: Sequence[Ballot[Id]]) -> Pairwise[Id]:
    """Weight of the voices that put one issue before another: result[a][b]; those who hold them equal count for neither.

    Raises NothingGiven under two issues, DuplicateId, UnknownId for an issue on a ballot that is not listed.
    """
    places = ranks(issues, ballots)
    by_weight: dict[Fraction, list[int]] = defaultdict(list)
    for row, each in enumerate(ballots):
        by_weight[each.weight].append(row)
    total: Pairwise[Id] = {a: {b: Fraction(0) for b in issues if b != a} for a in issues}
    for weight, rows in by_weight.items():
        counts = _before(places[rows])
        for i, a in enumerate(issues):
            for j, b in enumerate(issues):
                if i != j:
                    total[a][b] += weight * int(counts[i, j])
    return total


def borda[Id: Hashable](table: Pairwise[Id], voices: Fraction) -> dict[Id, Fraction]:
    """Points: the weight of voices an issue wins over each other issue, ties counted half. voices: weight of all ballots."""
    return {
        a: sum((wins + (voices - wins - table[b][a]) / 2 for b, wins in row.items()), Fraction(0))
        for a, row in table.items()
    }


def win_shares[Id: Hashable](issues: Sequence[Id], ballots: Sequence[Ballot[Id]]) -> dict[Id, Fraction]:
    """How often an issue beats another for a random voice, 0–100, exact: Borda points per rival, ties counted half.

    Raises as `pairwise`, and NothingGiven when the ballots weigh nothing.
    """
    require_something("issues", issues, 2)
    require_once("issues", issues)
    voices = weight_of(ballots)
    by_weight: dict[Fraction, dict[Id, int]] = {}
    for each in ballots:
        points = by_weight.setdefault(each.weight, dict.fromkeys(issues, 0))
        _add_points(points, each, len(issues))
    whole = 2 * voices * (len(issues) - 1)
    return {
        a: sum((weight * found[a] for weight, found in by_weight.items()), Fraction(0)) * 100 / whole for a in issues
    }


def _add_points[Id: Hashable](points: dict[Id, int], each: Ballot[Id], count: int) -> None:
    """Twice the points of one ballot: two for each issue that stands behind, one for each that is tied."""
    behind = count
    for tier in each.tiers:
        require_known("issue", tier, points)
        behind -= len(tier)
        for issue in tier:
            points[issue] += 2 * behind + len(tier) - 1
    if behind:
        named = frozenset[Id]().union(*each.tiers)
        for issue in points.keys() - named:
            points[issue] += behind - 1


def condorcet_winner[Id: Hashable](table: Pairwise[Id]) -> Id | None:
    """The issue that beats every other, if there is one."""
    return next((a for a, row in table.items() if all(wins > table[b][a] for b, wins in row.items())), None)


def weight_of[Id: Hashable](ballots: Iterable[Ballot[Id]]) -> Fraction:
    """Weight of all ballots together. Raises NothingGiven when it is 0."""
    total = sum((each.weight for each in ballots), Fraction(0))
    require_something("ballots that weigh anything", [1] if total else [])
    return total


def ranks[Id: Hashable](issues: Sequence[Id], ballots: Sequence[Ballot[Id]]) -> NDArray[np.int16]:
    """Ballots × issues: the tier each issue stands in, from 0; not named: behind all. Raises as `pairwise`."""
    require_something("issues", issues, 2)
    require_once("issues", issues)
    require_something("ballots", ballots)
    column = {issue: place for place, issue in enumerate(issues)}
    places = np.full((len(ballots), len(issues)), len(issues), dtype=np.int16)
    for row, each in enumerate(ballots):
        for tier, group in enumerate(each.tiers):
            require_known("issue", group, column)
            places[row, [column[issue] for issue in group]] = tier
    return places


def tiers_by[Id: Hashable](score: Mapping[Id, Fraction | int]) -> tuple[tuple[Id, ...], ...]:
    """Issues in tiers of equal score, highest first; inside a tier by name, which decides nothing."""
    values = sorted(set(score.values()), reverse=True)
    return tuple(tuple(sorted((a for a in score if score[a] == value), key=by_id)) for value in values)


def _before(places: NDArray[np.int16]) -> NDArray[np.int64]:
    n = places.shape[1]
    total = np.zeros((n, n), dtype=np.int64)
    for start in range(0, len(places), CHUNK):
        part = places[start : start + CHUNK]
        total += (part[:, :, None] < part[:, None, :]).sum(axis=0)
    return total


def _tier[Id: Hashable](place: Id | Iterable[Id]) -> frozenset[Id]:
    if isinstance(place, (list, tuple, set, frozenset)):
        require_once("issue in a tie", place)
        return frozenset(place)
    return frozenset([cast(Id, place)])


def _exact(weight: object) -> Fraction:
    try:
        return Fraction(str(weight))
    except ValueError as error:
        raise NotANumber(f"weight {weight!r} is not a number") from error
