"""A first look at the XML of one sheet, without building it: how far it reaches, what is hidden, how much text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from alongside.kit.rawfile import UnreadableFile

type _Start = Callable[[str, dict[str, str]], None]
type _Characters = Callable[[str], None]

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DOCTYPE: Final = (
    "This workbook declares a document type, which no spreadsheet program writes; save it again as .xlsx or CSV."
)


@dataclass(slots=True)
class SheetLook:
    """last_row, last_column: of the last cells that hold a value. texts: cells that repeat a stored text. errors: row and
    column of cells whose formula has failed."""

    hidden_rows: set[int] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    texts: int = 0
    last_row: int = 0
    last_column: int = 0

    @property
    def area(self) -> int:
        """Cells from A1 to the last one, empty ones among them: so many are held in memory."""
        return self.last_row * self.last_column

    @property
    def last_cell(self) -> str:
        """As a spreadsheet names it: AB12."""
        column, letters = self.last_column, ""
        while column:
            column, rest = divmod(column - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self.last_row}"


def look_at_sheet(content: bytes) -> SheetLook:
    """What a sheet's XML says of itself. Raises ExpatError where it is none, UnreadableFile for a document type."""
    looker = _Looker()
    _parse(content, looker.start)
    return looker.look


def longest_text(content: bytes) -> int:
    """Characters of the longest text that cells may repeat."""
    longest = current = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal current
        if _local(name) == "si":
            current = 0

    def characters(text: str) -> None:
        nonlocal longest, current
        current += len(text)
        longest = max(longest, current)

    if content:
        _parse(content, start, characters)
    return longest


def sheet_parts(book: bytes, relations: bytes) -> dict[str, str]:
    """Name of each sheet → name of the part that holds it."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def in_book(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            relation = next((value for key, value in attributes.items() if _local(key) == "id" and ":" in key), "")
            ids[attributes.get("name", "")] = relation

    def in_relations(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"

    _parse(book, in_book)
    if relations:
        _parse(relations, in_relations)
    return {name: targets.get(relation, "") for name, relation in ids.items()}


class _Looker:
    def __init__(self) -> None:
        self.look, self.row, self.column, self.hidden = SheetLook(), 0, 0, False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "row":
                self.row = _number(attributes.get("r"), self.row + 1)
                self.column, self.hidden = 0, attributes.get("hidden") in {"1", "true"}
            case "c":
                found = _REFERENCE.fullmatch(attributes.get("r", ""))
                self.column = _column(found[1]) if found else self.column + 1
                self.row = int(found[2]) if found else self.row
                self.look.texts += attributes.get("t") == "s"
                if attributes.get("t") == "e":
                    self.look.errors.add((self.row, self.column))
            case "v" | "is":
                self.look.last_row = max(self.look.last_row, self.row)
                self.look.last_column = max(self.look.last_column, self.column)
                if self.hidden:
                    self.look.hidden_rows.add(self.row)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 7 else otherwise


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _parse(content: bytes, start: _Start, characters: _Characters | None = None) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(content, True)


def _refuse_doctype(*_: object) -> None:
    raise UnreadableFile(_DOCTYPE)
