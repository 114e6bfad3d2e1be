"""Ballots: what many voices want, and which set of it fits the hours there are. docs/science/ballots.md."""

from alongside.science.ballots.certainty import Certainty, certainty
from alongside.science.ballots.orders import Kemeny, Schulze, kemeny, schulze
from alongside.science.ballots.pairs import Abilities, BestWorst, best_worst, bradley_terry, next_pair
from alongside.science.ballots.ranking import Ranking, instant_runoff, plurality, rank
from alongside.science.ballots.shares import Funding, equal_shares
from alongside.science.ballots.voices import Voices, equal_voices, merge_perspectives
from alongside.science.ballots.votes import (
    Ballot,
    Pairwise,
    ballot,
    borda,
    condorcet_winner,
    pairwise,
    tiers_by,
    win_shares,
)

__all__ = [
    "Abilities",
    "Ballot",
    "BestWorst",
    "Certainty",
    "Funding",
    "Kemeny",
    "Pairwise",
    "Ranking",
    "Schulze",
    "Voices",
    "ballot",
    "best_worst",
    "borda",
    "bradley_terry",
    "certainty",
    "condorcet_winner",
    "equal_shares",
    "equal_voices",
    "instant_runoff",
    "kemeny",
    "merge_perspectives",
    "next_pair",
    "pairwise",
    "plurality",
    "rank",
    "schulze",
    "tiers_by",
    "win_shares",
]
