"""Scheduling: when and where sessions are held, and how a broken plan is mended with least change. docs/science/scheduling.md."""

from alongside.science.scheduling.engine import Makespan, makespan
from alongside.science.scheduling.plans import Plan, alternatives, count_plans, replan, schedule
from alongside.science.scheduling.programme import Programme, Session

__all__ = [
    "Makespan",
    "Plan",
    "Programme",
    "Session",
    "alternatives",
    "count_plans",
    "makespan",
    "replan",
    "schedule",
]
