"""Shares and means of a finite staff, part of which was silent. docs/science/pulse.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, floor, isfinite, lgamma, sqrt
from statistics import NormalDist

from alongside.science.disclosure import FINE_FROM, K_DISTRIBUTION
from alongside.science.errors import (
    MoreThanAsked,
    NotANumber,
    NothingGiven,
    UnequalScales,
    require_counts,
    require_numbers,
)
from alongside.science.results import Result, in_words
from alongside.science.tallies import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Result):
    """A share of all people asked, 0–1. value: share of those who answered, None when nobody did; low, high: its range.

    response: n / N. low_unclipped, high_unclipped: the formula before it is kept within what is possible at all.
    """

    response: float
    low_unclipped: float
    high_unclipped: float


def response_bounds(k: int, n: int, N: int) -> Share:  # noqa: N803 (the field's letter for all people asked)
    """The share of all N people that is possible at all, whatever the silent think: [k/N, (k+N−n)/N].

    k of n who answered said it (are positive, say); N were asked. Raises NotACount, and MoreThanAsked unless k ≤ n ≤ N and N ≥ 1.
    Source: Manski worst-case bounds.
    """
    low, high = _possible(k, n, N)
    return Share(
        value=k / n if n else None,
        low=float(low),
        high=float(high),
        n=n,
        N=N,
        method="worst-case bounds",
        sentence=_range_sentence("Whatever those who did not answer think", low, high, n),
        reasons=("Nothing is assumed about those who did not answer.",),
        response=n / N,
        low_unclipped=float(low),
        high_unclipped=float(high),
    )


def wilson_fpc(k: int, n: int, N: int, confidence: float = 0.95) -> Share:  # noqa: N803
    """Range for the share of all N people, if the silent are like those who answered: Wilson, corrected for a finite staff.

    k of n who answered said it; N were asked. Kept within `response_bounds`. A census (n = N) has no range; nobody answering
    leaves 0–1. Raises as `response_bounds`, and NotANumber unless 0 < confidence < 1. Source: O'Neill (2021), Wilson score
    interval with finite-population correction.
    """
    possible_low, possible_high = _possible(k, n, N)
    if not 0 < confidence < 1:
        raise NotANumber(f"confidence must lie between 0 and 1, not {confidence!r}")
    low, high = _wilson(k, n, N, confidence)
    clipped_low, clipped_high = max(low, float(possible_low)), min(high, float(possible_high))
    census = n == N
    alike = "If those who did not answer are like those who did"
    return Share(
        value=k / n if n else None,
        low=clipped_low,
        high=clipped_high,
        n=n,
        N=N,
        method="census" if census else "Wilson interval, finite population",
        sentence="Everyone answered." if census else _range_sentence(alike, clipped_low, clipped_high, n),
        reasons=() if census else ("The range allows for chance in who answered.",),
        not_claimed=() if census else ("That those who did not answer are like those who did.",),
        response=n / N,
        low_unclipped=low,
        high_unclipped=high,
    )


def round_outwards(low: float | Fraction, high: float | Fraction, step: int) -> tuple[int, int]:
    """A range widened to whole multiples of step, in the unit of low and high: 54.9–75 by 5 is 50–75.

    Raises NotANumber for a step under 1, low above high and what is not a number.
    """
    if step < 1 or not low <= high or not isfinite(low) or not isfinite(high):
        raise NotANumber(f"cannot round the range {low!r} to {high!r} outwards by {step!r}")
    # a hair, so that 55.00000000000001 is not widened to 60
    return floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step


def _possible(k: int, n: int, N: int) -> tuple[Fraction, Fraction]:  # noqa: N803
    require_counts("k, n and N", [k, n, N])
    if not k <= n <= N or N < 1:
        raise MoreThanAsked(f"need 0 ≤ k ≤ n ≤ N and N ≥ 1, not k={k!r}, n={n!r}, N={N!r}")
    return Fraction(k, N), Fraction(k + N - n, N)


def _wilson(k: int, n: int, N: int, confidence: float) -> tuple[float, float]:  # noqa: N803
    if n == N:
        return k / n, k / n
    if not n:
        return 0.0, 1.0
    kappa = NormalDist().inv_cdf((1 + confidence) / 2) ** 2 * (N - n) / max(1, N - 1)
    centre = (k + kappa / 2) / (n + kappa)
    half_width = sqrt(kappa) / (n + kappa) * sqrt(k * (n - k) / n + kappa / 4)
    return max(0.0, centre - half_width), min(1.0, centre + half_width)


def _range_sentence(condition: str, low: float | Fraction, high: float | Fraction, n: int) -> str:
    """The range in words, no finer than the share itself may be shown."""
    if n < K_DISTRIBUTION:
        return "Too few answers to show a share."
    least, most = round_outwards(100 * low, 100 * high, 5 if n < FINE_FROM else 1)
    return f"{condition}: {least}–{most}%." if least < most else f"{condition}: {most}%."


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Result):
    """Difference of two shares, −1 to 1: the first less the second. n: answers of both."""

    share_now: float
    share_before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMean(Result):
    """Mean answer of all N people asked, in answer values 1..K; sd in the same unit, 0 when everyone answered."""

    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority(Result):
    """Chance (0–1) that more than half of all N people hold the view."""


def wilson(k: int, n: int, confidence: float = 0.95) -> Share:
    """Range for a share of a process (no finite staff), 0–1: k of n. Raises MoreThanAsked unless 0 ≤ k ≤ n and n ≥ 1.

    Source: Wilson score interval; Newcombe (1998), Statistics in Medicine 17:857–872, method 3.
    """
    require_counts("k and n", [k, n])
    if k > n or n < 1:
        raise MoreThanAsked(f"need 0 ≤ k ≤ n and n ≥ 1, not k={k!r}, n={n!r}")
    low, high = _wilson_endless(k, n, _z(confidence))
    return Share(
        value=k / n,
        low=low,
        high=high,
        n=n,
        method="Wilson interval",
        sentence=_range_sentence("Were the same people asked anew under the same conditions", low, high, n),
        reasons=("The target is what goes on in the school, not these people.",),
        not_claimed=("Anything about those who did not answer.",),
        response=1.0,
        low_unclipped=low,
        high_unclipped=high,
    )


def share_difference(k1: int, n1: int, k2: int, n2: int, confidence: float = 0.95) -> Difference:
    """Range for the difference k1/n1 − k2/n2 of two independent shares. Raises as `wilson` does.

    Source: Newcombe (1998), Statistics in Medicine 17:873–890, method 10.
    """
    now, before = wilson(k1, n1, confidence), wilson(k2, n2, confidence)
    p1, p2 = k1 / n1, k2 / n2
    low = p1 - p2 - sqrt((p1 - now.low_unclipped) ** 2 + (before.high_unclipped - p2) ** 2)
    high = p1 - p2 + sqrt((now.high_unclipped - p1) ** 2 + (p2 - before.low_unclipped) ** 2)
    return Difference(
        value=p1 - p2,
        low=low,
        high=high,
        n=n1 + n2,
        method="Newcombe's interval for a difference, method 10",
        sentence=_points_sentence(p1 - p2, low, high),
        reasons=("Both shares vary by chance; the range allows for that.",),
        not_claimed=("Why the shares differ.", "That the same people answered both times."),
        share_now=p1,
        share_before=p2,
    )


def staff_mean(tally: Tally, N: int, prior_counts: Sequence[float]) -> StaffMean:  # noqa: N803
    """Mean answer of all N people: the silent are supposed to answer like a mixture of their colleagues and a prior.

    prior_counts: pretend answers per answer value, as many as the scale has; for example the cluster's shares × 4. low, high:
    mean ± 1.96 sd, kept within what is possible. Raises MoreThanAsked when n > N, UnequalScales and NotANumber for the
    prior, NothingGiven when nobody answered and the prior is empty. Source: Pólya posterior, Ghosh & Meeden (1997).
    """
    if len(prior_counts) != tally.points:
        raise UnequalScales(f"the prior has {len(prior_counts)} answer values, the tally {tally.points}")
    require_numbers("prior", prior_counts, 0)
    silent = _silent(tally.n, N)
    mean, sd = _polya(tally, silent, prior_counts)
    low_end, high_end = Fraction(tally.total + silent, N), Fraction(tally.total + silent * tally.points, N)
    low, high = max(float(low_end), mean - 1.96 * sd), min(float(high_end), mean + 1.96 * sd)
    return StaffMean(
        value=mean,
        low=low,
        high=high,
        n=tally.n,
        N=N,
        method="Pólya posterior",
        sentence=_mean_sentence(mean, low, high, N),
        reasons=(
            "Those who did not answer are supposed to be like a mixture of colleagues and of the schools around.",
        ),
        not_claimed=("That those who did not answer are like those who did.",),
        sd=sd,
    )


def majority(k: int, n: int, N: int, prior: tuple[float, float] = (0.5, 0.5)) -> Majority:  # noqa: N803
    """Chance that more than half of all N people hold a view which k of the n who answered hold.

    prior: pretend answers for and against, above 0. Raises MoreThanAsked unless 0 ≤ k ≤ n ≤ N and N ≥ 1.
    Source: beta-binomial posterior with Jeffreys' prior.
    """
    _possible(k, n, N)
    require_numbers("prior", prior, 1e-9)
    silent, a, b = N - n, k + prior[0], n - k + prior[1]
    chance = sum(_beta_binomial(more, silent, a, b) for more in range(silent + 1) if 2 * (k + more) > N)
    said = _in_hundred(chance, certain=2 * k > N, impossible=2 * (k + silent) <= N)
    return Majority(
        value=min(1.0, chance),
        n=n,
        N=N,
        method="beta-binomial, Jeffreys' prior",
        sentence=f"The chance that more than half of all {N} are positive is {said}.",
        reasons=("Those who did not answer are supposed to be like those who did.",),
        not_claimed=("That those who did not answer are like those who did.",),
    )


def _polya(tally: Tally, silent: int, prior_counts: Sequence[float]) -> tuple[float, float]:
    alpha = [count + more for count, more in zip(tally.counts, prior_counts, strict=True)]
    strength, everyone = sum(alpha), tally.n + silent
    if not strength:
        raise NothingGiven("nobody answered and the prior is empty: nothing is known of this staff")
    mu = sum(value * a for value, a in enumerate(alpha, 1)) / strength
    variance = sum(value**2 * a for value, a in enumerate(alpha, 1)) / strength - mu**2
    sd = silent / everyone * sqrt(max(0.0, variance) * (silent + strength) / (silent * (1 + strength))) if silent else 0
    return (tally.total + silent * mu) / everyone, sd


def _beta_binomial(k: int, n: int, a: float, b: float) -> float:
    choose = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(choose + _log_beta(k + a, n - k + b) - _log_beta(a, b))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _silent(n: int, N: int) -> int:  # noqa: N803
    require_counts("N", [N])
    if N < 1 or n > N:
        raise MoreThanAsked(f"{n} answers of {N} people asked")
    return N - n


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise NotANumber(f"confidence must lie between 0 and 1, not {confidence!r}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _wilson_endless(k: int, n: int, z: float) -> tuple[float, float]:
    kappa = z * z
    centre = (k + kappa / 2) / (n + kappa)
    half_width = z / (n + kappa) * sqrt(k * (n - k) / n + kappa / 4)
    return max(0.0, centre - half_width), min(1.0, centre + half_width)


def _in_hundred(chance: float, certain: bool, impossible: bool) -> str:
    """A chance in words; 0 and 100 only where nothing the silent say could alter it."""
    percent = floor(100 * chance + 0.5)
    if percent >= 100 and not certain:
        return "more than 99 in 100"
    return "less than 1 in 100" if percent == 0 and not impossible else f"{percent} in 100"


def _points_sentence(difference: float, low: float, high: float) -> str:
    least, most = in_words(100 * low, 0), in_words(100 * high, 0)
    unclear = ", so it may be none at all" if low <= 0 <= high else ""
    return f"A difference of {in_words(100 * difference, 0)} points, likely between {least} and {most}{unclear}."


def _mean_sentence(mean: float, low: float, high: float, N: int) -> str:  # noqa: N803
    if low == high:
        return f"Everyone answered: the mean of all {N} is {in_words(mean, 2)}."
    return f"The mean of all {N} is likely between {in_words(low, 2)} and {in_words(high, 2)}."
