"""Whether answers changed, in words that say how sure that is. docs/science/pulse.md.

The numbers here are computed from exact tallies. Outside `compare` only what `disclosure` allows may be printed: below the
second publication that is a verdict's word, sentence and reasons, which are therefore free of figures from the answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Literal

from alongside.science.disclosure import K_SCORE, require_k
from alongside.science.errors import MoreThanAsked, UnequalScales, require_counts
from alongside.science.permutation import tails
from alongside.science.pulse.charts import WAVES_FOR_LIMITS, usual_limits
from alongside.science.results import Result
from alongside.science.tallies import Tally, merge, score

ALPHA = 0.05
WAVES_BEFORE = 3  # waves pooled as "before"

type Direction = Literal["up", "down", "level"]


class Word(StrEnum):
    """What a verdict may say."""

    NO_CHANGE = "No clear change"
    WATCH = "Worth watching"
    CONFIRMED = "Confirmed change"
    TOO_EARLY = "Too early to say"
    CANNOT_TELL = "Cannot tell"


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
class Verdict(Result):
    """One of five words about the newest wave. value: as in `change`, None without a comparison; n, N: the newest wave.

    word, direction, sentence and reasons hold no figure from the answers; `change` does.
    """

    word: Word
    direction: Direction
    change: Change | None


def change(now: Tally, before: Tally) -> Change:
    """Whether the mean answer now differs from before: exact permutation test on two tallies, nobody linked between waves.

    Raises NothingGiven when one has no answers, UnequalScales. Source: `permutation.tails`.
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


def verdict(waves: Sequence[Tally], invited: Sequence[int], k: int = K_SCORE) -> Verdict:
    """The word about the newest wave of one block or total, one question.

    waves: a tally per wave, oldest first. invited: people asked in each. A wave that fewer than half of those invited answered,
    or fewer than k people, is compared with nothing. The newest is tested against the 3 before it, pooled (`change`): p ≤ .05
    is worth watching. Two waves running confirm, both against the 3 before them and in one direction; from wave 8 on only
    outside the limits of ordinary movement, computed from the waves before those two. Raises UnequalScales for lists of
    different length and scales that differ, MoreThanAsked for more answers than invited people, and BadInput for k under 5.
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


def _compared(waves: Sequence[Tally], invited: Sequence[int]) -> Verdict:
    """The verdict on the last of these waves, all of them fit to be compared, four at least."""
    lasting = _two_running(waves)
    now = lasting or change(waves[-1], merge(waves[_before(1)]))
    word, reasons = _weighed(now, waves, lasting is not None)
    if _response_moved(waves, invited, _before(2 if lasting else 1)):
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


def _weighed(now: Change, waves: Sequence[Tally], lasting: bool) -> tuple[Word, list[str]]:
    if now.p > ALPHA:
        return Word.NO_CHANGE, [
            "Chance alone makes a difference like this from the three waves before more than once in twenty times."
        ]
    reasons = ["Chance alone makes a difference like this from the three waves before at most once in twenty times."]
    if not lasting:
        return Word.WATCH, [*reasons, "The wave before did not show the same: one wave alone confirms nothing."]
    reasons.append("The wave before differed from the same three waves, in the same direction.")
    if len(waves) < WAVES_FOR_LIMITS:
        return Word.CONFIRMED, reasons
    if not _is_outside_limits(now, waves):
        return Word.WATCH, [*reasons, "The score has not left the limits of ordinary movement in that direction."]
    return Word.CONFIRMED, [*reasons, "The score has left the limits of ordinary movement in that direction."]


def _before(newest: int) -> slice:
    """The waves pooled as "before" the newest one or two."""
    return slice(-newest - WAVES_BEFORE, -newest)


def _two_running(waves: Sequence[Tally]) -> Change | None:
    """The newest wave against the three before the last two, where both of these differ from them in one direction.

    Were the newest compared with a pool that holds the wave before, a change that lasts would hide itself.
    """
    if len(waves) < WAVES_BEFORE + 2:
        return None
    first, second = (change(wave, merge(waves[_before(2)])) for wave in waves[-2:])
    return second if max(first.p, second.p) <= ALPHA and first.direction == second.direction else None


def _is_outside_limits(now: Change, waves: Sequence[Tally]) -> bool:
    """Whether the newest score left, in the direction of the change, the limits of the waves before the last two."""
    usual, newest = waves[:-2], waves[-1]
    scores, answers = [float(score(wave)) for wave in usual], [wave.n for wave in usual]
    limits = usual_limits(scores, answers, newest.n)
    if limits.low is None or limits.high is None:
        return False
    return float(score(newest)) > limits.high if now.direction == "up" else float(score(newest)) < limits.low


def _response_moved(waves: Sequence[Tally], invited: Sequence[int], before: slice) -> bool:
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
        raise UnequalScales(f"{len(waves)} waves, but people invited for {len(invited)}")
    require_counts("invited", invited)
    for number, (wave, asked) in enumerate(zip(waves, invited, strict=True), start=1):
        if wave.n + wave.cant_say > asked:
            raise MoreThanAsked(f"wave {number}: {wave.n + wave.cant_say} replies of {asked} people invited")
