"""Whether the answers of a question are the agreement scale, almost it, or something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alongside.surveys.definitions.parts import some

# From disagreement to agreement; each point as surveys word it, ours first.
POINTS: Final = (
    ("strongly disagree", "disagree strongly", "completely disagree", "totally disagree", "fully disagree"),
    ("disagree", "somewhat disagree", "rather disagree", "tend to disagree"),
    (
        *("in between", "neither agree nor disagree", "neither disagree nor agree", "neutral", "undecided", "neither"),
        *("unsure", "partly", "so so"),
    ),
    ("agree", "somewhat agree", "rather agree", "tend to agree"),
    ("strongly agree", "agree strongly", "completely agree", "totally agree", "fully agree"),
)
ASIDE: Final = frozenset(
    {
        *("i cant say", "cant say", "cannot say", "i cannot say", "dont know", "i dont know", "do not know"),
        *("i do not know", "not applicable", "n/a", "na", "no answer", "prefer not to say", "not sure", "no opinion"),
    }
)
SAME_WITHIN: Final = (
    2  # letters added, left out or changed; one in a short label: "agree" and "disagree" are three apart
)
SHORT: Final = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """fits: statements on it can be taken. doubt: what somebody has to decide first. why: the reason where it does not fit."""

    fits: bool
    doubt: str = ""
    why: str = ""


def verdict(labels: Sequence[str]) -> Verdict:
    """What these answers, in their order, are to a pulse."""
    said = [label for label in labels if _plain(label) not in ASIDE]
    if not any(label.strip() for label in said):
        return Verdict(fits=False, why="its answers are not words")
    if [_plain(label) for label in said] == ["1", "2", "3", "4", "5"]:
        return Verdict(fits=True, doubt="It is answered with 1 to 5, without words. Does 5 mean “Strongly agree”?")
    if len(said) != len(POINTS):
        return Verdict(fits=False, why=_other(said))
    either = (said, said[::-1])
    for order in either:
        if all(_plain(label) in point for label, point in zip(order, POINTS, strict=True)):
            return Verdict(fits=True)
    for order in either:
        pairs = [(label, near) for label, point in zip(order, POINTS, strict=True) if (near := _near(label, point))]
        if len(pairs) == len(POINTS):
            return Verdict(fits=True, doubt=_doubt(pairs))
    return Verdict(fits=False, why=_other(said))


def _near(label: str, point: Sequence[str]) -> str:
    """The wording of a point that this label is, or from which it differs by a typo; "" for none."""
    plain = _plain(label)
    if plain in point:
        return plain
    return next((known for known in point if _distance(plain, known) <= (SAME_WITHIN if len(known) > SHORT else 1)), "")


def _doubt(pairs: Sequence[tuple[str, str]]) -> str:
    other = [(label.strip(), near) for label, near in pairs if _plain(label) != near]
    said = " and ".join(f"“{label}” for “{near.capitalize()}”" for label, near in other)
    return f"Its answers say {said}. Is the same meant?"


def _other(said: Sequence[str]) -> str:
    return f"it is answered on another scale ({some(said, 7)}); a pulse asks how far people agree, in five steps"


def _plain(label: str) -> str:
    """Small letters and single spaces; numbers before a label ("1 - Disagree") and dots after it are no part of it."""
    plain = " ".join(label.replace("’", "").replace("'", "").casefold().split())
    return re.sub(r"^\(?\d{1,2}\)?\s*[-–.:=)]\s*(?=\D)|[.!]+$", "", plain).strip()


def _distance(one: str, other: str) -> int:
    """Letters to add, leave out or change (Levenshtein 1966); at most a label's length times another's steps."""
    if abs(len(one) - len(other)) > SAME_WITHIN:
        return SAME_WITHIN + 1
    row = list(range(len(other) + 1))
    for line, letter in enumerate(one, start=1):
        before, row = row, [line]
        for column, its in enumerate(other, start=1):
            row.append(min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != its)))
    return row[-1]
