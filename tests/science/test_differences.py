"""What follows from sums, against the definition: a part follows when its unit vector adds nothing to the rank."""

import random
from fractions import Fraction

import pytest

from alongside.bench.methods.audit import _reduced
from alongside.science.differences import follows, follows_from_own


def rank(groups, cells):
    return len(_reduced([[Fraction(cell in group) for cell in cells] for group in groups])) if groups else 0


def by_definition(totals, seen):
    cells = sorted(set("".join(totals)) | set(seen))
    shown = [set(total) for total in totals] + [{part} for part in seen]
    known = rank(shown, cells)
    return {cell for cell in cells if cell not in seen and rank([*shown, {cell}], cells) == known}


def test_what_the_definition_finds():
    rnd = random.Random(5)
    found = 0
    for _ in range(300):
        totals = ["".join(rnd.sample("ABCDEFG", rnd.randint(1, 6))) for _ in range(rnd.randint(1, 6))]
        seen = set(rnd.sample("ABCDEFG", rnd.randint(0, 3)))
        assert follows(totals, seen) == by_definition(totals, seen), (totals, seen)
        found += len(follows(totals, seen))
    assert 300 < found < 1200  # both kinds, or the comparison would mean little


def test_what_follows_for_who_sees_one_part_is_found_for_all_at_once():
    rnd, found = random.Random(6), 0
    for _ in range(400):
        totals = ["".join(rnd.sample("ABCDEFGHI", rnd.randint(1, 7))) for _ in range(rnd.randint(1, 6))]
        told = follows_from_own(totals)
        assert told == {part: follows(totals, [part]) for part in set("".join(totals))}, totals
        found += sum(map(len, told.values()))
    assert 400 < found < 12_000


@pytest.mark.parametrize(
    ("totals", "seen", "expected"),
    [
        (["ABC"], "", ""),
        (["ABC"], "AB", "C"),
        (["ABC"], "ABC", ""),
        (["ABC", "BCE", "ABCDE"], "A", "DE"),
        (["ABC", "AB"], "", "C"),
        (["AB", "BC", "AC"], "", "ABC"),  # half of each two less the third: no total leaves one alone
        ([], "A", ""),
        (["", "A"], "", "A"),
    ],
)
def test_small_cases(totals, seen, expected):
    assert follows(totals, seen) == set(expected)


def test_the_order_of_what_is_given_changes_nothing():
    totals, seen = ["ABC", "BCE", "ABCDE", "DF"], ["A"]
    assert follows(totals[::-1], seen) == follows(totals, seen) == set("DEF")
