"""How sure the first places are: the same vote with other people of the same schools."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from alongside.science.ballots.votes import Ballot, ranks
from alongside.science.errors import NotANumber, UnequalScales
from alongside.science.results import Result, by_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty[Id: Hashable](Result):
    """How often each issue is among the first. value: the least sure of the issues now among the first, 0–1. n: resamples.

    among_first: issue → share of resamples (0–1), a place shared at the edge counted in part.
    """

    top: int
    among_first: dict[Id, float]


def certainty[Id: Hashable](
    issues: Sequence[Id],
    ballots: Sequence[Ballot[Id]],
    groups: Sequence[Hashable],
    top: int = 3,
    draws: int = 1_000,
    seed: int = 11,
) -> Certainty[Id]:
    """Draw people anew within their group (school and perspective), `draws` times, and see who comes first.

    groups: one per ballot. The same for the same seed, and for any order of ballots and issues. Raises as `pairwise`,
    UnequalScales for groups, NotANumber for top or draws. Source: stratified bootstrap of the win share.
    """
    if len(groups) != len(ballots):
        raise UnequalScales(f"{len(ballots)} ballots, but {len(groups)} groups")
    if not 1 <= top < len(issues) or draws < 1:
        raise NotANumber(f"top {top!r} of {len(issues)} issues in {draws!r} resamples")
    names = sorted(issues, key=by_id)
    order = sorted(range(len(ballots)), key=lambda i: (repr(groups[i]), _key(ballots[i])))
    points = _points(ranks(names, [ballots[i] for i in order]))
    points *= np.array([float(ballots[i].weight) for i in order])[:, None]
    hits = _resampled(points, [groups[i] for i in order], top, draws, seed)
    now = _shared_top(points.sum(axis=0)[None, :], top)[0]
    share = {name: float(hits[i]) for i, name in enumerate(names)}
    least = min(share[name] for i, name in enumerate(names) if now[i] > 0)
    return Certainty(
        value=least,
        n=draws,
        method=f"stratified bootstrap, {draws} resamples",
        sentence=f"Each of the first {top} stays among them in at least {round(100 * least)} of 100 resamples.",
        reasons=("People were drawn anew within their school and perspective.",),
        not_claimed=("That other schools would vote the same.",),
        top=top,
        among_first={name: share[name] for name in issues},
    )


def _key[Id: Hashable](each: Ballot[Id]) -> tuple[list[list[str]], Fraction]:
    return [sorted(map(repr, tier)) for tier in each.tiers], each.weight


def _points(places: NDArray[np.int16]) -> NDArray[np.float64]:
    """Borda points per ballot: issues beaten, and half of those tied."""
    points = np.empty(places.shape, dtype=np.float64)
    for column in range(places.shape[1]):
        own = places[:, column : column + 1]
        points[:, column] = (own < places).sum(axis=1) + ((own == places).sum(axis=1) - 1) / 2
    return points


def _resampled(
    points: NDArray[np.float64], groups: Sequence[Hashable], top: int, draws: int, seed: int
) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    members: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    total = np.zeros((draws, points.shape[1]))
    for rows in members.values():
        times = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws)
        total += times @ points[rows]
    return np.asarray(_shared_top(total, top).mean(axis=0))


def _shared_top(total: NDArray[np.float64], top: int) -> NDArray[np.float64]:
    """1 for issues surely among the first, a part for those tied at the edge."""
    total = np.round(total, 9)
    edge = np.sort(total, axis=1)[:, -top][:, None]
    above, at = total > edge, total == edge
    free = top - above.sum(axis=1)
    return np.asarray(above + at * (free / at.sum(axis=1))[:, None], dtype=np.float64)
