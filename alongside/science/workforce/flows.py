"""How many of each role there will be when yearly chances are known, and those chances from few events."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from alongside.science.errors import (
    NotANumber,
    NothingGiven,
    UnequalScales,
    require_counts,
    require_numbers,
    require_something,
)
from alongside.science.results import Result, counted, in_words

KNOWN: Final = "Yearly chances are taken as known."

type Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Result):
    """Staff in years to come. value: people in all in the last year, low, high: 90% of cases. n: people now.

    expected, variance: year → stage, from now (variance 0). bands50, bands90: year → stage → (low, high), never below 0.
    """

    expected: tuple[tuple[float, ...], ...]
    variance: tuple[tuple[float, ...], ...]
    bands50: tuple[tuple[tuple[float, float], ...], ...]
    bands90: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway(Result):
    """Where people of one stage will be. value: chance (0–1) of having left. n: years. in_stage: chance per stage."""

    in_stage: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorption(Result):
    """Years until people leave. value: from the first stage. n: stages. visits: expected years in each stage, by start."""

    visits: tuple[tuple[float, ...], ...]
    years: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates(Result):
    """Yearly rates from few events. value: chance (0–1) of the last outcome, leaving; low, high: its 90% interval. n: people."""

    estimate: tuple[float, ...]


def flow(start: Sequence[int], transition: Sequence[Sequence[float]], hires: Sequence[float], years: int) -> Flow:
    """Staff per stage for years to come: n(t+1) = n(t) P + hires. What is missing to 1 in a row of P leaves.

    start: people per stage; transition: stage × stage, yearly chances; hires: people a year, fixed. Variance is exact for people
    who decide independently. Raises NotACount, NotANumber, UnequalScales. Source: Bartholomew, Stochastic Models.
    """
    moves = chances(transition)
    people = require_counts("start", start)
    if len(people) != len(moves) or len(hires) != len(moves):
        raise UnequalScales(f"{len(people)} stages now, {len(hires)} of hires, {len(moves)} in the transitions")
    require_numbers("hires", hires, 0)
    require_years(years)
    now, joined = np.array(people, dtype=np.float64), np.array(hires, dtype=np.float64)
    expected, variance = [now], [np.zeros(len(people))]
    power, spread, of_all = np.eye(len(people)), np.zeros(len(people)), [0.0]
    joined_since = 0.0
    for year in range(1, years + 1):
        if year > 1:  # those hired year − 1 years ago have moved as often
            spread = spread + joined @ (power * (1 - power))
            joined_since += float(joined @ _here(power))
        power = power @ moves
        expected.append(expected[-1] @ moves + joined)
        variance.append(now @ (power * (1 - power)) + spread)
        of_all.append(float(now @ _here(power)) + joined_since)
    return Flow(**foretold(expected, variance, of_all[-1], int(sum(people))))


def pathway(transition: Sequence[Sequence[float]], stage: int, years: int) -> Pathway:
    """Where people who are in one stage today will be. stage: from 0. Raises NotANumber, UnequalScales."""
    moves = chances(transition)
    require_years(years)
    if not 0 <= stage < len(moves):
        raise NotANumber(f"stage {stage!r} is not one of 0 to {len(moves) - 1}")
    row = np.linalg.matrix_power(moves, years)[stage]
    left = max(0.0, 1 - float(row.sum()))
    return Pathway(
        value=left,
        n=years,
        method="yearly chances, multiplied",
        sentence=f"After {counted(years, 'year')}, {in_words(100 * left, 0)} of 100 people who start here have left.",
        reasons=("Yearly chances are supposed to stay as they are.",),
        not_claimed=("What any one person will do.",),
        in_stage=tuple(float(chance) for chance in row),
    )


def absorption(transition: Sequence[Sequence[float]]) -> Absorption:
    """Years until people leave, by the stage they start in. Raises NothingGiven when from some stage nobody ever leaves.

    Source: fundamental matrix (I − Q)⁻¹; Grinstead & Snell, Introduction to Probability, ch. 11.
    """
    moves = chances(transition)
    rest = np.eye(len(moves)) - moves
    if np.linalg.cond(rest) > 1e12:
        raise NothingGiven("from some stage nobody ever leaves, so the years have no end")
    visits = np.linalg.inv(rest)
    years = visits.sum(axis=1)
    return Absorption(
        value=float(years[0]),
        n=len(moves),
        method="fundamental matrix",
        sentence=f"People who start in the first stage stay {in_words(float(years[0]))} years on average.",
        reasons=("Yearly chances are supposed to stay as they are.",),
        not_claimed=("What any one person will do.",),
        visits=tuple(tuple(float(v) for v in row) for row in visits),
        years=tuple(float(y) for y in years),
    )


def rates(counts: Sequence[int], prior: Sequence[float], strength: float = 15.0) -> Rates:
    """Yearly chances of each outcome (stay, move, leave: leaving last) from few events and the cluster's rates.

    prior: chances that sum to 1; strength: pretend people, 10 to 20. Raises NotACount, NotANumber, UnequalScales.
    Source: Dirichlet posterior mean; the interval is that of its beta margin.
    """
    people = require_counts("counts", counts)
    if len(people) != len(prior):
        raise UnequalScales(f"{len(people)} outcomes, but {len(prior)} prior chances")
    require_something("outcomes", people, 2)
    require_numbers("prior", prior, 0, 1)
    require_numbers("strength", [strength], 1e-9)
    if abs(fsum(prior) - 1) > 1e-6:
        raise NotANumber(f"prior chances sum to {fsum(prior):g}, not to 1")
    total = sum(people) + strength
    alpha = [count + strength * chance for count, chance in zip(people, prior, strict=True)]
    low, high = _beta_interval(alpha[-1], total - alpha[-1])
    return Rates(
        value=alpha[-1] / total,
        low=low,
        high=high,
        n=sum(people),
        method="Dirichlet, drawn towards the rates of the cluster",
        sentence=f"Between {in_words(100 * low, 0)} and {in_words(100 * high, 0)} of 100 leave in a year.",
        reasons=(f"Own events count for {sum(people)} people, the cluster's rates for {in_words(strength)}.",),
        not_claimed=("Who will leave.",),
        estimate=tuple(a / total for a in alpha),
    )


def foretold(expected: Sequence[Matrix], variance: Sequence[Matrix], of_all: float, people: int) -> dict[str, Any]:
    """The fields of a `Flow`. of_all: variance of all people together in the last year; stages are not independent."""
    last, sd = float(expected[-1].sum()), sqrt(of_all)
    low, high = max(0.0, last - 1.645 * sd), last + 1.645 * sd
    years = len(expected) - 1
    return {
        "value": last,
        "low": low,
        "high": high,
        "n": people,
        "method": "yearly transitions and hires",
        "sentence": (
            f"In {counted(years, 'year')} about {in_words(last, 0)} people, "
            f"in 9 of 10 cases {in_words(low, 0)} to {in_words(high, 0)}."
        ),
        "reasons": ("Yearly chances and hires are supposed to stay as they are.", KNOWN),
        "not_claimed": ("Who will leave or be promoted.",),
        "expected": tuple(tuple(float(x) for x in row) for row in expected),
        "variance": tuple(tuple(float(x) for x in row) for row in variance),
        "bands50": _fan(expected, variance, 0.6745),
        "bands90": _fan(expected, variance, 1.645),
    }


def _here(power: Matrix) -> Matrix:
    """Per stage of start, the variance of one person's being there in any stage."""
    stays: Matrix = np.minimum(power.sum(axis=1), 1.0)
    return stays * (1 - stays)


def _fan(
    expected: Sequence[Matrix], variance: Sequence[Matrix], width: float
) -> tuple[tuple[tuple[float, float], ...], ...]:
    rows = zip(expected, variance, strict=True)
    return tuple(
        tuple(
            (max(0.0, float(m) - width * sqrt(v)), float(m) + width * sqrt(v)) for m, v in zip(mean, var, strict=True)
        )
        for mean, var in rows
    )


def chances(transition: Sequence[Sequence[float]]) -> Matrix:
    """Yearly chances as a square, each row at most 1. Raises NothingGiven, UnequalScales, NotANumber."""
    require_something("stages", transition)
    for stage, row in enumerate(transition):
        if len(row) != len(transition):
            raise UnequalScales("transitions must be a square, a row and a column for each stage")
        require_numbers(f"chances of stage {stage}", row, 0, 1)
        if fsum(row) > 1 + 1e-9:
            raise NotANumber(f"chances of stage {stage} sum to {fsum(row):g}, more than 1")
    return np.array(transition, dtype=np.float64)


def require_years(years: int) -> None:
    """Raise NotANumber for years that are no whole number from 1."""
    if not isinstance(years, int) or isinstance(years, bool) or years < 1:
        raise NotANumber(f"years {years!r} is not a whole number from 1")


def _beta_interval(a: float, b: float) -> tuple[float, float]:
    if a <= 0:
        return 0.0, 0.0
    if b <= 0:
        return 1.0, 1.0
    return float(beta.ppf(0.05, a, b)), float(beta.ppf(0.95, a, b))
