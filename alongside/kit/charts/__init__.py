"""Charts drawn on the server: small frozen values in, markup out. What is printed is all that a chart knows."""

from alongside.kit.charts.bars import DotRow, Share, dot_interval, share_bar, trend_line
from alongside.kit.charts.coherence import Mark, coherence_bar, coherence_key, mark_key, strip
from alongside.kit.charts.heat import HeatCell, HeatColumn, HeatRow, heat_key, heat_step, heat_table
from alongside.kit.charts.notes import ChartNote
from alongside.kit.charts.run import RunPoint, run_chart, run_table

__all__ = [
    "ChartNote",
    "DotRow",
    "HeatCell",
    "HeatColumn",
    "HeatRow",
    "Mark",
    "RunPoint",
    "Share",
    "coherence_bar",
    "coherence_key",
    "dot_interval",
    "heat_key",
    "heat_step",
    "heat_table",
    "mark_key",
    "run_chart",
    "run_table",
    "share_bar",
    "strip",
    "trend_line",
]
