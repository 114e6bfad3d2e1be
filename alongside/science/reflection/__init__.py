"""Reflection: what schools say, do and intend, how sound a collaboration is, and how far practice is shared. docs/science/reflection.md."""

from alongside.science.reflection.grids import Comparison, Grid, Profile, State, compare, profile
from alongside.science.reflection.partnership import (
    FRAGILE,
    STRONG,
    TESTS,
    Balance,
    Evidence,
    Health,
    TestScore,
    evidence,
    five_tests,
    mutuality,
)
from alongside.science.reflection.practice import KINDS, STAGES, Gauge, Log, Sharing, sharing

__all__ = [
    "FRAGILE",
    "KINDS",
    "STAGES",
    "STRONG",
    "TESTS",
    "Balance",
    "Comparison",
    "Evidence",
    "Gauge",
    "Grid",
    "Health",
    "Log",
    "Profile",
    "Sharing",
    "State",
    "TestScore",
    "compare",
    "evidence",
    "five_tests",
    "mutuality",
    "profile",
    "sharing",
]
