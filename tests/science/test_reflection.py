"""Reflection: grids, five tests, give and take, and how widely practice is shared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import reflection as ref
from alongside.science.errors import MoreThanAsked, NotACount, NotANumber, NothingGiven, UnequalScales, UnknownId
from alongside.science.reflection import Grid, Log

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, database=None)
GRIDS = st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any).map(lambda steps: Grid(*steps))


def test_profile_in_words():
    found = ref.profile(Grid(never=1, dont=2, talk=5, do=4, should_dont=1, should_talk=4))
    assert found.sentence == "4 of 12 say we do this; of the 8 others 5 say we should."
    assert ref.profile(Grid(0, 0, 0, 8)).sentence == "8 of 8 say we do this."
    assert ref.profile(Grid(3, 3, 0, 0)).talk_do_gap is None


@pytest.mark.parametrize(
    ("steps", "state"),
    [((2, 2, 1, 1), "not done"), ((3, 0, 0, 3), "practised"), ((3, 2, 0, 0), "unseen"), ((0, 1, 2, 1), "talked about")],
)
def test_state_is_where_most_stand_and_of_equals_the_higher(steps, state):
    assert ref.profile(Grid(*steps)).state == state


def test_appetite_is_of_those_not_doing_and_the_gap_is_of_all():
    found = ref.profile(Grid(never=2, dont=0, talk=2, do=6, should_never=1, should_talk=1))
    assert (found.appetite, found.intent_gap) == (0.5, 0.2)


@BOUNDED
@given(st.lists(GRIDS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_comparison_is_the_same_both_ways_and_full_with_oneself(grids, rnd):
    other = rnd.sample(grids, len(grids))
    there, back = ref.compare(grids, other), ref.compare(other, grids)
    assert there.value == back.value
    assert (there.ours_help, there.theirs_help) == (back.theirs_help, back.ours_help)
    assert ref.compare(grids, grids).value == 100
    assert 0 <= there.value <= 100


def test_opposites_are_not_alike_at_all():
    found = ref.compare([Grid(5, 0, 0, 0, should_never=4)], [Grid(0, 0, 0, 2)])
    assert (found.value, found.ours_help, found.theirs_help) == (0.0, (0.0,), (0.8,))
    assert found.sentence == "Over 1 statement the two schools are 0 of 100 alike."


def test_the_weakest_test_decides_and_nothing_makes_up_for_it():
    found = ref.five_tests({"Oak": [4, 4, 4, 4, 4], "Elm": [4, 1, 4, 4, 4]})
    assert (found.value, found.weakest, found.status) == (1, ("mutuality",), "at risk")
    assert found.sentence == "At risk. Weakest: mutuality."
    assert found.reasons == ("Partners see mutuality differently.",)
    assert ref.five_tests({"Oak": [3, 4, 3, 3, 3]}).sentence == "Strong. All tests hold."
    assert ref.five_tests({"Oak": [3, 2, 3, 2, 3]}).sentence == "Fragile. Weakest: mutuality, pace."


def test_one_partner_silent_on_one_test_leaves_the_whole_unknown():
    found = ref.five_tests({"Oak": [4, 4, 4, None, 4], "Elm": [4, 4, 4, 4, 4]})
    assert (found.status, found.value) == ("unknown", 4)
    assert found.sentence == "Not known yet: pace not answered by all partners."
    assert ref.five_tests({"Oak": [None] * 5}).value is None


def test_hours_of_give_and_take():
    found = ref.mutuality([10, 6, 2], [4, 6, 8])
    assert found.sentence == "Give and take are 67 of 100 even."
    assert ref.mutuality([0], [0]).sentence == "No hours yet."
    assert ref.mutuality([0], [0]).by_partner == (None,)


@BOUNDED
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_balance_does_not_depend_on_the_order_of_partners(hours, rnd):
    moved = rnd.sample(hours, len(hours))
    one, other = (ref.mutuality(*zip(*rows, strict=True)) for rows in (hours, moved))
    assert one.value == other.value
    assert sorted(one.by_partner, key=repr) == sorted(other.by_partner, key=repr)


def test_what_was_done_stands_beside_what_is_said():
    found = ref.evidence(
        {"oak": "Reading by  seven", "elm": "reading by seven"},
        given={"oak": 6, "elm": 2},
        received={"oak": 2, "elm": 6},
        changed=["oak"],
        struggling=["elm"],
        milestones=(3, 4),
        hours=(8, 10),
    )
    assert (found.purpose, found.mutuality, found.change, found.pace, found.prioritisation) == (
        True,
        0.5,
        True,
        0.75,
        0.8,
    )
    assert (found.value, found.n) == (5, 2)
    assert found.sentence == "Something is recorded of each of the five tests."


def test_what_is_not_recorded_is_not_known_and_a_change_of_who_struggles_is_none():
    found = ref.evidence({"oak": "Reading", "elm": None})
    assert [found.purpose, found.mutuality, found.change, found.pace, found.prioritisation] == [None] * 5
    assert (found.value, found.sentence) == (
        0,
        "Nothing recorded of purpose, mutuality, change, pace, prioritisation.",
    )
    assert ref.evidence({"oak": "Reading", "elm": "Maths"}).purpose is False
    assert ref.evidence({"oak": "a", "elm": "a"}, changed=["elm"], struggling=["elm"]).change is False
    assert ref.evidence({"oak": "a"}, hours=(12, 10)).prioritisation == 1.0


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: ref.evidence({}), NothingGiven),
        (lambda: ref.evidence({"oak": "a"}, given={"elm": 1}), UnknownId),
        (lambda: ref.evidence({"oak": "a"}, milestones=(2, 1)), MoreThanAsked),
        (lambda: ref.evidence({"oak": "a"}, milestones=(-1, 1)), NotACount),
        (lambda: ref.evidence({"oak": "a"}, hours=(float("nan"), 1)), NotANumber),
    ],
)
def test_bad_evidence_has_a_named_error(call, error):
    with pytest.raises(error):
        call()


def test_one_enthusiast_is_no_culture():
    """Nine events of one person are a tenth of ten; a partner school counts once."""
    logs = [Log("TALK", "ann", "Elm", "with")] * 9
    found = ref.sharing(logs, 10)
    assert found.gauges["TALK"] == ref.Gauge(0.1, 0.1, 1)
    assert found.gauges["WATCH"] == ref.Gauge(0.0, 0.0, 0)
    assert found.sentence == "1 of 10 shared practice in at least one way."
    assert ref.sharing([], 10).sentence == "Nothing is logged yet."


def test_on_behalf_of_others_is_interdependent():
    logs = [Log("PLAN", "ann", "Elm", "on behalf"), Log("PLAN", "bob", None, "self")]
    assert ref.sharing(logs, 4).stages == {"dependent": 0.0, "independent": 0.5, "interdependent": 0.5}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: Grid(-1, 0, 0, 0), NotACount),
        (lambda: Grid(1, 0, 0, 0, should_never=2), MoreThanAsked),
        (lambda: ref.profile(Grid(0, 0, 0, 0)), NothingGiven),
        (lambda: ref.compare([Grid(1, 0, 0, 0)], []), UnequalScales),
        (lambda: ref.compare([], []), NothingGiven),
        (lambda: ref.compare([Grid(1, 0, 0, 0)], [Grid(0, 0, 0, 0)]), NothingGiven),
        (lambda: ref.five_tests({}), NothingGiven),
        (lambda: ref.five_tests({"Oak": [1, 2]}), UnequalScales),
        (lambda: ref.five_tests({"Oak": [1, 2, 3, 4, 5]}), NotANumber),
        (lambda: ref.mutuality([1], [1, 2]), UnequalScales),
        (lambda: ref.mutuality([-1], [1]), NotANumber),
        (lambda: ref.mutuality([float("nan")], [1]), NotANumber),
        (lambda: Log("SING", "ann", None, "self"), UnknownId),
        (lambda: Log("TALK", "ann", None, "alone"), UnknownId),
        (lambda: ref.sharing([], 0), NotACount),
        (lambda: ref.sharing([Log("TALK", p, None, "self") for p in "ab"], 1), MoreThanAsked),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
