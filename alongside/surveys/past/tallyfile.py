"""Our own form for earlier results: one row for each school, statement and day, with how many gave each answer."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Final

from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import Row, Table, clean_text, looks_like_formula, shown, write_csv
from alongside.surveys.past.counts import TALLY_LABELS, TEXT, Counts, Note

MAX_ROWS: Final = 100_000
MOST_PEOPLE: Final = 100_000
FIRST_DAY: Final = datetime.date(1990, 1, 1)
COLUMNS: Final = ("School number", "School", "Statement", "Date", "1", "2", "3", "4", "5", "Can't say")
EXAMPLE: Final = "Example School (delete this row)"
TEMPLATE_ROWS: Final[list[Sequence[object]]] = [
    COLUMNS,
    ("100001", EXAMPLE, "I could do my job properly in the hours I had.", "2025-03-14", 2, 4, 6, 9, 3, 1),
]
TEMPLATE_CSV: Final = write_csv(TEMPLATE_ROWS)

_SPELLINGS: Final = {
    "number": ("school number", "number", "urn", "school id", "school code", "register number"),
    "school": ("school", "school name", "name of school", "name of the school"),
    "statement": ("statement", "question", "item", "statement id"),
    "day": ("date", "day", "wave", "closed on", "closing date"),
    "x": ("can't say", "cant say", "can not say", "cannot say", "i can't say", "don't know", "x"),
}
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_OTHER_SCALE: Final = re.compile(r"0|[6-9]|1[01]")


def is_heading(cells: Sequence[str]) -> bool:
    """Whether a row names the columns of our form, or of one like it with another scale."""
    places = _places(cells)
    return {"statement", "day"} <= places.keys() and bool({"school", "number"} & places.keys()) and "3" in places


def _key(title: str) -> str:
    return " ".join(clean_text(title).casefold().replace("’", "'").replace("_", " ").split())


def _places(header: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        key = _key(title)
        name = key if key in TALLY_LABELS else next((n for n, known in _SPELLINGS.items() if key in known), "")
        if name:
            places.setdefault(name, place)
    return places


def read(table: Table, today: datetime.date) -> Counts:
    """The tallies of a table whose heading is ours. A row with a fault is set aside, with its row and column.

    Raises UnreadableFile when a column is missing or the answers were not 1 to 5.
    """
    places = _places(table.header)
    _require_one_to_five(table.header, places)
    reader = _Reader(table, places, today)
    for row in table.rows:
        reader.take(row)
    counts = reader.counts
    counts.rows = table.rows_read
    counts.faults = [
        Note(f"row {fault.row}, {fault.column}" if fault.column else f"row {fault.row}", fault.text)
        for fault in sorted(table.faults, key=lambda fault: fault.row)
    ]
    if not counts.cells:
        first = f" The first: {counts.faults[0].where}: {counts.faults[0].text}" if counts.faults else ""
        raise UnreadableFile(f"No row of this file can be read.{first}")
    counts.require_small()
    return counts


def _require_one_to_five(header: Sequence[str], places: dict[str, int]) -> None:
    missing = [label for label in ("1", "2", "3", "4", "5") if label not in places]
    others = [title for title in map(_key, header) if _OTHER_SCALE.fullmatch(title)]
    if others:
        raise UnreadableFile(
            f"This form counts answers from 1 to 5, and the file has a column {shown(others[0])}. Another scale does not "
            "become this one by itself: decide which answers belong together, add them up, and bring the file again."
        )
    if missing:
        raise UnreadableFile(
            f"The column {shown(missing[0])} is missing. Each row needs how many chose 1, 2, 3, 4 and 5."
        )


class _Reader:
    """Reads row after row, and remembers which school, statement and day it has seen."""

    def __init__(self, table: Table, places: dict[str, int], today: datetime.date) -> None:
        self.table, self.places, self.today = table, places, today
        self.counts = Counts("tallies", scales=[list(TALLY_LABELS)])
        self.first: dict[tuple[int, int, int], int] = {}
        self.seen: dict[str, dict[object, int]] = {"schools": {}, "statements": {}, "days": {}}

    def take(self, row: Row) -> None:
        before = len(self.table.faults)
        school, statement, day = self._school(row), self._text(row, "statement"), self._day(row)
        found = [self._people(row, label) for label in TALLY_LABELS]
        if len(self.table.faults) == before and not sum(found):
            self._fault(row, "1", "All counts of this row are empty. Write them, or delete the row.")
        if len(self.table.faults) > before or day is None:
            return
        self._keep(row, school, statement, day, found)

    def _keep(self, row: Row, school: str, statement: str, day: datetime.date, found: list[int]) -> None:
        key = (self._place("schools", school), self._place("statements", statement), self._place("days", day))
        first = self.first.setdefault(key, row.number)
        if first != row.number:
            self._fault(row, "statement", f"Row {first} has the same school, statement and date. Delete one of them.")
            return
        self.counts.cells[key] = found

    def _place(self, what: str, value: object) -> int:
        known, listed = self.seen[what], getattr(self.counts, what)
        if value not in known:
            known[value] = len(listed)
            listed.append(value)
            if what == "statements":
                self.counts.scale_of.append(0)
        return known[value]

    def _cell(self, row: Row, name: str) -> str:
        place = self.places.get(name)
        value = clean_text(row.cells[place]) if place is not None else ""
        if value and looks_like_formula(value):
            self._fault(row, name, f"{shown(value)} looks like a formula. Write plain text or a number.")
            return ""
        return value

    def _fault(self, row: Row, name: str, text: str) -> None:
        place = self.places.get(name)
        self.table.faults.add(row.number, self.table.header[place] if place is not None else "", text)

    def _school(self, row: Row) -> str:
        """The register number where there is one, else the name."""
        before = len(self.table.faults)
        number, name = self._cell(row, "number"), self._cell(row, "school")
        if name == EXAMPLE:
            self._fault(row, "school", "This is the example of the empty form. Delete the row.")
        elif not (number or name) and len(self.table.faults) == before:
            self._fault(row, "school", "No school stands here. Write its number or its name.")
        return (number or name)[:TEXT]

    def _text(self, row: Row, name: str) -> str:
        before = len(self.table.faults)
        value = self._cell(row, name)
        if len(self.table.faults) == before and not value:
            self._fault(row, name, "No statement stands here. Write what was asked, word for word.")
        elif len(value) > TEXT:
            self._fault(row, name, f"{shown(value)} has more than {TEXT} characters. Shorten it.")
        return value

    def _day(self, row: Row) -> datetime.date | None:
        before = len(self.table.faults)
        value = self._cell(row, "day")
        if len(self.table.faults) > before:
            return None
        day = _date(value)
        if day is None:
            self._fault(row, "day", f"{shown(value)} is no date. Write the day it closed as 2025-03-14.")
        elif not FIRST_DAY <= day <= self.today:
            self._fault(row, "day", f"{shown(value)} is not in the past, or before 1990. Write the day it closed.")
        return day

    def _people(self, row: Row, label: str) -> int:
        value = self._cell(row, label)
        if not value:
            return 0
        if not (value.isascii() and value.isdigit() and len(value) <= 6 and int(value) <= MOST_PEOPLE):
            self._fault(row, label, f"{shown(value)} is no whole number of people from 0 to {MOST_PEOPLE:,}.")
            return 0
        return int(value)


def _date(value: str) -> datetime.date | None:
    found = _ISO.fullmatch(value)
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
