"""What is read from a calendar file, whatever its form."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import NamedTuple

LIMIT_ENTRIES = 1_000  # that a calendar of terms may have
LONGEST_SPAN = 200  # days; no term is longer


class Note(NamedTuple):
    """Something in a file that is not used: where it is, and why in a sentence."""

    where: str
    text: str


class Happening(NamedTuple):
    """An event of a file on days of the reader's own, both ends included, before anybody knows what it is."""

    uid: str
    sequence: int
    name: str
    first: datetime.date
    last: datetime.date
    where: str


class Entry(NamedTuple):
    """A term, closed day, report or exam week of a file."""

    uid: str
    sequence: int
    kind: str
    name: str
    first: datetime.date
    last: datetime.date
    where: str


@dataclass(slots=True)
class Happenings:
    """The events of a file in the order of their days, and those that are set aside."""

    events: int = 0  # as the file counts them, repetitions once
    found: list[Happening] = field(default_factory=list)
    faults: list[Note] = field(default_factory=list)
    ignored: list[Note] = field(default_factory=list)
    form: str = "iCalendar"


@dataclass(slots=True)
class Read:
    """All that a file says. events: as the file counts them."""

    form: str
    events: int
    entries: list[Entry] = field(default_factory=list)
    ignored: list[Note] = field(default_factory=list)
    faults: list[Note] = field(default_factory=list)


def window(today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The days that are of use: from 400 before to three years after today."""
    return today - datetime.timedelta(days=400), today + datetime.timedelta(days=1096)
