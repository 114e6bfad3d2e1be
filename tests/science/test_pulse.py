"""Pulse: reference values, the words of a verdict and when each is said, and what the sentences may not give away."""

import random
from dataclasses import fields
from itertools import product
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science.pulse import (
    Result,
    Verdict,
    Word,
    change,
    response_bounds,
    round_outwards,
    verdict,
    wilson_fpc,
    xmr_limits,
)
from alongside.science.tallies import Tally, from_answers, merge

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, database=None)


# -- change ------------------------------------------------------------------------------------------------------------


# Reference values: Mann–Whitney U / (n1 n2) of scipy.
@pytest.mark.parametrize(
    ("now", "before", "superior"),
    [((1, 3, 9, 20, 12), (4, 9, 12, 15, 5), 0.6708641975), ((0, 0, 0, 0, 6), (6, 0, 0, 0, 0), 1.0)],
)
def test_probability_of_superiority(now, before, superior):
    assert change(Tally(now), Tally(before)).value == pytest.approx(superior, abs=1e-9)


def test_change_says_what_it_found_and_what_it_did_not():
    found = change(Tally((1, 3, 9, 20, 12)), Tally((4, 9, 12, 15, 5)))
    assert found.p == pytest.approx(0.0039650303, abs=1e-9)
    assert found.p_now_ge == pytest.approx(0.0019825152, abs=1e-9)
    assert (found.n, found.n_before, found.N, found.low, found.high) == (45, 45, None, None, None)
    assert found.direction == "up"
    assert found.method == "exact permutation test"
    assert found.sentence == "A random answer now beats one before 67 times in 100, ties counted half."
    assert found.not_claimed == (
        "Why the answers changed.",
        "That any one person's view changed: answers are not linked between waves.",
    )


def test_change_of_many_answers_is_approximated_and_says_so():
    assert change(Tally((0, 300)), Tally((20, 280))).method == "permutation test, normal approximation"


def test_direction_follows_the_mean():
    middle, lower = Tally((0, 0, 9, 0, 0)), Tally((0, 1, 8, 0, 0))
    assert [change(a, b).direction for a, b in ((middle, lower), (lower, middle), (lower, lower))] == [
        "up",
        "down",
        "level",
    ]


@BOUNDED
@given(*[st.lists(st.integers(1, 5), min_size=1, max_size=20)] * 2, st.randoms(use_true_random=False))
def test_change_does_not_depend_on_the_order_of_answers(now, before, rnd):
    found = change(from_answers(now), from_answers(before))
    assert found == change(from_answers(rnd.sample(now, len(now))), from_answers(rnd.sample(before, len(before))))
    wins = sum((a > b) + (a == b) / 2 for a, b in product(now, before))
    assert found.value == pytest.approx(wins / (len(now) * len(before)), abs=1e-12)


# -- run chart ---------------------------------------------------------------------------------------------------------

FLOWRATE = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)


def test_limits_of_a_published_chart():
    """NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, flowrate data."""
    limits = xmr_limits(FLOWRATE)
    found = (limits.value, limits.mr_bar, limits.high, limits.low, limits.mr_high)
    assert found == pytest.approx((50.81, 1.8777777778, 55.8040898345, 45.8159101655, 6.1347), abs=0.001)


def test_limits_from_eight_points():
    limits = xmr_limits([3.6, 3.7, 3.5, 3.6, 3.8, 3.7, 3.6, 3.5])
    found = (limits.value, limits.mr_bar, limits.high, limits.low)
    assert found == pytest.approx((3.625, 0.1285714286, 3.9669452888, 3.2830547112), abs=1e-6)
    assert (limits.n, limits.N) == (8, None)


@pytest.mark.parametrize(("points", "provisional"), [(7, None), (8, True), (11, True), (12, False)])
def test_limits_wait_for_eight_points_and_are_provisional_under_twelve(points, provisional):
    limits = xmr_limits([50.0 + point % 3 for point in range(points)])
    assert (limits.provisional if limits else None) is provisional


def test_limits_say_when_they_are_provisional():
    assert xmr_limits([50, 52] * 4).sentence == "Provisional limits of ordinary movement from wave to wave."
    assert xmr_limits([50, 52] * 4).reasons == ("Fewer than twelve waves: a wave outside is not yet rare.",)
    assert xmr_limits([50, 52] * 6).sentence == "Limits of ordinary movement from wave to wave."


@pytest.mark.parametrize("bad", [nan, inf])
def test_limits_refuse_what_is_not_a_number(bad):
    with pytest.raises(ValueError, match="scores must be numbers"):
        xmr_limits([bad, 50])


# -- verdict -----------------------------------------------------------------------------------------------------------

STEADY = Tally((1, 3, 5, 8, 4))  # score 63
HIGH = Tally((0, 0, 2, 8, 11))  # 86
LOW = Tally((7, 6, 5, 2, 1))  # 31
MILD = Tally((2, 3, 5, 7, 4))  # 60
CALM = Tally((2, 5, 6, 6, 2))  # 51
FEW = Tally((1, 1, 1, 2, 1))  # 6 people
RARE = "Chance alone makes a difference like this from the three waves before at most once in twenty times."
OFTEN = "Chance alone makes a difference like this from the three waves before more than once in twenty times."
ONCE = "The wave before did not show the same: one wave alone confirms nothing."
TWICE = "The wave before differed from the same three waves, in the same direction."
INSIDE = "The score has not left the limits of ordinary movement in that direction."
OUTSIDE = "The score has left the limits of ordinary movement in that direction."


def said(*waves, invited=30):
    return verdict(waves, [invited] * len(waves))


def test_no_clear_change():
    found = said(STEADY, STEADY, STEADY, STEADY)
    assert (found.word, found.direction) == (Word.NO_CHANGE, "level")
    assert found.sentence == "No clear change against the three waves before."
    assert found.reasons == (OFTEN,)
    assert (found.n, found.N) == (21, 30)


def test_a_change_that_chance_makes_once_in_sixteen_times_is_not_clear():
    found = said(STEADY, STEADY, STEADY, Tally((3, 5, 5, 6, 2)))
    assert round(found.change.p, 3) == 0.064
    assert found.change.direction == "down"
    assert (found.word, found.direction, found.reasons) == (Word.NO_CHANGE, "level", (OFTEN,))


def test_one_wave_is_worth_watching():
    found = said(STEADY, STEADY, STEADY, HIGH)
    assert (found.word, found.direction) == (Word.WATCH, "up")
    assert found.sentence == "Worth watching: higher than in the three waves before."
    assert found.reasons == (RARE, ONCE)
    assert found.change == change(HIGH, merge([STEADY] * 3))
    assert found.value == found.change.value
    assert (
        found.not_claimed[-1]
        == "That this is more than the mood of an ordinary month: that can be told from wave 8 on."
    )


def test_two_waves_running_confirm():
    found = said(STEADY, STEADY, STEADY, LOW, LOW)
    assert (found.word, found.direction) == (Word.CONFIRMED, "down")
    assert found.sentence == "Confirmed change: lower than in the three waves before, two waves running."
    assert found.reasons == (RARE, TWICE)
    assert found.change == change(LOW, merge([STEADY] * 3))


def test_the_worked_example_of_the_page():
    first, second = said(STEADY, STEADY, STEADY, LOW), said(STEADY, STEADY, STEADY, LOW, LOW)
    assert (round(first.change.p, 5), round(second.change.p, 5)) == (0.00003, 0.00003)
    assert (first.word, second.word) == (Word.WATCH, Word.CONFIRMED)


def test_a_change_that_lasts_does_not_hide_itself():
    """Against the pool that already holds the first fallen wave p would be .16, and nothing would be said."""
    fallen = Tally((4, 5, 5, 5, 2))
    assert change(fallen, merge([STEADY, STEADY, fallen])).p > 0.05
    found = said(STEADY, STEADY, STEADY, fallen, fallen)
    assert (found.word, found.direction, found.reasons) == (Word.CONFIRMED, "down", (RARE, TWICE))
    assert found.change == change(fallen, merge([STEADY] * 3))


def test_two_waves_that_differ_from_the_same_three_in_opposite_ways_confirm_nothing():
    assert said(MILD, MILD, MILD, LOW, HIGH).word is Word.WATCH


def test_a_fall_after_a_rise_confirms_nothing():
    found = said(STEADY, STEADY, STEADY, HIGH, LOW)
    assert (found.word, found.direction, found.reasons) == (Word.WATCH, "down", (RARE, ONCE))


def test_a_rise_that_has_passed_confirms_nothing():
    assert said(STEADY, STEADY, STEADY, HIGH, STEADY).word is Word.NO_CHANGE


def test_only_the_three_waves_before_count():
    found = said(HIGH, HIGH, LOW, CALM, STEADY, STEADY)
    assert found.change == change(STEADY, merge([LOW, CALM, STEADY]))


RESTLESS = (STEADY, LOW, STEADY, LOW, STEADY, LOW)


def test_from_wave_eight_a_confirmed_change_must_leave_the_limits():
    inside = said(*RESTLESS, HIGH, HIGH)
    assert (inside.word, inside.reasons) == (Word.WATCH, (RARE, TWICE, INSIDE))
    outside = said(*[STEADY, MILD] * 3, HIGH, HIGH)
    assert (outside.word, outside.reasons) == (Word.CONFIRMED, (RARE, TWICE, OUTSIDE))
    assert not any("ordinary month" in claim for claim in outside.not_claimed)


def test_the_limits_are_those_of_the_waves_before_the_change():
    risen = Tally((0, 1, 3, 8, 9))  # 79.8: outside 52–71 of the six waves before, inside 51–80.4 of all eight
    waves = [merge([tally] * 2) for tally in [STEADY, MILD] * 3 + [risen] * 2]
    found = said(*waves, invited=60)
    assert (found.word, found.reasons) == (Word.CONFIRMED, (RARE, TWICE, OUTSIDE))


def test_before_wave_eight_there_are_no_limits_to_leave():
    assert said(*RESTLESS[1:], HIGH, HIGH).word is Word.CONFIRMED


def test_leaving_the_limits_counts_only_in_the_direction_of_the_change():
    high, low, calm = (merge([tally] * 2) for tally in (HIGH, LOW, CALM))
    recovering = [*[high] * 10, *[low] * 3, calm, calm]
    found = said(*recovering, invited=60)
    assert (found.word, found.direction) == (Word.WATCH, "up")  # higher than lately, and yet lower than ever before
    assert found.reasons == (RARE, TWICE, INSIDE)


def test_fewer_than_four_waves_are_too_early():
    for waves in ((), (STEADY,), (STEADY, STEADY, HIGH)):
        found = said(*waves)
        assert found.word is Word.TOO_EARLY
        assert found.sentence == "Too early to say: a comparison needs four waves."
        assert found.reasons == ("A comparison needs four waves.",)
        assert (found.value, found.change, found.direction) == (None, None, "level")


def test_under_half_of_those_invited_cannot_tell():
    waves = [STEADY, STEADY, STEADY, HIGH]
    assert verdict(waves, [30, 30, 30, 42]).word is Word.WATCH  # 21 of 42 is half
    found = verdict(waves, [30, 30, 30, 43])
    assert found.word is Word.CANNOT_TELL
    assert found.sentence == "Cannot tell: fewer than half of those invited answered."
    assert found.reasons == ("Fewer than half of those invited answered.",)
    assert found.change is None


def test_cant_say_is_no_answer_to_compare():
    unsure = Tally(HIGH.counts, cant_say=10)
    assert verdict([STEADY] * 3 + [unsure], [30, 30, 30, 43]).word is Word.CANNOT_TELL


def test_too_few_answers_cannot_tell():
    found = verdict([STEADY, STEADY, STEADY, Tally((0, 0, 0, 1, 3))], [30, 30, 30, 6])
    assert found.sentence == "Cannot tell: too few people answered."
    assert verdict([STEADY, STEADY, STEADY, FEW], [30, 30, 30, 6], k=7).word is Word.CANNOT_TELL


def test_a_wave_that_could_not_tell_is_compared_with_nothing():
    hidden, half = Tally((4, 0, 0, 0, 0)), verdict([STEADY] * 4 + [HIGH], [30] * 5)
    assert verdict([STEADY, STEADY, hidden, STEADY, STEADY, HIGH], [30, 30, 8, 30, 30, 30]) == half
    assert verdict([STEADY, STEADY, STEADY, STEADY, LOW, HIGH], [30, 30, 30, 30, 43, 30]) == half
    early = verdict([STEADY, STEADY, LOW, HIGH], [30, 30, 43, 30])
    assert early.word is Word.TOO_EARLY
    assert early.reasons == ("A comparison needs four waves that at least half of those invited answered.",)


def test_a_changed_response_is_pointed_out():
    told = "The share of people who answered changed by more than 20 points: different people may have answered."
    assert told not in verdict([STEADY] * 4, [35, 35, 35, 27]).reasons  # 60% to 78%
    assert told in verdict([STEADY] * 4, [35, 35, 35, 25]).reasons  # 60% to 84%
    assert told in verdict([STEADY] * 4, [25, 25, 25, 35]).reasons


def test_a_rate_that_moved_twenty_points_exactly_is_not_pointed_out():
    five_of_five, four_of_five = Tally((0, 5, 10, 5, 0)), Tally((0, 4, 8, 4, 0))
    assert len(verdict([five_of_five] * 3 + [four_of_five], [20] * 4).reasons) == 1


def test_the_promised_false_alarms_hold_against_chance():
    """No real change: a word at most 1 in 20, confirmed at most 1 in 200, 21 of 30 people answering in each of 7 waves."""
    rnd = random.Random(11)

    def wave():
        return from_answers(rnd.choices((1, 2, 3, 4, 5), (0.05, 0.12, 0.23, 0.40, 0.20), k=21))

    runs = [said(*(wave() for _ in range(7))).word for _ in range(1200)]
    assert 24 <= sum(word is not Word.NO_CHANGE for word in runs) <= 60
    assert sum(word is Word.CONFIRMED for word in runs) <= 6


PRINTED = ("word", "direction", "sentence", "reasons", "not_claimed", "method")


def test_words_give_no_figure_of_the_answers_away():
    """Two very different falls, of different schools, read the same."""
    one = said(STEADY, STEADY, STEADY, LOW)
    other = said(*[Tally((0, 1, 2, 9, 5))] * 3, Tally((9, 4, 3, 1, 1)), invited=24)
    assert one.change != other.change
    assert [getattr(one, name) for name in PRINTED] == [getattr(other, name) for name in PRINTED]


@BOUNDED
@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 9), min_size=5, max_size=5), st.integers(0, 5), st.integers(0, 30)),
        max_size=12,
    )
)
def test_every_history_gets_exactly_one_word(history):
    waves = [Tally(tuple(counts), cant_say) for counts, cant_say, _ in history]
    invited = [wave.n + wave.cant_say + silent for wave, (_, _, silent) in zip(waves, history, strict=True)]
    found = verdict(waves, invited)
    assert found.sentence.startswith(found.word)
    assert found.reasons
    compared = found.word in (Word.NO_CHANGE, Word.WATCH, Word.CONFIRMED)
    assert (found.change is not None) == compared
    assert found.word is not Word.NO_CHANGE or found.change.p > 0.05
    assert found.word not in (Word.WATCH, Word.CONFIRMED) or found.change.p <= 0.05


def test_verdict_refuses_histories_that_cannot_be():
    with pytest.raises(ValueError, match="4 waves, but people invited for 3"):
        verdict([STEADY] * 4, [30] * 3)
    with pytest.raises(ValueError, match="wave 2: 22 replies of 21 people invited"):
        verdict([STEADY, Tally(STEADY.counts, cant_say=1)], [21, 21])
    with pytest.raises(ValueError, match="one scale"):
        said(STEADY, STEADY, Tally((9, 9)), STEADY)
    with pytest.raises(ValueError, match="never lowered below 5"):
        verdict([STEADY] * 4, [30] * 4, k=4)


# -- shares of a finite staff ------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("bad", [(5, 4, 9), (-1, 4, 9), (1, 4, 3), (0, 0, 0)])
def test_impossible_shares_are_refused(bad):
    for method in (response_bounds, wilson_fpc):
        with pytest.raises(ValueError, match="need 0 ≤ k ≤ n ≤ N"):
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
