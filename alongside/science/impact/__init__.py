"""Impact: did it make a difference, and what must not be said of it. docs/science/impact.md."""

from alongside.science.impact.cards import (
    LADDER,
    MUST_NOT_CLAIM,
    Card,
    Evaluation,
    Rung,
    equal_voice,
    ladder,
    verdict_card,
)
from alongside.science.impact.differences import (
    Difference,
    GroupTest,
    LeastP,
    difference_in_differences,
    group_test,
    smallest_p,
)
from alongside.science.impact.series import (
    Interruption,
    Stepped,
    Synthetic,
    interrupted,
    stepped_start,
    synthetic_control,
)
from alongside.science.permutation import SignFlip, sign_flip

__all__ = [
    "LADDER",
    "MUST_NOT_CLAIM",
    "Card",
    "Difference",
    "Evaluation",
    "GroupTest",
    "Interruption",
    "LeastP",
    "Rung",
    "SignFlip",
    "Stepped",
    "Synthetic",
    "difference_in_differences",
    "equal_voice",
    "group_test",
    "interrupted",
    "ladder",
    "sign_flip",
    "smallest_p",
    "stepped_start",
    "synthetic_control",
    "verdict_card",
]
