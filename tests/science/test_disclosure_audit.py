"""The audit itself, against the definition tried on every subset: the rank does not grow exactly when a set is derivable."""

import random
from fractions import Fraction
from itertools import combinations

from alongside.bench.methods.audit import _reduced, combined_below, derivable_below

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


def tangled_by_definition(n, shown):
    """Fewest people of whom a combination can be had: shown rows lose rank without their cells."""
    cells = sorted(cell for cell in n if n[cell])
    subsets = (frozenset(some) for size in range(1, len(cells) + 1) for some in combinations(cells, size))
    few = [some for some in subsets if sum(n[cell] for cell in some) < K]
    whole = rank(shown, cells)
    found = [some for some in few if rank(shown, [cell for cell in cells if cell not in some]) < whole]
    return sorted(
        (sum(n[c] for c in some), tuple(sorted(some))) for some in found if not any(each < some for each in found)
    )


def test_audit_finds_every_smallest_group_of_which_anything_follows():
    rnd = random.Random(8)
    leaks = wider = 0
    for _ in range(60):
        n = {cell: rnd.randint(0, 6) for cell in "ABCDEF"}
        shown = [frozenset(rnd.sample("ABCDEF", rnd.randint(2, 5))) for _ in range(rnd.randint(1, 5))]
        found = combined_below(n, shown, K)
        assert found == tangled_by_definition(n, shown)
        leaks += bool(found)
        wider += bool(found) and not derivable_below(n, shown, K)
    assert 20 < leaks < 50
    assert wider  # among them some that no sum over a group would show


def test_how_far_two_small_schools_are_apart_is_found():
    n = {"A": 20, "B": 2, "C": 2}
    assert derivable_below(n, ["AB", "AC"], K) == []
    assert combined_below(n, ["AB", "AC"], K) == [(4, ("B", "C"))]


def test_a_leak_behind_many_figures_is_found_at_once():
    """Forty schools in one total, and one that is missing from it: an audit of every subset would never end."""
    n = {f"{number:02}": 6 for number in range(40)} | {"small": 3}
    shown = [[cell] for cell in n if cell != "small"] + [list(n)]
    assert combined_below(n, shown, K) == derivable_below(n, shown, K) == [(3, ("small",))]
    pairs = [[f"{number:02}", f"{number + 1:02}"] for number in range(38)]
    assert combined_below(n, [*pairs, list(n)], K) == []
