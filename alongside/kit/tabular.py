"""Tables that come from outside as CSV or TSV, read row by row, and the CSV files that we hand out.

Nothing here knows what a table is about. A file is gone over twice: first as bytes (what is it, how large does it
unpack, which letters does it use), then as rows. Only one row is held at a time.
"""

from __future__ import annotations

import codecs
import csv
import functools
import io
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from alongside.kit.rawfile import Source, UnreadableFile, opened, text_encoding

__all__ = [
    "Fault",
    "FaultList",
    "MixedLayouts",
    "Row",
    "Source",
    "Table",
    "UnreadableFile",
    "clean_text",
    "escape_cell",
    "looks_like_formula",
    "ragged",
    "read_table",
    "shown",
    "table_of",
    "write_csv",
    "written",
]

MAX_BYTES: Final = 200_000_000
MAX_ROWS: Final = 1_000_000
MAX_FAULTS: Final = 10_000
MAX_LINE: Final = 1_000_000  # characters; the widest register line known has about 3,000
MAX_COLUMNS: Final = 2_000
LONG_RUN: Final = 10  # so many neighbouring rows of one other width are no slip of a comma

type Records = Iterator[tuple[int, list[str] | None]]
type Mend = Callable[[list[str]], list[str] | None]

_INVISIBLE = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
_DELIMITERS = (",", "\t", ";")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class MixedLayouts(UnreadableFile):
    """Two tables were glued together: from some row on the columns are others. No column can be trusted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file. `row` as a spreadsheet counts (the header is row 1), `column` "" for a whole row."""

    row: int
    column: str
    text: str


class FaultList(list[Fault]):
    """The faults of one file, in the order found; more than 10,000 are no longer a list that anyone reads."""

    def add(self, row: int, column: str, text: str) -> None:
        """Note a fault, or raise UnreadableFile when the file has too many."""
        if len(self) >= MAX_FAULTS:
            first = self[0]
            raise UnreadableFile(
                f"This file has more than {MAX_FAULTS:,} faults, the first in row {first.row}: {first.text} "
                "Check that it is the right file."
            )
        self.append(Fault(row, column, text))


class Row(NamedTuple):
    """One row: cells in the order of the header, as many as the header has; `width` is how many the file had."""

    number: int
    cells: list[str]
    width: int


@dataclass(slots=True)
class Table:
    """A table that is read while `rows` is walked, once. `faults` and `rows_read` are complete after that.

    header: names without spaces around them. rows: raises UnreadableFile when a limit is met on the way.
    rows_read: rows that are not blank, those set aside among them. mended: rows whose width was put right.
    """

    header: list[str]
    encoding: str
    delimiter: str
    rows: Iterator[Row] = field(default_factory=lambda: iter(()), repr=False)
    faults: FaultList = field(default_factory=FaultList, repr=False)
    rows_read: int = 0
    mended: int = 0


def read_table(
    data: Source,
    *,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
    one_width: bool = False,
    mends: Callable[[Sequence[str]], Mend | None] = lambda header: None,
) -> Table:
    """Open a CSV or TSV file (plain or gzip; UTF-8, UTF-16 with mark, Windows-1252) and read its header.

    Raises UnreadableFile for what is no such table: empty, binary, unpacking beyond max_bytes or 100 times its size.
    Blank rows are passed over but counted in row numbers. A row with more cells than the header is a fault and set
    aside; one with fewer is filled up with blanks (`Row.width` tells). With one_width, walking the rows raises
    MixedLayouts where rows of another width begin for good: ten in succession, or two and more up to the end.
    mends: says for a header how a row of another width is put right, where that is certain.
    """
    encoding = text_encoding(data, max_bytes)
    header_row, names, delimiter = _header(data, encoding)
    table = Table(header=[clean_text(name) for name in names], encoding=encoding, delimiter=delimiter)
    _note_doubled_names(table, header_row)
    records = _counted(table, _records(data, encoding, delimiter), header_row, max_rows)
    if mend := mends(table.header):
        records = _mended(table, records, mend)
    table.rows = _rows(table, _one_width(records, len(names)) if one_width else records)
    return table


def table_of(header_row: int, names: list[str], records: Iterable[tuple[int, list[str]]], *, max_rows: int) -> Table:
    """A table whose rows come from elsewhere than a text file, each with its number, under the same rules."""
    table = Table(header=[clean_text(name) for name in names], encoding="", delimiter="")
    _note_doubled_names(table, header_row)
    table.rows = _rows(table, _counted(table, iter(records), header_row, max_rows))
    return table


def ragged(width: int, expected: int) -> str:
    """The sentence for a row whose number of cells is not that of the header."""
    hint = "Look for a comma that belongs inside quotation marks" if width > expected else "Look for a missing comma"
    return f"This row has {_count(width, 'cell')} and the header has {expected}. {hint}, or delete the row."


def shown(value: str) -> str:
    """A value from a file as a sentence quotes it: on one line, in quotation marks, cut at 40 characters."""
    value = clean_text(value)
    return f'"{value[:39]}…"' if len(value) > 40 else f'"{value}"'


def clean_text(text: str) -> str:
    """One line, single spaces, no invisible marks, accents composed (NFC): the same name is the same text."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or not _hidden(c))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might run this text instead of showing it."""
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)


def escape_cell(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it (OWASP, "CSV Injection")."""
    return f"'{text}" if looks_like_formula(text) else text


def write_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file that Excel opens well: UTF-8 with mark, CRLF. Texts are escaped, numbers are not, None is blank."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([written(value) for value in row] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8", errors="replace")


def written(value: object) -> str | int | float | Decimal | None:
    """A value as a spreadsheet that we hand out holds it: numbers and None as they are, all else as escaped text."""
    if isinstance(value, int | float | Decimal) or value is None:
        return value
    return escape_cell(str(value))


def _hidden(character: str) -> bool:
    """Control characters, spaces of no width, and the marks with which a name can be written backwards."""
    return unicodedata.category(character) == "Cc" or character in _INVISIBLE


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _records(data: Source, encoding: str, delimiter: str) -> Records:
    """Every row with its number; None for a row whose quotation marks do not match."""
    with opened(data) as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                yield number, next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                if "expected after" not in str(problem):
                    raise UnreadableFile(
                        f"Row {number} opens a quotation mark that is never closed; close it and try again."
                    ) from problem
                yield number, None


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    for line in iter(functools.partial(text.readline, MAX_LINE), ""):
        if len(line) >= MAX_LINE:
            raise UnreadableFile(
                f"This file has a line of more than {MAX_LINE:,} characters; save it again as CSV and try again."
            )
        yield line


def _header(data: Source, encoding: str) -> tuple[int, list[str], str]:
    """Row number and names of the first row with content, and the delimiter that cuts it into most pieces."""
    found = [(delimiter, _first_row(data, encoding, delimiter)) for delimiter in _DELIMITERS]
    delimiter, (number, names) = max(found, key=lambda pair: len(pair[1][1]))
    if not names:
        raise UnreadableFile(
            f"The quotation marks in row {number or 1}, the header, do not match; put them right and try again."
        )
    if len(names) > MAX_COLUMNS:
        raise UnreadableFile(
            f"This file has more than {MAX_COLUMNS:,} columns, the limit for a table; check that it is the right file."
        )
    return number, names, delimiter


def _first_row(data: Source, encoding: str, delimiter: str) -> tuple[int, list[str]]:
    for number, cells in _records(data, encoding, delimiter):
        if cells is None:
            return number, []
        if not _blank(cells):
            return number, cells
    raise UnreadableFile("This file is empty; choose the file that holds the table.")


def _blank(cells: Sequence[str]) -> bool:
    return not any(cell and not cell.isspace() for cell in cells)


def _note_doubled_names(table: Table, row: int) -> None:
    for name in (name for name, times in Counter(table.header).items() if name and times > 1):
        table.faults.add(
            row,
            name,
            f"More than one column is called {shown(name)}; only the first is read. Rename or delete the others.",
        )


def _counted(table: Table, records: Records, header_row: int, max_rows: int) -> Records:
    """The rows below the header that are not blank, up to the limit."""
    for number, cells in records:
        if number <= header_row or (cells is not None and _blank(cells)):
            continue
        table.rows_read += 1
        if table.rows_read > max_rows:
            raise UnreadableFile(
                f"This file has more than {max_rows:,} rows, the limit for a table; split it or ask for an extract."
            )
        yield number, cells
    if not table.rows_read:
        table.faults.add(header_row, "", "This file has a header and no rows. Choose the file that holds the table.")


def _mended(table: Table, records: Records, mend: Mend) -> Records:
    """Rows of another width as they must have been meant; those that `mend` knows nothing of pass as they are."""
    for number, cells in records:
        fitted = mend(cells) if cells is not None and len(cells) != len(table.header) else None
        table.mended += fitted is not None
        yield number, fitted or cells


def _one_width(records: Records, expected: int) -> Records:
    """Pass the rows on, but raise MixedLayouts where another width begins for good."""
    start, width, run = 0, expected, 0
    for number, cells in records:
        if cells is not None and len(cells) != width:
            start, width, run = number, len(cells), 0
        run += 1
        if width != expected and run == LONG_RUN:
            raise _mixed(start, width, expected)
        yield number, cells
    if width != expected and run > 1:
        raise _mixed(start, width, expected)


def _mixed(row: int, width: int, expected: int) -> MixedLayouts:
    return MixedLayouts(
        f"This file mixes two layouts: its header has {_count(expected, 'column')}, but from row {row} on the rows have "
        f"{_count(width, 'cell')}. Nothing of it was read; fetch it again, or split it at row {row}."
    )


def _rows(table: Table, records: Records) -> Iterator[Row]:
    expected = len(table.header)
    for number, cells in records:
        if cells is None:
            table.faults.add(
                number, "", "The quotation marks in this row do not match. Put them right, or delete the row."
            )
        elif not _blank(cells[expected:]):
            table.faults.add(number, "", ragged(len(cells), expected))
        else:
            fitted = cells if len(cells) == expected else cells[:expected] + [""] * (expected - len(cells))
            yield Row(number, fitted, len(cells))
