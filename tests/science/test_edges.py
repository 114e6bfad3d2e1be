"""The edges that every method must survive, and the laws it must keep. docs/science/properties.md lists each with its tests."""

import re
from dataclasses import fields
from fractions import Fraction
from itertools import combinations
from math import comb, isnan
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import ballots, coherence, disclosure, impact, matching, pulse, reflection, scheduling, ties
from alongside.science.errors import BadInput, DuplicateId, Infeasible, MoreThanAsked
from alongside.science.gatherings import gatherings
from alongside.science.geography import Point, neighbourhoods
from alongside.science.permutation import tails
from alongside.science.tallies import Tally, summary

BOUNDED = settings(max_examples=30, deadline=None, derandomize=True, database=None)
FEW = settings(max_examples=8, deadline=None, derandomize=True, database=None)
PAGE = Path(__file__).parents[2] / "docs" / "science" / "properties.md"
TESTS = Path(__file__).parent

EMPTY, ONE, ALIKE = Tally((0, 0, 0, 0, 0)), Tally((0, 0, 1, 0, 0)), Tally((0, 0, 0, 9, 0))
OF_ONE_TALLY = [
    summary,
    coherence.agreement,
    coherence.dispersion,
    coherence.consensus,
    coherence.layered_agreement,
    lambda tally: coherence.coherence({"staff": tally, "leaders": ALIKE}),
    lambda tally: coherence.corrected({"staff": tally, "leaders": ALIKE}, {"staff": 30, "leaders": 9}),
    lambda tally: coherence.nested({"oak": {"staff": tally}, "elm": {"staff": ALIKE}}),
    lambda tally: coherence.gap(tally, ALIKE),
    lambda tally: coherence.gap_test(tally, ALIKE),
    lambda tally: tails(tally, ALIKE),
    lambda tally: pulse.change(tally, ALIKE),
    lambda tally: pulse.staff_mean(tally, 30, [1, 1, 1, 1, 1]),
    lambda tally: pulse.pool([tally, ALIKE, ALIKE]),
    lambda tally: pulse.prior([tally, ALIKE, ALIKE]),
    lambda tally: pulse.verdict([ALIKE, ALIKE, ALIKE, tally], [30] * 4),
    lambda tally: pulse.wilson_fpc(0, tally.n, 30),
    lambda tally: pulse.response_bounds(0, tally.n, 30),
    lambda tally: pulse.majority(0, tally.n, 30),
    lambda tally: impact.equal_voice({"staff": tally, "pupils": ALIKE}),
    lambda tally: disclosure.shown_score(tally),
    lambda tally: disclosure.shown_shares(tally),
]


def figures(result):
    """Every number in a result, however deep."""
    if isinstance(result, bool) or result is None or isinstance(result, str):
        return []
    if isinstance(result, (int, float, Fraction)):
        return [result]
    if isinstance(result, dict):
        return [figure for value in result.values() for figure in figures(value)]
    if isinstance(result, (tuple, list)):
        return [figure for value in result for figure in figures(value)]
    names = [field.name for field in fields(result)] if hasattr(result, "__dataclass_fields__") else []
    return [figure for name in names for figure in figures(getattr(result, name))]


@pytest.mark.parametrize("tally", [EMPTY, ONE, ALIKE], ids=["nobody", "one", "all alike"])
@pytest.mark.parametrize("number", range(len(OF_ONE_TALLY)))
def test_nobody_one_answer_and_all_alike_give_a_figure_none_or_a_named_error(number, tally):
    try:
        found = OF_ONE_TALLY[number](tally)
    except BadInput:
        return
    assert [figure for figure in figures(found) if isnan(figure)] == []


@BOUNDED
@given(st.integers(2, 7), st.data())
def test_any_scale_keeps_the_three_parts_at_100(points, data):
    counts = st.lists(st.integers(0, 9), min_size=points, max_size=points).filter(any)
    groups = {name: Tally(tuple(data.draw(counts))) for name in "abc"}
    found = coherence.coherence(groups)
    assert found.value + found.within + found.between == pytest.approx(100, abs=1e-9)
    assert 0 <= found.value <= 100 + 1e-9


def test_everybody_answered_leaves_no_range_and_more_than_everybody_is_refused():
    assert (pulse.wilson_fpc(3, 5, 5).low, pulse.wilson_fpc(3, 5, 5).high) == (3 / 5, 3 / 5)
    for call in (lambda: pulse.wilson_fpc(3, 6, 5), lambda: pulse.verdict([ALIKE] * 4, [9, 9, 9, 8])):
        with pytest.raises(MoreThanAsked):
            call()


@BOUNDED
@given(st.lists(st.permutations("abcd"), min_size=1, max_size=5), st.permutations("abcd"))
def test_a_voice_of_no_weight_changes_nothing(orders, silent):
    given_in = [ballots.ballot(order) for order in orders]
    found = ballots.rank(list("abcd"), given_in)
    with_it = ballots.rank(list("abcd"), [*given_in, ballots.ballot(silent, 0)])
    assert with_it.tiers == found.tiers
    assert ballots.win_shares("abcd", [*given_in, ballots.ballot(silent, 0)]) == ballots.win_shares("abcd", given_in)


def test_two_schools_only():
    assert matching.schools_short(2, 1) == 1
    with pytest.raises(Infeasible, match="1 school more"):
        matching.peer_review(matching.Rules.of("ab", 1, [[0, 1], [1, 0]]))
    assert ties.network("ab", [("a", "b")]).value == 1
    assert matching.co_coaching("ab", [[0, 1], [1, 0]]).pairs == (("a", "b"),)
    assert gatherings([Point(50, 0), Point(51, 0)], 1, 1, 2).groups in {((0, 1),), ((1, 0),)}


def test_places_on_one_spot_are_near_each_other_and_keep_their_sizes():
    spot = [Point(51.5, -0.1)] * 6
    assert neighbourhoods(spot, 0.0).labels == (0,) * 6
    assert sorted(len(group) for group in gatherings(spot, 2, 3, 3).groups) == [3, 3]


NAMES = ["Ysgol Dŵr", "Škola", "学校", "مدرسة", "🏫"]


def test_names_of_any_script_are_kept_as_they_are():
    apart = [[abs(i - j) for j in range(5)] for i in range(5)]
    assert {name for pair in matching.peer_review(matching.Rules.of(NAMES, 1, apart)).pairs for name in pair} == set(
        NAMES
    )
    assert set(ties.network(NAMES, list(combinations(NAMES, 2))).degree) == set(NAMES)
    assert ballots.rank(NAMES, [ballots.ballot(NAMES)]).tiers == tuple((name,) for name in NAMES)
    travel = {name: dict.fromkeys(NAMES, 1) for name in NAMES}
    sessions = [scheduling.Session(name, (name,), 0) for name in NAMES]
    assert set(scheduling.schedule(scheduling.Programme.of(sessions, 1, NAMES, travel)).host.values()) == set(NAMES)
    shown = disclosure.publication({"C": NAMES}, dict.fromkeys(NAMES, 7))
    assert {name for block in shown.blocks for name in block.schools} == set(NAMES)


@pytest.mark.parametrize(
    "call",
    [
        lambda: matching.Rules.of("aa", 1, [[0, 1], [1, 0]]),
        lambda: matching.co_coaching("aa", [[0, 1], [1, 0]]),
        lambda: matching.mixed_cohorts("aa", [], 1),
        lambda: ties.network("aa", []),
        lambda: ballots.ballot("aa"),
    ],
)
def test_an_id_given_twice_is_refused(call):
    with pytest.raises(DuplicateId):
        call()


@BOUNDED
@given(
    st.lists(st.integers(0, 4), min_size=5, max_size=5).filter(any),
    st.lists(st.integers(0, 4), min_size=5, max_size=5).filter(any),
)
def test_p_is_never_under_one_in_all_deals_and_never_over_one(now, before):
    ours, theirs = Tally(tuple(now)), Tally(tuple(before))
    least = 1 / comb(ours.n + theirs.n, ours.n)
    for p in (tails(ours, theirs).two_sided, pulse.change(ours, theirs).p, coherence.gap_test(ours, theirs).p):
        assert least - 1e-12 <= p <= 1
    assert coherence.gap_test(ours, theirs).least_p <= coherence.gap_test(ours, theirs).p + 1e-12


@BOUNDED
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=4), st.lists(st.integers(-9, 9), min_size=1, max_size=4))
def test_p_over_schools_is_never_under_one_in_all_choices(ours, theirs):
    found = impact.group_test(ours, theirs)
    assert 1 / comb(len(ours) + len(theirs), len(ours)) - 1e-12 <= found.p <= 1


@st.composite
def rounds(draw):
    """A round of five or six schools with phases, conflicts and reviews of last year."""
    n = draw(st.integers(5, 6))
    schools = list("abcdef")[:n]
    distance = [[0 if i == j else draw(st.integers(1, 30)) for j in range(n)] for i in range(n)]
    some = st.lists(st.sampled_from(list(combinations(schools, 2))), max_size=2, unique=True)
    return (
        schools,
        distance,
        {"conflicts": draw(some), "last": draw(some)},
        [draw(st.sampled_from("ps")) for _ in schools],
    )


@FEW
@given(rounds())
def test_forcing_any_pair_of_the_best_round_leaves_all_tiers(asked):
    schools, distance, rules, phase = asked
    own = matching.Rules.of(schools, 1, distance, phase=phase, **rules)
    found = matching.peer_review(own)
    for pair in found.pairs:
        why = matching.explain(own, pair)
        assert why.forced == pytest.approx(found.tiers)
        assert why.forbidden is None or why.forbidden >= tuple(tier - 1e-6 for tier in found.tiers)


@FEW
@given(rounds(), st.randoms(use_true_random=False))
def test_new_names_for_schools_give_the_same_tiers_and_scaled_travel_the_same_round(asked, rnd):
    schools, distance, rules, phase = asked
    found = matching.peer_review(matching.Rules.of(schools, 1, distance, phase=phase, **rules))
    called = dict(zip(schools, rnd.sample("uvwxyz", len(schools)), strict=True))
    renamed = {name: [tuple(called[s] for s in pair) for pair in pairs] for name, pairs in rules.items()}
    again = matching.peer_review(matching.Rules.of([called[s] for s in schools], 1, distance, phase=phase, **renamed))
    assert again.tiers == pytest.approx(found.tiers)
    further = matching.Rules.of(schools, 1, [[3 * km for km in row] for row in distance], phase=phase, **rules)
    assert matching.peer_review(further).tiers == pytest.approx((*found.tiers[:3], 3 * found.travel))


@FEW
@given(st.randoms(use_true_random=False))
def test_a_plan_without_a_disruption_changes_nothing(rnd):
    groups = ["oak", "elm", "ash"]
    travel = {group: {host: rnd.randint(0, 9) for host in groups} for group in groups}
    sessions = [
        scheduling.Session(
            f"s{i}", tuple(rnd.sample(groups, rnd.randint(1, 3))), rnd.randint(0, 5), rnd.choice(["day", "am", "pm"])
        )
        for i in range(4)
    ]
    own = scheduling.Programme.of(sessions, 8, groups, travel, away={"elm": [rnd.randint(0, 7)]})
    plan = scheduling.schedule(own)
    again = scheduling.replan(own, {s: (plan.week[s], plan.host[s]) for s in plan.week})
    assert (again.changed, again.tiers["sessions changed"]) == ((), 0)


def test_a_grid_that_nobody_filled_in_is_refused_by_name():
    with pytest.raises(BadInput):
        reflection.profile(reflection.Grid(0, 0, 0, 0, 0))


def test_every_property_has_tests_that_exist():
    rows = re.findall(r"^\| (?!what)(?!---)([^|]+) \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    named = {name for _, tests in rows for name in re.findall(r"`(test_\w+\.py::test_\w+)`", tests)}
    assert len(rows) >= 24
    assert [what for what, tests in rows if "::test_" not in tests] == []
    missing = [
        name
        for name in sorted(named)
        if f"def {name.split('::')[1]}(" not in (TESTS / name.split("::")[0]).read_text(encoding="utf-8")
    ]
    assert missing == []
