"""Figures as they are printed: the median, and between which values it lay."""

from collections.abc import Sequence
from statistics import median


def spread(values: Sequence[float], digits: int = 0) -> str:
    """“243 (231–250)”: the median of the runs, the lowest and the highest."""
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"
