"""Partial pooling: what a school's mean says once the size of its staff and its neighbours are taken into account."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lgamma, sqrt

from alongside.science.errors import NothingGiven, UnequalScales, require_numbers, require_something
from alongside.science.results import Result, counted
from alongside.science.tallies import Tally, variance

SCHOOLS_FOR_BENCHMARK = 10
BAND = 1.2816  # standard deviations either side of a benchmark: 80%


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool(Result):
    """Several schools together. value: grand mean, in the unit given; low, high: ± 1.96 standard errors; n: schools.

    tau2: variance between schools (Paule–Mandel), mu its grand mean; tau2_dl, mu_dl: after DerSimonian and Laird.
    means, shrunk, sd, weights: one per school; weights: how much of `shrunk` is the grand mean (0–1).
    """

    tau2: float
    tau2_dl: float
    mu_dl: float
    se_dl: float
    within: float | None
    means: tuple[float, ...]
    shrunk: tuple[float, ...]
    sd: tuple[float, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark(Result):
    """Where a school stands among others: percentiles 0–100, shown as a band and never as a place. n: schools compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior(Result):
    """How schools' answers are spread. value: strength, in pretend answers; n: answers.

    alpha: pretend answers per answer value. log_likelihood: of all tallies, natural logarithm.
    """

    alpha: tuple[float, ...]
    log_likelihood: float


def pool_estimates(values: Sequence[float], variances: Sequence[float]) -> Pool:
    """Pool estimates with known error variances (unit squared), for example one mean per school.

    Raises UnequalScales for lists of different length, NotANumber for a variance of 0 or less, NothingGiven for none.
    Source: Paule & Mandel (1982); DerSimonian & Laird (1986). The sd leaves out the uncertainty of tau2 and of the grand mean.
    """
    if len(values) != len(variances):
        raise UnequalScales(f"{len(values)} values, but {len(variances)} variances")
    require_something("values", values)
    require_numbers("values", values)
    require_numbers("variances", variances, 1e-300)
    return _pooled(values, variances, None)


def pool(tallies: Sequence[Tally]) -> Pool:
    """Pool the mean answers (1..K) of several schools, in the order given; the spread of single answers is common to all.

    Raises NothingGiven for a tally without answers or when nobody differs from a colleague, UnequalScales.
    Source: as `pool_estimates`, with error variance s² / n, s² pooled over the schools.
    """
    require_something("tallies", tallies)
    scales = sorted({tally.points for tally in tallies})
    if len(scales) > 1:
        raise UnequalScales(f"tallies to pool must share one scale; answer values found: {scales}")
    for place, tally in enumerate(tallies, 1):
        if not tally.n:
            raise NothingGiven(f"tally {place} has no answers")
    spare = sum(tally.n - 1 for tally in tallies)
    squares = sum((tally.n - 1) * (variance(tally) or 0) for tally in tallies)
    if not spare or not squares:
        raise NothingGiven("no two colleagues differ anywhere, so the spread of answers is unknown")
    within = float(squares / spare)
    return _pooled([float(tally.mean) for tally in tallies], [within / tally.n for tally in tallies], within)


def percentile(value: float, reference: Sequence[float]) -> float:
    """Where a value lies among others, 0–100: 100 (below + ½ equal) / n. Raises NotANumber, NothingGiven."""
    require_something("reference", reference)
    require_numbers("value", [value])
    require_numbers("reference", reference)
    below, equal = sum(other < value for other in reference), sum(other == value for other in reference)
    return 100 * (below + equal / 2) / len(reference)


def benchmark(value: float, sd: float, reference: Sequence[float]) -> Benchmark | None:
    """The band of percentiles in which a shrunk mean lies, to the nearest 10; None with fewer than 10 other schools.

    value, sd: from `pool`, in the unit of reference, the other schools' shrunk means. Raises NotANumber.
    Source: mid-rank percentile of value ± 1.28 sd; bands because places are not known (Goldstein & Spiegelhalter 1996).
    """
    require_numbers("value", [value])
    require_numbers("sd", [sd], 0)
    require_numbers("reference", reference)
    if len(reference) < SCHOOLS_FOR_BENCHMARK:
        return None
    low = percentile(value - BAND * sd, reference) // 10 * 10
    high = -(-percentile(value + BAND * sd, reference) // 10) * 10
    return Benchmark(
        value=percentile(value, reference),
        low=low,
        high=high,
        n=len(reference),
        method="mid-rank percentile of a shrunk mean ± 1.28 sd",
        sentence=f"Between the {_ordinal(low)} and the {_ordinal(high)} percentile of {len(reference)} schools.",
        reasons=("The band is as wide as this school's mean is uncertain.",),
        not_claimed=("A place in a league table.",),
    )


def prior(tallies: Sequence[Tally]) -> Prior:
    """The Dirichlet-multinomial that fits these tallies best; its strength is known only roughly.

    Raises NothingGiven for fewer than two tallies with answers, UnequalScales. Source: Minka (2000), fixed point.
    """
    used = [tally for tally in tallies if tally.n]
    require_something("tallies with answers", used, 2)
    scales = sorted({tally.points for tally in used})
    if len(scales) > 1:
        raise UnequalScales(f"tallies must share one scale; answer values found: {scales}")
    alpha = _minka([tally.counts for tally in used])
    strength, likelihood = sum(alpha), sum(_log_likelihood(tally.counts, alpha) for tally in used)
    return Prior(
        value=strength,
        n=sum(tally.n for tally in used),
        method="Dirichlet-multinomial, maximum likelihood",
        sentence=f"A school's own answers outweigh what is usual from {counted(round(strength), 'answer')} on.",
        reasons=(f"Fitted to {counted(len(used), 'school')}.",),
        not_claimed=("The strength to the digit: the likelihood is flat in it.",),
        alpha=alpha,
        log_likelihood=likelihood,
    )


def _pooled(values: Sequence[float], variances: Sequence[float], within: float | None) -> Pool:
    tau2 = _paule_mandel(values, variances)
    mu, se = _weighted_mean(values, [1 / (v + tau2) for v in variances])
    tau2_dl = _dersimonian_laird(values, variances)
    mu_dl, se_dl = _weighted_mean(values, [1 / (v + tau2_dl) for v in variances])
    weights = tuple(v / (v + tau2) for v in variances)
    pairs = list(zip(values, weights, strict=True))
    return Pool(
        value=mu,
        low=mu - 1.96 * se,
        high=mu + 1.96 * se,
        n=len(values),
        method="partial pooling, variance between schools by Paule and Mandel",
        sentence=_pool_sentence(tau2, len(values)),
        reasons=("A small staff's mean is moved further towards the mean of all.",),
        not_claimed=("Which of two schools near each other is the better one.",),
        tau2=tau2,
        tau2_dl=tau2_dl,
        mu_dl=mu_dl,
        se_dl=se_dl,
        within=within,
        means=tuple(values),
        shrunk=tuple(weight * mu + (1 - weight) * value for value, weight in pairs),
        sd=tuple(sqrt(v * (1 - weight)) for v, weight in zip(variances, weights, strict=True)),
        weights=weights,
    )


def _weighted_mean(values: Sequence[float], weights: Sequence[float]) -> tuple[float, float]:
    mean = sum(w * y for w, y in zip(weights, values, strict=True)) / sum(weights)
    return mean, sqrt(1 / sum(weights))


def _excess(values: Sequence[float], variances: Sequence[float], tau2: float) -> float:
    """Q(τ²) − (k − 1)."""
    weights = [1 / (v + tau2) for v in variances]
    mu, _ = _weighted_mean(values, weights)
    return sum(w * (y - mu) ** 2 for w, y in zip(weights, values, strict=True)) - (len(values) - 1)


def _paule_mandel(values: Sequence[float], variances: Sequence[float]) -> float:
    if _excess(values, variances, 0.0) <= 0:
        return 0.0
    low, high = 0.0, max(variances)
    while _excess(values, variances, high) > 0:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _excess(values, variances, middle) > 0 else (low, middle)
    return (low + high) / 2


def _dersimonian_laird(values: Sequence[float], variances: Sequence[float]) -> float:
    weights = [1 / v for v in variances]
    spread = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return max(0.0, _excess(values, variances, 0.0) / spread) if len(values) > 1 and spread > 0 else 0.0


def _minka(tallies: Sequence[Sequence[int]]) -> tuple[float, ...]:
    """Fixed point on sums over 1/(α + i), which are the digamma differences for whole counts; unused answers get 0."""
    everyone = sum(sum(counts) for counts in tallies)
    alpha = [2.0 * sum(column) / everyone for column in zip(*tallies, strict=True)]
    for _ in range(20_000):
        strength = sum(alpha)
        below = sum(_steps(strength, sum(counts)) for counts in tallies)
        grown = [
            a * sum(_steps(a, counts[value]) for counts in tallies) / below if a else 0.0
            for value, a in enumerate(alpha)
        ]
        moved = max(abs(new - old) for new, old in zip(grown, alpha, strict=True))
        alpha = grown
        if moved < 1e-7 * (1 + strength) or strength > 1e6:
            break
    return tuple(alpha)


def _steps(start: float, count: int) -> float:
    return sum(1 / (start + i) for i in range(count))


def _log_likelihood(counts: Sequence[int], alpha: Sequence[float]) -> float:
    """Of the answers as drawn, not of the tally: without the multinomial coefficient."""
    strength, n = sum(alpha), sum(counts)
    used = [(a, count) for a, count in zip(alpha, counts, strict=True) if a]
    return lgamma(strength) - lgamma(strength + n) + sum(lgamma(a + count) - lgamma(a) for a, count in used)


def _pool_sentence(tau2: float, schools: int) -> str:
    if tau2 == 0:
        return "The schools do not differ by more than chance."
    return f"The {counted(schools, 'school')} differ by more than chance."


def _ordinal(percent: float) -> str:
    return f"{round(percent)}th"
