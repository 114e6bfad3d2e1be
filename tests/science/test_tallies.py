"""Tallies: counting, adding up, and the score that every page leads with."""

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science.tallies import Tally, favourable, from_answers, merge, score

BOUNDED = settings(max_examples=80, deadline=None, derandomize=True, database=None)
answer_lists = st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=30)


def test_summary_worked_by_hand():
    tally = from_answers([5, 2, 4, None, 4, 1])
    assert tally == Tally((1, 1, 0, 2, 1), cant_say=1)
    assert (tally.points, tally.n, tally.total, tally.mean) == (5, 5, 16, Fraction(16, 5))
    assert score(tally) == 55  # (0 + 25 + 75 + 75 + 100) / 5; counting "can't say" would give less
    assert favourable(tally) == 3


# Reference values: sample summaries expanded to raw data and recomputed with numpy.
@pytest.mark.parametrize(
    ("counts", "n", "mean", "share"), [((0, 2, 5, 9, 4), 20, 3.75, 0.65), ((3, 0, 0, 0, 3), 6, 3.0, 0.5)]
)
def test_summary_against_raw_data(counts, n, mean, share):
    tally = Tally(counts)
    assert tally.n == n
    assert float(tally.mean) == pytest.approx(mean, abs=1e-9)
    assert favourable(tally) / tally.n == pytest.approx(share, abs=1e-9)


def test_merge_against_raw_data():
    both = merge([Tally((0, 2, 5, 9, 4)), Tally((1, 4, 6, 18, 9))])
    assert both.counts == (1, 6, 11, 27, 13)
    assert float(both.mean) == pytest.approx(3.775862069, abs=1e-9)
    assert favourable(both) / both.n == pytest.approx(0.6896551724, abs=1e-9)


@pytest.mark.parametrize(
    ("counts", "points"),
    [
        ((3, 0), 0),
        ((0, 3), 100),
        ((1, 1, 1), 50),
        ((0, 0, 3, 0), Fraction(200, 3)),
        ((0, 0, 0, 0, 0, 3, 0), Fraction(250, 3)),
    ],
)
def test_score_runs_from_0_to_100_on_any_scale(counts, points):
    assert score(Tally(counts)) == points


@pytest.mark.parametrize(
    ("counts", "people"), [((1, 2), 2), ((1, 2, 4), 4), ((1, 2, 4, 8), 12), ((1, 2, 4, 8, 16), 24)]
)
def test_favourable_is_above_the_middle(counts, people):
    assert favourable(Tally(counts)) == people


@BOUNDED
@given(st.lists(answer_lists, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_merging_then_computing_is_computing_on_all_answers(lists, rnd):
    merged = merge([from_answers(answers) for answers in lists])
    together = [answer for answers in lists for answer in answers]
    assert merged == from_answers(together)
    assert merged == merge([from_answers(answers) for answers in rnd.sample(lists, len(lists))])
    assert merged == from_answers(rnd.sample(together, len(together)))
    given_answers = [answer for answer in together if answer is not None]
    assert (merged.n, merged.total, merged.cant_say) == (
        len(given_answers),
        sum(given_answers),
        len(together) - len(given_answers),
    )
    if given_answers:
        assert score(merged) == Fraction(sum((answer - 1) * 25 for answer in given_answers), len(given_answers))


def test_a_tally_cannot_be_changed():
    counts = [1, 2, 3]
    tally = Tally(counts)
    counts[0] = 9
    assert tally == Tally((1, 2, 3))
    with pytest.raises(AttributeError):
        tally.cant_say = 4


@pytest.mark.parametrize(
    ("counts", "cant_say", "message"),
    [
        ((1, -1), 0, "answer 2: -1 is not a number of people"),
        ((1, 2.0), 0, "answer 2: 2.0 is not a number of people"),
        ((float("nan"), 2), 0, "answer 1: nan is not a number of people"),
        ((True, 2), 0, "answer 1: True is not a number of people"),
        ((1, 2), -3, "can't say: -3 is not a number of people"),
        ((1,), 0, "a tally needs at least two answer values, not 1"),
    ],
)
def test_impossible_counts_are_refused_by_name(counts, cant_say, message):
    with pytest.raises(ValueError) as refused:
        Tally(counts, cant_say)
    assert str(refused.value) == message


@pytest.mark.parametrize("answer", [0, 6, -1, 2.5, float("nan")])
def test_answers_off_the_scale_are_refused(answer):
    with pytest.raises(ValueError, match="is not on the scale 1 to 5"):
        from_answers([3, answer])


def test_tallies_of_different_scales_do_not_merge():
    with pytest.raises(ValueError, match=r"must share one scale; answer values found: \[4, 5\]"):
        merge([Tally((1, 2, 3, 4)), Tally((1, 2, 3, 4, 5))])
    with pytest.raises(ValueError, match="no tally"):
        merge([])


def test_a_tally_nobody_answered_has_no_mean():
    silent = from_answers([None, None])
    assert (silent.n, silent.total, silent.cant_say, favourable(silent)) == (0, 0, 2, 0)
    with pytest.raises(ValueError, match="nobody answered"):
        score(silent)


def test_large_tallies_stay_exact():
    rnd = random.Random(3)
    counts = tuple(rnd.randrange(10**15) for _ in range(5))
    assert merge([Tally(counts)] * 3).mean == Tally(counts).mean
