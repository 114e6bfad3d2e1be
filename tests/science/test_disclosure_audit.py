"""The audit itself, against the definition tried on every subset: the rank does not grow exactly when a set is derivable."""

import random
from fractions import Fraction
from itertools import combinations

from alongside.bench.methods.audit import _reduced, derivable_below

K = 5


def rank(groups, cells):
    return len(_reduced([[Fraction(cell in group) for cell in cells] for group in groups]))


def smallest_by_definition(n, shown):
    cells = sorted(cell for cell in n if n[cell])
    known = rank(shown, cells)
    subsets = (frozenset(some) for size in range(1, len(cells) + 1) for some in combinations(cells, size))
    sizes = [sum(n[cell] for cell in some) for some in subsets if rank([*shown, some], cells) == known]
    return min((size for size in sizes if size < K), default=None)


def test_audit_finds_what_the_definition_finds():
    rnd = random.Random(7)
    leaks = 0
    for _ in range(60):
        n = {cell: rnd.randint(0, 6) for cell in "ABCDEF"}
        shown = [frozenset(rnd.sample("ABCDEF", rnd.randint(1, 5))) for _ in range(rnd.randint(1, 5))]
        found = derivable_below(n, shown, K)
        expected = smallest_by_definition(n, shown)
        assert (found[0][0] if found else None) == expected
        leaks += expected is not None
    assert 20 < leaks < 50  # both kinds, or the comparison would mean little


def test_audit_finds_a_difference_of_two_totals():
    n = {"A": 12, "B": 8, "C": 3}
    assert derivable_below(n, ["A", "B", "ABC"], K) == [(3, ("C",))]


def test_audit_finds_nothing_where_nothing_small_can_be_had():
    assert derivable_below({"A": 12, "B": 8, "C": 3}, ["A", "B", "AB"], K) == []
