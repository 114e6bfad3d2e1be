"""Shares of a finite staff, part of which was silent: reference values, and what the sentences may not give away."""

from dataclasses import fields
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science.errors import BadInput
from alongside.science.pulse import (
    Result,
    Verdict,
    response_bounds,
    round_outwards,
    wilson_fpc,
)

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, database=None)


# Reference values: enumeration of all possible answers of the silent (Manski worst-case bounds).
@pytest.mark.parametrize(
    ("k", "n", "asked", "low", "high", "rate"), [(12, 18, 24, 0.5, 0.75, 0.75), (20, 20, 20, 1, 1, 1)]
)
def test_bounds_whatever_the_silent_think(k, n, asked, low, high, rate):
    found = response_bounds(k, n, asked)
    assert (found.low, found.high, found.response) == pytest.approx((low, high, rate), abs=1e-9)
    assert (found.value, found.n, found.N) == (k / n, n, asked)


# Reference values: O'Neill (2021), Wilson interval with finite-population correction; numeric root of the score equation.
@pytest.mark.parametrize(
    ("k", "n", "asked", "low", "high", "low_clipped", "high_clipped"),
    [
        (12, 18, 24, 0.5492647543, 0.766489493, 0.5492647543, 0.75),
        (7, 9, 12, 0.6114789643, 0.8861488149, 0.6114789643, 0.8333333333),
        (0, 6, 10, 0.0, 0.2215187811, 0.0, 0.2215187811),
    ],
)
def test_wilson_for_a_finite_staff(k, n, asked, low, high, low_clipped, high_clipped):
    found = wilson_fpc(k, n, asked)
    assert (found.low_unclipped, found.high_unclipped) == pytest.approx((low, high), abs=1e-6)
    assert (found.low, found.high) == pytest.approx((low_clipped, high_clipped), abs=1e-6)


# Published: Newcombe (1998), Statistics in Medicine 17:857–872, table I, method 3, to four decimals.
@pytest.mark.parametrize(("k", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)])
def test_wilson_for_an_endless_staff_is_wilsons(k, n, low, high):
    found = wilson_fpc(k, n, 10**12)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_for_endless_staff_to_six_decimals():
    found = wilson_fpc(81, 263, 10**12)
    assert (found.low, found.high) == pytest.approx((0.2552885199, 0.366209577), abs=1e-6)


def test_a_census_has_no_range():
    found = wilson_fpc(7, 12, 12)
    assert (found.low, found.high, found.method, found.sentence) == (7 / 12, 7 / 12, "census", "Everyone answered.")
    assert wilson_fpc(1, 1, 1).low == 1


def test_nobody_answering_leaves_everything_possible():
    for found in (response_bounds(0, 0, 9), wilson_fpc(0, 0, 9), wilson_fpc(0, 0, 1)):
        assert (found.value, found.low, found.high, found.response) == (None, 0, 1, 0)


@BOUNDED
@given(st.integers(1, 40), st.data())
def test_ranges_contain_the_share_and_each_other(asked, data):
    n = data.draw(st.integers(0, asked))
    k = data.draw(st.integers(0, n))
    widest, likely = response_bounds(k, n, asked), wilson_fpc(k, n, asked)
    assert 0 <= widest.low <= likely.low <= likely.high <= widest.high <= 1
    if n:
        assert likely.low <= k / n + 1e-12
        assert likely.high >= k / n - 1e-12
    wider = wilson_fpc(k, n, asked, confidence=0.99)
    assert wider.low <= likely.low + 1e-12
    assert wider.high >= likely.high - 1e-12


def test_range_sentences_are_no_finer_than_the_share_may_be_shown():
    assert response_bounds(7, 9, 12).sentence == "Too few answers to show a share."
    assert response_bounds(13, 18, 24).sentence == "Whatever those who did not answer think: 50–80%."  # 54.2 to 79.2
    assert wilson_fpc(12, 18, 24).sentence == "If those who did not answer are like those who did: 50–75%."  # from 54.9
    assert response_bounds(13, 20, 24).sentence == "Whatever those who did not answer think: 54–71%."  # 54.2 to 70.8
    assert response_bounds(20, 20, 20).sentence == "Whatever those who did not answer think: 100%."


@pytest.mark.parametrize("bad", [(5, 4, 9), (-1, 4, 9), (1, 4, 3), (0, 0, 0), (1.5, 4, 9)])
def test_impossible_shares_are_refused(bad):
    for method in (response_bounds, wilson_fpc):
        with pytest.raises(BadInput, match=r"need 0 ≤ k ≤ n ≤ N|is not a number of people"):
            method(*bad)


@pytest.mark.parametrize("confidence", [0, 1, nan])
def test_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        wilson_fpc(1, 2, 3, confidence)


@pytest.mark.parametrize(
    ("low", "high", "step", "widened"),
    [
        (54.9, 75, 5, (50, 75)),
        (54.9, 75.1, 5, (50, 80)),
        (50, 50, 5, (50, 50)),
        (54.2, 54.3, 1, (54, 55)),
        (100 * 0.29, 100 * 0.55, 1, (29, 55)),  # 28.999999999999996 and 55.00000000000001 in binary
        (-3.2, 3.2, 1, (-4, 4)),
    ],
)
def test_round_outwards(low, high, step, widened):
    assert round_outwards(low, high, step) == widened


@pytest.mark.parametrize("bad", [(2, 1, 1), (1, 2, 0), (nan, 2, 1), (1, nan, 1), (-inf, 2, 1)])
def test_round_outwards_refuses_what_is_no_range(bad):
    with pytest.raises(ValueError, match="cannot round the range"):
        round_outwards(*bad)


def test_every_result_carries_the_same_nine_things():
    names = ["value", "low", "high", "n", "N", "method", "sentence", "reasons", "not_claimed"]
    assert [field.name for field in fields(Result)] == names
    assert [field.name for field in fields(Verdict)][:9] == names
