"""Figures as they are printed: scores, shares and numbers of people, rounded so that they say no more than they may."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science.disclosure import (
    K_SCORE,
    ShownShare,
    publication,
    shown_index,
    shown_n,
    shown_participation,
    shown_score,
    shown_shares,
)
from alongside.science.errors import BadInput
from alongside.science.tallies import Tally, score

BOUNDED = settings(max_examples=80, deadline=None, derandomize=True, database=None)


def half_and_half(n, high):
    """n answers, `high` of them the highest and the others the lowest: a score of 100 × high / n."""
    return Tally((n - high, 0, 0, 0, high))


@pytest.mark.parametrize(
    ("n", "high", "shown"),
    [
        (9, 0, 10),
        (9, 9, 90),
        (8, 1, 10),  # 12.5
        (8, 6, 80),  # 75: halves go up
        (10, 0, 5),
        (19, 19, 95),
        (16, 4, 25),
        (12, 11, 90),  # 91.7
        (20, 0, 0),
        (20, 20, 100),
        (200, 1, 1),  # 0.5: halves go up
        (214, 100, 47),  # 46.7
    ],
)
def test_score_of_a_block(n, high, shown):
    assert shown_score(half_and_half(n, high)).score == shown


@pytest.mark.parametrize(
    ("n", "high", "shown", "step"),
    [(9, 9, 90, 10), (15, 15, 95, 5), (20, 20, 100, 5), (49, 48, 100, 5), (49, 47, 95, 5), (50, 49, 98, 1)],
)
def test_score_of_a_total_with_a_small_block(n, high, shown, step):
    found = shown_score(half_and_half(n, high), in_total_with_small_block=True)
    assert (found.score, found.step) == (shown, step)


@pytest.mark.parametrize(("n", "step"), [(5, 10), (19, 5), (20, 5), (249, 5), (250, 1)])
def test_the_total_that_is_fine_may_be_raised(n, step):
    found = shown_score(half_and_half(n, 3), in_total_with_small_block=True, total_fine_from=250)
    assert found.step == step
    assert shown_score(half_and_half(n, 3), total_fine_from=250) == shown_score(half_and_half(n, 3))


def test_the_total_that_is_fine_is_never_lowered():
    with pytest.raises(BadInput, match="never lowered below 50"):
        shown_score(half_and_half(60, 3), total_fine_from=49)


@BOUNDED
@given(st.lists(st.integers(0, 12), min_size=5, max_size=5), st.booleans())
def test_a_shown_score_is_within_its_step_of_the_exact_one(counts, small_block):
    tally = Tally(tuple(counts))
    found = shown_score(tally, in_total_with_small_block=small_block)
    assert (found is None) == (tally.n < K_SCORE)
    if found is not None:
        assert found.score % found.step == 0
        assert abs(found.score - score(tally)) <= found.step  # half a step, a whole one at the ends kept free
        assert found.n_label == shown_n(tally.n)


def test_only_blocks_under_ten_make_a_total_coarse():
    totals = publication({"X": ["A", "B"], "Y": ["C"]}, {"A": 30, "B": 9, "C": 10}).totals
    assert [totals[name].has_small_block for name in "XY"] == [True, False]


def test_shares_under_twenty_answers():
    assert shown_shares(Tally((0, 1, 2, 4, 7))) == (
        ShownShare(1, 5, "5% or less"),
        ShownShare(2, 5, "5% or less"),  # 7.1
        ShownShare(3, 15, "15%"),  # 14.3
        ShownShare(4, 30, "30%"),  # 28.6
        ShownShare(5, 50, "50%"),
    )
    assert [share.label for share in shown_shares(Tally((19, 0)))] == ["95% or more", "5% or less"]


def test_shares_from_twenty_answers_and_none_under_ten():
    assert shown_shares(Tally((0, 1, 4, 7, 8))) == tuple(
        ShownShare(answer, percent, f"{percent}%") for answer, percent in enumerate((0, 5, 20, 35, 40), start=1)
    )
    assert [share.percent for share in shown_shares(Tally((1, 199)))] == [1, 100]  # 0.5 and 99.5: halves go up
    assert shown_shares(Tally((3, 6))) is None
    assert shown_shares(Tally((3, 8)), k=12) is None


@pytest.mark.parametrize(
    ("n", "label"),
    [(0, "fewer than 5"), (4, "fewer than 5"), (5, "5–9"), (9, "5–9"), (10, "10"), (214, "214")],
)
def test_number_of_people_as_shown(n, label):
    assert shown_n(n) == label


def test_index_goes_up_at_halves():
    parts = [shown_score(half_and_half(20, high)) for high in (10, 11)]  # 50 and 55
    assert shown_index([*parts, None]) is None
    assert shown_index(parts) == 53


def test_participation_moves_in_steps_of_five():
    shown = [shown_participation(answered) for answered in range(31)]
    assert {after - before for before, after in pairwise(shown)} == {0, 5}
    assert shown[14:16] == [10, 15]
