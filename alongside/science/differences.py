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
    cells, rows = _equations(_left_over(totals, seen))
    return frozenset(cells[column][0] for column in _alone(rows) if len(cells[column]) == 1)


def follows_from_own[Id: Hashable](totals: Iterable[Collection[Id]]) -> dict[Id, frozenset[Id]]:
    """The same for each part of the totals that somebody sees it alone: part → the others that follow.

    As `follows(totals, [part])`, for all of them at once. Who sees a part of three that cannot be told apart learns nothing of
    any other: a combination without the other two has none of the first either.
    """
    cells, rows = _equations(_left_over(totals, ()))
    base = _alone(rows)
    anyway = frozenset(cells[column][0] for column in base if len(cells[column]) == 1)
    found = {}
    for column, cell in enumerate(cells):
        if len(cell) == 1:
            more = {cells[other][0] for other in _alone_with(rows, column) if len(cells[other]) == 1}
            found[cell[0]] = (anyway | more) - {cell[0]}
        else:
            both = frozenset(cell) if len(cell) == 2 and column in base else frozenset()
            found |= {part: anyway | both - {part} for part in cell}
    return found


def _equations[Id: Hashable](sums: Iterable[frozenset[Id]]) -> tuple[list[list[Id]], dict[int, Row]]:
    """Parts by column, those that cannot be told apart together; and the sums, reduced."""
    ordered = sorted(sums, key=lambda total: (len(total), sorted(total, key=by_id)))
    cells = _cells(ordered)
    rows: list[Row] = [{} for _ in ordered]
    for column, numbers in enumerate(cells):
        for number in numbers:
            rows[number][column] = Fraction(1)
    return list(cells.values()), _reduced(rows)


def _alone(rows: dict[int, Row]) -> set[int]:
    """Columns that follow. In reduced form a unit vector is in the row space exactly when it is one of the rows."""
    return {next(iter(row)) for row in rows.values() if len(row) == 1}


def _alone_with(rows: dict[int, Row], column: int) -> set[int]:
    """Columns that follow besides when one column is known, which may follow as well."""
    known = {column: Fraction(1)}
    if column in rows:
        _subtract(known, rows[column], Fraction(1))
    if not known:
        return set()
    pivot = min(known)
    unit = {other: entry / known[pivot] for other, entry in known.items()}
    left = [dict(row) for row in rows.values() if pivot in row]
    for row in left:
        _subtract(row, unit, row[pivot])
    return {next(iter(row)) for row in [unit, *left] if len(row) == 1}


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
