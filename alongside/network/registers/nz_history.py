"""New Zealand: what each school was from year to year since 2000, one row for each span (School Roll history).

It knows years and no days: a span from 2004 to 2009 is written from 1 January 2004 until 1 January 2010.
"""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from dataclasses import replace

from alongside.kit.tabular import FaultList
from alongside.network.registers import nz
from alongside.network.registers.rows import Cells, Layout, PastRow, SchoolRow

_NUMBER, _NAME, _FROM, _TO = "School ID", "School Name", "From", "To"
_FIRST, _LAST = 1800, 9000


def of_history(cells: Cells) -> PastRow:
    """What a school was in one span of years."""
    kind = cells.text("Type", 120)
    school = SchoolRow(
        number=cells.number(_NUMBER, 5),
        name=cells.needed(_NAME),
        phase=nz.phase(kind),
        kind=kind,
        status="open",
        area=cells.stated("TA with Auckland Local Board", 100),
        facts=cells.facts((("Authority", "authority"), ("Gender", "gender"), ("Regional Council", "region"))),
    )
    first, last = _year(cells, _FROM), _year(cells, _TO)
    if cells.sound and first > last:
        cells.fault(_TO, f"The span ends in {last}, before it begins in {first}. Correct one of the two years.")
    since, until = datetime.date(first, 1, 1), datetime.date(last + 1, 1, 1)
    return PastRow(cells.row.number, school, since, until)


def schools(spans: list[PastRow], notes: FaultList) -> list[SchoolRow]:
    """Each school as it was in its last span; closed when that ended before the history does.

    Spans of one school that overlap are kept as the register states them, and noted.
    """
    end = max((span.until for span in spans if span.until), default=datetime.date.min)
    by_number: dict[str, list[PastRow]] = defaultdict(list)
    for span in spans:
        by_number[span.school.number].append(span)
    found = []
    for of_one in by_number.values():
        of_one.sort(key=lambda span: (span.until or datetime.date.max, span.since or datetime.date.min))
        _note_overlaps(of_one, notes)
        last = of_one[-1]
        found.append(last.school if last.until == end else replace(last.school, status="closed"))
    return found


def _note_overlaps(spans: list[PastRow], notes: FaultList) -> None:
    in_order = sorted(spans, key=lambda span: span.since or datetime.date.min)
    for before, after in itertools.pairwise(in_order):
        if before.until and after.since and after.since < before.until:
            text = f"The years overlap with those in row {before.row}. Both spans are kept as they are written."
            notes.add(after.row, _FROM, text)


def _year(cells: Cells, column: str) -> int:
    year = cells.whole(column, _LAST)
    if cells.sound and (year is None or year < _FIRST):
        cells.fault(column, "This is not a year. Write four digits, as in 2004.")
    return year if year is not None and year >= _FIRST else _FIRST


HISTORY = Layout(
    key="nz-history",
    title="New Zealand history of schools",
    country="NZ",
    register="nz-moe",
    number=_NUMBER,
    needed=(_NUMBER, _NAME, "Type", _FROM, _TO, "Number of changes"),
    past=of_history,
    finish=schools,
    fills=True,
)
