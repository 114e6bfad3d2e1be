"""Run charts: what is ordinary movement from wave to wave, and what is not. docs/science/pulse.md."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise
from math import comb, fsum, isfinite, log2, sqrt
from statistics import fmean, median

from alongside.science.errors import (
    MoreThanAsked,
    NotANumber,
    UnequalScales,
    require_counts,
    require_numbers,
    require_something,
)
from alongside.science.results import Result, counted

WAVES_FOR_LIMITS = 8  # limits from fewer cry wolf; from this wave on a confirmed change must leave them too
WAVES_FOR_FIRM_LIMITS = 12
POINTS_FOR_RUNS = 10  # useful points from which the run rules are applied


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Result):
    """A run chart's limits. value: centre, low and high: limits, all in the unit of the scores; n: baseline points.

    mr_bar: mean moving range; mr_high: limit of a single moving range. provisional: under 12 points.
    """

    mr_bar: float
    mr_high: float
    provisional: bool


def xmr_limits(scores: Sequence[float]) -> Limits | None:
    """Limits of ordinary month-to-month movement: mean ± 3 × mean moving range / 1.128; None under 8 points.

    scores: one per wave, oldest first, at least 8; any unit. Under 12 points the limits are provisional. Raises ValueError for
    a score that is not a number. Source: NIST/SEMATECH e-Handbook 6.3.2.2.
    """
    if any(not isfinite(value) for value in scores):
        raise NotANumber(f"scores must be numbers: {list(scores)}")
    return moving_range_limits(scores) if len(scores) >= WAVES_FOR_LIMITS else None


def moving_range_limits(scores: Sequence[float]) -> Limits:
    """The same from any number of points, two at least: for the verdict of waves 8 and 9, never drawn.

    Raises NotANumber and, under two points, NothingGiven.
    """
    require_numbers("scores", scores)
    require_something("scores", scores, 2)
    centre = fmean(scores)
    mr_bar = fmean(abs(b - a) for a, b in pairwise(scores))
    reach = 3 * mr_bar / 1.128
    provisional = len(scores) < WAVES_FOR_FIRM_LIMITS
    return Limits(
        value=centre,
        low=centre - reach,
        high=centre + reach,
        n=len(scores),
        method="XmR chart: mean ± 3 × mean moving range / 1.128",
        sentence=f"{'Provisional limits' if provisional else 'Limits'} of ordinary movement from wave to wave.",
        reasons=("Fewer than twelve waves: a wave outside is not yet rare.",) if provisional else (),
        not_claimed=("That a score inside the limits is good.",),
        mr_bar=mr_bar,
        mr_high=3.267 * mr_bar,
        provisional=provisional,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnevenChart(Result):
    """A run chart of shares of uneven groups. value: the share over all waves (0–1); low, high: limits of the newest; n: answers.

    sigma: ordinary movement from wave to wave beside that of chance alone (1: chance explains all of it). shares, lows, highs:
    one per wave. outside: numbers of the waves outside their own limits, from 1.
    """

    sigma: float
    shares: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    outside: tuple[int, ...]


def is_uneven(answers: Sequence[int]) -> bool:
    """Whether waves differ more than twofold in answers, so that plain limits would not do."""
    return bool(answers) and max(answers) > 2 * min(answers)


def uneven_limits(scores: Sequence[float], answers: Sequence[int], newest: int) -> tuple[float, float]:
    """Limits for the score of a wave of `newest` answers, from waves of so many answers each, two at least, every n from 1.

    Each score's distance from the mean of all answers is multiplied with √n before the moving ranges are taken. Source: as
    `laney`, for means. Raises UnequalScales, NotANumber, NothingGiven.
    """
    centre, sigma = _standardised(scores, answers)
    require_numbers("newest", [newest], 1)
    reach = 3 * sigma / sqrt(newest)
    return centre - reach, centre + reach


def usual_limits(scores: Sequence[float], answers: Sequence[int], newest: int) -> Limits:
    """Limits of ordinary movement for a wave of `newest` answers: plain ones, or where groups are uneven those that allow for it.

    What is drawn and what the verdict goes by are both these. scores, answers: one per wave before, two at least. Raises as
    `moving_range_limits` and `uneven_limits`.
    """
    limits = moving_range_limits(scores)
    if not is_uneven([*answers, newest]):
        return limits
    low, high = uneven_limits(scores, answers, newest)
    return replace(limits, low=low, high=high, method="XmR chart, standardised by answers")


def laney(favourable: Sequence[int], answers: Sequence[int]) -> UnevenChart | None:
    """Limits of ordinary movement for the share of favourable answers where groups are uneven; None under 8 waves.

    favourable of answers, one pair per wave, oldest first. z = (p − p̄)/√(p̄(1 − p̄)/n); limits p̄ ± 3 σ_p · mean moving range of
    z / 1.128, kept within 0–1. Raises NotACount, UnequalScales, MoreThanAsked, and NothingGiven for a wave without answers.
    Source: Laney (2002), p′ chart, Quality Engineering 14:531–537.
    """
    require_counts("favourable", favourable)
    require_counts("answers", answers)
    for wave, (k, n) in enumerate(zip(favourable, answers, strict=False), 1):
        if k > n:
            raise MoreThanAsked(f"wave {wave}: {k} favourable of {n} answers")
        require_something(f"answers of wave {wave}", range(n))
    if len(favourable) != len(answers):
        raise UnequalScales(f"{len(favourable)} waves of favourable answers, but {len(answers)} of answers")
    return _laney(favourable, answers) if len(answers) >= WAVES_FOR_LIMITS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits(Result):
    """Run rules for a chart. value: chance (0–1) of a false signal; n: useful points, those off the median.

    longest_run: a longer run on one side is a signal. fewest_crossings: fewer crossings of the median are a signal.
    """

    longest_run: int
    fewest_crossings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSignal(Result):
    """What the run rules say of one chart. value: its median, in the scores' unit; n: useful points.

    signal: whether a shift shows; None under 10 useful points.
    """

    longest_run: int
    crossings: int
    signal: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Average(Result):
    """A moving average that forgets. value: the newest; low, high: its limits in the long run; n: points.

    averages, lows, highs: one per point, the limits as wide as that point's own uncertainty.
    """

    averages: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    outside: tuple[int, ...]


def run_false_alarm(points: int, run_length: int) -> float:
    """Chance (0–1) that some run of at least run_length of these points falls on one side of the centre, by luck alone.

    Each point is above or below with equal chance. Raises NotANumber unless both are whole numbers from 1.
    Source: exact count of sign patterns.
    """
    _require_whole("points", points)
    _require_whole("run length", run_length)
    # without such a run: compositions of the points into runs all shorter
    ways: list[int] = [1] + [0] * points
    for length in range(1, points + 1):
        ways[length] = sum(ways[max(0, length - run_length + 1) : length])
    return float(1 - Fraction(2 * ways[points], 2**points))


def run_limits(points: int) -> RunLimits:
    """When a run chart of this many useful points shows a shift: a run too long, or too few crossings of the median.

    Raises NotANumber unless points is a whole number from 2. Source: Anhøj & Olesen (2014), PLoS ONE 9(11):e113825: longest
    run above round(log2 n) + 3, or crossings below the 5% point of Binomial(n − 1, ½); the chance is counted exactly.
    """
    _require_whole("points", points, 2)
    longest, fewest = round(log2(points)) + 3, _crossings_floor(points)
    chance = _run_signal_chance(points, longest, fewest)
    return RunLimits(
        value=chance,
        n=points,
        method="run chart rules of Anhøj and Olesen",
        sentence=f"A run of more than {longest} or fewer than {counted(fewest, 'crossing')} is a sign of a shift.",
        reasons=(f"Luck alone gives such a sign in {round(100 * chance)} of 100 charts.",),
        not_claimed=("When the shift began.",),
        longest_run=longest,
        fewest_crossings=fewest,
    )


def run_signal(scores: Sequence[float]) -> RunSignal:
    """Whether scores, oldest first, shifted, by the run rules; points exactly on their median are left out.

    Raises NotANumber and NothingGiven. Source: `run_limits`.
    """
    require_numbers("scores", scores)
    require_something("scores", scores)
    middle = median(scores)
    sides = [score > middle for score in scores if score != middle]
    runs = [len(list(run)) for _, run in groupby(sides)]
    longest, crossings = max(runs, default=0), max(0, len(runs) - 1)
    limits = run_limits(len(sides)) if len(sides) >= POINTS_FOR_RUNS else None
    signal = None if limits is None else longest > limits.longest_run or crossings < limits.fewest_crossings
    return RunSignal(
        value=float(middle),
        n=len(sides),
        method="run chart rules of Anhøj and Olesen",
        sentence=_signal_sentence(signal),
        reasons=(f"Longest run {longest}, {counted(crossings, 'crossing')} of the median.",),
        not_claimed=("Why it shifted.",),
        longest_run=longest,
        crossings=crossings,
        signal=signal,
    )


def ewma(scores: Sequence[float], weight: float, start: float, sd: float, width: float = 3.0) -> Average:
    """Moving average weight × newest + (1 − weight) × the one before, from `start`, with limits start ± width sd of it.

    scores, oldest first, start and sd in one unit; 0 < weight ≤ 1. Raises NotANumber and NothingGiven.
    Source: NIST/SEMATECH e-Handbook 6.3.2.4.
    """
    require_something("scores", scores)
    require_numbers("scores", scores)
    require_numbers("weight", [weight], 0, 1)
    require_numbers("start", [start])
    require_numbers("sd and width", [sd, width], 0)
    if weight == 0:
        raise NotANumber("weight must be above 0: with none the newest score would count for nothing")
    averages = [start]
    for score in scores:
        averages.append(weight * score + (1 - weight) * averages[-1])
    final = width * sd * sqrt(weight / (2 - weight))
    reach = [final * sqrt(1 - (1 - weight) ** (2 * t)) for t in range(1, len(scores) + 1)]
    outside = tuple(t for t, (z, r) in enumerate(zip(averages[1:], reach, strict=True), 1) if abs(z - start) > r)
    return Average(
        value=averages[-1],
        low=start - final,
        high=start + final,
        n=len(scores),
        method="exponentially weighted moving average",
        sentence=_drift_sentence(outside),
        reasons=("It sees a slow drift sooner than single waves do.",),
        not_claimed=("Which wave the drift began with.",),
        averages=tuple(averages[1:]),
        lows=tuple(start - r for r in reach),
        highs=tuple(start + r for r in reach),
        outside=outside,
    )


def _standardised(scores: Sequence[float], answers: Sequence[int]) -> tuple[float, float]:
    """The mean over all answers, and the sigma of √n × distance from it by its moving range."""
    if len(scores) != len(answers):
        raise UnequalScales(f"{len(scores)} scores, but answers of {len(answers)} waves")
    require_numbers("scores", scores)
    require_numbers("answers", answers, 1)
    require_something("scores", scores, 2)
    centre = fsum(n * value for n, value in zip(answers, scores, strict=True)) / sum(answers)
    away = [sqrt(n) * (value - centre) for n, value in zip(answers, scores, strict=True)]
    return centre, fmean(abs(b - a) for a, b in pairwise(away)) / 1.128


def _laney(favourable: Sequence[int], answers: Sequence[int]) -> UnevenChart:
    shares = tuple(k / n for k, n in zip(favourable, answers, strict=True))
    centre, sigma = _standardised(shares, answers)
    chance = sqrt(centre * (1 - centre))
    reach = [3 * sigma / sqrt(n) for n in answers]
    lows, highs = tuple(max(0.0, centre - r) for r in reach), tuple(min(1.0, centre + r) for r in reach)
    limits = zip(shares, reach, strict=True)
    outside = tuple(wave for wave, (share, r) in enumerate(limits, 1) if abs(share - centre) > r + 1e-12)
    provisional = len(answers) < WAVES_FOR_FIRM_LIMITS
    return UnevenChart(
        value=centre,
        low=lows[-1],
        high=highs[-1],
        n=sum(answers),
        method="p′ chart of Laney",
        sentence=f"{'Provisional limits' if provisional else 'Limits'} of ordinary movement, wider where fewer answered.",
        reasons=("Fewer than twelve waves: a wave outside is not yet rare.",) if provisional else (),
        not_claimed=("That a share inside the limits is good.",),
        sigma=sigma / chance if chance else 0.0,
        shares=shares,
        lows=lows,
        highs=highs,
        outside=outside,
    )


def _drift_sentence(outside: Sequence[int]) -> str:
    if not outside:
        return "No slow drift: the moving average stayed within its limits."
    return f"A slow drift: the moving average left its limits at wave {outside[0]}."


def _signal_sentence(signal: bool | None) -> str:
    if signal is None:
        return f"Too few waves off the median for the run rules: they need {POINTS_FOR_RUNS}."
    return "The run of waves shows a shift." if signal else "The run of waves shows no shift."


def _crossings_floor(points: int) -> int:
    """The smallest c with P(Binomial(points − 1, ½) ≤ c) ≥ .05."""
    below, crossings = 0, 0
    while True:
        below += comb(points - 1, crossings)
        if 20 * below >= 2 ** (points - 1):
            return crossings
        crossings += 1


def _run_signal_chance(points: int, longest: int, fewest: int) -> float:
    """1 − the share of charts whose runs are all at most `longest` and at least fewest + 1 in number."""
    ways = {(0, 0): 1}  # points used, runs made
    for used in range(points):
        for runs in range(used + 1):
            here = ways.get((used, runs), 0)
            for length in range(1, min(longest, points - used) + 1) if here else ():
                key = (used + length, runs + 1)
                ways[key] = ways.get(key, 0) + here
    quiet = sum(ways.get((points, runs), 0) for runs in range(fewest + 1, points + 1))
    return float(1 - Fraction(quiet, 2 ** (points - 1)))


def _require_whole(what: str, value: int, least: int = 1) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise NotANumber(f"{what}: {value!r} is not a whole number from {least}")
