"""Pulse: reference values, the words of a verdict and when each is said, and what the sentences may not give away."""

import random
from itertools import product
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science.pulse import (
    Word,
    change,
    verdict,
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
