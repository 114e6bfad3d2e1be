"""What there is to work on, what people put first, what was chosen, and what is done about it."""

from alongside.goals.models.issues import LONGEST_TITLE, LONGEST_WHY, Issue, IssueQuerySet
from alongside.goals.models.plans import (
    LONGEST_LINE,
    LONGEST_VISION,
    LONGEST_WORDS,
    Action,
    CheckIn,
    Goal,
    OfPlaceQuerySet,
    Vision,
)
from alongside.goals.models.votes import LONGEST_TEXT, Choice, Vote, VoteQuerySet

__all__ = [
    "LONGEST_LINE",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "LONGEST_VISION",
    "LONGEST_WHY",
    "LONGEST_WORDS",
    "Action",
    "CheckIn",
    "Choice",
    "Goal",
    "Issue",
    "IssueQuerySet",
    "OfPlaceQuerySet",
    "Vision",
    "Vote",
    "VoteQuerySet",
]
