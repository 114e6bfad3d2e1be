"""Run charts of uneven groups: a wave of few answers moves more by chance alone, and its limits are as much wider."""

from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science.errors import BadInput, MoreThanAsked, NotACount, NothingGiven, UnequalScales
from alongside.science.pulse import Word, is_uneven, laney, moving_range_limits, uneven_limits, verdict
from alongside.science.tallies import Tally, merge

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, database=None)
STEADY, MILD, HIGH = Tally((1, 3, 5, 8, 4)), Tally((2, 3, 5, 7, 4)), Tally((0, 0, 2, 8, 11))  # 63, 60, 86


@BOUNDED
@given(st.lists(st.integers(0, 20), min_size=8, max_size=20))
def test_of_even_groups_it_is_the_plain_chart(favourable):
    found, plain = laney(favourable, [20] * len(favourable)), moving_range_limits([k / 20 for k in favourable])
    assert (found.value, found.n) == (pytest.approx(plain.value), 20 * len(favourable))
    assert found.lows == pytest.approx([max(0.0, plain.low)] * len(favourable))
    assert found.highs == pytest.approx([min(1.0, plain.high)] * len(favourable))


def test_by_hand():
    """Shares .5 and .6 in turn, of 24 and 100 answers: z is one of two values, and every moving range the same."""
    found = laney([12, 60] * 4, [24, 100] * 4)
    centre = 72 / 124
    low_z, high_z = ((p - centre) / sqrt(centre * (1 - centre) / n) for p, n in ((0.5, 24), (0.6, 100)))
    assert found.value == pytest.approx(centre)
    assert found.sigma == pytest.approx((high_z - low_z) / 1.128)
    reach = 3 * sqrt(centre * (1 - centre) / 100) * (high_z - low_z) / 1.128
    assert (found.low, found.high) == (pytest.approx(centre - reach), pytest.approx(centre + reach))
    assert found.highs[0] - centre == pytest.approx(reach * sqrt(100 / 24))
    assert found.sentence == "Provisional limits of ordinary movement, wider where fewer answered."
    assert (found.n, found.outside) == (496, ())


def test_a_wave_outside_its_own_limits_is_named():
    assert laney([10, 11] * 5 + [19], [20] * 11).outside == (11,)
    assert laney([50, 55] * 5 + [4], [100] * 10 + [5]).outside == ()


def test_nothing_under_eight_waves_and_provisional_under_twelve():
    assert laney([5] * 7, [10] * 7) is None
    assert [laney([5] * n, [10] * n).reasons == () for n in (8, 11, 12)] == [False, False, True]


def test_twofold_is_still_even():
    assert [is_uneven(answers) for answers in ((10, 20), (10, 21), (), (3, 3))] == [False, True, False, False]


def test_the_verdict_allows_for_a_wave_of_few_answers():
    """A score of 86 after six waves of 210 answers between 60 and 63: outside 52–71, but not for a wave of 21 answers."""
    usual = [merge([tally] * 10) for tally in [STEADY, MILD] * 3]
    low, high = uneven_limits([63.1, 59.5] * 3, [210] * 6, 21)
    assert (round(low), round(high)) == (31, 92)
    assert round(moving_range_limits([63.1, 59.5] * 3).high) == 71
    assert verdict([*usual, HIGH, HIGH], [300] * 6 + [30] * 2).word is Word.WATCH
    assert verdict([*usual, *[merge([HIGH] * 10)] * 2], [300] * 8).word is Word.CONFIRMED


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: laney([1, 2], [3]), UnequalScales),
        (lambda: laney([4], [3]), MoreThanAsked),
        (lambda: laney([-1], [3]), NotACount),
        (lambda: laney([0], [0]), NothingGiven),
        (lambda: uneven_limits([50.0], [3, 4], 5), UnequalScales),
        (lambda: uneven_limits([50.0], [3], 5), NothingGiven),
        (lambda: uneven_limits([50.0, 51.0], [3, 3], 0), BadInput),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
