"""One school as a register states it, and the reading of its cells. No name of a person is ever read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from alongside.kit.tabular import FaultList, Row, clean_text, shown

type Phase = Literal["primary", "secondary", "all-through", "special", "nursery", "other"]
type Status = Literal["open", "closing", "proposed", "closed"]
type LinkKind = Literal["continues", "merged", "amalgamated", "split", "related"]
type Facts = dict[str, str | int | float]

TEXT: Final = 200  # characters in a cell that is kept
WORDS: Final = 50_000  # different cells that are remembered

_WHOLE = re.compile(r"([0-9]{1,9})(\.0{1,6})?")  # a spreadsheet or a script may have made 3 into 3.0
_DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,20})?")
_DAY = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WEBSITE = re.compile(r"(https?://)?((?:[\w-]+\.)+[a-z]{2,})\.?((?::[0-9]{1,5})?(?:[/?#][^\s\"<>]*)?)", re.I)
_SAYS_NOTHING = frozenset(
    (
        "",
        "not applicable",
        "not applicable/unknown",
        "not recorded",
        "not collected",
        "does not apply",
        "missing",
        "unknown",
    )
)
# What registers write in place of a figure they hold back or do not have.
_NO_FIGURE = frozenset(("", ".", "..", "-", "c", "u", "x", "z", "na", "n/a", "ne", "np", "supp", "lowcov"))


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One school of a register file.

    number: as the register knows it, without leading zeros. kind: the register's own words. Degrees in WGS 84
    (New Zealand), metres on the British National Grid (England). roll: students. A text that is not stated is "",
    anything else None; `facts` holds only what is stated.
    """

    number: str
    name: str
    phase: Phase
    kind: str
    status: Status
    opened: datetime.date | None = None
    closed: datetime.date | None = None
    street: str = ""
    town: str = ""
    postcode: str = ""
    area: str = ""
    latitude: float | None = None
    longitude: float | None = None
    easting: int | None = None
    northing: int | None = None
    roll: int | None = None
    low_age: int | None = None
    high_age: int | None = None
    website: str = ""
    facts: Facts = field(default_factory=dict)


class Cells:
    """One row of a register, asked by column. What cannot be read is noted as a fault and makes the row unsound."""

    def __init__(
        self,
        row: Row,
        places: dict[str, int],
        faults: FaultList,
        names: Mapping[str, str] | None = None,
        words: dict[str, str] | None = None,
    ) -> None:
        self.row, self.places, self.faults = row, places, faults
        self.names = names or {}
        self.words = {} if words is None else words
        self.sound = True

    def fault(self, column: str, text: str) -> None:
        """Note what is wrong, under the name that the column has in this file."""
        self.sound = False
        self.faults.add(self.row.number, self.names.get(column, column), text)

    def text(self, column: str, limit: int = TEXT) -> str:
        """The cell on one line, "" when blank or when the file lacks the column."""
        place = self.places.get(column)
        cell = self.row.cells[place] if place is not None else ""
        if not cell:
            return ""
        # Most cells of a register say one of few things: each is cleaned once, and kept once.
        value = self.words.get(cell)
        if value is None:
            if len(self.words) >= WORDS:
                self.words.clear()
            value = self.words[cell] = clean_text(cell)
        if len(value) > limit:
            self.fault(column, f"{shown(value)} has more than {limit} characters. Shorten it.")
            return ""
        return value

    def stated(self, column: str, limit: int = TEXT) -> str:
        """The cell, or "" for words such as "Not applicable"."""
        value = self.text(column, limit)
        return "" if value.casefold() in _SAYS_NOTHING else value

    def needed(self, column: str) -> str:
        value = self.text(column)
        if not value:
            self.fault(column, "This cell is blank. Fill it in, or delete the row.")
        return value

    def whole(self, column: str, high: int) -> int | None:
        """A whole number from 0 to high; None when blank or held back."""
        value = self.text(column)
        if value.casefold() in _NO_FIGURE:
            return None
        found = _WHOLE.fullmatch(value)
        if not found or int(found[1]) > high:
            self.fault(
                column, f"{shown(value)} is not a whole number from 0 to {high:,}. Correct it, or leave it blank."
            )
            return None
        return int(found[1])

    def decimal(self, column: str, low: float, high: float) -> float | None:
        """A number from low to high; None when blank or held back."""
        value = self.text(column)
        if value.casefold() in _NO_FIGURE:
            return None
        if not _DECIMAL.fullmatch(value) or not low <= float(value) <= high:
            self.fault(
                column, f"{shown(value)} is not a number from {low:g} to {high:g}. Correct it, or leave it blank."
            )
            return None
        return float(value)

    def day(self, column: str) -> datetime.date | None:
        """A date written dd-mm-yyyy or yyyy-mm-dd; None when blank."""
        value = self.text(column)
        if not value:
            return None
        day = written_day(value)
        if day is None:
            self.fault(
                column, f"{shown(value)} is not a date. Write day-month-year, as in 31-08-2016, or leave it blank."
            )
        return day

    def number(self, column: str, longest: int) -> str:
        """The number by which the register knows the school, without leading zeros."""
        value = self.text(column)
        if not value.isascii() or not value.isdigit() or not int(value) or len(value.lstrip("0")) > longest:
            self.fault(
                column, f"{shown(value)} is not a school's number in this register. Correct it, or delete the row."
            )
            return ""
        return value.lstrip("0")

    def website(self, column: str) -> str:
        """An address that is safe to link to, "" for anything else: a website is not worth setting a school aside."""
        place = self.places.get(column)
        found = _WEBSITE.fullmatch(clean_text(self.row.cells[place])) if place is not None else None
        address = f"{(found[1] or 'http://').lower()}{found[2].lower()}{found[3]}" if found else ""
        return address if len(address) <= TEXT else ""

    def facts(self, columns: Iterable[tuple[str, str]]) -> Facts:
        """What the register states in these (column, key) pairs, by key."""
        return {key: value for column, key in columns if (value := self.stated(column))}


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One school came after another, or is related to it, in the register's own words.

    stated: the register says so of the earlier school ("Successor"), and not only of the later one.
    """

    earlier: str
    later: str
    kind: LinkKind
    words: str
    since: datetime.date | None = None
    stated: bool = True


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A gathering that a register of groups knows; `school` is the number of a member, "" where the row names none."""

    number: str
    name: str
    kind: str
    lasts: bool
    school: str = ""


@dataclass(frozen=True, slots=True)
class PastRow:
    """A school as it was from the first day to the first day no longer; None: from the beginning, until now."""

    row: int
    school: SchoolRow
    since: datetime.date | None
    until: datetime.date | None


@dataclass(frozen=True, slots=True)
class Layout:
    """One form in which a register is handed out.

    needed: columns without which it cannot be read. without: columns that would make it another layout. number: the
    column with the school's number. community_name: the column with the name of the community that a school belongs to.
    What a row holds: read (a school), links, group, past; finish makes schools of what they were. renamed: this file's
    names of columns -> those that are read. mend: puts a row of another width right, given the number of columns.
    gatherings: whose numbers communities have, when not the register's own.
    partial: says less than the whole register: facts that it lacks are kept. weak: what it only guesses. fills: it tells
    the past, so schools that are known stay as they are.
    """

    key: str
    title: str
    country: str
    register: str
    needed: tuple[str, ...]
    without: tuple[str, ...] = ()
    number: str = ""
    read: Callable[[Cells], SchoolRow] | None = None
    community: Callable[[Cells], tuple[str, str] | None] = lambda cells: None
    community_name: str = ""
    links: Callable[[Cells], list[LinkRow]] | None = None
    group: Callable[[Cells], GroupRow] | None = None
    past: Callable[[Cells], PastRow] | None = None
    finish: Callable[[list[PastRow], FaultList], list[SchoolRow]] | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    mend: Callable[[list[str], int], list[str] | None] | None = None
    gatherings: str = ""
    partial: bool = False
    weak: frozenset[str] = frozenset()
    fills: bool = False


def written_day(text: str) -> datetime.date | None:
    """The date that dd-mm-yyyy or yyyy-mm-dd stands for, None when it is written otherwise or no such day exists."""
    if parts := _DAY.fullmatch(text):
        day, month, year = parts.groups()
    elif parts := _ISO_DAY.fullmatch(text):
        year, month, day = parts.groups()
    else:
        return None
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None
