"""A file of earlier results, whatever it is: told apart and counted."""

from __future__ import annotations

import datetime
from itertools import islice
from typing import Final

from alongside.kit import archives, workbooks
from alongside.kit.rawfile import Source, UnreadableFile, opened
from alongside.kit.tabular import Row, Table, read_table
from alongside.surveys.past import exports, tallyfile
from alongside.surveys.past.counts import Counts

MAX_BYTES: Final = 50_000_000  # unpacked; an export of 150,000 replies to 20 statements has 40 MB
WANTED: Final = "Name the columns as the empty form does: School, Statement, Date, 1, 2, 3, 4, 5 and Can't say."


def read(data: Source, asked: exports.Asked, today: datetime.date) -> Counts:
    """What a file comes to. Raises UnreadableFile with what it is, where it breaks and what to do."""
    if archives.is_archive(data):
        return _workbook(data, asked, today)
    _refuse_limesurvey_xml(data)
    table = _csv(data)
    if tallyfile.is_heading(table.header):
        return tallyfile.read(table, today)
    _refuse_surveys(table)
    return exports.read(table, asked, lambda: _csv(data))


def _csv(data: Source) -> Table:
    return read_table(data, max_bytes=MAX_BYTES, max_rows=exports.MAX_ROWS)


def _workbook(data: Source, asked: exports.Asked, today: datetime.date) -> Counts:
    if not workbooks.is_workbook(archives.names(data)):
        raise UnreadableFile("This zip archive is no Excel workbook; unpack it and choose the table inside.")
    found = workbooks.read_workbook(data, is_heading=_is_heading, max_rows=tallyfile.MAX_ROWS, wanted=WANTED)
    if tallyfile.is_heading(found.table.header):
        counts = tallyfile.read(found.table, today)
    else:
        rows = list(found.table.rows)
        found.table.rows = iter(rows)
        counts = exports.read(found.table, asked, lambda: _over(found.table, rows))
    counts.notes += found.notes
    return counts


def _over(table: Table, rows: list[Row]) -> Table:
    return Table(table.header, table.encoding, table.delimiter, iter(islice(rows, exports.LOOK)))


def _is_heading(cells: list[str]) -> bool:
    return tallyfile.is_heading(cells) or exports.is_limesurvey(cells) or {"StartDate", "EndDate"} <= set(cells)


def _refuse_limesurvey_xml(data: Source) -> None:
    with opened(data) as stream:
        start = stream.read(400)
    if b"LimeSurveyDocType" in start:
        raise UnreadableFile("This describes a survey of LimeSurvey and holds no answers. Export its responses as CSV.")


def _refuse_surveys(table: Table) -> None:
    """LimeSurvey's definition of a survey is a tab-separated file too, and holds no answers."""
    if table.header[:3] == ["id", "related_id", "class"]:
        raise UnreadableFile("This describes a survey and holds no answers. Export its responses as CSV.")
