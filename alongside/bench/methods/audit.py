"""An exact audit of a publication: which groups of people can be worked out from all that was shown.

Each shown figure is one equation: the sum over its cells (schools, or school by role). Readers may add and subtract figures
in any combination, so the sum over a set of cells can be worked out exactly when the set's indicator lies in the row space
of the equations. Cells without answers are known to be empty and dropped. Everything is computed in fractions.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from alongside.science.disclosure import Publication

type Row = list[Fraction]
type Cells = frozenset[Any]  # schools, or schools by role


def shown_groups(publication: Publication[Any]) -> list[Cells]:
    """Every group of schools for which a publication shows a figure."""
    totals = [total.schools for total in publication.totals.values()]
    return [block.schools for block in publication.blocks] + totals + [publication.whole.schools]


def derivable_below(
    n: Mapping[Any, int], shown: Iterable[Collection[Any]], k: int
) -> list[tuple[int, tuple[Any, ...]]]:
    """The smallest derivable groups of 1 to k − 1 answers, as (answers, cells); empty when nobody can be singled out."""
    groups = {frozenset(cell for cell in group if n[cell]) for group in shown} - {frozenset()}
    known = _known_cells(groups)
    found = {(cell,) for cell in known}
    # a derivable set is a derivable set of the other cells plus any known ones, so these are enough to find the smallest
    found |= set(_derivable_sets(n, {group - known for group in groups} - {frozenset()}, k))
    sized = ((sum(n[cell] for cell in cells), cells) for cells in found)
    return sorted((size, cells) for size, cells in sized if size < k)


def _known_cells(groups: Collection[Cells]) -> Cells:
    """Cells whose own figure follows by peeling: a group of which all but one cell is known gives that one."""
    known: Cells = frozenset()
    while single := {cell for group in groups if len(group - known) == 1 for cell in group - known}:
        known |= single
    return known


def _derivable_sets(n: Mapping[Any, int], groups: Collection[Cells], k: int) -> Iterable[tuple[Any, ...]]:
    cells, basis = _basis(n, groups)
    # in reduced form a combination's weight on a row is its entry at that row's pivot, so an indicator has weights 0 and 1
    # only, and holds the pivot of every row that it is made of: rows whose pivots are k people already are never needed
    for rows in _few_people([(n[cells[_pivot(row)]], row) for row in basis], k):
        entries = [sum(column) for column in zip(*rows, strict=True)]
        if set(entries) <= {0, 1}:
            yield tuple(sorted(cell for cell, entry in zip(cells, entries, strict=True) if entry))


def combined_below(n: Mapping[Any, int], shown: Iterable[Collection[Any]], k: int) -> list[tuple[int, tuple[Any, ...]]]:
    """The smallest groups of 1 to k − 1 answers about which anything at all follows, as (answers, cells).

    Wider than `derivable_below`: not only the sum over a group, but any weighted sum that holds nobody's answers but theirs,
    such as how far two small schools are apart. Exact, by ranks: a combination within a group exists when the equations lose
    rank without the group's cells.
    """
    groups = {frozenset(cell for cell in group if n[cell]) for group in shown} - {frozenset()}
    cells, basis = _basis(n, groups)
    small = [row for row in basis if n[cells[_pivot(row)]] < k]  # no other row may weigh in: its pivot would stay
    found: list[tuple[int, tuple[Any, ...]]] = []
    few = _few_people([(n[cell], cell) for cell in cells if n[cell] < k], k) if small else []
    for group in sorted(few, key=lambda group: (len(group), sorted(group))):
        within = set(group)
        if any(within.issuperset(other) for _, other in found):
            continue
        others = [[entry for cell, entry in zip(cells, row, strict=True) if cell not in within] for row in small]
        if len(_reduced(others)) < len(small):
            found.append((sum(n[cell] for cell in group), tuple(sorted(group))))
    return sorted(found)


def _basis(n: Mapping[Any, int], groups: Collection[Cells]) -> tuple[list[Any], list[Row]]:
    """Cells, those of most answers first, and the equations in reduced form: a pivot is the largest cell of its row."""
    cells = sorted({cell for group in groups for cell in group}, key=lambda cell: (-n[cell], cell))
    return cells, _reduced([[Fraction(cell in group) for cell in cells] for group in sorted(groups, key=sorted)])


def _pivot(row: Row) -> int:
    return next(number for number, entry in enumerate(row) if entry)


def _few_people[T](sized: Sequence[tuple[int, T]], k: int) -> Iterator[tuple[T, ...]]:
    """Every choice of these, by how many people each is, that comes to fewer than k; none is left out, the empty one is."""
    for number, (people, first) in enumerate(sized):
        if people < k:
            yield (first,)
            yield from ((first, *more) for more in _few_people(sized[number + 1 :], k - people))


def _reduced(rows: list[Row]) -> list[Row]:
    """Reduced row echelon form, zero rows left out."""
    done: list[Row] = []
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        unit = [entry / pivot[column] for entry in pivot]
        rows = [_without(row, unit, column) for row in rows]
        done = [_without(row, unit, column) for row in done] + [unit]
    return done


def _without(row: Row, unit: Row, column: int) -> Row:
    return [entry - row[column] * one for entry, one in zip(row, unit, strict=True)]
