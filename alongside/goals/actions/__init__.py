"""What changes the things to work on, votes and choices. Each verb is one transaction."""

from alongside.goals.actions.issues import MOST_LIVE, apart, close_issue, merge, open_issue, propose, put_forward
from alongside.goals.actions.live import FEWEST_THINGS, MOST_THINGS, open_vote, say_costs
from alongside.goals.actions.votes import FEWEST, apply_vote, bring_vote, choose, drop_vote, fit_vote

__all__ = [
    "FEWEST",
    "FEWEST_THINGS",
    "MOST_LIVE",
    "MOST_THINGS",
    "apart",
    "apply_vote",
    "bring_vote",
    "choose",
    "close_issue",
    "drop_vote",
    "fit_vote",
    "merge",
    "open_issue",
    "open_vote",
    "propose",
    "put_forward",
    "say_costs",
]
