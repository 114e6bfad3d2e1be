"""Impact: comparisons that chance must pass, and words that say no more than the design allows."""

from itertools import combinations, product
from math import comb, nan
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import impact
from alongside.science.errors import NotACount, NotANumber, NothingGiven, UnequalScales
from alongside.science.tallies import Tally

BOUNDED = settings(max_examples=40, deadline=None, derandomize=True, database=None)
CHANGES = st.lists(st.integers(-9, 9).map(lambda x: x / 10), min_size=1, max_size=5)


def test_what_happened_everywhere_is_taken_out():
    found = impact.difference_in_differences((60, 66), (60, 64))
    assert found.value == 2
    assert found.sentence == "Those who took part changed by 6, the others by 4: a difference of 2."


@BOUNDED
@given(CHANGES, CHANGES, st.randoms(use_true_random=False))
def test_group_test_against_every_choice(ours, theirs, rnd):
    found = impact.group_test(ours, theirs)
    both, seen = ours + theirs, abs(fmean(ours) - fmean(theirs))
    far = 0
    for chosen in combinations(range(len(both)), len(ours)):
        a = [both[i] for i in chosen]
        b = [both[i] for i in range(len(both)) if i not in chosen]
        far += abs(fmean(a) - fmean(b)) >= seen - 1e-9
    assert found.p == pytest.approx(far / comb(len(both), len(ours)), abs=1e-12)
    assert found.least_p <= found.p <= 1
    assert impact.group_test(rnd.sample(ours, len(ours)), rnd.sample(theirs, len(theirs))) == found


def test_group_test_counts_both_sides_and_does_not_double_one():
    """1 against 0, 0, −3 lies 2 above, −3 against the rest 3.3 below, each 0 less than 1 from the rest: 2 of 4 choices."""
    found = impact.group_test([1], [0, 0, -3])
    assert found.p == pytest.approx(2 / 4)
    assert found.sentence == "Too few schools to tell this from chance, whatever the figures."


def test_group_test_in_words():
    clear = impact.group_test([0.9, 0.8, 0.7, 0.9], [0.1, 0.0, 0.2, 0.1])
    assert clear.sentence == "Those who took part gained 0.73 more; chance alone does that at most once in twenty."
    weak = impact.group_test([0.1, 0.0, 0.3, 0.1], [0.1, 0.0, 0.2, 0.1])
    assert weak.sentence.endswith("which chance alone may do.")
    assert "That there was no effect, where none was seen." in weak.not_claimed


def test_many_schools_are_drawn_with_a_seed():
    ours, theirs = [0.5] * 12 + [0.1], [0.0] * 12 + [0.2]
    found = impact.group_test(ours, theirs)
    assert (found.exact, found.relabellings) == (False, comb(26, 13))
    assert found.p == impact.group_test(ours, theirs).p < 0.001


@BOUNDED
@given(st.lists(st.integers(-5, 5).map(lambda x: x / 10), min_size=1, max_size=7))
def test_sign_flip_against_every_pattern(differences):
    found = impact.sign_flip(differences)
    tenths = [round(10 * d) for d in differences]
    sums = [sum(s * t for s, t in zip(signs, tenths, strict=True)) for signs in product((1, -1), repeat=len(tenths))]
    assert found.at_least == sum(total >= sum(tenths) for total in sums)
    assert found.p_two_sided == sum(abs(total) >= abs(sum(tenths)) for total in sums) / len(sums)


# -- over time ---------------------------------------------------------------------------------------------------------


def test_stepped_start_by_hand():
    """Two schools, two waves, one starts in the second: effect = change of one less change of the other."""
    found = impact.stepped_start([[1.0, 4.0], [2.0, 3.0]], [1, 2])
    assert found.value == pytest.approx(2.0)
    assert (found.orders, found.p) == (2, 1.0)
    assert found.sentence == "Too few schools to tell this from chance, whatever the figures."


def test_stepped_start_takes_out_schools_and_waves():
    schools, waves = np.array([1.0, 5, 2, 4, 3]), np.array([0.0, 3, 1, 7, 2, 4])
    start = [1, 2, 3, 4, 5]
    y = schools[:, None] + waves[None, :] + 2.5 * (np.arange(6)[None, :] >= np.array(start)[:, None])
    found = impact.stepped_start(y.tolist(), start)
    assert found.value == pytest.approx(2.5)
    assert found.p == pytest.approx(1 / 120)
    assert found.sentence == "Having started goes with 2.5 more; chance alone does that at most once in twenty."
    order = [3, 1, 4, 0, 2]
    moved = impact.stepped_start([y[i].tolist() for i in order], [start[i] for i in order])
    assert (moved.value, moved.p) == (pytest.approx(found.value), found.p)


def test_a_mixture_that_was_not_like_the_school_makes_no_claim():
    before = [[3.0, 3.1, 3.2, 3.0, 3.3]] * 3 + [[3.1, 3.0, 3.2, 3.3, 3.1]] * 3
    far = impact.synthetic_control([4.0, 4.1, 4.0, 4.2, 4.0, 4.1], before, 4.5, [3.0] * 5)
    assert (far.usable, far.placebo_p) == (False, None)
    assert far.sentence.startswith("No claim")
    few = impact.synthetic_control([3.0, 3.2], [[3.0, 3.5], [3.2, 3.6]], 3.9, [3.1, 3.5])
    assert not few.usable
    # a perfect fit over six waves carries nothing with four donors
    four = [[3.0 + 0.1 * w, 3.5, 3.2, 3.1] for w in range(6)]
    assert not impact.synthetic_control([row[0] for row in four], four, 4.5, [3.6, 3.5, 3.2, 3.1]).usable


def test_a_school_made_of_two_others_is_found():
    rng = np.random.default_rng(8)
    donors = rng.normal(3, 0.4, (8, 6))
    school = 0.3 * donors[:, 1] + 0.7 * donors[:, 4]
    after = rng.normal(3, 0.4, 6)
    found = impact.synthetic_control(
        school.tolist(), donors.tolist(), 0.3 * after[1] + 0.7 * after[4] + 1, after.tolist(), list("abcdef")
    )
    assert found.weights["b"] == pytest.approx(0.3, abs=1e-4)
    assert found.weights["e"] == pytest.approx(0.7, abs=1e-4)
    assert found.value == pytest.approx(1, abs=1e-3)
    assert found.usable
    assert found.placebo_p == pytest.approx(1 / 7)
    assert found.sentence == "The school lies 1 above schools that were like it before."


def test_a_jump_and_a_bend_by_construction():
    y = [1 + 0.5 * t + (2 + 0.25 * (t - 6) if t >= 6 else 0) for t in range(12)]
    found = impact.interrupted(y, 6)
    assert (found.slope_before, found.value, found.slope_change) == pytest.approx((0.5, 2, 0.25))
    assert found.sentence == "At the event the score lies 2 above the line before."
    assert impact.interrupted(y[:9], 6).sentence == "Too early to say: 6 waves on each side are needed."


# -- cards -------------------------------------------------------------------------------------------------------------


def test_everyones_say_gives_each_group_one_voice():
    found = impact.equal_voice(
        {"pupils": Tally((0, 0, 0, 90, 0)), "staff": Tally((5, 0, 0, 5, 0)), "parents": Tally((0,) * 5)}
    )
    assert (found.value, found.pooled, found.lowest) == (0.75, 0.95, "staff")
    assert found.sentence == "75 of 100 favourable, each group one voice; lowest: staff."


@pytest.mark.parametrize(
    ("design", "rung"),
    [
        ((False, False, False), 1),
        ((False, True, False), 2),
        ((True, True, False), 3),
        ((True, True, True), 4),
        ((False, True, True), 2),
    ],
)
def test_ladder(design, rung):
    found = impact.ladder(*design)
    assert (found.step, found.value, len(found.reasons)) == (rung, rung, 4 - rung)
    assert found.sentence.startswith(f"Step {rung} of 4. ")


def test_too_few_schools_are_told_before_any_test():
    """2 of 7: 1 in 21; 1 of 19: 1 in 19."""
    enough, few = impact.smallest_p(2, 5), impact.smallest_p(1, 18)
    assert (enough.value, enough.reaches_one_in_twenty, few.reaches_one_in_twenty) == (1 / 21, True, False)
    assert enough.sentence == "7 schools can tell a change from chance at 1 in 20: at best 1 in 21."
    assert few.sentence == "19 schools cannot tell a change from chance at 1 in 20: at best 1 in 19."
    assert few.reasons == ("One school that took part needs 19 to compare with.",)


@pytest.mark.parametrize(
    ("change", "error", "word", "sentence"),
    [
        (8, 2, "moved", "Moved up by 8 points, likely between 4 and 12."),
        (-8, 2, "moved", "Moved down by 8 points, likely between −12 and −4."),
        (1, 1.5, "no evidence", "No evidence of a change; a change of 4 points would have been seen."),
        (1, 4, "too small to tell", "Too small to tell: only a change of 11 points or more would have been seen."),
    ],
)
def test_verdict_card(change, error, word, sentence):
    found = impact.verdict_card(change, error, 2, n=40)
    assert (found.word, found.sentence) == (word, sentence)
    assert found.not_claimed == impact.MUST_NOT_CLAIM
    assert found.reasons == ("Before and after: what else changed is not known.",)


def test_only_a_lot_lifts_the_ban_on_causes():
    assert impact.verdict_card(8, 2, 4, n=40).not_claimed == impact.MUST_NOT_CLAIM[1:]
    assert len(impact.MUST_NOT_CLAIM) == 8


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: impact.difference_in_differences((nan, 1), (1, 1)), NotANumber),
        (lambda: impact.smallest_p(0, 3), NothingGiven),
        (lambda: impact.smallest_p(-1, 3), NotACount),
        (lambda: impact.group_test([], [1]), NothingGiven),
        (lambda: impact.group_test([nan], [1]), NotANumber),
        (lambda: impact.sign_flip([]), NothingGiven),
        (lambda: impact.sign_flip([nan]), NotANumber),
        (lambda: impact.stepped_start([[1, 2], [1]], [1, 1]), UnequalScales),
        (lambda: impact.stepped_start([[1, 2], [1, 2]], [1]), UnequalScales),
        (lambda: impact.stepped_start([[1, 2], [1, 2]], [1, -1]), NotANumber),
        (lambda: impact.stepped_start([[1, 2], [1, 2]], [1, 1]), NothingGiven),
        (lambda: impact.synthetic_control([1], [[1, 2]], 1, [1]), UnequalScales),
        (lambda: impact.synthetic_control([nan], [[1, 2]], 1, [1, 2]), NotANumber),
        (lambda: impact.interrupted([1, 2, 3], 1), NothingGiven),
        (lambda: impact.interrupted([1, 2, 3, nan], 2), NotANumber),
        (lambda: impact.equal_voice({"a": Tally((0, 0))}), NothingGiven),
        (lambda: impact.equal_voice({"a": Tally((0, 1)), "b": Tally((0, 1, 1))}), UnequalScales),
        (lambda: impact.verdict_card(1, -1, 2, 3), NotANumber),
        (lambda: impact.verdict_card(1, 1, 5, 3), UnequalScales),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
