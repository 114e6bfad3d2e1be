"""Agreement inside one group, and between raters: the measures of the literature, as a second opinion."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log2
from statistics import fmean, variance
from typing import Literal

from alongside.science.errors import NotANumber, NothingGiven, UnequalScales, require_numbers, require_something
from alongside.science.results import Result, counted, in_words
from alongside.science.tallies import Tally
from alongside.science.tallies import variance as tally_variance

type Level = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Result):
    """Agreement of one group. value: r_wg against even answers, kept from 0 to 1. n: answers.

    mean in answer values; variance with divisor n − 1; rwg may be below 0. awg: None where the mean lies too near an end.
    ad_mean, ad_median: average distance from the mean, from the median, in steps; agreed when at most K/6.
    """

    mean: float
    variance: float
    rwg: float
    awg: float | None
    ad_mean: float
    ad_median: float
    agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAgreement(Result):
    """Agreement over several statements, 0–1 (r_wg(j)). n: statements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness(Result):
    """A coefficient of agreement, at most 1. value: None when all units score alike, so that it is undefined. n: units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReliability(Result):
    """How much of the differences lies between groups. value: ICC(1), at most 1. icc2: reliability of the groups' means.

    n: people. between, within: mean squares. size: mean people per group.
    """

    icc2: float
    between: float
    within: float
    size: float


def agreement(tally: Tally) -> Agreement:
    """How far one group agrees. Raises NothingGiven for fewer than two answers.

    Source: James, Demaree & Wolf (1984) r_wg; Brown & Hauenstein (2005) a_wg; Burke, Finkelstein & Dusig (1999) AD.
    """
    spread = tally_variance(tally)
    if spread is None:
        raise NothingGiven(f"agreement needs two answers, not {tally.n}")
    rwg = 1 - spread / Fraction(tally.points**2 - 1, 12)
    middle = _median(tally)
    from_mean, from_median = _mean_distance(tally, tally.mean), _mean_distance(tally, middle)
    agreed = from_mean <= Fraction(tally.points, 6)
    return Agreement(
        value=float(min(Fraction(1), max(Fraction(0), rwg))),
        n=tally.n,
        method="r_wg against even answers; a_wg; average deviation",
        sentence=f"Answers lie {in_words(float(from_mean))} steps from their mean: {'agreed' if agreed else 'not agreed'}.",
        reasons=("At most a sixth of the scale from the mean counts as agreed: a convention.",),
        not_claimed=("That low agreement is bad.",),
        mean=float(tally.mean),
        variance=float(spread),
        rwg=float(rwg),
        awg=_awg(tally, spread),
        ad_mean=float(from_mean),
        ad_median=float(from_median),
        agreed=agreed,
    )


def rwg_items(item_variances: Sequence[float], options: int) -> ItemAgreement:
    """Agreement over several statements of one scale, r_wg(j), 0–1; 0 when the variance exceeds that of even answers.

    item_variances: divisor n − 1, one per statement; options: answer values K. It grows with the number of statements: never
    a headline. Raises NothingGiven, NotANumber. Source: James, Demaree & Wolf (1984).
    """
    require_something("item variances", item_variances)
    require_numbers("item variances", item_variances, 0)
    if options < 2:
        raise NotANumber(f"a scale needs two answer values, not {options!r}")
    ratio = fmean(item_variances) / ((options**2 - 1) / 12)
    shared = len(item_variances) * (1 - ratio)
    value = shared / (shared + ratio) if ratio < 1 else 0.0
    return ItemAgreement(
        value=value,
        n=len(item_variances),
        method="r_wg(j) against even answers",
        sentence=f"Agreement over {len(item_variances)} statements: {in_words(value, 2)}.",
        reasons=("It grows with the number of statements.",),
        not_claimed=("That it can be compared with another number of statements.",),
    )


def item_alpha(people: Sequence[Sequence[float]]) -> Likeness:
    """Cronbach's alpha, at most 1: people × statements. Raises NothingGiven under two of either, UnequalScales, NotANumber."""
    require_something("people", people, 2)
    if len({len(row) for row in people}) > 1:
        raise UnequalScales("every person must have answered every statement")
    require_something("statements", people[0], 2)
    for row in people:
        require_numbers("answers", row)
    items, whole = sum(variance(column) for column in zip(*people, strict=True)), variance([sum(row) for row in people])
    if whole == 0:
        raise NothingGiven("nobody differs from anybody, so alpha is undefined")
    count = len(people[0])
    value = float(count / (count - 1) * (1 - items / whole))
    return Likeness(
        value=value,
        n=len(people),
        method="Cronbach's alpha",
        sentence=f"{counted(count, 'statement')} move together: alpha {in_words(value, 2)}.",
        reasons=("It grows with the number of statements.",),
        not_claimed=("That the statements measure one thing.",),
    )


def krippendorff(units: Sequence[Sequence[int]], level: Level = "ordinal") -> Likeness:
    """Krippendorff's alpha from counts: one row per unit, how many gave each value. Units of fewer than two count nowhere.

    Raises NothingGiven when no unit has two, UnequalScales. Source: Krippendorff, "Computing alpha reliability".
    """
    if len({len(unit) for unit in units}) > 1:
        raise UnequalScales("units must share one scale")
    rows = [Tally(tuple(unit)).counts for unit in units if sum(unit) >= 2]
    require_something("units with two values", rows)
    totals = [sum(column) for column in zip(*rows, strict=True)]
    n, values = sum(totals), range(len(totals))
    apart = [[_apart(c, k, totals, level) for k in values] for c in values]
    seen = sum(
        (
            Fraction(row[c] * row[k], sum(row) - 1) * apart[c][k]
            for row in rows
            for c in values
            for k in values
            if c != k
        ),
        Fraction(0),
    )
    expected = sum((Fraction(totals[c] * totals[k], n - 1) * apart[c][k] for c in values for k in values), Fraction(0))
    value = float(1 - seen / expected) if expected else None
    return Likeness(
        value=value,
        n=len(rows),
        method=f"Krippendorff's alpha, {level}",
        sentence="Undefined: all gave one value."
        if value is None
        else f"Agreement beyond chance: {in_words(value, 2)}.",
        reasons=("Low when all units score alike, even if raters agree.",),
        not_claimed=("That a low value means disagreement.",),
    )


def kendall_w(ranks: Sequence[Sequence[float]]) -> Likeness:
    """How far raters put things in the same order, 0–1: one row of ranks per rater, ties as mean ranks.

    Raises NothingGiven under two of either, UnequalScales, NotANumber. Source: Kendall & Babington Smith, corrected for ties;
    Siegel & Castellan ch. 9.
    """
    require_something("raters", ranks, 2)
    if len({len(row) for row in ranks}) > 1:
        raise UnequalScales("every rater must have ranked everything")
    things, raters = len(ranks[0]), len(ranks)
    require_something("things ranked", ranks[0], 2)
    for row in ranks:
        require_numbers("ranks", row)
    sums = [sum(column) for column in zip(*ranks, strict=True)]
    spread = sum((total - fmean(sums)) ** 2 for total in sums)
    ties = sum(row.count(rank) ** 3 - row.count(rank) for row in map(list, ranks) for rank in set(row))
    most = raters**2 * (things**3 - things) - raters * ties
    value = 12 * spread / most if most > 1e-12 else None
    return Likeness(
        value=value,
        n=things,
        method="Kendall's W",
        sentence="Undefined: nobody put anything first."
        if value is None
        else f"Same order: {in_words(value, 2)} of 1.",
        reasons=(f"{raters} orders of {things}.",),
        not_claimed=("That the common order is right.",),
    )


def consensus(tally: Tally) -> Likeness:
    """Consensus of Tastle & Wierman (2007), 0 (half at each end) to 1 (all alike). Raises NothingGiven."""
    width = tally.points - 1
    mean = float(tally.mean)
    shares = [(count / tally.n, value) for value, count in enumerate(tally.counts, 1) if count]
    found = 1 + sum(share * log2(1 - abs(value - mean) / width) for share, value in shares)
    return _second_opinion(tally, found, "consensus of Tastle and Wierman", "0 is half at each end, 1 all alike.")


def layered_agreement(tally: Tally) -> Likeness:
    """Agreement A of van der Eijk (2001), −1 (half at each end) to 1 (all alike). Raises NothingGiven."""
    if not tally.n:
        raise NothingGiven("nobody answered, so there is no agreement")
    left, total = list(tally.counts), Fraction(0)
    while any(left):
        layer = [int(count > 0) for count in left]
        size = min(count for count in left if count)
        total += Fraction(size * sum(layer), tally.n) * _layer(layer)
        left = [count - size if count else 0 for count in left]
    ends = "−1 is half at each end, 0 even answers, 1 all alike."
    return _second_opinion(tally, float(total), "agreement A of van der Eijk", ends)


def _second_opinion(tally: Tally, value: float, method: str, ends: str) -> Likeness:
    return Likeness(
        value=value,
        n=tally.n,
        method=method,
        sentence=f"{method[0].upper()}{method[1:]}: {in_words(value, 2)}.",
        reasons=(ends,),
        not_claimed=("That people agree on what is right.",),
    )


def group_reliability[Id: Hashable](groups: Mapping[Id, Sequence[float]]) -> GroupReliability:
    """How much of people's differences lies between their groups: ICC(1) and ICC(2), from one figure per person.

    Raises NothingGiven under two groups, for an empty one and when nobody differs, NotANumber.
    Source: one-way analysis of variance; Bliese (2000), mean group size.
    """
    require_something("groups", groups, 2)
    for name, values in groups.items():
        require_something(f"group {name!r}", values)
        require_numbers(f"group {name!r}", values)
    people = sum(len(values) for values in groups.values())
    if people == len(groups):
        raise NothingGiven("no group has two people, so their own spread is unknown")
    grand = sum(sum(values) for values in groups.values()) / people
    between = sum(len(values) * (fmean(values) - grand) ** 2 for values in groups.values()) / (len(groups) - 1)
    within = sum((x - fmean(values)) ** 2 for values in groups.values() for x in values) / (people - len(groups))
    size = people / len(groups)
    if between + (size - 1) * within == 0 or between == 0:
        raise NothingGiven("the groups do not differ at all, so the ratio is undefined")
    value = (between - within) / (between + (size - 1) * within)
    return GroupReliability(
        value=value,
        n=people,
        method="ICC(1) and ICC(2), one-way analysis of variance",
        sentence=f"{in_words(100 * max(0.0, value), 0)} of 100 parts of the differences lie between groups.",
        reasons=(f"{len(groups)} groups.",),
        not_claimed=("That a group's mean stands for each of its people.",),
        icc2=(between - within) / between,
        between=between,
        within=within,
        size=size,
    )


def _median(tally: Tally) -> Fraction:
    answers = [value for value, count in enumerate(tally.counts, 1) for _ in range(count)]
    return Fraction(answers[(tally.n - 1) // 2] + answers[tally.n // 2], 2)


def _mean_distance(tally: Tally, centre: Fraction) -> Fraction:
    return sum((count * abs(value - centre) for value, count in enumerate(tally.counts, 1)), Fraction(0)) / tally.n


def _awg(tally: Tally, spread: Fraction) -> float | None:
    low, high, n, mean = 1, tally.points, tally.n, tally.mean
    if not Fraction(low * (n - 1) + high, n) <= mean <= Fraction(high * (n - 1) + low, n):
        return None
    most = ((high + low) * mean - mean**2 - high * low) * Fraction(n, n - 1)
    return float(1 - 2 * spread / most)


def _apart(c: int, k: int, totals: Sequence[int], level: Level) -> Fraction:
    if level == "nominal":
        return Fraction(int(c != k))
    if level == "interval":
        return Fraction((c - k) ** 2)
    low, high = min(c, k), max(c, k)
    return (sum(totals[low : high + 1]) - Fraction(totals[low] + totals[high], 2)) ** 2


def _layer(layer: Sequence[int]) -> Fraction:
    """Agreement of a pattern of used (1) and unused (0) values, weighted by nothing yet: van der Eijk's A of one layer."""
    points, used = len(layer), sum(layer)
    if used == points:
        return Fraction(0)
    if used == 1:
        return Fraction(1)
    triples = [
        (layer[i], layer[j], layer[k])
        for i in range(points)
        for j in range(i + 1, points)
        for k in range(j + 1, points)
    ]
    apart = sum(triple == (1, 0, 1) for triple in triples)
    together = sum(triple in {(1, 1, 0), (0, 1, 1)} for triple in triples)
    u = Fraction((points - 2) * together - (points - 1) * apart, (points - 2) * (together + apart))
    return u * (1 - Fraction(used - 1, points - 1))
