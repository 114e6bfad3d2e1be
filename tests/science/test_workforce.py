"""Workforce: flows, chances of a shortfall, and deputies counted once."""

from itertools import product
from math import nan, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import workforce as work
from alongside.science.errors import (
    DuplicateId,
    NotACount,
    NotANumber,
    NothingGiven,
    UnequalScales,
    UnknownId,
)

BOUNDED = settings(max_examples=50, deadline=None, derandomize=True, database=None)
CHANCES = st.lists(st.integers(0, 10).map(lambda x: x / 10), min_size=1, max_size=6)


def test_flow_by_hand():
    """4 people, stay with ½, 2 hired a year. Year 1: 4; year 2: 4. Variance 4·¼ = 1, then 4·¼·¾ + 2·¼ = 1.25."""
    found = work.flow([4], [[0.5]], [2], 2)
    assert found.expected == ((4.0,), (4.0,), (4.0,))
    assert found.variance == ((0.0,), (1.0,), (1.25,))
    assert found.sentence == "In 2 years about 4 people, in 9 of 10 cases 2 to 6."
    assert found.bands90[0] == ((4.0, 4.0),)


def test_flow_against_a_thousand_staffs_drawn():
    moves, hires, start = [[0.7, 0.2], [0.0, 0.8]], [3, 1], [12, 6]
    found = work.flow(start, moves, hires, 3)
    rng, totals = np.random.default_rng(4), []
    for _ in range(4000):
        staff = list(start)
        for _ in range(3):
            new = [0, 0]
            for stage, people in enumerate(staff):
                drawn = rng.multinomial(people, [*moves[stage], 1 - sum(moves[stage])])
                new = [a + int(b) for a, b in zip(new, drawn, strict=False)]
            staff = [a + b for a, b in zip(new, hires, strict=True)]
        totals.append(staff)
    assert np.mean(totals, axis=0) == pytest.approx(found.expected[-1], abs=0.15)
    assert np.var(totals, axis=0) == pytest.approx(found.variance[-1], rel=0.1)


def test_pathway_and_years_by_hand():
    """Half leave each year: after 3 years 7 of 8 have left; 2 years on average."""
    assert work.pathway([[0.5]], 0, 3).value == pytest.approx(7 / 8)
    assert work.pathway([[0.5]], 0, 3).sentence == "After 3 years, 88 of 100 people who start here have left."
    assert work.absorption([[0.5]]).years == (2.0,)
    assert work.absorption([[0.5]]).sentence == "People who start in the first stage stay 2 years on average."


def test_few_events_are_drawn_towards_the_rates_of_the_cluster():
    found = work.rates([5, 0], [0.8, 0.2], 15)
    assert found.value == pytest.approx(3 / 20)
    assert found.low < 0.15 < found.high
    assert found.reasons == ("Own events count for 5 people, the cluster's rates for 15.",)
    assert work.rates([5, 0], [1.0, 0.0]).high == 0.0


@BOUNDED
@given(CHANCES, st.integers(0, 7), st.randoms(use_true_random=False))
def test_shortfall_against_every_case_in_any_order(chances, need, rnd):
    found = work.shortfall(chances, need)
    cases = [
        prod(p if here else 1 - p for p, here in zip(chances, case, strict=True))
        for case in product((0, 1), repeat=len(chances))
        if sum(case) < need
    ]
    assert found.value == pytest.approx(sum(cases), abs=1e-12)
    assert work.shortfall(rnd.sample(chances, len(chances)), need) == found


def test_a_deputy_for_two_posts_covers_one():
    """Two posts, one deputy surely ready: uncovered only when both fall free, ¼; counted twice it would be 0."""
    found = work.succession_shared([(0.5, ["x"]), (0.5, ["x"])], {"x": 1.0})
    assert (found.value, found.as_if_apart) == (0.25, 0.0)
    assert found.sentence == "The chance that some post falls free and nobody can step in is 25 in 100."
    assert found.reasons == ("A deputy named for two posts can cover one.",)


def test_cover_is_assigned_as_well_as_possible():
    """x can do both, y only the first: taking x for the first would leave the second open."""
    assert work.succession_shared([(1.0, ["x", "y"]), (1.0, ["x"])], {"x": 1.0, "y": 1.0}).value == 0.0


@BOUNDED
@given(CHANCES, CHANCES)
def test_deputies_who_are_not_shared_give_the_plain_figure(leaves, ready):
    posts = [(q, [f"d{i}"]) for i, q in enumerate(leaves[:3])]
    chances = {f"d{i}": ready[i % len(ready)] for i in range(3)}
    found = work.succession_shared(posts, chances)
    assert found.value == pytest.approx(found.as_if_apart, abs=1e-12)


def test_one_post():
    found = work.succession(0.3, [(0.8, 0.9), (0.4, 0.85)])
    assert found.value == pytest.approx(0.3 * 0.28 * 0.66)
    assert found.sentence == "The chance that the post falls free and nobody can step in is 6 in 100."


def test_skills_that_hang_on_one_person():
    found = work.skills({"ann": ["send", "maths"], "bob": ["maths"]}, {"send": 1, "maths": 2, "data": 1})
    assert (found.gap, found.single) == ({"send": 0, "maths": 0, "data": 1}, ("send",))
    assert (found.sentence, found.reasons) == ("Missing: data.", ("Send hangs on one person.",))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: work.flow([1, 2], [[0.5]], [1], 1), UnequalScales),
        (lambda: work.flow([-1], [[0.5]], [1], 1), NotACount),
        (lambda: work.flow([1], [[0.5]], [nan], 1), NotANumber),
        (lambda: work.flow([1], [[0.5]], [1], 0), NotANumber),
        (lambda: work.flow([1, 1], [[0.9, 0.2], [0, 1]], [0, 0], 1), NotANumber),
        (lambda: work.flow([1], [[0.5, 0.5]], [1], 1), UnequalScales),
        (lambda: work.pathway([[0.5]], 1, 1), NotANumber),
        (lambda: work.absorption([[1.0]]), NothingGiven),
        (lambda: work.rates([1, 2], [1.0]), UnequalScales),
        (lambda: work.rates([1, 2], [0.5, 0.4]), NotANumber),
        (lambda: work.shortfall([1.1], 1), NotANumber),
        (lambda: work.shortfall([1.0], -1), NotACount),
        (lambda: work.succession(2, []), NotANumber),
        (lambda: work.succession_shared([], {}), NothingGiven),
        (lambda: work.succession_shared([(0.1, ["x"])], {}), UnknownId),
        (lambda: work.succession_shared([(0.1, ["x", "x"])], {"x": 1}), DuplicateId),
        (lambda: work.succession_shared([(0.1, [])] * 30, {}), NothingGiven),
        (lambda: work.skills({"ann": ["a", "a"]}, {"a": 1}), DuplicateId),
        (lambda: work.skills({}, {"a": -1}), NotACount),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
