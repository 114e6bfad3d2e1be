"""Workforce: how many of each role there will be, whether that is enough, and who could step in. Never about one person's risk.
docs/science/workforce.md."""

from alongside.science.workforce.cover import (
    Shortfall,
    Skills,
    Succession,
    shortfall,
    skills,
    succession,
    succession_shared,
)
from alongside.science.workforce.flows import (
    Absorption,
    Flow,
    Pathway,
    Rates,
    absorption,
    flow,
    pathway,
    rates,
)
from alongside.science.workforce.outlook import Ageing, Outlook, flow_by_age, outlook

__all__ = [
    "Absorption",
    "Ageing",
    "Flow",
    "Outlook",
    "Pathway",
    "Rates",
    "Shortfall",
    "Skills",
    "Succession",
    "absorption",
    "flow",
    "flow_by_age",
    "outlook",
    "pathway",
    "rates",
    "shortfall",
    "skills",
    "succession",
    "succession_shared",
]
