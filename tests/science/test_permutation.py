"""The exact permutation test, against every deal dealt one by one."""

from fractions import Fraction
from itertools import combinations
from math import comb
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science.permutation import MOST_WORK, Tails, _exact_tails, _normal_tails, tails
from alongside.science.tallies import Tally, merge

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def answers_of(tally):
    return [value for value, count in enumerate(tally.counts, start=1) for _ in range(count)]


def dealt_one_by_one(now, before):
    pooled = answers_of(now) + answers_of(before)
    sums = [sum(deal) for deal in combinations(pooled, now.n)]
    expected = Fraction(sum(pooled) * now.n, len(pooled))
    far = abs(now.total - expected)
    chances = (
        sum(abs(s - expected) >= far for s in sums),
        sum(s >= now.total for s in sums),
        sum(s <= now.total for s in sums),
    )
    return Tails(*(count / len(sums) for count in chances), exact=True)


@pytest.mark.parametrize("points", [2, 3, 4, 5, 7])
@BOUNDED
@given(st.data())
def test_tails_are_those_of_all_deals(points, data):
    small = st.lists(st.integers(1, points), min_size=1, max_size=6)
    now, before = (
        Tally(tuple(drawn.count(value) for value in range(1, points + 1)))
        for drawn in (data.draw(small), data.draw(small))
    )
    found = tails(now, before)
    assert found == dealt_one_by_one(now, before)
    assert 1 / comb(now.n + before.n, now.n) <= found.two_sided <= 1


@BOUNDED
@given(st.lists(st.integers(0, 15), min_size=5, max_size=5), st.lists(st.integers(0, 15), min_size=5, max_size=5))
def test_now_and_before_mirror_each_other(first, second):
    one, other = Tally((*first[:4], first[4] + 1)), Tally((*second[:4], second[4] + 1))
    there, back = tails(one, other), tails(other, one)
    assert there == Tails(back.two_sided, back.at_most, back.at_least, exact=True)
    upside_down = tails(Tally(one.counts[::-1]), Tally(other.counts[::-1]))
    assert upside_down == Tails(there.two_sided, there.at_most, there.at_least, exact=True)


# Reference values: full enumeration of all relabellings; for the largest, checked by 400,000 random draws (0.0042).
@pytest.mark.parametrize(
    ("now", "before", "two_sided", "at_least", "at_most"),
    [
        ((0, 1, 2, 4, 2), (3, 3, 1, 1, 0), 0.0048951049, 0.0039901275, 0.9991772933),
        ((2, 2, 2, 2, 2), (2, 2, 2, 2, 2), 1.0, 0.5602849163, 0.5602849163),
        ((1, 3, 9, 20, 12), (4, 9, 12, 15, 5), 0.0039650303, 0.0019825152, None),
    ],
)
def test_reference_values(now, before, two_sided, at_least, at_most):
    found = tails(Tally(now), Tally(before))
    assert found.two_sided == pytest.approx(two_sided, abs=1e-9)
    assert found.at_least == pytest.approx(at_least, abs=1e-9)
    assert at_most is None or found.at_most == pytest.approx(at_most, abs=1e-9)


def test_one_in_twenty_is_exactly_one_in_twenty():
    assert tails(Tally((0, 1)), Tally((19, 0))).two_sided == 0.05


def test_all_alike_can_differ_by_nothing():
    assert tails(Tally((0, 0, 7)), Tally((0, 0, 9))) == Tails(1.0, 1.0, 1.0, exact=True)
    assert tails(Tally((0, 0, 700)), Tally((0, 0, 900))) == Tails(1.0, 1.0, 1.0, exact=False)


def test_counting_stops_where_it_would_take_long():
    now, before = Tally((20, 20, 20, 20, 20)), Tally((60, 60, 60, 60, 60))
    assert now.n * merge([now, before]).n == MOST_WORK
    assert tails(now, before).exact
    assert not tails(now, Tally((60, 60, 60, 60, 61))).exact


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ((8, 15, 25, 34, 18), (15, 36, 69, 120, 60)),
        ((10, 12, 20, 38, 20), (15, 36, 69, 120, 60)),
        ((2, 9, 20, 46, 23), (15, 36, 69, 120, 60)),
        ((30, 0, 0, 0, 70), (60, 0, 0, 0, 240)),  # sums four apart
        ((5, 10, 15, 6, 4), (15, 36, 69, 120, 60)),
    ],
)
def test_the_approximation_is_close_where_it_takes_over(now, before):
    exact, approximate = (way(Tally(now), Tally(before)) for way in (_exact_tails, _normal_tails))
    assert approximate.two_sided == pytest.approx(exact.two_sided, abs=0.002)
    assert approximate.at_least == pytest.approx(exact.at_least, abs=0.002)
    assert approximate.at_most == pytest.approx(exact.at_most, abs=0.002)


def test_sixty_against_sixty_is_quick():
    now, before = Tally((3, 7, 14, 24, 12)), Tally((5, 10, 15, 20, 10))

    def seconds():
        start = perf_counter()
        tails(now, before)
        return perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.025  # about 0.0015 on a laptop


def test_nothing_to_compare_is_refused_by_name():
    silent, some = Tally((0, 0, 0, 0, 0), cant_say=3), Tally((1, 1, 1, 1, 1))
    with pytest.raises(ValueError, match="no answers now"):
        tails(silent, some)
    with pytest.raises(ValueError, match="no answers before"):
        tails(some, silent)
    with pytest.raises(ValueError, match="one scale"):
        tails(some, Tally((1, 1, 1, 1)))
