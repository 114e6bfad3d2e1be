"""Coherence: what makes 100, what chance alone would do, and what small groups hide."""

from fractions import Fraction
from itertools import combinations, permutations, product
from math import comb, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from alongside.science import coherence as coh
from alongside.science.coherence.reading import reading_order
from alongside.science.errors import (
    MoreThanAsked,
    NotACount,
    NotANumber,
    NothingGiven,
    UnequalScales,
    UnknownId,
)
from alongside.science.tallies import Tally, from_answers, merge

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, database=None)
ANSWERS = st.lists(st.integers(1, 5), min_size=1, max_size=9)
GROUPS = st.dictionaries(st.sampled_from("ABCDE"), ANSWERS, min_size=1, max_size=5)


def tallies(groups):
    return {name: from_answers(answers) for name, answers in groups.items()}


# -- the index ---------------------------------------------------------------------------------------------------------


def test_points_lost_inside_and_between_by_hand():
    """Three points, K − 1 = 2, c = 200. A (1,0,1): F = ½, ½, spread ½. B (0,0,2): F = 0, 0. F̄ = ¼, ¼.

    within = 200·½·½ = 50; between = 200·½·(2/16 + 2/16) = 25. Weighting people instead of groups would give other figures.
    """
    found = coh.coherence({"heads": Tally((1, 0, 1)), "team": Tally((0, 0, 4))})
    assert (found.value, found.within, found.between) == (25.0, 50.0, 25.0)
    assert found.within_by == {"heads": 50.0, "team": 0.0}
    assert found.between_by == {"heads": 12.5, "team": 12.5}
    assert (found.n, found.absent) == (6, ())
    assert found.sentence == "A mixed view (25 of 100): 50 points lost inside groups, 25 between groups."
    assert found.not_claimed == ("Which perspective is right.",)


@pytest.mark.parametrize(
    ("value", "words"), [(80, "shared"), (79.9, "mostly shared"), (60, "mostly shared"), (59.9, "mixed")]
)
def test_bands(value, words):
    assert coh.band(value) == words


def test_a_missing_perspective_is_named_and_not_comparable():
    found = coh.coherence({"heads": Tally((1, 0)), "team": Tally((0, 0)), "pupils": Tally((0, 1))})
    assert found.absent == ("team",)
    assert found.value == 0.0
    assert found.reasons[-1] == "A perspective is missing: not comparable with others."


@BOUNDED
@given(GROUPS, st.randoms(use_true_random=False))
def test_the_three_parts_make_100_in_any_order(groups, rnd):
    found = coh.coherence(tallies(groups))
    assert found.value + found.within + found.between == pytest.approx(100, abs=1e-9)
    assert sum(found.within_by.values()) == pytest.approx(found.within, abs=1e-9)
    assert sum(found.between_by.values()) == pytest.approx(found.between, abs=1e-9)
    moved = {name: rnd.sample(groups[name], len(groups[name])) for name in rnd.sample(sorted(groups), len(groups))}
    again = coh.coherence(tallies(moved))
    assert (again.value, again.within, again.between) == (found.value, found.within, found.between)
    assert again.within_by == found.within_by


@BOUNDED
@given(GROUPS)
def test_coherence_is_the_mean_distance_of_two_voices(groups):
    """1 − D with D = 2·E|X − X′|/(K − 1), X of a random perspective: another formula for the same."""
    voices = [(a, 1 / len(groups) / len(answers)) for answers in groups.values() for a in answers]
    distance = sum(w * v * abs(a - b) for (a, w), (b, v) in product(voices, voices))
    assert coh.coherence(tallies(groups)).value == pytest.approx(100 * (1 - 2 * distance / 4), abs=1e-9)


@BOUNDED
@given(ANSWERS, ANSWERS)
def test_merging_then_computing_is_computing_on_all_answers(a, b):
    assert coh.dispersion(merge([from_answers(a), from_answers(b)])) == coh.dispersion(from_answers(a + b))


@BOUNDED
@given(GROUPS, ANSWERS)
def test_one_more_perspective_never_lifts_coherence_above_what_is_lost_inside(groups, answers):
    found = coh.coherence(tallies(groups | {"Z": answers}))
    assert found.value <= 100 - found.within + 1e-9


@BOUNDED
@given(st.dictionaries(st.sampled_from("XYZ"), GROUPS, min_size=1, max_size=3))
def test_nested_parts_make_100_and_one_school_has_none_between(schools):
    found = coh.nested({school: tallies(groups) for school, groups in schools.items()})
    parts = found.value + found.within_perspectives + found.between_perspectives + found.between_schools
    assert parts == pytest.approx(100, abs=1e-9)
    if len(schools) == 1:
        assert found.between_schools == 0


def test_nested_sentence_and_shares_of_schools():
    found = coh.nested({"Oak": {"staff": Tally((2, 0))}, "Elm": {"staff": Tally((0, 9))}})
    assert found.sentence == (
        "A mixed view (0 of 100): 0 points lost inside groups, 0 between groups of one school, 100 between schools."
    )
    assert found.between_schools_by == {"Oak": 50.0, "Elm": 50.0}


# -- of all people asked -----------------------------------------------------------------------------------------------


def test_correction_is_right_on_average_over_every_possible_response():
    """Two groups of four people; every pair of responders of each: the mean of the corrected figures is the truth."""
    people = {"A": (1, 2, 2, 5), "B": (3, 3, 4, 5)}
    truth = coh.coherence(tallies(people))
    found = [
        coh.corrected({"A": from_answers(a), "B": from_answers(b)}, {"A": 4, "B": 4})
        for a in combinations(people["A"], 2)
        for b in combinations(people["B"], 3)
    ]
    for part in ("value", "within", "between"):
        mean = sum(getattr(each, part) for each in found) / len(found)
        assert mean == pytest.approx(getattr(truth, part), abs=1e-9)
    plain = [
        coh.coherence({"A": from_answers(a), "B": from_answers(people["B"])}) for a in combinations(people["A"], 2)
    ]
    assert sum(each.within for each in plain) / len(plain) < truth.within - 1  # what the correction is for


def test_correction_of_everyone_changes_nothing():
    groups = {"A": Tally((0, 2, 1)), "B": Tally((1, 0, 0))}
    assert coh.corrected(groups, {"A": 3, "B": 1}).value == pytest.approx(coh.coherence(groups).value)


def test_between_below_zero_is_shown_as_none_but_kept():
    found = coh.corrected({"A": Tally((1, 1)), "B": Tally((1, 1))}, {"A": 40, "B": 40})
    assert found.between < 0 == found.between_shown
    assert found.N == 80
    assert "0 between groups" in found.sentence


def test_one_answer_of_several_people_tells_nothing_of_their_spread():
    assert coh.corrected({"A": Tally((1, 0)), "B": Tally((2, 2))}, {"A": 9, "B": 4}).unknown == ("A",)


# -- gaps --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "sentence"),
    [
        ((0, 0, 0, 1, 0), (0, 0, 1, 0, 0), "Leaders rate this 1 step higher than teams."),
        ((0, 0, 0, 1, 0), (0, 1, 0, 1, 0), "Leaders rate this 1 step higher than teams."),
        ((1, 0, 0, 0, 0), (0, 0, 1, 1, 0), "Leaders rate this 2.5 steps lower than teams."),
        ((0, 0, 3, 1, 0), (0, 0, 1, 0, 0), "Leaders rate this 0.3 of a step higher than teams."),
        ((1, 0, 1, 0, 0), (0, 2, 0, 0, 0), "Leaders and teams have the same mean, but another spread."),
        ((0, 1, 0, 0, 0), (0, 2, 0, 0, 0), "Leaders and teams answer alike."),
    ],
)
def test_gap_in_words(ours, theirs, sentence):
    assert coh.gap(Tally(ours), Tally(theirs), ("Leaders", "teams")).sentence == sentence


def test_gap_of_shape():
    found = coh.gap(Tally((1, 0, 1, 0, 0)), Tally((0, 2, 0, 0, 0)))
    assert (found.value, found.steps, found.shape) == (0.0, 1.0, True)


def every_deal(ours, theirs):
    pooled = ours + theirs

    def apart(a, b):
        return sum(
            (Fraction(sum(x <= k for x in a), len(a)) - Fraction(sum(x <= k for x in b), len(b))) ** 2
            for k in range(1, 5)
        )

    seen, far = apart(ours, theirs), 0
    for chosen in combinations(range(len(pooled)), len(ours)):
        a = [pooled[i] for i in chosen]
        b = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        far += apart(a, b) >= seen
    return far / comb(len(pooled), len(ours))


@BOUNDED
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_gap_test_against_every_deal(ours, theirs):
    found = coh.gap_test(from_answers(ours), from_answers(theirs))
    assert found.p == pytest.approx(every_deal(ours, theirs), abs=1e-12)
    assert found.least_p - 1e-12 <= found.p <= 1
    assert coh.gap_test(from_answers(theirs), from_answers(ours)).p == pytest.approx(found.p, abs=1e-12)


def test_a_leader_alone_gets_no_verdict():
    found = coh.gap_test(Tally((0, 0, 0, 0, 1)), Tally((9, 0, 0, 0, 0)))
    assert found.p == pytest.approx(0.1)
    assert found.sentence == "One person against many: look at the gap, a test cannot say more."


def test_certainty_allows_for_every_gap_that_was_looked_at():
    assert coh.certainties([0.004]) == ("sure",)
    # twenty looks: 0.004 · 20 / 1 = 0.08
    assert coh.certainties([0.004, *[0.9] * 19])[0] == "cannot tell"
    assert coh.certainties([0.001, 0.001, 0.04, 0.9]) == ("sure", "sure", "cannot tell", "cannot tell")
    assert coh.certainties([0.01, 0.02]) == ("likely", "likely")
    assert coh.certainties([]) == ()


@BOUNDED
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_certainty_is_that_of_benjamini_and_hochberg(p):
    adjusted = false_discovery_control(p)
    words = ["sure" if each <= 0.01 else "likely" if each <= 0.05 else "cannot tell" for each in adjusted]
    assert list(coh.certainties(p)) == words


def test_a_gap_over_schools_by_hand():
    found = coh.gap_over_schools([10, 5, 7, 8])
    assert (found.value, found.same, found.p) == (7.5, 4, 2 / 16)
    assert found.sentence == "In 4 of 4 schools it points the same way."
    assert coh.gap_over_schools([10, -10]).p == 1.0
    assert coh.gap_over_schools([0, 0, 0]).p == 1.0


def test_a_gap_over_many_schools_is_near_the_exact_one():
    gaps = [12, -3, 5, 8, -6, 9, 4, 4, -2, 7, 11, -5, 6, 3, 2, -1, 8, 5, -4, 6]
    exact = coh.gap_over_schools(gaps)
    assert exact.method.endswith("exact")
    more = coh.gap_over_schools([*gaps, 0.0])
    assert not more.method.endswith("exact")
    assert more.p == pytest.approx(exact.p, rel=0.25)
    assert coh.gap_over_schools([0.0] * 30).p == 1.0


def test_many_answers_are_drawn_with_a_seed_and_say_so():
    ours, theirs = Tally((30, 30, 30, 20, 10)), Tally((20, 25, 30, 30, 25))
    found = coh.gap_test(ours, theirs)
    assert (found.exact, found.method) == (False, "permutation test on cumulative shares, 200,000 deals")
    assert found == coh.gap_test(ours, theirs)
    assert 0 < found.p < 0.05
    assert found.sentence == "Chance alone parts the groups as far at most once in twenty times."


# -- maps --------------------------------------------------------------------------------------------------------------


def test_map_is_the_index_of_each_school_and_statement():
    counts = np.random.default_rng(3).integers(0, 4, (6, 3, 4, 5))
    counts[0, 0, 1] = 0
    counts[1, 1] = 0
    found = coh.coherence_map(counts)
    for school, statement in product(range(6), range(3)):
        groups = {g: Tally(tuple(int(c) for c in row)) for g, row in enumerate(counts[school, statement])}
        if not any(tally.n for tally in groups.values()):
            assert isnan(found.coherence[school, statement])
            continue
        one = coh.coherence(groups)
        here = [array[school, statement] for array in (found.coherence, found.within, found.between)]
        assert here == pytest.approx([one.value, one.within, one.between], abs=1e-9)
    everything = [value for value in found.coherence.ravel() if not isnan(value)]
    assert (found.value, found.n) == (pytest.approx(sum(everything) / 17), counts.sum())
    assert found.sentence == f"6 schools, 3 statements: {round(found.value)} of 100 on average."
    assert coh.coherence_map(np.zeros((1, 1, 2, 5), dtype=int)).sentence == "1 school, 1 statement: nobody answered."
    assert list(found.lost_first[1])[-1] == 1  # nobody answered: last
    first = found.lost_first[2]
    assert list(found.coherence[2, first]) == sorted(found.coherence[2])


def test_reading_order_puts_like_next_to_like():
    rows = {"a": [0.0, 0.1], "b": [0.9, 1.0], "c": [0.05, 0.1], "d": [0.9, 0.95]}
    order = reading_order(list(rows), list(rows.values()))
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset("ac"), frozenset("bd")}
    assert order.index("a") < 2


def test_reading_order_does_not_depend_on_the_order_given():
    names = "abcde"
    rows = {name: [0.1 * (i % 3), 0.2 * (i % 2)] for i, name in enumerate(names)}  # some as far apart as others
    orders = {reading_order(given, [rows[name] for name in given]) for given in permutations(names)}
    assert len(orders) == 1
    assert reading_order(["b", "a"], [[0.1], [0.9]]) == ("a", "b")


# -- agreement ---------------------------------------------------------------------------------------------------------


def test_agreement_says_how_far_answers_lie_from_their_mean():
    found = coh.agreement(Tally((0, 0, 2, 6, 2)))
    assert found.sentence == "Answers lie 0.4 steps from their mean: agreed."
    assert coh.agreement(Tally((5, 0, 0, 0, 5))).sentence == "Answers lie 2 steps from their mean: not agreed."
    assert coh.agreement(Tally((5, 0, 0, 0, 5))).value == 0.0


def test_ad_about_an_even_median():
    """1, 1, 4, 5: median 2.5, distances 1.5, 1.5, 1.5, 2.5."""
    assert coh.agreement(from_answers([1, 1, 4, 5])).ad_median == pytest.approx(1.75)


def test_agreement_over_statements_is_none_when_worse_than_even_answers():
    assert coh.rwg_items([2.5, 2.2], 5).value == 0.0
    assert coh.rwg_items([0.0, 0.0], 5).value == 1.0


def test_alpha_by_hand():
    """Items 1,2,3 and 2,2,5: variances 1 and 3; sums 3,4,8: variance 7; 2·(1 − 4/7) = 6/7."""
    assert coh.item_alpha([[1, 2], [2, 2], [3, 5]]).value == pytest.approx(6 / 7)


def test_second_opinions_say_what_their_ends_mean():
    found = coh.consensus(Tally((1, 0, 0, 0, 1)))
    assert (found.n, found.sentence) == (2, "Consensus of Tastle and Wierman: 0.")
    assert found.reasons == ("0 is half at each end, 1 all alike.",)
    assert coh.layered_agreement(Tally((0, 3, 0))).sentence == "Agreement A of van der Eijk: 1."
    assert coh.item_alpha([[1, 2], [2, 2], [3, 5]]).sentence == "2 statements move together: alpha 0.86."


def test_group_reliability_by_hand():
    """Groups (1, 3) and (5, 7): between 16, within 2, size 2: ICC(1) 14/18, ICC(2) 14/16."""
    found = coh.group_reliability({"a": [1, 3], "b": [5, 7]})
    assert (found.value, found.icc2, found.size) == pytest.approx((14 / 18, 14 / 16, 2))
    assert found.sentence == "78 of 100 parts of the differences lie between groups."


def test_kendall_of_raters_who_tie():
    assert coh.kendall_w([[1, 2, 3], [1, 2, 3]]).value == pytest.approx(1.0)
    assert coh.kendall_w([[1.5, 1.5, 3], [1.5, 1.5, 3]]).value == pytest.approx(1.0)  # 0.875 without the correction
    assert coh.kendall_w([[2, 2, 2], [2, 2, 2]]).value is None


def test_krippendorff_of_one_value_is_undefined():
    assert coh.krippendorff([[3, 0], [2, 0]]).value is None
    assert coh.krippendorff([[3, 0], [2, 0]]).sentence == "Undefined: all gave one value."


def test_ends_of_the_measures():
    split, alike = Tally((5, 0, 0, 0, 5)), Tally((0, 0, 7, 0, 0))
    assert (coh.consensus(split).value, coh.consensus(alike).value) == (0.0, 1.0)
    assert (coh.layered_agreement(split).value, coh.layered_agreement(alike).value) == (-1.0, 1.0)
    assert coh.layered_agreement(Tally((2, 2, 2, 2, 2))).value == 0.0


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: coh.coherence({}), NothingGiven),
        (lambda: coh.coherence({"a": Tally((0, 0))}), NothingGiven),
        (lambda: coh.coherence({"a": Tally((0, 1)), "b": Tally((0, 1, 0))}), UnequalScales),
        (lambda: coh.dispersion(Tally((0, 0))), NothingGiven),
        (lambda: coh.nested({}), NothingGiven),
        (lambda: coh.nested({"X": {"a": Tally((0, 1))}, "Y": {"a": Tally((0, 1, 1))}}), UnequalScales),
        (lambda: coh.corrected({"a": Tally((0, 5))}, {"a": 4}), MoreThanAsked),
        (lambda: coh.corrected({"a": Tally((0, 5))}, {}), UnknownId),
        (lambda: coh.gap(Tally((0, 5)), Tally((0, 5, 0))), UnequalScales),
        (lambda: coh.gap_test(Tally((0, 5)), Tally((0, 0))), NothingGiven),
        (lambda: coh.coherence_map([[[[1, -1]]]]), NotACount),
        (lambda: coh.coherence_map([[[[1, 0.5]]]]), NotACount),
        (lambda: coh.coherence_map([[[1, 1]]]), UnequalScales),
        (lambda: coh.coherence_map([[[[1, 1], [1]]]]), UnequalScales),
        (lambda: reading_order(["a"], []), UnequalScales),
        (lambda: coh.agreement(Tally((0, 1))), NothingGiven),
        (lambda: coh.rwg_items([], 5), NothingGiven),
        (lambda: coh.rwg_items([nan], 5), NotANumber),
        (lambda: coh.rwg_items([1.0], 1), NotANumber),
        (lambda: coh.item_alpha([[1, 2], [1]]), UnequalScales),
        (lambda: coh.item_alpha([[1, 2], [1, 2]]), NothingGiven),
        (lambda: coh.krippendorff([[1, 0], [0, 1]]), NothingGiven),
        (lambda: coh.krippendorff([[2, 0], [0, 1, 1]]), UnequalScales),
        (lambda: coh.kendall_w([[1, 2]]), NothingGiven),
        (lambda: coh.kendall_w([[1, 2], [1]]), UnequalScales),
        (lambda: coh.group_reliability({"a": [1.0]}), NothingGiven),
        (lambda: coh.group_reliability({"a": [1.0, nan], "b": [1.0]}), NotANumber),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
