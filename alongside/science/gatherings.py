"""If you wanted clusters of four to eight: near neighbours gathered around a school in their middle, no cluster too small or
too large. It suggests; schools choose by themselves (row S1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import coo_array

from alongside.science.errors import BadInput, Infeasible, require_something
from alongside.science.geography import Point, both_ways, distance
from alongside.science.results import Result, counted, in_words

MOST_POINTS: Final = 400  # 160,000 choices: a larger network is cut into neighbourhoods first
SECONDS: Final = 30.0
NO_SUCH: Final = 2  # what HiGHS says when there is no answer at all


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


def gatherings(
    points: Sequence[Point],
    groups: int,
    least: int,
    most: int,
    seconds: float = SECONDS,
    overrides: Mapping[tuple[int, int], float] = {},
) -> Gatherings:
    """So many groups of at least `least` and at most `most` places, with the fewest kilometres to their middles.

    points: up to MOST_POINTS. overrides: kilometres between two places by their positions, where the way is not as the crow
    flies (an estuary, a ferry; infinite for no way). Raises NothingGiven without points, BadInput for sizes that make no sense
    or too many points, UnknownId, NotANumber, Infeasible with the fewest rules that would have to give way. Source: capacitated p-median, Kariv & Hakimi (1979); solved
    exactly by HiGHS within `seconds`, else with the gap it proved.
    """
    _check(len(points), groups, least, most)
    # from south to north, so that of equally short answers the order given does not decide which is found
    order = sorted(range(len(points)), key=lambda place: (points[place].latitude, points[place].longitude))
    known = both_ways(overrides, len(points))
    away = np.array([[known.get((a, b), distance(points[a], points[b])) for b in order] for a in order])
    found = _solve(away, np.isfinite(away), (groups, least, most), seconds)
    if found.x is None:
        raise _infeasible(found.status, away, (groups, least, most), seconds, order)
    belongs = found.x[: away.size].reshape(away.shape) > 0.5
    return _result(away, belongs, float(found.mip_gap or 0.0), order, len(overrides))


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


def _infeasible(
    status: int, away: np.ndarray, sizes: tuple[int, int, int], seconds: float, order: Sequence[int]
) -> Infeasible:
    """Why there is no answer: no time, or pairs without a way, of which as few as possible are named."""
    closed = ~np.isfinite(away)
    found = _solve(closed.astype(np.float64), np.ones_like(closed), sizes, seconds) if status == NO_SUCH else None
    if found is None or found.x is None:
        return Infeasible(f"no answer within {seconds:g} seconds", ("more seconds, or fewer places",))
    used = np.argwhere((found.x[: away.size].reshape(away.shape) > 0.5) & closed)
    pairs = sorted({(min(order[i], order[j]), max(order[i], order[j])) for i, j in used})
    return Infeasible(
        "no groups keep all rules; they would if these gave way", tuple(f"no way between {i} and {j}" for i, j in pairs)
    )


def _solve(away: np.ndarray, may: np.ndarray, sizes: tuple[int, int, int], seconds: float) -> OptimizeResult:
    """x[i, j]: place i belongs to the group around j; y[j]: j is a middle. Every place belongs somewhere; sizes hold.

    away: what a belonging costs; may: whether it can be.
    """
    count, (groups, least, most) = len(away), sizes
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
    cost = np.concatenate([np.where(may, away, 0.0).ravel(), np.arange(count) * 1e-9])
    return milp(
        cost,
        integrality=np.ones(size),
        bounds=Bounds(0, np.concatenate([may.ravel(), np.ones(count)]).astype(np.float64)),
        constraints=LinearConstraint(matrix, lows, highs),
        options={"time_limit": seconds},
    )


def _result(away: np.ndarray, belongs: np.ndarray, gap: float, order: Sequence[int], overrides: int) -> Gatherings:
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
        reasons=(
            "As the crow flies" + (f", but for {counted(overrides, 'way')} given otherwise." if overrides else "."),
        ),
        not_claimed=("who should work with whom: nearness is one reason among many, and schools choose by themselves",),
        groups=groups,
        gap=gap,
    )
