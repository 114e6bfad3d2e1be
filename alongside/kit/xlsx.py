"""Excel workbooks that we hand out: one sheet, a heading that stays in view, and no cell that anything would run."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from alongside.kit.tabular import escape_cell

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PLAIN: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_xlsx(rows: Sequence[Sequence[object]], sheet: str) -> bytes:
    """A workbook of one sheet; the first row is its heading. Texts are escaped as in CSV, None is blank."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                _write(page, number, place, value, None if number else bold)
        page.freeze_panes(1, 0)
        for place, wide in enumerate(_widths(rows)):
            page.set_column(place, place, wide)
    return out.getvalue()


def _write(page: Any, row: int, column: int, value: object, look: object) -> None:
    if isinstance(value, int | float | Decimal):
        page.write_number(row, column, value, look)
    elif value is not None:
        page.write_string(row, column, escape_cell(str(value)), look)


def _widths(rows: Sequence[Sequence[object]]) -> list[int]:
    """Of each column, in characters: as its longest cell, within reason."""
    columns = zip(*rows, strict=True)
    return [
        min(60, 2 + max((len(str(value)) for value in column if value is not None), default=8)) for column in columns
    ]
