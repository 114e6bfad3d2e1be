"""Pulse: did the answers change, how sure is that, and what could the silent colleagues alter. docs/science/pulse.md.

The numbers here are computed from exact tallies. Outside `compare` only what `disclosure` allows may be printed: below the
second publication that is a verdict's word, sentence and reasons, which are therefore free of figures from the answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, isfinite, sqrt
from statistics import NormalDist, fmean
from typing import Literal

from alongside.science.disclosure import FINE_FROM, K_DISTRIBUTION, K_SCORE, require_k
from alongside.science.permutation import tails
from alongside.science.tallies import Tally, merge, score

ALPHA = 0.05
WAVES_BEFORE = 3  # waves pooled as "before"
WAVES_FOR_LIMITS = 8  # limits from fewer cry wolf; from this wave on a confirmed change must leave them too
WAVES_FOR_FIRM_LIMITS = 12

type Direction = Literal["up", "down", "level"]


class Word(StrEnum):
    """What a verdict may say."""

    NO_CHANGE = "No clear change"
    WATCH = "Worth watching"
    CONFIRMED = "Confirmed change"
    TOO_EARLY = "Too early to say"
    CANNOT_TELL = "Cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A number with what it needs to be read: its range, the people behind it, how it was made and what it does not say.

    value, low, high: in the unit that the subclass names; None where there is none. n: answers; N: people asked, None where
    the target is a process and not these people.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    N: int | None = None
    method: str
    sentence: str
    reasons: tuple[str, ...] = ()
    not_claimed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Result):
    """Now against before. value: chance (0–1) that a random answer now beats one before, ties counted half; n: answers now.

    p: two-sided; p_now_ge and p_now_le: chance of a sum of answers now at least, at most, as large as seen, if nothing changed.
    """

    n_before: int
    direction: Direction
    p: float
    p_now_ge: float
    p_now_le: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Result):
    """A run chart's limits. value: centre, low and high: limits, all in the unit of the scores; n: baseline points.

    mr_bar: mean moving range; mr_high: limit of a single moving range. provisional: under 12 points.
    """

    mr_bar: float
    mr_high: float
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Result):
    """One of five words about the newest wave. value: as in `change`, None without a comparison; n, N: the newest wave.

    word, direction, sentence and reasons hold no figure from the answers; `change` does.
    """

    word: Word
    direction: Direction
    change: Change | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Result):
    """A share of all people asked, 0–1. value: share of those who answered, None when nobody did; low, high: its range.

    response: n / N. low_unclipped, high_unclipped: the formula before it is kept within what is possible at all.
    """

    response: float
    low_unclipped: float
    high_unclipped: float


def change(now: Tally, before: Tally) -> Change:
    """Whether the mean answer now differs from before: exact permutation test on two tallies, nobody linked between waves.

    Raises ValueError when one has no answers or the scales differ. Source: `permutation.tails`.
    """
    found = tails(now, before)
    wins = _superiority(now, before)
    return Change(
        value=wins,
        n=now.n,
        n_before=before.n,
        method="exact permutation test" if found.exact else "permutation test, normal approximation",
        sentence=f"A random answer now beats one before {floor(100 * wins + 0.5)} times in 100, ties counted half.",
        reasons=("The same answers, dealt at random into now and before, were compared with what was seen.",),
        not_claimed=(
            "Why the answers changed.",
            "That any one person's view changed: answers are not linked between waves.",
        ),
        direction=_direction(now, before),
        p=found.two_sided,
        p_now_ge=found.at_least,
        p_now_le=found.at_most,
    )


def xmr_limits(scores: Sequence[float]) -> Limits | None:
    """Limits of ordinary month-to-month movement: mean ± 3 × mean moving range / 1.128; None under 8 points.

    scores: one per wave, oldest first, at least 8; any unit. Under 12 points the limits are provisional. Raises ValueError for
    a score that is not a number. Source: NIST/SEMATECH e-Handbook 6.3.2.2.
    """
    if any(not isfinite(value) for value in scores):
        raise ValueError(f"scores must be numbers: {list(scores)}")
    return _limits(scores) if len(scores) >= WAVES_FOR_LIMITS else None


def verdict(waves: Sequence[Tally], invited: Sequence[int], k: int = K_SCORE) -> Verdict:
    """The word about the newest wave of one block or total, one question.

    waves: a tally per wave, oldest first. invited: people asked in each. A wave that fewer than half of those invited answered,
    or fewer than k people, is compared with nothing. Each wave is tested against the 3 before it, pooled (`change`): p ≤ .05 is
    worth watching; two waves running in one direction confirm, from wave 8 on only outside the limits of ordinary movement,
    computed from the waves before those two. Raises ValueError for lists of different length, more answers than invited
    people, scales that differ, and k under 5.
    """
    require_k(k, K_SCORE)
    _require_invited(waves, invited)
    if len(waves) <= WAVES_BEFORE:
        return _without_comparison(Word.TOO_EARLY, "a comparison needs four waves", waves, invited)
    if waves[-1].n < k:
        return _without_comparison(Word.CANNOT_TELL, "too few people answered", waves, invited)
    if 2 * waves[-1].n < invited[-1]:
        return _without_comparison(Word.CANNOT_TELL, "fewer than half of those invited answered", waves, invited)
    both = zip(waves, invited, strict=True)
    usable = [(wave, asked) for wave, asked in both if wave.n >= k and 2 * wave.n >= asked]
    if len(usable) <= WAVES_BEFORE:
        reason = "a comparison needs four waves that at least half of those invited answered"
        return _without_comparison(Word.TOO_EARLY, reason, waves, invited)
    return _compared([wave for wave, _ in usable], [asked for _, asked in usable])


def response_bounds(k: int, n: int, N: int) -> Share:  # noqa: N803 (the field's letter for all people asked)
    """The share of all N people that is possible at all, whatever the silent think: [k/N, (k+N−n)/N].

    k of n who answered said it (are positive, say); N were asked. Raises ValueError unless 0 ≤ k ≤ n ≤ N and N ≥ 1.
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
    leaves 0–1. Raises ValueError unless 0 ≤ k ≤ n ≤ N, N ≥ 1 and 0 < confidence < 1. Source: O'Neill (2021), Wilson score
    interval with finite-population correction.
    """
    possible_low, possible_high = _possible(k, n, N)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence!r}")
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

    Raises ValueError for a step under 1, low above high and what is not a number.
    """
    if step < 1 or not low <= high or not isfinite(low) or not isfinite(high):
        raise ValueError(f"cannot round the range {low!r} to {high!r} outwards by {step!r}")
    # a hair, so that 55.00000000000001 is not widened to 60
    return floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step


def _superiority(now: Tally, before: Tally) -> float:
    below = twice_wins = 0
    for ours, theirs in zip(now.counts, before.counts, strict=True):
        twice_wins += ours * (2 * below + theirs)
        below += theirs
    return twice_wins / (2 * now.n * before.n)


def _direction(now: Tally, before: Tally) -> Direction:
    if now.mean == before.mean:
        return "level"
    return "up" if now.mean > before.mean else "down"


def _limits(scores: Sequence[float]) -> Limits:
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


def _compared(waves: Sequence[Tally], invited: Sequence[int]) -> Verdict:
    """The verdict on the last of these waves, all of them fit to be compared, four at least."""
    now = _against_before(waves)
    word, reasons = _weighed(now, waves)
    if _response_moved(waves, invited):
        reasons.append(
            "The share of people who answered changed by more than 20 points: different people may have answered."
        )
    not_claimed = now.not_claimed
    if len(waves) < WAVES_FOR_LIMITS:
        not_claimed += ("That this is more than the mood of an ordinary month: that can be told from wave 8 on.",)
    return Verdict(
        value=now.value,
        n=now.n,
        N=invited[-1],
        method=f"{now.method}, against the three waves before",
        sentence=_verdict_sentence(word, now.direction),
        reasons=tuple(reasons),
        not_claimed=not_claimed,
        word=word,
        direction="level" if word is Word.NO_CHANGE else now.direction,
        change=now,
    )


def _weighed(now: Change, waves: Sequence[Tally]) -> tuple[Word, list[str]]:
    if now.p > ALPHA:
        return Word.NO_CHANGE, [
            "Chance alone makes a difference like this from the three waves before more than once in twenty times."
        ]
    reasons = ["Chance alone makes a difference like this from the three waves before at most once in twenty times."]
    if not _was_so_before(now, waves):
        return Word.WATCH, [*reasons, "The wave before did not show the same: one wave alone confirms nothing."]
    reasons.append("The wave before showed the same, in the same direction.")
    if len(waves) < WAVES_FOR_LIMITS:
        return Word.CONFIRMED, reasons
    if not _is_outside_limits(now, waves):
        return Word.WATCH, [*reasons, "The score has not left the limits of ordinary movement in that direction."]
    return Word.CONFIRMED, [*reasons, "The score has left the limits of ordinary movement in that direction."]


def _against_before(waves: Sequence[Tally]) -> Change:
    return change(waves[-1], merge(waves[-1 - WAVES_BEFORE : -1]))


def _was_so_before(now: Change, waves: Sequence[Tally]) -> bool:
    if len(waves) <= WAVES_BEFORE + 1:
        return False
    earlier = _against_before(waves[:-1])
    return earlier.p <= ALPHA and earlier.direction == now.direction


def _is_outside_limits(now: Change, waves: Sequence[Tally]) -> bool:
    """Whether the newest score left, in the direction of the change, the limits of the waves before the last two."""
    limits = _limits([float(score(wave)) for wave in waves[:-2]])
    newest = float(score(waves[-1]))
    if limits.low is None or limits.high is None:
        return False
    return newest > limits.high if now.direction == "up" else newest < limits.low


def _response_moved(waves: Sequence[Tally], invited: Sequence[int]) -> bool:
    before = slice(-1 - WAVES_BEFORE, -1)
    answered, asked = sum(wave.n for wave in waves[before]), sum(invited[before])
    return abs(Fraction(waves[-1].n, invited[-1]) - Fraction(answered, asked)) > Fraction(1, 5)


def _verdict_sentence(word: Word, direction: Direction) -> str:
    if word is Word.NO_CHANGE:
        return f"{word} against the three waves before."
    side = "higher" if direction == "up" else "lower"
    running = ", two waves running" if word is Word.CONFIRMED else ""
    return f"{word}: {side} than in the three waves before{running}."


def _without_comparison(word: Word, reason: str, waves: Sequence[Tally], invited: Sequence[int]) -> Verdict:
    return Verdict(
        value=None,
        n=waves[-1].n if waves else 0,
        N=invited[-1] if invited else None,
        method="no comparison",
        sentence=f"{word}: {reason}.",
        reasons=(f"{reason.capitalize()}.",),
        not_claimed=("That nothing changed.",),
        word=word,
        direction="level",
        change=None,
    )


def _require_invited(waves: Sequence[Tally], invited: Sequence[int]) -> None:
    if len(waves) != len(invited):
        raise ValueError(f"{len(waves)} waves, but people invited for {len(invited)}")
    for number, (wave, asked) in enumerate(zip(waves, invited, strict=True), start=1):
        if wave.n + wave.cant_say > asked:
            raise ValueError(f"wave {number}: {wave.n + wave.cant_say} replies of {asked} people invited")


def _possible(k: int, n: int, N: int) -> tuple[Fraction, Fraction]:  # noqa: N803
    if not 0 <= k <= n <= N or N < 1:
        raise ValueError(f"need 0 ≤ k ≤ n ≤ N and N ≥ 1, not k={k!r}, n={n!r}, N={N!r}")
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
