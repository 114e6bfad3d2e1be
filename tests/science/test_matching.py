"""Matching: rounds of review, help in hours, pairs and mixed groups, and why this and not that."""

import random
import re
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import matching as mat
from alongside.science.errors import (
    DuplicateId,
    Infeasible,
    NotACount,
    NotANumber,
    NothingGiven,
    UnequalScales,
    UnknownId,
)
from alongside.science.matching import Rules

BOUNDED = settings(max_examples=15, deadline=None, derandomize=True, database=None)


def line(n):
    """Schools along a road, one apart."""
    return [[abs(i - j) for j in range(n)] for i in range(n)]


# -- peer review -------------------------------------------------------------------------------------------------------


def test_three_schools_review_each_other_in_a_ring():
    found = mat.peer_review(Rules.of("abc", 1, line(3)))
    assert sorted(found.pairs) in ([("a", "b"), ("b", "c"), ("c", "a")], [("a", "c"), ("b", "a"), ("c", "b")])
    assert found.tiers == (0, 0, 0, 4)
    assert found.sentence == "3 schools, each reviewed by 1; 0 repeats; 4 of travel in all, proven the least."


def test_too_few_schools_are_told_how_many_are_missing():
    with pytest.raises(Infeasible, match="2 schools more") as raised:
        mat.peer_review(Rules.of("abc", 2, line(3)))
    assert raised.value.rules == ("2 schools more, or fewer reviews",)


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ({"conflicts": [("a", "b")]}, ("a and b must not meet",)),
        ({"furthest": 1}, ("no review beyond 1: a reviews c at 2",)),
        ({"most": 0}, tuple(f"{school} gives at most 0 reviews" for school in "abc")),
        ({"conflicts": [("a", "c")], "furthest": 1}, ("no review beyond 1: a reviews c at 2", "a and c must not meet")),
    ],
)
def test_the_single_rules_in_the_way_are_named(rule, named):
    with pytest.raises(Infeasible) as raised:
        mat.peer_review(Rules.of("abc", 1, line(3), **rule))
    assert raised.value.rules == named


def test_of_two_ways_out_the_longer_drive_is_named_and_not_the_conflict():
    """Somebody must review d: a is too far, b and c must not meet it."""
    rules = Rules.of("abcd", 1, line(4), [("b", "d"), ("c", "d")], furthest=2)
    with pytest.raises(Infeasible, match="it would if these gave way") as raised:
        mat.peer_review(rules)
    assert raised.value.rules == ("no review beyond 2: a reviews d at 3",)


@BOUNDED
@given(st.randoms(use_true_random=False), st.integers(3, 5))
def test_the_fewest_single_rules_are_named_and_lifting_them_is_enough(rnd, n):
    schools = list("abcde")[:n]
    distance = [[0 if i == j else rnd.randint(1, 9) for j in range(n)] for i in range(n)]
    conflicts = rnd.sample(list(combinations(schools, 2)), rnd.randint(1, n))
    rules = Rules.of(schools, 1, distance, conflicts, most=1, furthest=rnd.choice([None, 4, 6]))
    try:
        mat.peer_review(rules)
    except Infeasible as infeasible:
        named = infeasible.rules
    else:
        return
    assert len(named) == fewest_to_lift(rules)
    kept = [pair for pair in conflicts if f"{pair[0]} and {pair[1]} must not meet" not in named]
    driven = re.findall(r": (.) reviews (.) at", "; ".join(named))
    most = {s: n if f"{s} gives at most 1 review" in named else 1 for s in schools}
    free = {frozenset(pair) for pair in kept}
    assert any(
        all(frozenset((schools[i], schools[j])) not in free for i, j in pairs)
        and all(
            (schools[i], schools[j]) in driven or rules.furthest is None or distance[i][j] <= rules.furthest
            for i, j in pairs
        )
        and all(sum(i == s for i, _ in pairs) <= most[schools[s]] for s in range(n))
        for pairs in rounds(n)
    )


def rounds(n):
    """Every way for each school to be reviewed once, nobody by whom they review."""
    for choice in product(range(n), repeat=n):
        pairs = {(i, j) for j, i in enumerate(choice)}
        if all(i != j and (j, i) not in pairs for i, j in pairs):
            yield pairs


def fewest_to_lift(rules):
    """Fewest single rules broken by any round, written anew."""
    n, names = len(rules.schools), rules.schools
    return min(
        len({frozenset((i, j)) for i, j in pairs if frozenset((names[i], names[j])) in rules.conflicts})
        + sum(rules.furthest is not None and rules.distance[i][j] > rules.furthest for i, j in pairs)
        + sum(sum(i == s for i, _ in pairs) > rules.most for s in range(n))
        for pairs in rounds(n)
    )


def test_a_long_list_of_rules_is_counted_in_the_message_and_whole_beside_it():
    with pytest.raises(Infeasible, match="and 3 more") as raised:
        mat.peer_review(Rules.of(range(15), 1, line(15), furthest=0))
    assert len(raised.value.rules) == 15


def brute(rules):
    """Least tiers over every choice of reviewers, written anew."""
    n, best = len(rules.schools), None
    others = [list(combinations([i for i in range(n) if i != j], rules.reviews)) for j in range(n)]
    for choice in product(*others):
        pairs = {(i, j) for j, chosen in enumerate(choice) for i in chosen}
        if any((j, i) in pairs for i, j in pairs):
            continue
        if any(frozenset((rules.schools[i], rules.schools[j])) in rules.conflicts for i, j in pairs):
            continue
        given_by = [sum(i == s for i, _ in pairs) for s in range(n)]
        if max(given_by) > rules.reviews + 1:
            continue
        tiers = (
            sum(abs(g - rules.reviews) for g in given_by),
            sum((rules.schools[i], rules.schools[j]) in rules.last for i, j in pairs),
            sum(rules.phase[i] != rules.phase[j] for i, j in pairs) if rules.phase else 0,
            sum(rules.distance[i][j] for i, j in pairs),
        )
        best = tiers if best is None else min(best, tiers)
    return best


@BOUNDED
@given(st.randoms(use_true_random=False), st.integers(4, 5))
def test_round_against_every_round_and_in_any_order(rnd, n):
    schools = list("abcde")[:n]
    distance = [[0 if i == j else rnd.randint(1, 30) for j in range(n)] for i in range(n)]
    some = list(combinations(schools, 2))
    rules = {"conflicts": rnd.sample(some, 1), "last": rnd.sample(some, 2)}
    phase = [rnd.choice("ps") for _ in schools]
    own = Rules.of(schools, 1, distance, phase=phase, **rules)
    expected = brute(own)
    if expected is None:
        with pytest.raises(Infeasible):
            mat.peer_review(own)
        return
    found = mat.peer_review(own)
    assert found.tiers == pytest.approx(expected)
    order = rnd.sample(range(n), n)
    moved = Rules.of(
        [schools[i] for i in order], 1, [[distance[i][j] for j in order] for i in order],
        phase=[phase[i] for i in order], **rules,
    )  # fmt: skip
    assert moved == own
    assert mat.peer_review(moved) == found
    further = Rules.of(schools, 1, [[3 * d for d in row] for row in distance], phase=phase, **rules)
    assert mat.peer_review(further).travel == pytest.approx(3 * found.travel)
    pair = found.pairs[0]
    assert mat.explain(own, pair).forced == pytest.approx(found.tiers)


def test_more_than_sixty_schools_use_their_nearest_and_say_so():
    rnd = random.Random(1)
    places = [(rnd.uniform(0, 50), rnd.uniform(0, 50)) for _ in range(64)]
    distance = [[((a - c) ** 2 + (b - d) ** 2) ** 0.5 for c, d in places] for a, b in places]
    told = []
    found = mat.peer_review(Rules.of(range(64), 2, distance), progress=told.append)
    assert "Only each school's nearest others were considered." in found.reasons
    assert (found.imbalance, len(found.pairs), told) == (0, 128, ["travel"])
    assert 0 <= found.gap <= 0.01
    assert not {(j, i) for i, j in found.pairs} & set(found.pairs)


def test_why_and_why_not():
    rules = Rules.of("abcd", 1, [[0, 1, 5, 5], [5, 0, 1, 5], [5, 5, 0, 1], [1, 5, 5, 0]], [("a", "c")])
    why = mat.explain(rules, ("a", "b"))
    assert (why.value, why.sentence) == (16.0, "Without a reviewing b there would be 16 more travel.")
    not_that = mat.explain(rules, ("b", "a"))
    assert not_that.sentence == "With b reviewing a there would be 16 more travel."
    never = mat.explain(rules, ("a", "c"))
    assert (never.forced, never.value, never.sentence) == (None, None, "a reviewing c cannot be.")
    assert never.reasons == ("The two must not meet: that would have to be lifted.",)


# -- givers and takers -------------------------------------------------------------------------------------------------


def test_most_hours_come_before_the_best_fit():
    """Best fit alone would give a's hours to x and leave y without; both are met when a helps y."""
    fit = {("time", "a", "x"): 100, ("time", "a", "y"): 1, ("time", "b", "x"): 1}
    found = mat.givers_and_takers({"time": {"a": 5, "b": 5}}, {"time": {"x": 5, "y": 5}}, fit)
    assert found.hours == {("time", "a", "y"): 5, ("time", "b", "x"): 5}
    assert (found.value, found.fit, found.unmet, found.fewest) == (10, 10, {}, True)
    assert found.sentence == "10 of 10 hours met through 2 relationships."


def test_the_same_pair_in_two_dimensions_is_one_relationship():
    offers = {"time": {"a": 2, "b": 2}, "people": {"a": 2}}
    needs = {"time": {"x": 2}, "people": {"x": 2}}
    fit = {("time", "a", "x"): 5, ("time", "b", "x"): 5, ("people", "a", "x"): 5}
    found = mat.givers_and_takers(offers, needs, fit)
    assert (found.relationships, found.hours) == (1, {("time", "a", "x"): 2, ("people", "a", "x"): 2})


def test_what_stays_unmet_and_where_it_is_tight():
    fit = {("time", "a", "x"): 1, ("time", "a", "y"): 1, ("time", "b", "z"): 1}
    found = mat.givers_and_takers({"time": {"a": 3, "b": 9}}, {"time": {"x": 2, "y": 2, "z": 4}}, fit)
    assert found.value == 7
    assert found.bottleneck == {"time": ("x", "y")}
    assert found.only_takers == ("x", "y", "z")
    assert found.reasons == (
        "In time, x, y need more than can reach them.",
        *(f"{school} only takes: ask what it could give." for school in "xyz"),
    )


def test_who_gives_anything_anywhere_is_no_mere_taker():
    fit = {("time", "a", "x"): 1, ("people", "x", "a"): 1}
    found = mat.givers_and_takers({"time": {"a": 2}, "people": {"x": 1}}, {"time": {"x": 2}, "people": {"a": 1}}, fit)
    assert (found.only_takers, found.reasons) == ((), ())


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=2),
    st.lists(st.integers(0, 3), min_size=2, max_size=2),
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
)
def test_help_against_every_way_to_give(offers, needs, worth):
    fit = {("time", giver, taker): worth[2 * i + j] for i, giver in enumerate("ab") for j, taker in enumerate("xy")}
    found = mat.givers_and_takers(
        {"time": dict(zip("ab", offers, strict=True))}, {"time": dict(zip("xy", needs, strict=True))}, fit
    )
    ways = (
        hours
        for hours in product(range(4), repeat=4)
        if all(hours[2 * i] + hours[2 * i + 1] <= offers[i] for i in range(2))
        and all(hours[j] + hours[2 + j] <= needs[j] for j in range(2))
    )
    best = max((sum(hours), sum(h * w for h, w in zip(hours, worth, strict=True))) for hours in ways)
    assert (found.value, found.fit) == best


# -- pairs -------------------------------------------------------------------------------------------------------------


def test_pairs_count_what_both_offer_each_other():
    """a gives b much, b gives a nothing; a and c suit each other."""
    fit = [[0, 99, 4], [0, 0, 0], [5, 0, 0]]
    assert mat.co_coaching("abc", fit, never=[("b", "c")]).pairs == (("a", "c"),)


def test_the_one_left_joins_the_pair_that_suits_best():
    fit = [[0, 9, 1, 1, 3], [9, 0, 1, 1, 3], [1, 1, 0, 9, 4], [1, 1, 9, 0, 4], [3, 3, 4, 4, 0]]
    found = mat.co_coaching("abcde", fit)
    assert (found.pairs, found.trio, found.left) == ((("a", "b"), ("c", "d")), ("c", "d", "e"), ())
    assert found.sentence == "2 pairs, one of them a group of three."


def test_who_cannot_be_paired_is_named():
    found = mat.co_coaching("abc", [[1] * 3] * 3, group=["oak"] * 3)
    assert (found.pairs, found.left) == ((), ("a", "b", "c"))
    assert found.sentence == "0 pairs; 3 people could not be paired."


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.integers(2, 6), st.randoms(use_true_random=False))
def test_pairs_against_every_matching(n, rnd):
    edges = {pair: rnd.randint(0, 9) for pair in combinations(range(n), 2) if rnd.random() < 0.7}

    def best(left):
        if len(left) < 2:
            return 0, 0
        first, *rest = left
        options = [best(rest)]
        for other in rest:
            if (first, other) in edges:
                pairs, fit = best([p for p in rest if p != other])
                options.append((pairs + 1, fit + edges[first, other]))
        return max(options)

    found = mat.best_pairs([(a, b, fit) for (a, b), fit in edges.items()])
    assert (len(found.pairs), found.value) == best(list(range(n)))
    turned = [(b, a, fit) for (a, b), fit in reversed(edges.items())]
    assert mat.best_pairs(turned) == found


# -- cohorts -----------------------------------------------------------------------------------------------------------


@BOUNDED
@given(st.integers(4, 9), st.integers(2, 3), st.randoms(use_true_random=False))
def test_two_attributes_are_always_spread_evenly(n, groups, rnd):
    people = [f"p{i}" for i in range(n)]
    school, role = [rnd.choice("xyz") for _ in people], [rnd.choice("tls") for _ in people]
    found = mat.mixed_cohorts(people, [school, role], groups)
    assert (found.excess, found.proven) == ((0, 0), True)
    assert sorted(person for group in found.groups for person in group) == people
    assert max(map(len, found.groups)) - min(map(len, found.groups)) <= 1
    for values in (school, role):
        for value in set(values):
            most = max(sum(values[people.index(p)] == value for p in group) for group in found.groups)
            assert most <= -(-values.count(value) // groups)


def test_cohorts_in_words():
    assert mat.mixed_cohorts("abcd", [list("xxyy")], 2).sentence == "2 groups, all spread evenly."


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: Rules.of("aa", 1, line(2)), DuplicateId),
        (lambda: Rules.of("abc", 1, line(2)), UnequalScales),
        (lambda: Rules.of("abc", 0, line(3)), NotACount),
        (lambda: Rules.of("abc", 1, line(3), [("a", "z")]), UnknownId),
        (lambda: Rules.of("abc", 1, line(3), phase="ps"), UnequalScales),
        (lambda: Rules.of("ab", 1, [[0, float("nan")], [1, 0]]), NotANumber),
        (lambda: mat.explain(Rules.of("abc", 1, line(3)), ("a", "z")), UnknownId),
        (lambda: mat.givers_and_takers({"t": {"a": -1}}, {"t": {"b": 1}}, {("t", "a", "b"): 1}), NotACount),
        (lambda: mat.givers_and_takers({"t": {"a": 1}}, {"t": {"b": 1}}, {}), NothingGiven),
        (lambda: mat.givers_and_takers({"t": {"a": 1}}, {"t": {"b": 1}}, {("t", "a", "c"): 1}), UnknownId),
        (lambda: mat.best_pairs([("a", "b", 1), ("b", "a", 2)]), DuplicateId),
        (lambda: mat.best_pairs([("a", "a", 1)]), NotANumber),
        (lambda: mat.co_coaching([], []), NothingGiven),
        (lambda: mat.co_coaching("ab", [[1]]), UnequalScales),
        (lambda: mat.co_coaching("ab", [[1, 1], [1, 1]], ["x"]), UnequalScales),
        (lambda: mat.assignment([]), NothingGiven),
        (lambda: mat.assignment([[1], [1, 2]]), UnequalScales),
        (lambda: mat.mixed_cohorts([], [], 1), NothingGiven),
        (lambda: mat.mixed_cohorts("ab", [["x"]], 1), UnequalScales),
        (lambda: mat.mixed_cohorts("ab", [], 0), NotACount),
        (lambda: mat.mixed_cohorts("abc", [], 1, size=2), Infeasible),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
