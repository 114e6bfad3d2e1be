"""The pulses that come with Alongside: one data file each."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from django.apps import apps
from django.utils.translation import gettext_noop

from alongside.surveys import audiences, grids

SCALE = (
    ("1", gettext_noop("Strongly disagree")),
    ("2", gettext_noop("Disagree")),
    ("3", gettext_noop("In between")),
    ("4", gettext_noop("Agree")),
    ("5", gettext_noop("Strongly agree")),
    ("x", gettext_noop("I can’t say")),
)
STUDENT_SCALE = (
    ("1", gettext_noop("No")),
    ("2", gettext_noop("Not really")),
    ("3", gettext_noop("Half and half")),
    ("4", gettext_noop("Mostly")),
    ("5", gettext_noop("Yes")),
    ("x", gettext_noop("Not sure")),
)
SCALES = {"agreement": SCALE, "student": STUDENT_SCALE, "grid": grids.SCALE}
GRID, GRID_TASTE = "grid", "grid-taste"  # all twenty statements; ten of them, for a hall
OF_STAFF = ("staff", "teachers", "support")  # whom adults' wordings suit; keys of surveys/audiences
OF_ADULTS = (*OF_STAFF, "governors", "parents")
NO_FREE_TEXT = {"students", "parents"}  # R9: slips offer no comment box, and a network cannot turn one on yet
POINTS = 5
FOLDER = Path(__file__).parent
_OF_A_BALLOT = re.compile(r"v[0-9a-f]{10}\.\d+$")
MOST = 6  # scored statements in one pulse


@dataclass(frozen=True, slots=True)
class Item:
    """One statement. Higher is better, always."""

    id: str
    about: str
    short: str
    statement: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """What one pulse asks: all its statements each time, or, of a bank, a fixed core and the next ones in turn."""

    id: str
    name: str
    question: str
    intro: str
    think: str
    audience: str
    minutes: int
    items: tuple[Item, ...]
    comment: str  # the question above the comment box; empty when there is none
    core: tuple[str, ...] = ()  # of a bank: ids of the statements that every wave asks
    audiences: tuple[str, ...] = OF_STAFF  # whom its wording suits
    scale: tuple[tuple[str, str], ...] = SCALE
    mapped: bool = False  # a seat of a coherence round, a grid or a vote: asked whole, seen on a page of its own (R3)
    ranked: bool = False  # a vote: put in order, counted as orders; its things are those of a ballot

    @property
    def is_bank(self) -> bool:
        """Whether it holds more statements than one wave may ask."""
        return len(self.items) > MOST and not self.mapped

    @property
    def is_grid(self) -> bool:
        """Whether its answers are states that nobody ranks: no score and no mean is ever made of them."""
        return self.scale is grids.SCALE

    @property
    def points(self) -> int:
        """How many answers its scale has, but for “I can’t say”."""
        return grids.POINTS if self.is_grid else POINTS

    @property
    def taps(self) -> tuple[Item, ...]:
        """What one person answers: each statement, and of a grid each a second time, of the network."""
        return _taps(self.items) if self.is_grid else self.items

    @property
    def for_students(self) -> bool:
        """Whether it speaks to students; adults are spoken to otherwise."""
        return self.audiences == ("students",)

    @property
    def ends(self) -> tuple[str, str]:
        """What stands for 0 and for 100 points, in small letters."""
        return self.scale[0][1].lower(), self.scale[POINTS - 1][1].lower()

    @property
    def asks(self) -> int:
        """How many scored statements one wave asks."""
        return len(self.items) if self.mapped else min(len(self.items), MOST)

    def turn(self, number: int) -> tuple[str, ...]:
        """Ids of what the wave of that number (from 1) asks: the core, then the others in rotation. The same every time."""
        if self.mapped:
            return tuple(item.id for item in self.items)
        others = [item.id for item in self.items if item.id not in self.core]
        room = self.asks - len(self.core)
        first = (number - 1) * room
        return self.core + tuple(others[(first + step) % len(others)] for step in range(room))

    def item(self, item_id: str) -> Item:
        """The statement of that id; KeyError when there is none."""
        return {item.id: item for item in self.items}[item_id]


@lru_cache
def _taps(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(tap for item in items for tap in (item, replace(item, id=item.id + grids.OF_NETWORK)))


@lru_cache(maxsize=4096)
def instrument(instrument_id: str) -> Instrument:
    """The pulse of that id, ours or an organisation's own; KeyError when there is none. May be kept for ever: an id never
    means another wording. Whoever may know of it is said where its id is stored."""
    return shipped().get(instrument_id) or _own(instrument_id)


def _own(code: str) -> Instrument:
    found = apps.get_model("surveys", "OwnInstrument")._default_manager.filter(code=code).first()
    if found is None:
        raise KeyError(code)
    return found.instrument


@lru_cache(maxsize=4096)
def asked(instrument_id: str, ids: tuple[str, ...], audience: str = "staff") -> Instrument:
    """That pulse with these statements only, in this order, as this audience is asked; KeyError for a statement that it does
    not have. No ids: all."""
    whole = _on_paper(instrument(instrument_id), ids)
    items = tuple(map(whole.item, ids)) or whole.items
    intro = audiences.audience(audience).intro or whole.intro
    comment = "" if audience in NO_FREE_TEXT else whole.comment
    found = replace(whole, items=items, intro=intro, comment=comment)
    return whole if found == whole else found


def _on_paper(whole: Instrument, ids: tuple[str, ...]) -> Instrument:
    """Of a vote, what stands on its ballot; every other instrument as it is."""
    if not whole.ranked or not ids:
        return whole
    code = ids[0].partition(".")[0]
    found = apps.get_model("surveys", "Ballot")._default_manager.filter(code=code).first()
    if found is None:
        raise KeyError(code)
    return found.paper(whole, ids)


def scored(items: Sequence[str], fallback: int = 0) -> int:
    """How many scored statements of a year's budget these items come to: none of a vote, which scores nothing.

    fallback: where no items are named.
    """
    return 0 if items and _OF_A_BALLOT.match(items[0]) else len(items) or fallback


@cache
def shipped() -> dict[str, Instrument]:
    """All that comes with Alongside, by id: its pulses, and the seats of a coherence round."""
    files = sorted(FOLDER.glob("*.toml"), reverse=True)
    return {found.id: found for found in map(_read, files)}


@cache
def instruments() -> dict[str, Instrument]:
    """All pulses that come with Alongside, by id: what may be asked by itself."""
    return {key: found for key, found in shipped().items() if not found.mapped}


def _read(file: Path) -> Instrument:
    """items_of: the file whose statements it asks, so that no wording stands twice; only: how the ids end that it takes."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    if of := data.get("items_of"):
        every = tomllib.loads((FOLDER / f"{of}.toml").read_text(encoding="utf-8"))["items"]
        data["items"] = [item for item in every if item["id"].endswith(data.get("only", ""))]
    found = Instrument(
        data["id"],
        data["name"],
        data["question"],
        data["intro"],
        data["think"],
        data["for"],
        data["minutes"],
        tuple(Item(**item) for item in data["items"]),
        data.get("comment", {}).get("question", ""),
        tuple(data.get("core", ())),
        tuple(data.get("audiences", OF_STAFF)),
        SCALES[data.get("scale", "agreement")],
        data.get("mapped", False),
        data.get("ranked", False),
    )
    _require_sound(found)
    return found


def _require_sound(found: Instrument) -> None:
    """A bank says what its core is, which leaves room for others; ValueError otherwise."""
    ids = [item.id for item in found.items]
    if not found.audiences or not set(found.audiences) <= audiences.AUDIENCES.keys():
        raise ValueError(f"{found.id}: it must name the audiences that it suits, and no others.")
    if len(set(ids)) < len(ids) or not set(found.core) <= set(ids):
        raise ValueError(f"{found.id}: a statement is there twice, or its core names one that is not there.")
    if found.is_bank and len(found.core) >= MOST:
        raise ValueError(
            f"{found.id}: a core of {len(found.core)} leaves no room for others: {MOST} are asked at most."
        )
