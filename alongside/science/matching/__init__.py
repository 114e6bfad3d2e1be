"""Matching: who reviews whom, who helps whom, who coaches whom, and in which company. docs/science/matching.md."""

from alongside.science.matching.cohorts import Cohorts, mixed_cohorts
from alongside.science.matching.givers import Help, givers_and_takers
from alongside.science.matching.pairs import Assignment, Pairing, assignment, best_pairs, co_coaching
from alongside.science.matching.review import (
    Explanation,
    Review,
    Rules,
    count_reviews,
    explain,
    peer_review,
    schools_short,
)

__all__ = [
    "Assignment",
    "Cohorts",
    "Explanation",
    "Help",
    "Pairing",
    "Review",
    "Rules",
    "assignment",
    "best_pairs",
    "co_coaching",
    "count_reviews",
    "explain",
    "givers_and_takers",
    "mixed_cohorts",
    "peer_review",
    "schools_short",
]
