"""Excel workbooks from outside, as tables.

A workbook is looked into before it is read: how much it unpacks to, whether it holds macros or draws on other files, how
many cells it has. Only the parts that hold values are handed on, in an archive that was packed anew from what was
counted. Nothing in it is ever run: a formula is the text or number that was stored beside it.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from alongside.kit import archives
from alongside.kit.rawfile import Source, UnreadableFile
from alongside.kit.sheetlook import SheetLook, longest_text, look_at_sheet, sheet_parts
from alongside.kit.tabular import Row, Table, clean_text, table_of

type Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta
type Values = list[tuple[int, list[str]]]

MAX_CELLS: Final = 500_000
MAX_TEXT: Final = 200_000_000  # characters, were every text cell as long as the longest
STAFF: Final = "Name the columns Name, E-mail, Role and Hours a week, as the template does."
HEADING_WITHIN: Final = 20  # rows: titles and notes may stand above it

_BOOK = "xl/workbook.xml"
_DAMAGED = "This Excel workbook is damaged or was cut off; open it, save it again as .xlsx or CSV, and try again."


class NoHeading(UnreadableFile):
    """No sheet of the workbook names the columns that are wanted."""


@dataclass(frozen=True, slots=True)
class FromWorkbook:
    """The table of one sheet. notes: what its reader would want to know, in sentences."""

    table: Table
    notes: list[str]


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    visible: bool
    look: SheetLook
    rows: Values


def is_workbook(names: list[str]) -> bool:
    """Whether an archive of these files is an Excel workbook of any kind."""
    return any(name.startswith("xl/workbook") for name in names)


def read_workbook(
    data: Source, *, is_heading: Callable[[list[str]], bool], max_rows: int, wanted: str = STAFF
) -> FromWorkbook:
    """The sheet whose heading is the wanted one; the first of them when there are several, and a note names the others.
    wanted: what to do when there is none, in a sentence.

    Raises UnreadableFile for macros, external links, passwords, bombs, and NoHeading when no sheet has such a heading.
    """
    names = archives.names(data)
    _refuse_what_runs(names)
    parts = archives.unpack(data, frozenset(name for name in names if _holds_values(name)))
    sheets = _sheets(parts)
    found = [(sheet, heading) for sheet in sheets if sheet.visible and (heading := _heading(sheet, is_heading))]
    if not found:
        raise NoHeading(_no_heading(sheets, wanted))
    sheet, (number, titles) = found[0]
    below = ((row, cells) for row, cells in sheet.rows if row > number)
    table = table_of(number, titles, below, max_rows=max_rows)
    table.rows = _without_errors(table, table.rows, sheet.look)
    return FromWorkbook(table, _notes(sheet, [other.name for other, _ in found[1:]], sheets))


def _refuse_what_runs(names: list[str]) -> None:
    inside = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in inside):
        raise UnreadableFile(
            "This workbook holds macros, which are programs. Save it as an Excel workbook without macros (.xlsx), or as "
            "CSV, and try again."
        )
    if any(name.startswith("xl/externallinks/") or name == "xl/connections.xml" for name in inside):
        raise UnreadableFile(
            "This workbook draws on other files or data sources (external links). Copy its values into a new workbook, "
            "or save it as CSV, and try again."
        )
    if _BOOK not in names:
        raise UnreadableFile("This is an Excel workbook of another kind; save it as .xlsx or as CSV and try again.")


def _holds_values(name: str) -> bool:
    """Parts that say what stands in which cell; pictures, comments, charts and the like stay packed."""
    return name in {
        "[Content_Types].xml",
        "_rels/.rels",
        _BOOK,
        "xl/_rels/workbook.xml.rels",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
    } or (name.startswith("xl/worksheets/") and name.endswith(".xml") and "/_rels/" not in name)


def _sheets(parts: dict[str, bytes]) -> list[_Sheet]:
    try:
        by_part = {name: look_at_sheet(content) for name, content in parts.items() if name.startswith("xl/worksheets/")}
        longest = longest_text(parts.get("xl/sharedStrings.xml", b""))
        places = sheet_parts(parts[_BOOK], parts.get("xl/_rels/workbook.xml.rels", b""))
    except expat.ExpatError as problem:
        raise UnreadableFile(_DAMAGED) from problem
    for look in by_part.values():
        _refuse_endless(look, longest)
    looks = {sheet: by_part.get(place, SheetLook()) for sheet, place in places.items()}
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(_packed_anew(parts))) as book:
            return [_read(book, data, looks) for data in book.sheets_metadata if _is_table(data)]
    except (CalamineError, ValueError, KeyError, OSError) as problem:
        raise UnreadableFile(_DAMAGED) from problem


def _is_table(data: SheetMetadata) -> bool:
    return data.typ == SheetTypeEnum.WorkSheet


def _packed_anew(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _refuse_endless(look: SheetLook, longest: int) -> None:
    if look.area > MAX_CELLS:
        raise UnreadableFile(
            f"A sheet of this workbook reaches to cell {look.last_cell}, and the limit is {MAX_CELLS:,} cells. Delete what "
            "stands outside the table, or save it as CSV."
        )
    if look.texts * longest > MAX_TEXT:
        raise UnreadableFile(
            f"This workbook repeats a text of {longest:,} characters in its cells, more than {MAX_TEXT:,} in all, the "
            "limit. Shorten it, or save the table as CSV."
        )


def _read(book: CalamineWorkbook, data: SheetMetadata, looks: dict[str, SheetLook]) -> _Sheet:
    values = book.get_sheet_by_name(data.name).to_python(skip_empty_area=False)
    rows = [(number, [_text(value) for value in row]) for number, row in enumerate(values, start=1)]
    look = looks.get(data.name, SheetLook())
    return _Sheet(data.name, data.visible == SheetVisibleEnum.Visible, look, rows)


def _text(value: Cell) -> str:
    """What a cell shows, near enough: whole numbers without a point, days as 2026-11-22, durations as 7:30."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime.datetime():
            return value.isoformat(sep=" ")
        case datetime.time():
            return f"{value.hour}:{value.minute:02}"
        case datetime.timedelta():
            return f"{int(value.total_seconds()) // 3600}:{int(value.total_seconds()) % 3600 // 60:02}"
    return str(value)


def _heading(sheet: _Sheet, is_heading: Callable[[list[str]], bool]) -> tuple[int, list[str]] | None:
    """Row number and titles of the heading, None where the sheet has none near its top."""
    filled = [(number, cells) for number, cells in sheet.rows if any(cell.strip() for cell in cells)]
    near_top = ((number, [clean_text(cell) for cell in cells]) for number, cells in filled[:HEADING_WITHIN])
    return next(((number, cells) for number, cells in near_top if is_heading(cells)), None)


def _no_heading(sheets: list[_Sheet], wanted: str) -> str:
    seen = ", ".join(f'"{clean_text(sheet.name)}"' for sheet in sheets[:8] if sheet.visible) or "none that is visible"
    return f"No sheet of this workbook has a row that names its columns (sheets: {seen}). {wanted}"


def _notes(read: _Sheet, others: list[str], sheets: list[_Sheet]) -> list[str]:
    notes = []
    if len(sheets) > 1:
        notes.append(f'The sheet "{clean_text(read.name)}" was read.')
    if others:
        named = ", ".join(f'"{clean_text(name)}"' for name in others)
        notes.append(f"These sheets have the same columns and were not read: {named}.")
    if read.look.hidden_rows:
        count = len(read.look.hidden_rows)
        rows = "1 row is" if count == 1 else f"{count:,} rows are"
        notes.append(
            f"{rows} hidden in the workbook, the first is row {min(read.look.hidden_rows)}; they were read too."
        )
    return notes


def _without_errors(table: Table, rows: Iterator[Row], look: SheetLook) -> Iterator[Row]:
    """Rows whose cells hold no error of a formula; the others are set aside with row and column."""
    wrong: dict[int, list[int]] = defaultdict(list)
    for number, column in sorted(look.errors):
        wrong[number].append(column)
    for row in rows:
        for column in wrong.get(row.number, ()):
            title = table.header[column - 1] if column <= len(table.header) else ""
            table.faults.add(row.number, title, "This cell shows an error of its formula. Write what it should say.")
        if not wrong.get(row.number):
            yield row
