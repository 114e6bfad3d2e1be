"""Pulse beyond the verdict: differences, the silent, run rules, drift, trend, pooling, benchmarks, many tests at once."""

import random
from collections import Counter
from itertools import permutations, product
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import pulse
from alongside.science.errors import MoreThanAsked, NotANumber, NothingGiven, UnequalScales
from alongside.science.pulse.runlength import ewma_run_length, xmr_false_alarms
from alongside.science.pulse.trends import _kendall_p
from alongside.science.tallies import Tally, from_answers, merge, summary, variance

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, database=None)
COUNTS = st.lists(st.integers(0, 12), min_size=5, max_size=5)


# -- shares ------------------------------------------------------------------------------------------------------------


def test_difference_says_points_and_whether_it_may_be_none():
    clear = pulse.share_difference(56, 70, 48, 80)
    assert clear.sentence == "A difference of 20 points, likely between 5 and 33."
    unclear = pulse.share_difference(5, 10, 4, 10)
    assert unclear.sentence == "A difference of 10 points, likely between −29 and 45, so it may be none at all."
    assert (clear.n, clear.N, clear.share_now, clear.share_before) == (150, None, 0.8, 0.6)


@BOUNDED
@given(st.integers(1, 40), st.integers(1, 40), st.randoms(use_true_random=False))
def test_difference_turns_round_with_its_sides(n1, n2, rnd):
    k1, k2 = rnd.randint(0, n1), rnd.randint(0, n2)
    one, other = pulse.share_difference(k1, n1, k2, n2), pulse.share_difference(k2, n2, k1, n1)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-12)
    assert -1 <= one.low <= one.value <= one.high <= 1


def test_wilson_without_a_staff_is_wider_than_with_one():
    assert pulse.wilson(12, 18).low < pulse.wilson_fpc(12, 18, 24).low


def test_majority_counts_strictly_more_than_half():
    """1 of 1 of two people: with Jeffreys' prior the silent one agrees with chance 1.5/2, and one of two is no majority."""
    found = pulse.majority(1, 1, 2)
    assert found.value == pytest.approx(0.75)
    assert found.sentence == "The chance that more than half of all 2 are positive is 75 in 100."


def test_majority_never_says_certain_while_someone_was_silent():
    assert pulse.majority(60, 60, 100).sentence.endswith("is 100 in 100.")  # 60 of 100 is a majority already
    assert pulse.majority(49, 49, 99).sentence.endswith("more than 99 in 100.")
    assert pulse.majority(0, 30, 60).sentence.endswith("is 0 in 100.")  # 30 of 60 would be no majority
    assert pulse.majority(0, 29, 59).sentence.endswith("less than 1 in 100.")


def test_staff_mean_of_a_census_has_no_range():
    found = pulse.staff_mean(Tally((0, 0, 3, 6, 3)), 12, [1, 1, 1, 1, 1])
    assert (found.value, found.low, found.high, found.sd) == (4.0, 4.0, 4.0, 0.0)
    assert found.sentence == "Everyone answered: the mean of all 12 is 4."


def test_staff_mean_by_hand():
    """One of two answered 5, prior one pretend 1: the silent one answers 1 or 5 with chance a half; mean 4, sd 1."""
    found = pulse.staff_mean(Tally((0, 0, 0, 0, 1)), 2, [1, 0, 0, 0, 0])
    assert (found.value, found.sd) == pytest.approx((4.0, 1.0))
    assert (found.low, found.high) == pytest.approx((3.0, 5.0))  # never below what is possible
    assert found.sentence == "The mean of all 2 is likely between 3 and 5."


@BOUNDED
@given(COUNTS, st.integers(0, 30))
def test_staff_mean_stays_within_what_is_possible(counts, silent):
    tally = Tally(counts)
    if not tally.n + silent:
        return
    found = pulse.staff_mean(tally, tally.n + silent, [0.4] * 5)
    people = tally.n + silent
    assert (tally.total + silent) / people - 1e-9 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= (tally.total + 5 * silent) / people + 1e-9


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: pulse.wilson(3, 2), MoreThanAsked),
        (lambda: pulse.wilson(1, 2, 1.0), NotANumber),
        (lambda: pulse.majority(3, 2, 9), MoreThanAsked),
        (lambda: pulse.majority(1, 2, 9, (0, 1)), NotANumber),
        (lambda: pulse.staff_mean(Tally((1, 1, 1)), 2, [1, 1, 1]), MoreThanAsked),
        (lambda: pulse.staff_mean(Tally((1, 1, 1)), 5, [1, 1]), UnequalScales),
        (lambda: pulse.staff_mean(Tally((1, 1, 1)), 5, [1, nan, 1]), NotANumber),
        (lambda: pulse.staff_mean(Tally((0, 0, 0)), 5, [0, 0, 0]), NothingGiven),
        (lambda: pulse.run_false_alarm(0, 3), NotANumber),
        (lambda: pulse.run_limits(1), NotANumber),
        (lambda: pulse.run_signal([]), NothingGiven),
        (lambda: pulse.moving_range_limits([1.0]), NothingGiven),
        (lambda: pulse.ewma([1.0, inf], 0.3, 0, 1), NotANumber),
        (lambda: pulse.ewma([1.0], 0, 0, 1), NotANumber),
        (lambda: pulse.ewma([1.0], 0.3, 0, -1), NotANumber),
        (lambda: pulse.trend([1.0]), NothingGiven),
        (lambda: pulse.trend([1.0, nan]), NotANumber),
        (lambda: pulse.discoveries([]), NothingGiven),
        (lambda: pulse.discoveries([1.2]), NotANumber),
        (lambda: pulse.pool([]), NothingGiven),
        (lambda: pulse.pool([Tally((0, 0)), Tally((1, 2))]), NothingGiven),
        (lambda: pulse.pool([Tally((5, 0)), Tally((0, 2))]), NothingGiven),
        (lambda: pulse.pool([Tally((5, 1)), Tally((0, 2, 1))]), UnequalScales),
        (lambda: pulse.pool_estimates([1, 2], [1]), UnequalScales),
        (lambda: pulse.pool_estimates([1, 2], [1, 0]), NotANumber),
        (lambda: pulse.percentile(1, []), NothingGiven),
        (lambda: pulse.benchmark(1, -1, [1] * 10), NotANumber),
        (lambda: pulse.prior([Tally((1, 2))]), NothingGiven),
        (lambda: pulse.prior([Tally((1, 2)), Tally((1, 2, 3))]), UnequalScales),
        (lambda: ewma_run_length(0, 3), NotANumber),
        (lambda: xmr_false_alarms([1]), NotANumber),
        (lambda: summary(Tally((0, 0))), NothingGiven),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()


# -- charts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("points", "run"), [(1, 1), (5, 6), (7, 3), (9, 4)])
def test_run_false_alarm_against_all_patterns(points, run):
    hits = 0
    for sides in product("ab", repeat=points):
        text = "".join(sides)
        hits += "a" * run in text or "b" * run in text
    assert pulse.run_false_alarm(points, run) == pytest.approx(hits / 2**points, abs=1e-12)


def test_run_rules_leave_out_points_on_the_median():
    flat = pulse.run_signal([50.0] * 30)
    assert (flat.n, flat.signal, flat.longest_run) == (0, None, 0)
    assert flat.sentence == "Too few waves off the median for the run rules: they need 10."
    shifted = pulse.run_signal([40, 41, 42, 43, 44, 40, 41, 60, 61, 62, 63, 64, 65, 66])
    assert (shifted.n, shifted.longest_run, shifted.crossings, shifted.signal) == (14, 7, 1, True)
    assert shifted.sentence == "The run of waves shows a shift."
    assert pulse.run_signal([40, 60] * 6).sentence == "The run of waves shows no shift."


def test_run_limits_say_how_often_luck_alone_signals():
    found = pulse.run_limits(20)
    assert found.sentence == "A run of more than 7 or fewer than 6 crossings is a sign of a shift."
    assert found.reasons == ("Luck alone gives such a sign in 7 of 100 charts.",)


def test_drift_is_seen_where_it_leaves_the_limits():
    """λ = ½, start 0, sd 1, width 3: the first limit is 1.5; averages 1, 2.5."""
    found = pulse.ewma([2, 4], 0.5, 0, 1)
    assert found.averages == (1.0, 2.5)
    assert found.highs[0] == pytest.approx(1.5)
    assert found.outside == (2,)
    assert found.sentence == "A slow drift: the moving average left its limits at wave 2."
    assert pulse.ewma([0, 0], 0.5, 0, 1).sentence == "No slow drift: the moving average stayed within its limits."


def test_run_length_of_plain_limits_is_the_normal_tail():
    """λ = 1 is a plain chart: 1 / P(|Z| > 3) = 370.4 waves."""
    assert ewma_run_length(1.0, 3.0).value == pytest.approx(370.398, abs=0.01)
    assert (
        ewma_run_length(0.2, 2.962, 1.0).sentence
        == "A shift of 1 standard deviations is seen after 11 waves on average."
    )


def test_false_alarms_are_the_same_for_the_same_seed():
    one, other = xmr_false_alarms([6, 12], 2000), xmr_false_alarms([6, 12], 2000)
    assert one == other
    assert one.chances != xmr_false_alarms([6, 12], 2000, seed=1).chances


# -- trend -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scores", [(1, 2, 3, 4), (1, 1, 2, 3), (2, 2, 2), (1, 1, 2, 2, 3)])
def test_trend_p_against_every_ordering(scores):
    def s(order):
        return sum((b > a) - (b < a) for i, a in enumerate(order) for b in order[i + 1 :])

    orders = list(permutations(scores))
    for shown in set(orders):
        p = sum(abs(s(order)) >= abs(s(shown)) for order in orders) / len(orders)
        assert _kendall_p(s(shown), sorted(Counter(shown).values())) == pytest.approx(p, abs=1e-12)


def test_trend_waits_for_six_waves():
    assert pulse.trend([1, 2, 3, 4, 5]).sentence == "Too early to say: a trend needs 6 waves."
    assert pulse.trend([1, 2, 3, 4, 5, 6]).sentence == "A steady rise over 6 waves."
    assert pulse.trend([6, 5, 4, 3, 2, 1]).sentence == "A steady fall over 6 waves."
    assert pulse.trend([1, 3, 2, 3, 1, 2]).sentence == "No clear trend."
    assert pulse.trend([5.0] * 8).p == 1.0


# -- pooling -----------------------------------------------------------------------------------------------------------

EIGHT_SCHOOLS = [28, 8, -3, 7, -1, 1, 18, 12], [225, 100, 256, 121, 81, 121, 100, 324]


def test_eight_schools_do_not_differ_by_more_than_chance():
    """Rubin (1981): τ² = 0, everyone is moved to the mean of all, 7.69 with standard error 4.07."""
    found = pulse.pool_estimates(*EIGHT_SCHOOLS)
    assert (found.tau2, found.tau2_dl) == (0.0, 0.0)
    assert set(found.shrunk) == {found.value}
    assert found.value == pytest.approx(7.686, abs=0.001)
    assert (found.high - found.value) / 1.96 == pytest.approx(4.072, abs=0.001)
    assert found.sentence == "The schools do not differ by more than chance."


@BOUNDED
@given(
    st.lists(st.lists(st.integers(1, 5), min_size=2, max_size=15), min_size=2, max_size=6),
    st.randoms(use_true_random=False),
)
def test_pooling_follows_the_schools_and_not_their_order(schools, rnd):
    tallies = [from_answers(school) for school in schools]
    if all(len(set(school)) == 1 for school in schools):
        return
    found = pulse.pool(tallies)
    order = rnd.sample(range(len(schools)), len(schools))
    moved = pulse.pool([tallies[i] for i in order])
    assert moved.shrunk == pytest.approx([found.shrunk[i] for i in order], abs=1e-9)
    for mean, shrunk in zip(found.means, found.shrunk, strict=True):
        assert min(mean, found.value) - 1e-9 <= shrunk <= max(mean, found.value) + 1e-9


def test_one_school_is_its_own_pool():
    found = pulse.pool([Tally((1, 2, 3))])
    assert (found.tau2, found.n) == (0.0, 1)


def test_benchmark_is_a_band_and_never_a_place():
    others = [3.1, 3.3, 3.3, 3.5, 3.6, 3.8, 3.9, 4.0, 4.2, 4.4]
    found = pulse.benchmark(3.6, 0.2, others)
    assert (found.low, found.high) == (30, 60)
    assert found.sentence == "Between the 30th and the 60th percentile of 10 schools."
    assert pulse.benchmark(3.6, 0.2, others[1:]) is None


def test_prior_of_schools_alike_is_strong_and_of_schools_apart_weak():
    alike = pulse.prior([Tally((10, 10)), Tally((9, 11)), Tally((11, 9))])
    apart = pulse.prior([Tally((19, 1)), Tally((1, 19)), Tally((18, 2))])
    assert apart.value < 2 < 1000 < alike.value


def test_prior_leaves_out_an_answer_nobody_gave():
    found = pulse.prior([Tally((3, 0, 5)), Tally((6, 0, 1))])
    assert found.alpha[1] == 0.0


# -- many tests --------------------------------------------------------------------------------------------------------


@BOUNDED
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_discoveries_do_not_depend_on_order_and_never_undercut_p(p, rnd):
    found = pulse.discoveries(p)
    order = rnd.sample(range(len(p)), len(p))
    assert pulse.discoveries([p[i] for i in order]).adjusted == pytest.approx([found.adjusted[i] for i in order])
    assert all(adjusted >= raw - 1e-12 for adjusted, raw in zip(found.adjusted, p, strict=True))
    assert found.value >= found.stands_under_bonferroni


def test_discoveries_speak_of_one_and_of_many():
    assert pulse.discoveries([0.001, 0.9]).sentence == "1 of 2 tests stands."
    assert pulse.discoveries([0.001, 0.002]).sentence == "2 of 2 tests stand."


# -- tallies -----------------------------------------------------------------------------------------------------------


@BOUNDED
@given(st.lists(st.integers(1, 5), min_size=2, max_size=20), st.lists(st.integers(1, 5), min_size=1, max_size=20))
def test_summary_of_merged_tallies_is_that_of_all_answers(a, b):
    assert summary(merge([from_answers(a), from_answers(b)])) == summary(
        from_answers(random.Random(1).sample(a + b, len(a + b)))
    )
    answers = a + b
    mean = sum(answers) / len(answers)
    plain = sum((x - mean) ** 2 for x in answers) / (len(answers) - 1)
    assert float(variance(from_answers(answers))) == pytest.approx(plain, abs=1e-9)


def test_summary_in_words():
    found = summary(Tally((0, 2, 5, 9, 4), cant_say=3))
    assert found.sentence == "20 answers, 13 above the middle, 2 below."
    assert (found.value, found.n, float(found.variance)) == (68.75, 20, pytest.approx(0.8289473684))
    assert variance(Tally((0, 1))) is None
