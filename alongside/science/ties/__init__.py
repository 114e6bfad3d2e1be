"""Ties: who works with whom, who is left out, and which next connection helps most. docs/science/ties.md."""

from alongside.science.ties.graphs import Connectivity, algebraic_connectivity
from alongside.science.ties.growth import Band, NextTie, efficiency_band, next_connection
from alongside.science.ties.mixing import Core, Mixing, Reciprocity, core_periphery, mixing, reciprocity
from alongside.science.ties.network import Network, network
from alongside.science.ties.strength import WEIGHTS, Strength, live_ties, tie_strength

__all__ = [
    "WEIGHTS",
    "Band",
    "Connectivity",
    "Core",
    "Mixing",
    "Network",
    "NextTie",
    "Reciprocity",
    "Strength",
    "algebraic_connectivity",
    "core_periphery",
    "efficiency_band",
    "live_ties",
    "mixing",
    "network",
    "next_connection",
    "reciprocity",
    "tie_strength",
]
