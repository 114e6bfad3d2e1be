"""Over time: stepped starts by lot, a synthetic control of named schools, and an interrupted series."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, prod, sqrt
from statistics import pstdev

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from alongside.science.errors import NotANumber, NothingGiven, UnequalScales, require_numbers, require_something
from alongside.science.permutation import NO_CAUSE
from alongside.science.results import Result, in_words

FEWEST_DONORS, FEWEST_BEFORE = 5, 6  # below which a synthetic control is only shown as a description
FEWEST_EACH_SIDE = 6
MOST_ORDERS = 50_000
DRAWS = 20_000
HAIR = 1e-9

type Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped(Result):
    """Every school starts, in an order drawn by lot. value: effect, in the unit of y. n: schools. p: two-sided, 0–1."""

    p: float
    orders: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthetic(Result):
    """A school against a mixture of others. value: effect in the last wave, in the unit given. n: donors.

    weights: donor → share of the mixture. rmse: misfit before. usable: False when the fit or the number of donors or waves
    does not carry a claim. placebo_p: share of schools, each set against the rest, that part as far from their mixture.
    """

    weights: dict[Hashable, float]
    rmse: float
    usable: bool
    placebo_p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption(Result):
    """A series with an event. value: jump at the event, in the unit given. n: waves.

    slope_before, slope_change: per wave. durbin_watson: 2 when waves are independent, None when the fit is perfect.
    """

    slope_before: float
    slope_change: float
    durbin_watson: float | None


def stepped_start(y: Sequence[Sequence[float]], start: Sequence[int], seed: int = 3) -> Stepped:
    """Effect of having started, from y (schools × waves) and the wave in which each school starts (from 0).

    Two-way fixed effects; p over all orders in which the same starts could have been drawn, up to 50,000, else drawn with the
    seed. Raises UnequalScales, NotANumber, NothingGiven when nobody starts inside the series or all start together.
    """
    table = _table("scores", y)
    if len(start) != len(table):
        raise UnequalScales(f"{len(table)} schools, but {len(start)} starts")
    if any(isinstance(wave, bool) or not isinstance(wave, int) or wave < 0 for wave in start):
        raise NotANumber(f"starts must be waves counted from 0, not {list(start)}")
    inside = _residual(_started(start, table.shape[1]))
    if float((inside**2).sum()) < HAIR:
        raise NothingGiven("schools must start at different waves inside the series")
    # the schools' and waves' own levels are removed once; an order only deals the rows of starts anew
    rows = _residual(table)
    value = _effect(rows, inside)
    orders = factorial(len(start)) // prod(factorial(list(start).count(wave)) for wave in set(start))
    exact = orders <= MOST_ORDERS and len(start) <= 9
    deals = sorted(set(permutations(start))) if exact else _drawn(start, seed)
    effects = np.array([_effect(rows, _residual(_started(deal, table.shape[1]))) for deal in deals])
    hits = int((np.abs(effects) >= abs(value) - HAIR).sum())
    p = hits / orders if exact else (hits + 1) / (DRAWS + 1)
    return Stepped(
        value=value,
        n=len(table),
        method="stepped start, permutation over orders",
        sentence=_stepped_sentence(value, p, 1 / orders),
        reasons=("Every school started, in an order that could as well have been another.",),
        not_claimed=("That the order was drawn by lot, unless it was.", "That the effect stays."),
        p=p,
        orders=orders,
        exact=exact,
    )


def synthetic_control(
    treated_before: Sequence[float],
    donors_before: Sequence[Sequence[float]],
    treated_after: float,
    donors_after: Sequence[float],
    names: Sequence[Hashable] | None = None,
) -> Synthetic:
    """A school against the mixture of other schools that was like it before. donors_before: waves × donors.

    names: of donors, else their place from 0. Raises UnequalScales, NotANumber, NothingGiven.
    Source: Abadie, Diamond & Hainmueller (2010); weights by non-negative least squares with sum 1.
    """
    before = _table("donors before", donors_before)
    require_numbers("before", treated_before)
    require_numbers("after", [treated_after, *donors_after])
    donors = list(names) if names is not None else list(range(before.shape[1]))
    if not len(treated_before) == len(before) or not len(donors_after) == len(donors) == before.shape[1]:
        raise UnequalScales("one row per wave before, one column, one name and one figure after per donor")
    weights = _mixture(np.asarray(treated_before), before)
    value, rmse = _parted(np.asarray(treated_before), before, treated_after, np.asarray(donors_after), weights)
    usable = _usable(len(donors), list(treated_before), rmse)
    placebo = _placebo(np.asarray(treated_before), before, treated_after, np.asarray(donors_after), value, rmse)
    return Synthetic(
        value=value,
        n=len(donors),
        method="synthetic control",
        sentence=_synthetic_sentence(value, usable),
        reasons=(f"Before, school and mixture lay {in_words(rmse, 2)} apart.",),
        not_claimed=(NO_CAUSE,),
        weights=dict(zip(donors, (float(w) for w in weights), strict=True)),
        rmse=rmse,
        usable=usable,
        placebo_p=placebo if usable else None,
    )


def interrupted(y: Sequence[float], first_after: int) -> Interruption:
    """Jump and change of slope when something began before wave first_after (from 0). Needs two waves on each side.

    Words only from six on each side; never a p under twelve waves. Raises NotANumber, NothingGiven.
    Source: segmented regression; Durbin & Watson (1950).
    """
    require_numbers("scores", y)
    require_something("waves before", range(max(0, first_after)), 2)
    require_something("waves after", range(max(0, len(y) - first_after)), 2)
    t, after = np.arange(len(y), dtype=np.float64), (np.arange(len(y)) >= first_after).astype(np.float64)
    design = np.column_stack([np.ones(len(y)), t, after, after * (t - first_after)])
    fit, *_ = np.linalg.lstsq(design, np.asarray(y, dtype=np.float64), rcond=None)
    rest = np.asarray(y) - design @ fit
    squares = float((rest**2).sum())
    enough = min(first_after, len(y) - first_after) >= FEWEST_EACH_SIDE
    return Interruption(
        value=float(fit[2]),
        n=len(y),
        method="interrupted series, two lines",
        sentence=_jump_sentence(float(fit[2]), enough),
        reasons=("The line before is drawn on and compared with what came.",),
        not_claimed=(NO_CAUSE, "That the line would have gone on as before."),
        slope_before=float(fit[1]),
        slope_change=float(fit[3]),
        durbin_watson=float((np.diff(rest) ** 2).sum()) / squares if squares > 1e-18 else None,
    )


def _table(what: str, rows: Sequence[Sequence[float]]) -> Matrix:
    require_something(what, rows)
    if len({len(row) for row in rows}) > 1:
        raise UnequalScales(f"{what}: rows of different length")
    require_something(f"{what}, columns", rows[0])
    for row in rows:
        require_numbers(what, row)
    return np.array(rows, dtype=np.float64)


def _started(start: Sequence[int], waves: int) -> Matrix:
    return (np.arange(waves)[None, :] >= np.array(start)[:, None]).astype(np.float64)


def _residual(table: Matrix) -> Matrix:
    return np.asarray(table - table.mean(axis=1, keepdims=True) - table.mean(axis=0, keepdims=True) + table.mean())


def _effect(rows: Matrix, inside: Matrix) -> float:
    return float((rows * inside).sum() / (inside**2).sum())


def _drawn(start: Sequence[int], seed: int) -> list[tuple[int, ...]]:
    rng = np.random.default_rng(seed)
    return [tuple(int(wave) for wave in rng.permutation(np.array(start))) for _ in range(DRAWS)]


def _mixture(before: Matrix, donors: Matrix) -> Matrix:
    """Weights from 0 that sum to 1: a heavy row holds the sum."""
    heavy = 1e4 * max(1.0, float(np.abs(donors).max()))
    weights, _ = nnls(np.vstack([donors, np.full((1, donors.shape[1]), heavy)]), np.append(before, heavy))
    return np.asarray(weights / weights.sum())


def _parted(before: Matrix, donors: Matrix, after: float, donors_after: Matrix, weights: Matrix) -> tuple[float, float]:
    return after - float(donors_after @ weights), sqrt(float(((before - donors @ weights) ** 2).mean()))


def _usable(donors: int, before: Sequence[float], rmse: float) -> bool:
    return donors >= FEWEST_DONORS and len(before) >= FEWEST_BEFORE and rmse <= pstdev(before) / 3 + HAIR


def _placebo(
    before: Matrix, donors: Matrix, after: float, donors_after: Matrix, value: float, rmse: float
) -> float | None:
    """Each donor set against the other donors: the share, this school included, that parts as far for its misfit before."""
    if donors.shape[1] < 2:
        return None
    seen, as_far = abs(value) / (rmse + HAIR), 1
    for donor in range(donors.shape[1]):
        others = np.delete(donors, donor, axis=1)
        weights = _mixture(donors[:, donor], others)
        gap, misfit = _parted(
            donors[:, donor], others, float(donors_after[donor]), np.delete(donors_after, donor), weights
        )
        as_far += int(abs(gap) / (misfit + HAIR) >= seen)
    return float(as_far / (donors.shape[1] + 1))


def _stepped_sentence(value: float, p: float, least: float) -> str:
    if least > 0.05:
        return "Too few schools to tell this from chance, whatever the figures."
    effect = f"Having started goes with {in_words(abs(value), 2)} {'more' if value > 0 else 'less'}"
    return (
        f"{effect}; chance alone does that at most once in twenty."
        if p <= 0.05
        else f"{effect}, which chance alone may do."
    )


def _synthetic_sentence(value: float, usable: bool) -> str:
    if not usable:
        return "No claim: too few schools or waves, or the mixture was not like the school before."
    return f"The school lies {in_words(abs(value), 2)} {'above' if value > 0 else 'below'} schools that were like it before."


def _jump_sentence(value: float, enough: bool) -> str:
    if not enough:
        return f"Too early to say: {FEWEST_EACH_SIDE} waves on each side are needed."
    return f"At the event the score lies {in_words(abs(value), 2)} {'above' if value > 0 else 'below'} the line before."
