"""What a file of earlier results came to: how many gave each answer, and nothing of anybody."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from alongside.kit.rawfile import UnreadableFile

MAX_STATEMENTS: Final = 100
MAX_SCHOOLS: Final = 2_000
MAX_DAYS: Final = 60
MAX_CELLS: Final = 50_000
LABEL: Final = 80  # characters; a longer answer is a text
TEXT: Final = 300
CANT_SAY: Final = "x"
TALLY_LABELS: Final = ("1", "2", "3", "4", "5", CANT_SAY)


class Note(NamedTuple):
    """One thing about a file. where: a row, a column, or ""."""

    where: str
    text: str


type Key = tuple[int, int, int]  # places of school, statement and day


@dataclass(slots=True)
class Counts:
    """Answers of a file, counted. kind: tallies, limesurvey, qualtrics or answers.

    statements: as the file words them. scales: the labels of each scale; scale_of: the scale of each statement. schools: as
    the file names them, "" for a file of one school. cells: how many gave each label of the statement's scale.
    """

    kind: str
    statements: list[str] = field(default_factory=list)
    scales: list[list[str]] = field(default_factory=list)
    scale_of: list[int] = field(default_factory=list)
    schools: list[str] = field(default_factory=list)
    days: list[datetime.date] = field(default_factory=list)
    cells: dict[Key, list[int]] = field(default_factory=dict)
    rows: int = 0
    dropped: list[Note] = field(default_factory=list)  # columns that were not kept, and why
    faults: list[Note] = field(default_factory=list)  # rows set aside
    notes: list[str] = field(default_factory=list)

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it until it is applied."""
        return {
            "kind": self.kind,
            "statements": self.statements,
            "scales": self.scales,
            "scale_of": self.scale_of,
            "schools": self.schools,
            "days": [day.isoformat() for day in self.days],
            "cells": [[*key, counts] for key, counts in sorted(self.cells.items())],
            "rows": self.rows,
            "dropped": [list(note) for note in self.dropped],
            "faults": [list(note) for note in self.faults],
            "notes": self.notes,
        }

    def require_small(self) -> None:
        """Raise UnreadableFile for more than a page of decisions can hold."""
        for found, most, what in (
            (len(self.statements), MAX_STATEMENTS, "statements"),
            (len(self.schools), MAX_SCHOOLS, "schools"),
            (len(self.days), MAX_DAYS, "days"),
            (len(self.cells), MAX_CELLS, "tallies"),
        ):
            if found > most:
                raise UnreadableFile(
                    f"This file has {found:,} {what}, and the limit is {most:,}. Split it, and bring the parts."
                )


def from_stored(data: dict[str, Any]) -> Counts:
    """The counts that were kept."""
    return Counts(
        data["kind"],
        data["statements"],
        data["scales"],
        data["scale_of"],
        data["schools"],
        [datetime.date.fromisoformat(day) for day in data["days"]],
        {(school, statement, day): counts for school, statement, day, counts in data["cells"]},
        data["rows"],
        [Note(*note) for note in data["dropped"]],
        [Note(*note) for note in data["faults"]],
        data["notes"],
    )


def in_order(labels: Sequence[str], found: Counter[str]) -> list[int]:
    """How many gave each label."""
    return [found[label] for label in labels]
