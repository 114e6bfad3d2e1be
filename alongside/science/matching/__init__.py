"""Matching: who reviews whom, who helps whom, who coaches whom, and in which company. docs/science/matching.md."""

from alongside.science.matching.cohorts import Cohorts, mixed_cohorts
from alongside.science.matching.givers import Help, givers_and_takers
from alongside.science.matching.pairs import Assignment, Pairing, assignment, best_pairs, co_coaching
from alongside.science.matching.review import Explanation, Review, count_reviews, explain, peer_review, schools_short
from alongside.science.matching.rules import Rules
from alongside.science.matching.teams import Teams, review_teams

__all__ = [
    "Assignment",
    "Cohorts",
    "Explanation",
    "Help",
    "Pairing",
    "Review",
    "Rules",
    "Teams",
    "assignment",
    "best_pairs",
    "co_coaching",
    "count_reviews",
    "explain",
    "givers_and_takers",
    "mixed_cohorts",
    "peer_review",
    "review_teams",
    "schools_short",
]
