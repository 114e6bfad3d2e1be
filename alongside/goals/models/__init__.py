"""What there is to work on, what people put first, and what was chosen."""

from alongside.goals.models.issues import LONGEST_TITLE, LONGEST_WHY, Issue, IssueQuerySet

__all__ = ["LONGEST_TITLE", "LONGEST_WHY", "Issue", "IssueQuerySet"]
