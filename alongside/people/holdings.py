"""What Alongside holds on a person: one line for each column that names one, said where the table is.

Export, erasure and merging walk these lines. A test fails for a column that names a person and has no line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

type Erasing = Literal["delete", "empty", "keep"]
type Merging = Literal["move", "keep"]


@dataclass(frozen=True, slots=True)
class Holding:
    """One column that names a person.

    words: what its rows are, in the export. erased: rows go, the column is emptied, or they stay with a person who has no
    name any more. merged: rows move to the person who stays, or keep naming the one who was merged into them. move: path
    of a function (from, to) that moves rows where some may be there twice.
    """

    model: str
    column: str
    words: str
    erased: Erasing
    merged: Merging = "move"
    move: str = ""

    def table(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows(self, people: Sequence[int]) -> QuerySet[Any]:
        """The rows that name one of these people by this column."""
        return self.table()._default_manager.filter(**{f"{self.column}__in": people})


@dataclass(frozen=True, slots=True)
class Text:
    """Columns of free text in which a name may stand. Erasure masks it there."""

    model: str
    columns: tuple[str, ...]

    def table(self) -> type[Model]:
        return apps.get_model(self.model)


HOLDINGS: Final[list[Holding]] = []
TEXTS: Final[list[Text]] = []
ERASERS: Final[list[str]] = []


def holds(model: str, column: str, words: str, *, erased: Erasing, merged: Merging = "move", move: str = "") -> None:
    """Announce a column that names a person."""
    HOLDINGS.append(Holding(model, column, words, erased, merged, move))


def writes(model: str, *columns: str) -> None:
    """Announce columns of free text in which somebody may be named."""
    TEXTS.append(Text(model, columns))


def erases(path: str) -> None:
    """Announce a function that erases what stands in no such column; it gets people.actions.erasing.Gone."""
    ERASERS.append(path)


def mover(holding: Holding) -> Callable[[int, int], None] | None:
    """The function that moves the rows of a holding, None when a plain update does."""
    found: Callable[[int, int], None] | None = import_string(holding.move) if holding.move else None
    return found


def erasers() -> list[Callable[[Any], None]]:
    """What else erases: letters, staged files, sessions, entries of journals."""
    return [import_string(path) for path in ERASERS]
