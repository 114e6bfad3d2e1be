"""Kemeny's order of many issues, by CP-SAT: apart from the rest of the package, which loads it when it is needed."""

from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import combinations
from math import lcm

from ortools.sat.python import cp_model

from alongside.science.ballots.votes import Pairwise
from alongside.science.solving import FOUND, solver

LARGEST = 2**52  # sum of whole weights the solver is given


def order[Id: Hashable](
    names: Sequence[Id], table: Pairwise[Id], seconds: float
) -> tuple[Fraction, Fraction, tuple[tuple[Id, ...], ...], bool | None]:
    """The best order found, its weight, the proven bound, one or two best orders, and whether it is the only one (None: not proven)."""
    model, before = _order_model(len(names))
    margins = {pair: table[names[pair[0]]][names[pair[1]]] - table[names[pair[1]]][names[pair[0]]] for pair in before}
    whole, scale = _whole(list(margins.values()))
    gain = sum(w * before[pair] for pair, w in zip(margins, whole, strict=True))
    model.maximize(gain)
    first = solver(work=seconds)
    status = first.solve(model)
    order = _read_order(names, before, first)
    base = sum((table[names[j]][names[i]] for i, j in before), Fraction(0))
    best = _agreed(order, table)
    bound = max(best, base + Fraction(int(first.best_objective_bound)) / scale)
    if status != cp_model.OPTIMAL:
        return best, bound, (order,), None
    # is there another order as good?
    model.add(gain >= int(first.objective_value))
    model.add_bool_or([var.negated() if first.value(var) else var for var in before.values()])
    model.maximize(0)
    again = solver(work=seconds)
    found = again.solve(model)
    if found in FOUND:
        other = _read_order(names, before, again)
        if _agreed(other, table) == best:
            return best, best, tuple(sorted([order, other], key=repr)), False
        return best, bound, (order,), None  # alike only after rounding
    return best, best, (order,), True if found == cp_model.INFEASIBLE else None


def _order_model(n: int) -> tuple[cp_model.CpModel, dict[tuple[int, int], cp_model.IntVar]]:
    model = cp_model.CpModel()
    before = {(i, j): model.new_bool_var("") for i, j in combinations(range(n), 2)}
    for i, j, k in combinations(range(n), 3):
        ij, jk, ik = before[i, j], before[j, k], before[i, k]
        model.add_bool_or([ij.negated(), jk.negated(), ik])
        model.add_bool_or([ij, jk, ik.negated()])
    return model, before


def _read_order[Id: Hashable](
    names: Sequence[Id], before: dict[tuple[int, int], cp_model.IntVar], found: cp_model.CpSolver
) -> tuple[Id, ...]:
    ahead = dict.fromkeys(range(len(names)), 0)
    for (i, j), var in before.items():
        ahead[i if found.value(var) else j] += 1
    return tuple(names[i] for i in sorted(ahead, key=lambda i: -ahead[i]))


def _agreed[Id: Hashable](order: Sequence[Id], table: Pairwise[Id]) -> Fraction:
    return sum((table[a][b] for a, b in combinations(order, 2)), Fraction(0))


def _whole(weights: list[Fraction]) -> tuple[list[int], Fraction]:
    """Weights as whole numbers and what they were multiplied with; rounded when the exact ones would be too large."""
    scale = Fraction(lcm(*(w.denominator for w in weights)))
    largest = sum(abs(w) for w in weights) * scale
    if largest > LARGEST:
        scale = scale * LARGEST / largest
    return [round(w * scale) for w in weights], scale
