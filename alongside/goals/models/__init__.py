"""What there is to work on, what people put first, and what was chosen."""

from alongside.goals.models.issues import LONGEST_TITLE, LONGEST_WHY, Issue, IssueQuerySet
from alongside.goals.models.votes import LONGEST_TEXT, Choice, Vote, VoteQuerySet

__all__ = ["LONGEST_TEXT", "LONGEST_TITLE", "LONGEST_WHY", "Choice", "Issue", "IssueQuerySet", "Vote", "VoteQuerySet"]
