"""What changes the things to work on, votes and choices. Each verb is one transaction."""

from alongside.goals.actions.issues import MOST_LIVE, apart, close_issue, merge, open_issue, propose, put_forward
from alongside.goals.actions.votes import FEWEST, apply_vote, bring_vote, choose, drop_vote, fit_vote

__all__ = [
    "FEWEST",
    "MOST_LIVE",
    "apart",
    "apply_vote",
    "bring_vote",
    "choose",
    "close_issue",
    "drop_vote",
    "fit_vote",
    "merge",
    "open_issue",
    "propose",
    "put_forward",
]
