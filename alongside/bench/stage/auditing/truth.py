"""What was really answered: the audit's own ledger, kept beside the product and never read from it."""

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
        for block in published.blocks:
            if block.kind != "school":
                _shuffle(_given(changed, block.schools, item), item, dice)
        for row in _given(changed, published.held, item):
            row.ratings[item] = 6 - int(row.ratings[item])
    return changed


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
