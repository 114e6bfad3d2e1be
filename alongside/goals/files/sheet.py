"""Votes in a table, one row for each person: either a column for each issue with its rank in the cells, or a column for
each place (first choice, second choice, …) with the issue in the cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from alongside.goals.files.shape import MOST_BYTES, MOST_VOTERS, ReadVote, names
from alongside.kit.rawfile import Source, UnreadableFile
from alongside.kit.search import folded
from alongside.kit.tabular import Row, Table, clean_text, read_table, shown, write_csv

TEMPLATE_CSV: Final = write_csv(
    [
        ("Votes", "Time to plan together", "Marking", "Calm corridors"),
        (1, 1, 2, 3),
        (1, 1, "", 1),
        (4, 3, 1, 2),
    ]
)
# Columns that say who voted or when: passed over, and never kept.
WHO: Final = frozenset(
    [
        "voter",
        "voters",
        "id",
        "person",
        "name",
        "names",
        "full name",
        "respondent",
        "email",
        "e mail",
        "email address",
        "e mail address",
        "number",
        "no",
        "row",
        "timestamp",
        "date",
        "school",
    ]
)
COUNT: Final = frozenset(["votes", "count", "times", "weight"])
NOTHING: Final = frozenset(["", "0", "-", "–", "na", "n a", "none", "blank"])
ORDINALS: Final = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
PLACE = re.compile(
    r"(?:(?:rank|choice|place|preference|pref|vote)? ?([0-9]{1,2})(?:st|nd|rd|th)?(?: (?:choice|place|preference))?)"
)
RANK = re.compile(r"([0-9]{1,3})(?:\.0+)?", re.ASCII)
LONGEST_QUOTED: Final = 4
HOW = "Fill in the template: a column for each issue, a row for each person, 1 for what comes first."


def read_sheet(data: Source) -> ReadVote:
    """The votes of a table. A row with a cell that cannot be is set aside, with row and column.

    Raises UnreadableFile for what is no table of votes, or mixes the two layouts.
    """
    table = read_table(data, max_bytes=MOST_BYTES, max_rows=MOST_VOTERS, one_width=True)
    who = [place for place, name in enumerate(table.header) if _words(name) in WHO]
    count = next((place for place, name in enumerate(table.header) if _words(name) in COUNT), None)
    columns = {place: name for place, name in enumerate(table.header) if place not in who and place != count}
    columns = {place: name for place, name in columns.items() if name}
    places = {place: number for place, name in columns.items() if (number := _place(name))}
    if places and len(places) < len(columns):
        other = next(name for place, name in columns.items() if place not in places)
        raise UnreadableFile(
            f"This table mixes two layouts: {shown(columns[next(iter(places))])} is a place, {shown(other)} is none. {HOW}"
        )
    if len(set(places.values())) < len(places):
        raise UnreadableFile(f"Two columns of this table are the same place. {HOW}")
    read = _by_place(table, places, count) if places else _by_issue(table, columns, count)
    read.ignored = [table.header[place] for place in who]
    read.faults.extend(table.faults)
    return read


def _words(name: str) -> str:
    return folded(name)


def _place(name: str) -> int:
    """1 for "First choice", "1st", "Rank 1" or "1"; 0 for what is no place."""
    words = folded(name)
    first = words.split()[0] if words else ""
    if first in ORDINALS and words in {first, f"{first} choice", f"{first} place", f"{first} preference"}:
        return ORDINALS.index(first) + 1
    found = PLACE.fullmatch(words)
    return int(found[1]) if found else 0


def _by_issue(table: Table, columns: Mapping[int, str], count: int | None) -> ReadVote:
    """Ranks in the cells: 1 is first, the same number a tie, empty or 0 is not ranked."""
    read = ReadVote("a table of ranks", "", names(list(columns.values())))

    def tiers(row: Row) -> list[list[int]]:
        ranks: dict[int, list[int]] = {}
        for issue, (place, name) in enumerate(columns.items()):
            cell = clean_text(row.cells[place])
            if folded(cell) in NOTHING:
                continue
            found = RANK.fullmatch(cell)
            if found is None:
                raise _Wrong(name, f"{_quoted(cell)} is no rank. Write 1 for what comes first, or leave it empty.")
            ranks.setdefault(int(found[1]), []).append(issue)
        return [ranks[rank] for rank in sorted(ranks)]

    _walk(read, table, count, tiers)
    return read


def _quoted(cell: str) -> str:
    """A short cell as it stands; a longer one may be somebody's name or address, which is kept nowhere."""
    return shown(cell) if len(cell) <= LONGEST_QUOTED else "This"


def _by_place(table: Table, places: Mapping[int, int], count: int | None) -> ReadVote:
    """Issues in the cells. Names are learnt from the cells, so all rows are read before any is counted."""
    rows = list(table.rows)
    in_order = sorted(places, key=lambda place: places[place])
    spelt: dict[str, str] = {}
    for row in rows:
        for place in in_order:
            cell = clean_text(row.cells[place])
            if folded(cell) not in NOTHING:
                key = folded(cell) or cell
                spelt[key] = min(spelt.get(key, cell), cell)
    if spelt and all(RANK.fullmatch(cell) for cell in spelt.values()):
        raise UnreadableFile(f"Columns and cells of this table are numbers alone: which are the issues? {HOW}")
    spelt = dict(sorted(spelt.items()))
    read = ReadVote("a table of choices", "", names(list(spelt.values())))
    number = {name: place for place, name in enumerate(spelt)}

    def tiers(row: Row) -> list[list[int]]:
        found: list[int] = []
        for place in in_order:
            cell = clean_text(row.cells[place])
            if folded(cell) in NOTHING:
                continue
            issue = number[folded(cell) or cell]
            if issue in found:
                raise _Wrong(table.header[place], f"{shown(cell)} stands twice in this row. Empty one of the two.")
            found.append(issue)
        return [[issue] for issue in found]

    table.rows = iter(rows)
    _walk(read, table, count, tiers)
    return read


class _Wrong(Exception):
    """A cell that cannot be: its column, and what is wrong with it."""


def _walk(read: ReadVote, table: Table, count: int | None, tiers: Callable[[Row], list[list[int]]]) -> None:
    for row in table.rows:
        try:
            read.add(tiers(row), _times(row, table.header, count))
        except _Wrong as wrong:
            column, text = wrong.args
            read.faults.add(row.number, column, text)


def _times(row: Row, header: list[str], count: int | None) -> int:
    cell = "1" if count is None else clean_text(row.cells[count])
    found = re.fullmatch(r"([0-9]{1,6})(?:\.0+)?", cell, re.ASCII)
    if found is None or not int(found[1]):
        name = header[count] if count is not None else ""
        raise _Wrong(name, f"{shown(cell)} is no number of votes. Write 1 or more.")
    return int(found[1])
