"""What a report may say: the ladder of evidence, everyone's say, and the list of what must not be claimed."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from alongside.science.errors import NothingGiven, UnequalScales, require_numbers
from alongside.science.results import Result, in_words
from alongside.science.tallies import Tally, favourable, merge

LADDER = (
    "A description: no comparison.",
    "Before and after: what else changed is not known.",
    "Compared with similar schools: what happened everywhere is taken out.",
    "Order drawn by lot: chance alone decided who started first.",
)
MUST_NOT_CLAIM = (
    "A cause, from before and after alone.",
    "No effect, from a wide range: say what could not have been seen.",
    "An effect on attainment in under a year.",
    "Significance without the number of comparisons.",
    "Success, where schools were chosen because they were low: they rise by themselves.",
    "Anything from those who stayed, where others left.",
    "The effect of one teacher.",
    "A ranking of schools.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung(Result):
    """Where a design stands. value, step: rung, 1 to 4. n: rungs there are. reasons: what the rungs above would add."""

    step: int


type Word = Literal["moved", "no evidence", "too small to tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation[Id: Hashable](Result):
    """Everyone's say. value: share (0–1) of favourable answers, each group one voice. n: answers.

    by_group: share per group; pooled: one person, one voice; lowest: the group that says the least, ties by name.
    """

    by_group: dict[Id, float]
    pooled: float
    lowest: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(Result):
    """The verdict on one claim, at its due date. value: change, in points; low, high: 95%. n: answers or schools.

    word; step: rung of the ladder, 1 to 4; detectable: the smallest change that could have been seen.
    """

    word: Word
    step: int
    detectable: float


def equal_voice[Id: Hashable](groups: Mapping[Id, Tally]) -> Evaluation[Id]:
    """How many found it worth while, each group (pupils, parents, staff, leaders) one voice. Groups nobody answered for are out.

    Raises NothingGiven when nobody answered, UnequalScales.
    """
    here = {name: tally for name, tally in sorted(groups.items(), key=lambda item: repr(item[0])) if tally.n}
    if not here:
        raise NothingGiven("nobody answered")
    shares = {name: Fraction(favourable(tally), tally.n) for name, tally in here.items()}
    value, everyone = sum(shares.values(), Fraction(0)) / len(shares), merge(here.values())
    lowest = min(shares, key=lambda name: shares[name])
    return Evaluation(
        value=float(value),
        n=everyone.n,
        method="favourable answers, each group one voice",
        sentence=f"{in_words(float(100 * value), 0)} of 100 favourable, each group one voice; lowest: {lowest}.",
        reasons=("Large groups do not drown small ones.",),
        not_claimed=("Anything about those who did not answer.",),
        by_group={name: float(share) for name, share in shares.items()},
        pooled=favourable(everyone) / everyone.n,
        lowest=lowest,
    )


def ladder(comparison: bool, before: bool, by_lot: bool) -> Rung:
    """The rung of the ladder (1–4) that a design stands on."""
    step = 1 + before + (before and comparison) + (before and comparison and by_lot)
    return Rung(
        value=step,
        n=len(LADDER),
        method="ladder of evidence",
        sentence=f"Step {step} of {len(LADDER)}. {LADDER[step - 1]}",
        reasons=LADDER[step:],
        not_claimed=MUST_NOT_CLAIM if step < len(LADDER) else MUST_NOT_CLAIM[1:],
        step=step,
    )


def verdict_card(change: float, standard_error: float, step: int, n: int, worth: float = 5.0) -> Card:
    """The verdict on a claim: moved, no evidence, too small to tell.

    change and standard_error in points of the score; step: rung of the ladder; worth: the smallest change that matters. Too
    small to tell: even a change worth having could not have been seen (2.8 standard errors). Raises NotANumber, UnequalScales.
    """
    require_numbers("change", [change])
    require_numbers("standard error", [standard_error], 0)
    require_numbers("worth", [worth], 1e-9)
    if step not in range(1, len(LADDER) + 1):
        raise UnequalScales(f"step {step!r} is not on the ladder of 1 to {len(LADDER)}")
    low, high, detectable = change - 1.96 * standard_error, change + 1.96 * standard_error, 2.8 * standard_error
    moved = low > 0 or high < 0
    word: Word = "moved" if moved else "too small to tell" if detectable > worth else "no evidence"
    return Card(
        value=change,
        low=low,
        high=high,
        n=n,
        method="change with its 95% range",
        sentence=_card_sentence(word, change, low, high, detectable),
        reasons=(LADDER[step - 1],),
        not_claimed=MUST_NOT_CLAIM if step < len(LADDER) else MUST_NOT_CLAIM[1:],
        word=word,
        step=step,
        detectable=detectable,
    )


def _card_sentence(word: Word, change: float, low: float, high: float, detectable: float) -> str:
    if word == "moved":
        side = "up" if change > 0 else "down"
        return f"Moved {side} by {in_words(abs(change), 0)} points, likely between {in_words(low, 0)} and {in_words(high, 0)}."
    if word == "no evidence":
        return f"No evidence of a change; a change of {in_words(detectable, 0)} points would have been seen."
    return f"Too small to tell: only a change of {in_words(detectable, 0)} points or more would have been seen."
