"""What changes the things to work on, votes and choices. Each verb is one transaction."""

from alongside.goals.actions.issues import MOST_LIVE, apart, close_issue, merge, open_issue, propose, put_forward

__all__ = ["MOST_LIVE", "apart", "close_issue", "merge", "open_issue", "propose", "put_forward"]
