"""Earlier results to take along: the lines of the page, and no others."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from alongside.kit.documents import sheets
from alongside.surveys.past.reads import IMPORTED, WARNING, Line, PastPage

HEADER = ("Place", "Statement", "Round", "Score", "Answered", "Where it comes from")


def table(lines: Sequence[Line]) -> list[list[str | int]]:
    """Every line with its header; whatever is not shown on the page says so here too."""
    rows: list[list[str | int]] = [
        [
            line.place,
            line.statement,
            line.day.isoformat(),
            "too few" if line.score is None else line.score,
            line.n,
            IMPORTED,
        ]
        for line in lines
    ]
    return [list(HEADER), *rows]


def sheet(page: PastPage) -> bytes:
    """The same as XLSX."""
    header, *rows = table(page.lines)
    title = f"Earlier results, {page.place}: {page.past.name}"
    told = [WARNING, *(f"“{label}” was taken for {answer}." for label, answer in page.scales)]
    made = page.past.applied_at or timezone.now()
    return sheets.workbook(title, sheets.Sheet("Earlier results", [*map(str, header)], rows), told, made)
