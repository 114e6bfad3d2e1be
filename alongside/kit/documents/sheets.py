"""XLSX: typed numbers, a header that stays in sight and, beside what a page shows, a sheet that says how we know.

Text is text, whatever it looks like: nothing in it is run as a formula or made a link.
"""

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alongside.kit.tabular import written

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 44
LONGEST_CELL = 32_767  # of the format itself
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

type Cell = str | int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. name: at most 31 characters without []:*?/\\; rows: as many cells each as the header has."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(title: str, sheet: Sheet, how: Sequence[str], made: datetime.datetime) -> bytes:
    """A file with that table and a second sheet "How we know this", one sentence a row. `made` is its only date."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        naive = made.astimezone(datetime.UTC).replace(tzinfo=None)
        book.set_properties({"title": title, "author": "Alongside", "created": naive})
        _table(book, sheet)
        wrapped = book.add_format({"text_wrap": True})
        _sentences(book.add_worksheet("How we know this"), [title, *how], wrapped)
    return out.getvalue()


def plain(name: str, rows: Sequence[Sequence[object]]) -> bytes:
    """One table alone, its header first, for people who go on in it and save it as they like: escaped as in CSV."""
    header, *below = [[written(value) for value in row] for row in rows]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        _table(book, Sheet(name, [*map(str, header)], below))
    return out.getvalue()


def _table(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    page, bold = book.add_worksheet(sheet.name), book.add_format({"bold": True, "text_wrap": True})
    for column, name in enumerate(sheet.header):
        page.write_string(0, column, name[:LONGEST_CELL], bold)
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write(page, number, column, cell)
    for column in range(len(sheet.header)):
        longest = max(len(str(row[column] or "")) for row in [sheet.header, *sheet.rows])
        page.set_column(column, column, min(longest + 2, WIDEST))
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)


def _write(page: Worksheet, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell[:LONGEST_CELL])
    elif cell is not None:
        page.write_number(row, column, cell)


def _sentences(page: Worksheet, sentences: Sequence[str], wrapped: Format) -> None:
    page.set_column(0, 0, 90)
    for number, sentence in enumerate(sentences):
        page.write_string(number, 0, sentence[:LONGEST_CELL], wrapped)
