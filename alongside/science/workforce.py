"""Workforce: how many of each role there will be, whether that is enough, and who could step in. Never about one person's risk."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import fsum, prod, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import beta

from alongside.science.errors import (
    NotANumber,
    NothingGiven,
    UnequalScales,
    require_counts,
    require_known,
    require_numbers,
    require_once,
    require_something,
)
from alongside.science.results import Result, by_id, counted, in_words

MOST_SCENARIOS = 2**20

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall(Result):
    """Enough people? value: chance (0–1) of fewer than needed. n: people counted on. pmf: chance of 0, 1, 2 … people."""

    pmf: tuple[float, ...]
    expected: float
    need: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession(Result):
    """Cover of posts. value: chance (0–1) that a post is left without a successor. n: posts.

    as_if_apart: the same if nobody were counted twice, which is too low where deputies are shared.
    """

    as_if_apart: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Skills(Result):
    """Skills there and needed. value: people missing in all. n: people. single: skills needed that hang on one person."""

    have: dict[str, int]
    gap: dict[str, int]
    single: tuple[str, ...]


def flow(start: Sequence[int], transition: Sequence[Sequence[float]], hires: Sequence[float], years: int) -> Flow:
    """Staff per stage for years to come: n(t+1) = n(t) P + hires. What is missing to 1 in a row of P leaves.

    start: people per stage; transition: stage × stage, yearly chances; hires: people a year, fixed. Variance is exact for people
    who decide independently. Raises NotACount, NotANumber, UnequalScales. Source: Bartholomew, Stochastic Models.
    """
    moves = _chances(transition)
    people = require_counts("start", start)
    if len(people) != len(moves) or len(hires) != len(moves):
        raise UnequalScales(f"{len(people)} stages now, {len(hires)} of hires, {len(moves)} in the transitions")
    require_numbers("hires", hires, 0)
    _require_years(years)
    now, joined = np.array(people, dtype=np.float64), np.array(hires, dtype=np.float64)
    expected, variance = [now], [np.zeros(len(people))]
    power, spread = np.eye(len(people)), np.zeros(len(people))
    for year in range(1, years + 1):
        if year > 1:  # those hired year − 1 years ago have moved as often
            spread = spread + joined @ (power * (1 - power))
        power = power @ moves
        expected.append(expected[-1] @ moves + joined)
        variance.append(now @ (power * (1 - power)) + spread)
    return _flow(expected, variance, int(sum(people)))


def pathway(transition: Sequence[Sequence[float]], stage: int, years: int) -> Pathway:
    """Where people who are in one stage today will be. stage: from 0. Raises NotANumber, UnequalScales."""
    moves = _chances(transition)
    _require_years(years)
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
    moves = _chances(transition)
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


def shortfall(probabilities: Sequence[float], need: int) -> Shortfall:
    """Chance that fewer than `need` of these people are there, each with their own chance (0–1), independently.

    Raises NotANumber, NotACount. Source: Poisson-binomial by convolution.
    """
    require_numbers("probabilities", probabilities, 0, 1)
    require_counts("need", [need])
    pmf = [1.0]
    for p in sorted(probabilities):
        pmf = [a * (1 - p) + b * p for a, b in zip([*pmf, 0.0], [0.0, *pmf], strict=True)]
    value = min(1.0, fsum(pmf[:need]))
    return Shortfall(
        value=value,
        n=len(probabilities),
        method="Poisson-binomial, exact",
        sentence=f"The chance of fewer than {need} is {in_words(100 * value, 0)} in 100.",
        reasons=("People are supposed to decide independently.",),
        not_claimed=("Who will be missing.",),
        pmf=tuple(pmf),
        expected=fsum(probabilities),
        need=need,
    )


def succession(leaves: float, successors: Sequence[tuple[float, float]]) -> Succession:
    """Chance that one post falls free and nobody can step in. leaves: chance (0–1) of falling free this year.

    successors: (ready, stays), chances agreed with each person. Raises NotANumber.
    """
    require_numbers("chance of leaving", [leaves], 0, 1)
    for number, pair in enumerate(successors, 1):
        require_numbers(f"successor {number}", pair, 0, 1)
    value = leaves * prod(1 - ready * stays for ready, stays in sorted(successors))
    return _succession(value, value, 1)


def succession_shared(
    posts: Sequence[tuple[float, Collection[Hashable]]], ready: Mapping[Hashable, float]
) -> Succession:
    """Chance that some post falls free without a successor when one deputy may be named for several posts.

    posts: (chance of falling free, deputies); ready: deputy → chance of being ready and there. Every case is weighed, and in
    each as many posts as possible are covered. Raises UnknownId, DuplicateId, NotANumber, NothingGiven for too many cases.
    """
    require_something("posts", posts)
    require_numbers("chance of leaving", [leaves for leaves, _ in posts], 0, 1)
    for number, (_, named) in enumerate(posts, 1):
        require_once(f"deputy of post {number}", list(named))
        require_known("deputy", named, ready)
    deputies = sorted({deputy for _, named in posts for deputy in named}, key=by_id)
    require_numbers("readiness", [ready[deputy] for deputy in deputies], 0, 1)
    if 2 ** (len(posts) + len(deputies)) > MOST_SCENARIOS:
        raise NothingGiven(
            f"{len(posts)} posts and {len(deputies)} deputies make too many cases: look at parts of them"
        )
    apart = 1 - prod(1 - q * prod(1 - ready[d] for d in named) for q, named in posts)
    uncovered = fsum(
        _chance(free, [q for q, _ in posts]) * _chance(there, [ready[d] for d in deputies])
        for free in product((False, True), repeat=len(posts))
        for there in product((False, True), repeat=len(deputies))
        if not _all_covered(posts, free, {d for d, here in zip(deputies, there, strict=True) if here})
    )
    return _succession(uncovered, apart, len(posts))


def skills(people: Mapping[Hashable, Collection[str]], need: Mapping[str, int]) -> Skills:
    """How many have each skill needed, how many are missing, and which skills hang on one person.

    Raises NotACount, DuplicateId for a skill given twice to one person.
    """
    require_counts("need", need.values())
    for person, has in people.items():
        require_once(f"skill of {person!r}", list(has))
    held = Counter(skill for has in people.values() for skill in has)
    gap = {skill: max(0, wanted - held[skill]) for skill, wanted in need.items()}
    single = tuple(skill for skill in sorted(need) if need[skill] and held[skill] == 1)
    missing = [skill for skill in sorted(gap) if gap[skill]]
    return Skills(
        value=sum(gap.values()),
        n=len(people),
        method="count of people per skill",
        sentence=f"Missing: {', '.join(missing)}." if missing else "Nothing is missing.",
        reasons=tuple(f"{skill.capitalize()} hangs on one person." for skill in single),
        not_claimed=("How well anybody does it.",),
        have={skill: held[skill] for skill in need},
        gap=gap,
        single=single,
    )


def _flow(expected: Sequence[Matrix], variance: Sequence[Matrix], people: int) -> Flow:
    last, sd = float(expected[-1].sum()), sqrt(float(variance[-1].sum()))
    low, high = max(0.0, last - 1.645 * sd), last + 1.645 * sd
    years = len(expected) - 1
    return Flow(
        value=last,
        low=low,
        high=high,
        n=people,
        method="yearly transitions and hires",
        sentence=(
            f"In {counted(years, 'year')} about {in_words(last, 0)} people, "
            f"in 9 of 10 cases {in_words(low, 0)} to {in_words(high, 0)}."
        ),
        reasons=("Yearly chances and hires are supposed to stay as they are.", "Stages are taken as independent."),
        not_claimed=("Who will leave or be promoted.",),
        expected=tuple(tuple(float(x) for x in row) for row in expected),
        variance=tuple(tuple(float(x) for x in row) for row in variance),
        bands50=_fan(expected, variance, 0.6745),
        bands90=_fan(expected, variance, 1.645),
    )


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


def _chances(transition: Sequence[Sequence[float]]) -> Matrix:
    require_something("stages", transition)
    for stage, row in enumerate(transition):
        if len(row) != len(transition):
            raise UnequalScales("transitions must be a square, a row and a column for each stage")
        require_numbers(f"chances of stage {stage}", row, 0, 1)
        if fsum(row) > 1 + 1e-9:
            raise NotANumber(f"chances of stage {stage} sum to {fsum(row):g}, more than 1")
    return np.array(transition, dtype=np.float64)


def _require_years(years: int) -> None:
    if not isinstance(years, int) or isinstance(years, bool) or years < 1:
        raise NotANumber(f"years {years!r} is not a whole number from 1")


def _beta_interval(a: float, b: float) -> tuple[float, float]:
    if a <= 0:
        return 0.0, 0.0
    if b <= 0:
        return 1.0, 1.0
    return float(beta.ppf(0.05, a, b)), float(beta.ppf(0.95, a, b))


def _chance(happens: Sequence[bool], chances: Sequence[float]) -> float:
    return prod(p if yes else 1 - p for yes, p in zip(happens, chances, strict=True))


def _all_covered(
    posts: Sequence[tuple[float, Collection[Hashable]]], free: Sequence[bool], there: Collection[Hashable]
) -> bool:
    open_posts = [set(named) & set(there) for (_, named), is_free in zip(posts, free, strict=True) if is_free]
    if not open_posts or not all(open_posts):
        return not open_posts
    deputies = sorted(set().union(*open_posts), key=by_id)
    fits = np.array([[deputy in named for deputy in deputies] for named in open_posts])
    rows, columns = linear_sum_assignment(fits, maximize=True)
    return int(fits[rows, columns].sum()) == len(open_posts)


def _succession(value: float, apart: float, posts: int) -> Succession:
    which = "the post falls free" if posts == 1 else "some post falls free"
    return Succession(
        value=value,
        n=posts,
        method="all cases weighed",
        sentence=f"The chance that {which} and nobody can step in is {in_words(100 * value, 0)} in 100.",
        reasons=() if abs(value - apart) < 1e-12 else ("A deputy named for two posts can cover one.",),
        not_claimed=("Who will leave.", "That readiness was judged without the person."),
        as_if_apart=apart,
    )
