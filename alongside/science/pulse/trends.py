"""Trends over waves, and many tests at once. docs/science/pulse.md."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, prod
from statistics import median

from alongside.science.errors import require_numbers, require_something
from alongside.science.results import Result, counted

WAVES_FOR_TREND = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend(Result):
    """A steady rise or fall. value: slope in the scores' unit per wave; n: waves.

    s: rises less falls over all pairs of waves. p: exact, two-sided. rising: None when p > .05 or under 6 waves.
    """

    s: int
    p: float
    rising: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discoveries(Result):
    """Many tests at once. value: how many stand; n: tests. adjusted: p of each test after correction, in the order given."""

    adjusted: tuple[float, ...]
    stands: tuple[bool, ...]
    stands_under_bonferroni: int


def trend(scores: Sequence[float]) -> Trend:
    """Whether scores, oldest first, rise or fall steadily. Needs two waves; words only from six.

    Raises NotANumber and NothingGiven. Source: Mann–Kendall test, exact also with ties (orderings of the multiset counted by
    their inversions); slope of Theil and Sen: median slope over all pairs.
    """
    require_numbers("scores", scores)
    require_something("scores", scores, 2)
    pairs = list(combinations(range(len(scores)), 2))
    s = sum((scores[j] > scores[i]) - (scores[j] < scores[i]) for i, j in pairs)
    slope = median((scores[j] - scores[i]) / (j - i) for i, j in pairs)
    p = _kendall_p(s, sorted(Counter(scores).values()))
    rising = None if p > 0.05 or len(scores) < WAVES_FOR_TREND else s > 0
    return Trend(
        value=float(slope),
        n=len(scores),
        method="Mann–Kendall test, exact; slope of Theil and Sen",
        sentence=_trend_sentence(rising, len(scores)),
        reasons=(_trend_reason(p, len(scores)),),
        not_claimed=("That it will go on.", "Why."),
        s=s,
        p=p,
        rising=rising,
    )


def discoveries(p: Sequence[float], rate: float = 0.05) -> Discoveries:
    """Which of many tests stand when at most this share (0–1) of those that stand may be false alarms.

    Raises NotANumber for a p or rate outside 0–1, NothingGiven for none. Source: Benjamini & Hochberg (1995).
    """
    require_something("p", p)
    require_numbers("p", p, 0, 1)
    require_numbers("rate", [rate], 0, 1)
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted, least = [0.0] * len(p), 1.0
    for rank in range(len(p), 0, -1):
        least = min(least, p[order[rank - 1]] * len(p) / rank)
        adjusted[order[rank - 1]] = least
    stands = tuple(value <= rate + 1e-12 for value in adjusted)
    return Discoveries(
        value=sum(stands),
        n=len(p),
        method="Benjamini and Hochberg",
        sentence=f"{sum(stands)} of {counted(len(p), 'test')} stand{'s' if sum(stands) == 1 else ''}.",
        reasons=(f"Among those, about 1 in {round(1 / rate) if rate else 'none'} may be a false alarm.",),
        not_claimed=("That those which do not stand show no difference.",),
        adjusted=tuple(adjusted),
        stands=stands,
        stands_under_bonferroni=sum(value * len(p) <= rate + 1e-12 for value in p),
    )


def _kendall_p(s: int, ties: Sequence[int]) -> float:
    """P(|S| ≥ |s|) over all orderings of a multiset with these multiplicities: S = untied pairs − 2 × inversions."""
    ways = _inversions(ties)
    untied = len(ways) - 1
    orderings = factorial(sum(ties)) // prod(factorial(tie) for tie in ties)
    return sum(count for inversions, count in enumerate(ways) if abs(untied - 2 * inversions) >= abs(s)) / orderings


def _inversions(ties: Iterable[int]) -> list[int]:
    """Orderings of a multiset by inversions: the Gaussian multinomial coefficient."""
    ways, size = [1], 0
    for tie in ties:
        for j in range(1, tie + 1):
            size += 1
            ways = _divided(_times_gap(ways, size), j)
    return ways


def _times_gap(ways: Sequence[int], m: int) -> list[int]:
    """× (1 − q^m)."""
    return [a - b for a, b in zip([*ways, *[0] * m], [*[0] * m, *ways], strict=True)]


def _divided(ways: Sequence[int], m: int) -> list[int]:
    """÷ (1 − q^m), which divides it."""
    out = list(ways)
    for i in range(m, len(out)):
        out[i] += out[i - m]
    return out[: len(out) - m]


def _trend_sentence(rising: bool | None, waves: int) -> str:
    if waves < WAVES_FOR_TREND:
        return f"Too early to say: a trend needs {WAVES_FOR_TREND} waves."
    if rising is None:
        return "No clear trend."
    return f"A steady {'rise' if rising else 'fall'} over {waves} waves."


def _trend_reason(p: float, waves: int) -> str:
    often = "at most" if p <= 0.05 else "more than"
    return f"Chance alone orders {counted(waves, 'wave')} as steadily {often} once in twenty times."
