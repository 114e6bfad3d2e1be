"""The pulses that come with Alongside: one data file each."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_noop

SCALE = (
    ("1", gettext_noop("Strongly disagree")),
    ("2", gettext_noop("Disagree")),
    ("3", gettext_noop("In between")),
    ("4", gettext_noop("Agree")),
    ("5", gettext_noop("Strongly agree")),
    ("x", gettext_noop("I can’t say")),
)
POINTS = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One statement. Higher is better, always."""

    id: str
    about: str
    short: str
    statement: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """What one pulse asks."""

    id: str
    name: str
    question: str
    intro: str
    think: str
    audience: str
    minutes: int
    items: tuple[Item, ...]
    comment: str  # the question above the comment box; empty when there is none

    def item(self, item_id: str) -> Item:
        """The statement of that id; KeyError when there is none."""
        return {item.id: item for item in self.items}[item_id]


@cache
def instrument(instrument_id: str) -> Instrument:
    """The pulse of that id; KeyError when there is none."""
    return instruments()[instrument_id]


@cache
def instruments() -> dict[str, Instrument]:
    """All pulses that come with Alongside, by id."""
    files = sorted(Path(__file__).parent.glob("*.toml"), reverse=True)
    return {found.id: found for found in map(_read, files)}


def _read(file: Path) -> Instrument:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Instrument(
        data["id"],
        data["name"],
        data["question"],
        data["intro"],
        data["think"],
        data["for"],
        data["minutes"],
        tuple(Item(**item) for item in data["items"]),
        data.get("comment", {}).get("question", ""),
    )
