"""If you wanted clusters of four to eight: near neighbours gathered around a school in their middle, no cluster too small or
too large. It suggests; schools choose by themselves (row S1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from alongside.science.errors import BadInput, Infeasible, require_something
from alongside.science.geography import Point, distance
from alongside.science.results import Result, counted, in_words

MOST_POINTS: Final = 400  # 160,000 choices: a larger network is cut into neighbourhoods first
SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherings(Result):
    """value: kilometres from all places to the middles of their groups, the fewest there are. n: places.

    groups: positions of the places in the input, the middle first, groups in the order of their middles. gap: how far from
    the proven least the answer may be, 0.0 where it is proven.
    """

    groups: tuple[tuple[int, ...], ...]
    gap: float

    @property
    def middles(self) -> tuple[int, ...]:
        """The place in the middle of each group."""
        return tuple(group[0] for group in self.groups)


def gatherings(points: Sequence[Point], groups: int, least: int, most: int, seconds: float = SECONDS) -> Gatherings:
    """So many groups of at least `least` and at most `most` places, with the fewest kilometres to their middles.

    points: up to MOST_POINTS. Raises NothingGiven without points, BadInput for sizes that make no sense or too many points,
    Infeasible with the rule that would have to give way. Source: capacitated p-median, Kariv & Hakimi (1979); solved
    exactly by HiGHS within `seconds`, else with the gap it proved.
    """
    _check(len(points), groups, least, most)
    # from south to north, so that of equally short answers the order given does not decide which is found
    order = sorted(range(len(points)), key=lambda place: (points[place].latitude, points[place].longitude))
    away = np.array([[distance(points[a], points[b]) for b in order] for a in order])
    found = _solve(away, groups, least, most, seconds)
    return _result(away, found.x[: away.size].reshape(away.shape) > 0.5, float(found.mip_gap or 0.0), order)


def _check(count: int, groups: int, least: int, most: int) -> None:
    require_something("places", range(count))
    if count > MOST_POINTS:
        raise BadInput(f"places: {count} given, {MOST_POINTS} at most; take the neighbourhoods one by one")
    if groups < 1 or not 1 <= least <= most:
        raise BadInput(f"{groups} groups of {least} to {most} places make no sense")
    if groups * least > count:
        raise Infeasible(
            "too few places", (f"{groups} groups of at least {least} need {groups * least} places, not {count}",)
        )
    if groups * most < count:
        raise Infeasible(
            "too many places", (f"{groups} groups of at most {most} hold {groups * most} places, not {count}",)
        )


def _solve(away: np.ndarray, groups: int, least: int, most: int, seconds: float):  # type: ignore[no-untyped-def]
    """x[i, j]: place i belongs to the group around j; y[j]: j is a middle. Every place belongs somewhere; sizes hold."""
    count = len(away)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    lows: list[float] = []
    highs: list[float] = []

    def rule(entries: list[tuple[int, float]], low: float, high: float) -> None:
        for column, value in entries:
            rows.append(len(lows))
            columns.append(column)
            values.append(value)
        lows.append(low)
        highs.append(high)

    middle = [count * count + j for j in range(count)]
    for i in range(count):
        rule([(i * count + j, 1.0) for j in range(count)], 1, 1)
    for j in range(count):
        members = [(i * count + j, 1.0) for i in range(count)]
        rule([*members, (middle[j], -float(least))], 0, np.inf)
        rule([*members, (middle[j], -float(most))], -np.inf, 0)
        rule([(j * count + j, 1.0), (middle[j], -1.0)], 0, 0)  # a middle belongs to its own group
        for i in range(count):
            rule([(i * count + j, 1.0), (middle[j], -1.0)], -np.inf, 0)
    rule([(column, 1.0) for column in middle], groups, groups)
    size = count * count + count
    matrix = coo_array((values, (rows, columns)), shape=(len(lows), size)).tocsr()
    # A trace of its own for each middle: of equally short answers always the same one is found.
    cost = np.concatenate([away.ravel(), np.arange(count) * 1e-9])
    found = milp(
        cost,
        integrality=np.ones(size),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, lows, highs),
        options={"time_limit": seconds},
    )
    if found.x is None:
        raise Infeasible(f"no answer within {seconds:g} seconds", ("more seconds, or fewer places",))
    return found


def _result(away: np.ndarray, belongs: np.ndarray, gap: float, order: Sequence[int]) -> Gatherings:
    belongs_to = belongs.argmax(axis=1)
    km = float(sum(away[place, middle] for place, middle in enumerate(belongs_to)))
    members: dict[int, list[int]] = {}
    for place, middle in enumerate(belongs_to):
        members.setdefault(order[int(middle)], []).append(order[place])
    groups = tuple((middle, *sorted(set(members[middle]) - {middle})) for middle in sorted(members))
    sizes = [len(group) for group in groups]
    proven = "no other choice has fewer" if gap <= 1e-6 else f"at most {in_words(100 * gap)}% more than the fewest"
    return Gatherings(
        value=km,
        n=len(away),
        method="capacitated p-median by HiGHS",
        sentence=(
            f"{counted(len(groups), 'group')} of {min(sizes)} to {max(sizes)} schools, {in_words(km)} km from their "
            f"middles in all; {proven}."
        ),
        not_claimed=("who should work with whom: nearness is one reason among many, and schools choose by themselves",),
        groups=groups,
        gap=gap,
    )
