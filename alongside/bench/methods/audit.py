"""An exact audit of a publication: which groups of people can be worked out from all that was shown.

Each shown figure is one equation: the sum over its cells (schools, or school by role). Readers may add and subtract figures
in any combination, so the sum over a set of cells can be worked out exactly when the set's indicator lies in the row space
of the equations. Cells without answers are known to be empty and dropped. Everything is computed in fractions.
"""

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from itertools import product
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
    found |= set(_derivable_sets({group - known for group in groups} - {frozenset()}))
    sized = ((sum(n[cell] for cell in cells), cells) for cells in found)
    return sorted((size, cells) for size, cells in sized if size < k)


def _known_cells(groups: Collection[Cells]) -> Cells:
    """Cells whose own figure follows by peeling: a group of which all but one cell is known gives that one."""
    known: Cells = frozenset()
    while single := {cell for group in groups if len(group - known) == 1 for cell in group - known}:
        known |= single
    return known


def _derivable_sets(groups: Collection[Cells]) -> Iterable[tuple[Any, ...]]:
    cells = sorted({cell for group in groups for cell in group})
    basis = _reduced([[Fraction(cell in group) for cell in cells] for group in sorted(groups, key=sorted)])
    # in reduced form a combination's weight on a row is its entry at that row's pivot, so an indicator has weights 0 and 1 only
    for weights in product((0, 1), repeat=len(basis)):
        chosen = [row for row, weight in zip(basis, weights, strict=True) if weight]
        entries = [sum(column) for column in zip(*chosen, strict=True)]
        if chosen and set(entries) <= {0, 1}:
            yield tuple(cell for cell, entry in zip(cells, entries, strict=True) if entry)


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
