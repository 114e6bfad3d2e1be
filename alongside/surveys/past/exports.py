"""Replies as survey tools export them, one row a person: LimeSurvey, Qualtrics, and plain tables of answers.

Rows are counted while they are read and forgotten: what is left is how many of a school gave each answer to a statement.
Free text, names, addresses and marks of single replies are dropped on reading, column by column.
"""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import Row, Table, clean_text, shown
from alongside.surveys.past import columns
from alongside.surveys.past.counts import MAX_SCHOOLS, TEXT, Counts, Note, in_order

MAX_ROWS: Final = 150_000  # read while somebody waits: about five seconds with 20 statements
REPLIES_EACH: Final = 5  # on average: a column with more values than that names people
LOOK: Final = 400  # rows in which the column of the school is looked for
_CODES: Final = re.compile(r"submitdate|Date submitted|startlanguage|Start language|lastpage|Last page")
_SCHOOL: Final = re.compile(
    r"(which |your |the |name of (the )?)?(school|schools|establishment|schule|urn)( name| number| code| id)?"
    r"|(which|what) school .*|.*\bschool do you (work|teach) .*",
    re.I,
)
_NO_REPLY: Final = {"1", "2", "8", "9", "12", "17", "survey preview", "survey test", "spam", "umfragevorschau"}

type Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """What its reader says of a file. school_column: its name, or "" to look for one. one_school: all of it is one
    school's. known: whether a text names a school of this place."""

    day: datetime.date | None
    school_column: str = ""
    one_school: bool = False
    known: Known = field(default=lambda text: False)


@dataclass(slots=True)
class _Column:
    place: int
    code: str
    words: str
    answers: dict[str, Counter[int]] | None = field(default_factory=dict)  # label → school → people
    why: str = ""
    cells: dict[str, Counter[int]] = field(
        default_factory=dict
    )  # what was in a cell before → the count that it adds to

    @property
    def title(self) -> str:
        return self.words or self.code

    def drop(self, why: str) -> None:
        self.answers, self.why = None, why
        self.cells.clear()


def is_qualtrics(header: Sequence[str], third: Sequence[str]) -> bool:
    """Whether these are the first and third row of a Qualtrics export."""
    return any('"ImportId"' in cell for cell in third) and len(third) == len(header)


def is_limesurvey(header: Sequence[str]) -> bool:
    """Whether a heading is that of LimeSurvey's responses, with codes or with whole questions."""
    return any(_CODES.fullmatch(title) for title in header)


def read(table: Table, asked: Asked, again: Callable[[], Table]) -> Counts:
    """Count an export. again: opens the same table once more, for a look at its first rows.

    Raises UnreadableFile when nothing in it is an answer on a scale, or when nobody says of which school or day it is.
    """
    if asked.day is None:
        raise UnreadableFile(
            "These are single replies, which count as one round. Choose the last day of the survey below."
        )
    head = list(islice(again().rows, LOOK))
    qualtrics = len(head) >= 2 and is_qualtrics(table.header, head[1].cells)
    kind = "qualtrics" if qualtrics else "limesurvey" if is_limesurvey(table.header) else "answers"
    found = _columns(table.header, head if qualtrics else [])
    school = None if asked.one_school else _school_column(found, head[2:] if qualtrics else head, asked)
    for column in found:
        if column.why or not (why := columns.personal(*_names(column, head, qualtrics))):
            continue
        if column is school:
            raise UnreadableFile(
                f"The column {shown(column.title)} cannot say which school: it may lead to a person. Choose another one, or "
                "say that the file is of one school."
            )
        column.drop(why)
    reader = _Reader(Counts(kind, days=[asked.day]), found, school, qualtrics)
    rows = islice(table.rows, 2, None) if qualtrics else table.rows
    for row in rows:
        reader.take(row)
    reader.counts.faults = [Note(f"row {fault.row}", fault.text) for fault in table.faults]
    return reader.done()


def _columns(header: Sequence[str], head: list[Row]) -> list[_Column]:
    words = head[0].cells if head else [""] * len(header)
    return [
        _Column(place, title, clean_text(words[place])[:TEXT])
        for place, title in enumerate(header)
        if title or words[place]
    ]


def _names(column: _Column, head: list[Row], qualtrics: bool) -> list[str]:
    """All by which a column is called: Qualtrics tells what it is in any language by its import id."""
    return [column.code, column.words, _import_id(head[1].cells[column.place])] if qualtrics else [column.code]


def _import_id(cell: str) -> str:
    try:
        found = json.loads(cell)
    except ValueError:
        return ""
    return str(found.get("ImportId", "")) if isinstance(found, dict) else ""


def _school_column(found: list[_Column], head: list[Row], asked: Asked) -> _Column:
    """The column that says which school. Raises UnreadableFile when there is none."""
    if asked.school_column:
        wanted = columns.plain(asked.school_column)
        named = [c for c in found if wanted in {columns.plain(c.code), columns.plain(c.words)}]
        if not named:
            raise UnreadableFile(f"No column is called {shown(asked.school_column)}. {_called(found)}")
        return named[0]
    by_values = [c for c in found if _mostly_known((row.cells[c.place] for row in head), asked.known)]
    by_name = [c for c in found if _SCHOOL.fullmatch(c.code) or _SCHOOL.fullmatch(c.words.rstrip("?"))]
    if not by_values + by_name:
        raise UnreadableFile(
            f"No column says which school somebody answered for. Write its name below, or choose the one school. {_called(found)}"
        )
    return (by_values + by_name)[0]


def _called(found: list[_Column]) -> str:
    some = ", ".join(shown(column.code) for column in found[:12])
    return f"The columns are {some}{' and others' if len(found) > 12 else ''}."


def _mostly_known(values: Iterable[str], known: Known) -> bool:
    filled = [value for value in map(clean_text, values) if value]
    return bool(filled) and sum(map(known, filled)) * 2 > len(filled)


class _Reader:
    """Counts row after row; a column that turns out to be no scale is let go at once, with all that it held."""

    def __init__(self, counts: Counts, found: list[_Column], school: _Column | None, qualtrics: bool) -> None:
        self.counts, self.columns, self.school = counts, found, school
        self.open = [column for column in found if column.answers is not None and column is not school]
        self.schools: dict[str, int] = {}
        self.status = next((c.place for c in found if qualtrics and c.code == "Status"), None)
        self.previews = self.without_school = 0

    def take(self, row: Row) -> None:
        if self.status is not None and columns.plain(row.cells[self.status]) in _NO_REPLY:
            self.previews += 1
            return
        school = self._school(row)
        if school is None:
            self.without_school += 1
            return
        self.counts.rows += 1
        for column in self.open:
            cell = row.cells[column.place]
            known = column.cells.get(cell)
            if known is not None:
                known[school] += 1
            elif cell:
                self._count(column, cell, school)

    def _count(self, column: _Column, cell: str, school: int) -> None:
        """A cell that this column has not had before."""
        value, answers = clean_text(cell), column.answers
        if not value or answers is None:
            return
        if len(value) > 2 and not columns.may_be_answer(value):
            told = columns.telling(value)
            self._drop(column, f"It holds {told}." if told else "It holds what people wrote.")
            return
        label = value.removesuffix(".0") if value[0].isdigit() else value
        found = answers.setdefault(label, Counter())
        found[school] += 1
        if len(answers) > columns.MOST_LABELS + 4:
            self._drop(column, "It holds more than 15 different answers, so it is no scale.")
        elif len(column.cells) < 100:
            column.cells[cell] = found

    def _drop(self, column: _Column, why: str) -> None:
        column.drop(f"{why} It was not kept.")
        self.open = [each for each in self.open if each is not column]

    def _school(self, row: Row) -> int | None:
        label = clean_text(row.cells[self.school.place])[:TEXT] if self.school else ""
        if self.school and not label:
            return None
        if label not in self.schools:
            if told := columns.telling(label) if "@" in label or label.count(".") > 2 else "":
                raise UnreadableFile(f"The column of the school holds {told} in row {row.number}. Choose another one.")
            if len(self.schools) >= MAX_SCHOOLS:
                raise UnreadableFile(
                    f"The column of the school has more than {MAX_SCHOOLS:,} different values. Choose another one."
                )
            self.schools[label] = len(self.schools)
        return self.schools[label]

    def done(self) -> Counts:
        """What it came to."""
        counts = self.counts
        if self.school and len(self.schools) * REPLIES_EACH > max(counts.rows, REPLIES_EACH):
            raise UnreadableFile(
                f"The column {shown(self.school.title)} has {len(self.schools):,} values in {counts.rows:,} replies, so it names "
                "people rather than schools. Choose another one. Nothing of it was kept."
            )
        counts.schools = list(self.schools)
        for kept in _scales([column for column in self.columns if column is not self.school]):
            self._keep(kept)
        counts.dropped = [Note(column.title[:TEXT], column.why) for column in self.columns if column.why]
        self._note()
        if not counts.statements:
            raise UnreadableFile(
                "No column of this file holds answers on a scale. Export the responses, and not a report of them."
            )
        counts.require_small()
        return counts

    def _keep(self, kept: list[_Column]) -> None:
        """Columns of one scale."""
        scale = len(self.counts.scales)
        labels = sorted({label for column in kept for label in column.answers or ()}, key=columns.sort_key)
        self.counts.scales.append(labels)
        for column in kept:
            statement = len(self.counts.statements)
            self.counts.statements.append(column.title[:TEXT])
            self.counts.scale_of.append(scale)
            by_school: dict[int, Counter[str]] = defaultdict(Counter)
            for label, schools in (column.answers or {}).items():
                for school, people in schools.items():
                    by_school[school][label] += people
            for school, found in by_school.items():
                self.counts.cells[school, statement, 0] = in_order(labels, found)

    def _note(self) -> None:
        counts = self.counts
        counts.notes.append(f"{counts.rows:,} replies were counted and forgotten. No single reply is kept.")
        if self.school:
            counts.notes.append(f"The school is read from the column {shown(self.school.title)}.")
        if self.previews:
            counts.notes.append(f"{self.previews:,} rows are previews, tests or spam, and were left out.")
        if self.without_school:
            counts.notes.append(f"{self.without_school:,} replies name no school, and were left out.")


def _scales(found: list[_Column]) -> list[list[_Column]]:
    """Columns by scale, in the order of the file; the others are dropped, and say why."""
    groups: dict[tuple[object, ...], list[_Column]] = {}
    for column in found:
        if column.answers:
            groups.setdefault(columns.scale_name(set(column.answers)), []).append(column)
        elif column.answers is not None:
            column.drop("Nobody answered it.")
    kept = []
    for group in groups.values():
        labels = {label for column in group for label in column.answers or ()}
        many = sum(sum(found.values()) for column in group for found in (column.answers or {}).values())
        if columns.is_scale(labels) or _shared(group, labels, many):
            kept.append(group)
            continue
        for column in group:
            column.drop("Its answers are on no scale that is known. It was not kept.")
    return kept


def _shared(group: list[_Column], labels: set[str], many: int) -> bool:
    """Answers that nobody knows are a scale where several columns have the same few, each given often: names are not."""
    each = many / len(group)
    return len(group) >= columns.SHARED and len(labels) <= columns.MOST_LABELS and each >= 4 * len(labels)
