"""Figures as they are printed: the median, and between which values it lay; percentiles; the machine."""

import os
import platform
import re
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from statistics import median


def spread(values: Sequence[float], digits: int = 0) -> str:
    """“243 (231–250)”: the median of the runs, the lowest and the highest."""
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}–{max(values):,.{digits}f})"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many in a hundred do not exceed (nearest rank); 0 of none."""
    ranked = sorted(values)
    return ranked[max(0, ceil(share / 100 * len(ranked)) - 1)] if ranked else 0.0


def machine() -> str:
    """Processors, Python and how busy it is, in a line."""
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text()) if cpuinfo.exists() else None
    name = model[1] if model else platform.machine()
    load = os.getloadavg()[0]
    return f"On {os.cpu_count()} × {name}, Python {platform.python_version()}, load {load:.1f} at the start."
