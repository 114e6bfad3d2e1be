"""What was really answered: the audit's own ledger, kept beside the product and never read from it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from alongside.science import disclosure, tallies
from alongside.science.disclosure import Block, Publication
from alongside.science.tallies import Tally

CANT_SAY = "x"
NOBODY = tallies.from_answers([])
WHOLE = 0  # in place of a statement: that somebody answered at all

type Ratings = dict[str, int | str]
type Cell = tuple[str, str]  # school, kind of job


@dataclass(frozen=True, slots=True)
class Row:
    """What one person answered, and their kind of job. at: which of those asked at the school it is."""

    kind: str
    ratings: Ratings
    at: int = 0


@dataclass(slots=True)
class Survey:
    """One time of asking. key: "wave:7", "room:1", "past:1:2025-01-10". home: cluster → schools.

    items: id of a statement → its number. k: the fewest in a block; for shares at least ten.
    """

    key: str
    items: dict[str, int]
    home: dict[str, list[str]]
    rows: dict[str, list[Row]]
    k: int
    invited: dict[str, int] = field(default_factory=dict)
    groupings: dict[str, list[str]] = field(default_factory=dict)  # other unions of schools, across clusters
    mapped: bool = (
        False  # one seat of a coherence round: shown of schools that are a block by themselves, and of no other place
    )
    kept: frozenset[str] = frozenset()  # of a seat: schools that keep their map to themselves

    def cells(self, item: int) -> dict[Cell, Tally]:
        """Everybody who chose an answer, by school and kind of job; item 0: who answered at all."""
        found: dict[Cell, list[int | None]] = {}
        for school, rows in self.rows.items():
            for row in rows:
                found.setdefault((school, row.kind), []).extend(self._said(row, item))
        return {cell: tallies.from_answers(values) for cell, values in found.items()}

    def _said(self, row: Row, item: int) -> list[int | None]:
        if item == WHOLE:
            return [1]
        name = next(name for name, number in self.items.items() if number == item)
        value = row.ratings.get(name)
        return [] if value is None else [None if value == CANT_SAY else int(value)]

    def by_school(self, item: int) -> dict[str, Tally]:
        """The same by school."""
        cells = self.cells(item)
        return {
            school: tallies.merge([NOBODY, *(tally for (at, _), tally in cells.items() if at == school)])
            for school in self.rows
        }

    def scores(self, item: int) -> Publication[str]:
        """What the rules would show of a statement."""
        return disclosure.publication(self.home, {s: tally.n for s, tally in self.by_school(item).items()}, k=self.k)

    def shares(self, item: int) -> Publication[str]:
        """The same of the second publication."""
        return disclosure.distribution(self.scores(item), k=max(self.k, disclosure.K_DISTRIBUTION))


def altered(survey: Survey, dice: random.Random) -> dict[str, list[Row]]:
    """The same answers to all that may be seen, others behind it, statement by statement: pooled schools change among one
    another, those that count nowhere say something else. Who answered, and who can't say, stays."""
    changed = {
        school: [Row(row.kind, dict(row.ratings), row.at) for row in rows] for school, rows in survey.rows.items()
    }
    for item in survey.items:
        published = survey.scores(survey.items[item])
        if survey.mapped:
            seen = {s for block in published.blocks if block.kind == "school" for s in block.schools} - survey.kept
            turned(_given(changed, set(changed) - seen, item), item)
            continue
        for block in published.blocks:
            if block.kind != "school":
                _shuffle(_given(changed, block.schools, item), item, dice)
        turned(_given(changed, published.held, item), item)
    return changed


def turned(rows: Iterable[Row], item: str) -> None:
    """The same people say the opposite."""
    for row in rows:
        row.ratings[item] = 6 - int(row.ratings[item])


def _given(rows: Mapping[str, Sequence[Row]], schools: Iterable[str], item: str) -> list[Row]:
    return [row for name in sorted(schools) for row in rows[name] if row.ratings.get(item, CANT_SAY) != CANT_SAY]


def _shuffle(rows: Sequence[Row], item: str, dice: random.Random) -> None:
    values = [row.ratings[item] for row in rows]
    dice.shuffle(values)
    for row, value in zip(rows, values, strict=True):
        row.ratings[item] = value


def stands_in(block: Block[str], kind: str, name: str, inside: frozenset[str]) -> bool:
    """Whether a block is part of a place; of a pool only that very pool."""
    if kind != "pool":
        return block.schools <= inside
    return block.kind == ("pool" if name else "network") and (block.cluster or "") == name


@dataclass(frozen=True, slots=True)
class Leader:
    """What one leader said by name. at: which of the school's leaders, the head is 0."""

    at: int
    agreed: bool
    row: Row


@dataclass(slots=True)
class Round:
    """One coherence round and all that is true of it. asks: id of each statement → its number. home: school → home cluster.

    seats: seat → key of its survey. yes: schools that let others see their map. opened: whether staff may see it by now.
    """

    pk: int
    asks: dict[str, int]
    home: dict[str, str]
    before: Round | None
    seats: dict[str, str] = field(default_factory=dict)
    leaders: dict[str, list[Leader]] = field(default_factory=dict)
    yes: set[str] = field(default_factory=set)

    @property
    def key(self) -> str:
        return f"map:{self.pk}"

    @property
    def views(self) -> str:
        """The key of what its leaders said, beside those of surveys."""
        return f"views:{self.pk}"

    def agreed(self, school: str) -> bool:
        """Whether every leader who answered lets it be seen beyond the leadership team."""
        said = self.leaders.get(school, [])
        return bool(said) and all(leader.agreed for leader in said)

    def altered(self) -> dict[str, list[Row]]:
        """What leaders said, and its opposite where nobody but leaders, or nobody outside the school, may see it."""
        changed = {
            school: [Row(one.row.kind, dict(one.row.ratings), one.at) for one in said]
            for school, said in self.leaders.items()
        }
        for school, rows in changed.items():
            if school not in self.yes or not self.agreed(school):
                for item in self.asks:
                    turned([row for row in rows if row.ratings[item] != CANT_SAY], item)
        return changed


@dataclass(frozen=True, slots=True)
class Voted:
    """A vote that was brought in: its things, and how many people had each order of them (numbers from 1, first first)."""

    pk: int
    things: tuple[str, ...]
    orders: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def key(self) -> str:
        return f"vote:{self.pk}"
