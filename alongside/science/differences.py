"""What follows from sums by adding and subtracting: which parts can be worked out though nobody shows them.

A part follows when some combination of the sums is that part alone: its unit vector lies in the row space of the sums.
Computed in fractions, so nothing is nearly so. docs/science/differences.md.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from fractions import Fraction

from alongside.science.results import by_id

type Row = dict[int, Fraction]  # column → entry, those that are not 0


def follows[Id: Hashable](totals: Iterable[Collection[Id]], seen: Collection[Id] = ()) -> frozenset[Id]:
    """The parts beside those seen whose own figure follows from the totals and from what is seen.

    totals: each a collection of parts, of which it is the sum. Parts that stand in the same totals cannot be told apart: they
    are one column, and none of them follows. No figures are needed: what can be worked out depends on who is in what.
    """
    sums = sorted(_left_over(totals, seen), key=lambda total: (len(total), sorted(total, key=by_id)))
    cells = _cells(sums)
    rows: list[Row] = [{} for _ in sums]
    for column, numbers in enumerate(cells):
        for number in numbers:
            rows[number][column] = Fraction(1)
    alone = list(cells.values())
    # In reduced form a unit vector is in the row space exactly when it is one of the rows.
    found = [next(iter(row)) for row in _reduced(rows).values() if len(row) == 1]
    return frozenset(alone[column][0] for column in found if len(alone[column]) == 1)


def _left_over[Id: Hashable](totals: Iterable[Collection[Id]], seen: Collection[Id]) -> set[frozenset[Id]]:
    """What each total still holds when the parts that are seen are taken away; none that is empty, none twice."""
    known = frozenset(seen)
    return {frozenset(total) - known for total in totals} - {frozenset()}


def _cells[Id: Hashable](sums: list[frozenset[Id]]) -> dict[tuple[int, ...], list[Id]]:
    """Numbers of the sums → the parts that stand in exactly these."""
    within: dict[Id, list[int]] = {}
    for number, total in enumerate(sums):
        for part in total:
            within.setdefault(part, []).append(number)
    cells: dict[tuple[int, ...], list[Id]] = {}
    for part, numbers in within.items():
        cells.setdefault(tuple(numbers), []).append(part)
    return cells


def _reduced(rows: list[Row]) -> dict[int, Row]:
    """Reduced row echelon form, by pivot. Rows are short and mostly disjoint, so they are kept as what is not 0."""
    done: dict[int, Row] = {}
    for row in rows:
        left = dict(row)
        for pivot in sorted(left.keys() & done.keys()):
            _subtract(left, done[pivot], left[pivot])
        if not left:
            continue
        pivot = min(left)
        unit = {column: entry / left[pivot] for column, entry in left.items()}
        for other in done.values():
            if pivot in other:
                _subtract(other, unit, other[pivot])
        done[pivot] = unit
    return done


def _subtract(row: Row, other: Row, times: Fraction) -> None:
    for column, entry in other.items():
        row[column] = row.get(column, Fraction(0)) - times * entry
        if not row[column]:
            del row[column]
