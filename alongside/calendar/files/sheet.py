"""Terms and closed days from a spreadsheet, saved as CSV: what, name, first day, last day."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from typing import Final

from alongside.calendar.files.kinds import kind_of
from alongside.calendar.files.shape import LIMIT_ENTRIES, LONGEST_SPAN, Entry, Happening, Note, Read
from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import Row, clean_text, read_table, shown, write_csv

LIMIT_BYTES: Final = 1_000_000
COLUMNS: Final = {
    "kind": ("what", "kind", "type"),
    "name": ("name", "title", "event", "summary", "subject", "description"),
    "first": ("first day", "first", "start", "start date", "starts", "from", "begins", "date", "day"),
    "last": ("last day", "last", "end", "end date", "ends", "to", "until"),
}
KINDS: Final = {
    "term": "term",
    "closed": "closed",
    "closed day": "closed",
    "holiday": "closed",
    "inset": "closed",
    "report": "report",
    "report week": "report",
    "exam": "exam",
    "exam week": "exam",
    "school day": "open",
}
TEMPLATE_CSV: Final = write_csv(
    [
        ("What", "Name", "First day", "Last day"),
        ("term", "Autumn term", "2026-09-02", "2026-12-18"),
        ("closed", "Half-term", "2026-10-26", "2026-10-30"),
    ]
)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
OURS = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def read(data: bytes, first: datetime.date, last: datetime.date) -> Read:
    """The rows of a CSV file. Raises UnreadableFile for what is none, or has no column of first days."""
    table = read_table(data, max_bytes=LIMIT_BYTES, max_rows=LIMIT_ENTRIES)
    places = _places(table.header)
    if "first" not in places or "name" not in places:
        raise UnreadableFile(
            "This file has no columns “Name” and “First day”. Use the empty list on this page, or an .ics file."
        )
    found, twins = Read("CSV", 0), Counter[str]()
    for row in table.rows:
        found.events += 1
        _take(row, places, found, twins, first, last)
    found.faults += [Note(f"row {fault.row}", fault.text) for fault in table.faults]
    return found


def _places(header: list[str]) -> dict[str, int]:
    names = [clean_text(name).lower().replace("_", " ") for name in header]
    return {
        key: names.index(known) for key, spellings in COLUMNS.items() for known in spellings[::-1] if known in names
    }


def _take(
    row: Row, places: dict[str, int], found: Read, twins: Counter[str], first: datetime.date, last: datetime.date
) -> None:
    where = f"row {row.number}"
    cells = {key: clean_text(row.cells[place]) for key, place in places.items()}
    begin, end = day_of(cells["first"]), day_of(cells.get("last", "") or cells["first"])
    wrong = _wrong(cells, begin, end)
    if wrong or begin is None or end is None:
        found.faults.append(Note(where, wrong))
        return
    name = cells["name"][:100]
    kind = KINDS.get(cells.get("kind", "").lower()) or kind_of(Happening("", 0, name, begin, end, where))
    if end < first or begin > last:
        found.ignored.append(Note(where, f"{shown(name)}: it is over for long, or more than three years away."))
    elif kind is None:
        found.ignored.append(Note(where, f"{shown(name)}: no term, closed day, report or exam week."))
    else:
        twin = f"{kind}:{name.lower()}:{begin.year}"
        twins[twin] += 1
        found.entries.append(Entry(f"csv:{twin}:{twins[twin]}", 0, kind, name, begin, end, where))


def _wrong(cells: dict[str, str], begin: datetime.date | None, end: datetime.date | None) -> str:
    if not cells["name"]:
        return "The column Name is empty. Say what it is."
    for column, text, day in (("First day", cells["first"], begin), ("Last day", cells.get("last", ""), end)):
        if day is None:
            return f"{column}: {shown(text)} is no date. Write it as 2026-09-02 or 2/9/2026."
    if begin and end and end < begin:
        return "Last day: it is before the first day. Exchange the two."
    if begin and end and (end - begin).days > LONGEST_SPAN:
        return f"Last day: that is {(end - begin).days:,} days after the first; {LONGEST_SPAN} are the limit."
    return ""


def day_of(text: str) -> datetime.date | None:
    """A date as 2026-09-02, 2/9/2026 or 2.9.2026, the day first; None for anything else."""
    if match := ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := OURS.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
