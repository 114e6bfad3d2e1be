"""XML from outside as a small tree, read without entities and within limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from alongside.surveys.definitions.parts import UnreadableFile

DEEPEST: Final = 40
MOST_PARTS: Final = 400_000


@dataclass(slots=True)
class Part:
    """One element: its name, the words in it, and the elements in it."""

    name: str
    words: str = ""
    parts: list[Part] = field(default_factory=list)

    def first(self, name: str) -> Part | None:
        """The first part of that name, directly inside."""
        return next((part for part in self.parts if part.name == name), None)

    def text(self, name: str) -> str:
        """The words of the part of that name, "" without one."""
        found = self.first(name)
        return found.words.strip() if found else ""

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        """The rows of a table, as LimeSurvey writes them: a part of that name, in it rows, in them row after row."""
        table = self.first(name)
        rows = table.first("rows") if table else None
        for row in rows.parts if rows else ():
            yield {cell.name: cell.words for cell in row.parts}


class _Tree:
    def __init__(self) -> None:
        self.open: list[Part] = [Part("")]
        self.count = 0

    def start(self, name: str, _: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_PARTS or len(self.open) > DEEPEST:
            raise UnreadableFile("This file has more parts, or deeper ones, than any survey. Choose the right file.")
        part = Part(name)
        self.open[-1].parts.append(part)
        self.open.append(part)

    def end(self, name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].words += text


def _no_doctype(*_: object) -> None:
    raise UnreadableFile(
        "This file declares a document type, as LimeSurvey never does and as files made to do harm do. Export the survey "
        "again and bring that."
    )


def read(data: bytes) -> Part:
    """The outermost element. Raises UnreadableFile for what is no XML, naming the line, and for a document type."""
    tree = _Tree()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = tree.start, tree.end
    parser.CharacterDataHandler = tree.characters
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as problem:
        raise UnreadableFile(_sentence(data, problem)) from problem
    except (LookupError, ValueError) as problem:  # an encoding that nobody knows
        raise UnreadableFile(
            "This file says that it is in an encoding that cannot be read. Export it again as UTF-8."
        ) from problem
    return tree.open[0].parts[0]


def _sentence(data: bytes, problem: expat.ExpatError) -> str:
    line = problem.lineno
    if problem.code == expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN] and _not_utf8(data):
        return (
            f"The letters in line {line} are not in the encoding that the file names. Export the survey again, as UTF-8, "
            "without opening it in between."
        )
    if problem.code in {
        expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
        expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING],
    }:
        return "This file says that it is in an encoding that cannot be read. Export it again as UTF-8."
    cut = not re.search(rb"</\w+>\s*\Z", data[-200:])
    if cut:
        return f"This file ends in the middle, at line {line}. Fetch or export it again."
    return f"This file is not sound XML: it breaks at line {line}. Export the survey again and bring that."


def _not_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
