"""Ties: how they fade, who is left out, who holds the network together, and which tie to make next."""

from itertools import combinations
from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science import ties
from alongside.science.errors import DuplicateId, NotANumber, NothingGiven, UnknownId
from alongside.science.ties.graphs import rewired
from alongside.science.ties.mixing import _correlation, _grown_core, _tried_core

BOUNDED = settings(max_examples=40, deadline=None, derandomize=True, database=None)
SCHOOLS = list("abcdef")
PAIRS = list(combinations(SCHOOLS, 2))
EDGES = st.sets(st.sampled_from(PAIRS)).map(sorted)
STAR = [("hub", f"school {i}") for i in range(5)]
STAR_SCHOOLS = sorted({school for tie in STAR for school in tie})


def test_a_tie_fades_by_half_in_180_days():
    assert ties.tie_strength([(0, 2), (180, 2), (360, 2)]).value == 3.5
    assert ties.tie_strength([(180, 2)]).sentence == "A live tie, of strength 1."
    assert ties.tie_strength([(181, 2)]).live is False
    assert ties.tie_strength([]).sentence == "A faded tie, of strength 0."


def test_live_ties_keep_their_direction():
    events = [("a", "b", 0, 3), ("b", "a", 360, 3), ("a", "b", 180, 1), ("b", "c", 0, 1)]
    assert ties.live_ties(events) == {("a", "b"): 3.5, ("b", "c"): 1.0}


def test_a_star_falls_apart_without_its_hub():
    found = ties.network([*STAR_SCHOOLS, "far"], STAR)
    assert (found.isolates, found.parts, found.cut_points) == (("far",), (6, 1), ("hub",))
    assert len(found.bridges) == 5
    assert found.mean_steps == pytest.approx(5 / 3)  # 5 of 15 pairs at 1, 10 at 2
    assert found.value == pytest.approx((5 + 10 / 2) / 21)  # the far school counts, at no distance
    assert found.sentence == (
        "1 of 7 schools without a live tie; 1.7 steps between connected schools on average; if hub withdraws, it splits."
    )
    assert ties.network(["a", "b"], []).sentence == "2 of 2 schools without a live tie."
    assert ties.network(["a"], []).value == 0.0


def test_the_second_opinion_says_whether_the_network_holds():
    assert ties.algebraic_connectivity("ab", [("a", "b")]).sentence == "The network holds together: λ2 is 2."
    assert ties.algebraic_connectivity("abc", [("a", "b")]).sentence == "The network falls apart: λ2 is 0."


def test_ties_both_ways_are_one():
    assert ties.network(["a", "b"], [("a", "b"), ("b", "a")]).ties == 1


@BOUNDED
@given(EDGES, st.randoms(use_true_random=False))
def test_nothing_depends_on_order_and_new_names_move_along(edges, rnd):
    found = ties.network(SCHOOLS, edges)
    mixed = [tie[:: rnd.choice([1, -1])] for tie in rnd.sample(edges, len(edges))]
    assert ties.network(rnd.sample(SCHOOLS, 6), mixed) == found
    called = {school: school.upper() for school in SCHOOLS}
    moved = ties.network([called[s] for s in SCHOOLS], [(called[a], called[b]) for a, b in edges])
    assert moved.betweenness == {called[s]: value for s, value in found.betweenness.items()}
    assert 0 <= found.value <= 1


@BOUNDED
@given(EDGES)
def test_the_next_tie_gains_what_a_new_network_gains(edges):
    if len(edges) == len(PAIRS):
        return
    before = ties.network(SCHOOLS, edges).value
    found = ties.next_connection(SCHOOLS, edges)
    gains = {pair: ties.network(SCHOOLS, [*edges, pair]).value - before for pair in PAIRS if pair not in edges}
    assert found.value == pytest.approx(max(gains.values()), abs=1e-12)
    assert set(found.pairs) == {pair for pair, gain in gains.items() if gain > max(gains.values()) - 1e-9}
    assert found.before == pytest.approx(before, abs=1e-12)


def test_next_tie_among_those_within_reach():
    path = [("a", "b"), ("b", "c"), ("c", "d")]
    found = ties.next_connection("abcd", path, candidates=[("d", "b"), ("a", "b")])
    assert (found.pairs, found.n) == ((("b", "d"),), 1)
    assert found.sentence == "A tie between b and d would bring schools nearest to each other."


def test_a_large_network_helps_its_farthest_school_first():
    ring = [(i, (i + 1) % 70) for i in range(70)]
    found = ties.next_connection(range(71), ring)  # 70 has no tie at all
    assert all(70 in pair for pair in found.pairs)
    assert (found.n, found.spectrum_before) == (70, None)


def test_rewiring_keeps_everybodys_number_of_ties():
    edges = [(i, j) for i, j in combinations(range(12), 2) if (i * j) % 3 == 1 or j == i + 1]
    mixed = rewired(edges, np.random.default_rng(1))
    assert mixed != sorted(edges)
    assert len(set(mixed)) == len(edges)
    for school in range(12):
        assert sum(school in tie for tie in mixed) == sum(school in tie for tie in edges)


def test_two_cliques_are_further_apart_than_chance():
    cliques = [*combinations(range(8), 2), *((a + 8, b + 8) for a, b in combinations(range(8), 2)), (0, 8)]
    found = ties.efficiency_band(range(16), cliques, draws=60)
    assert found.unusual
    assert found.value < found.low
    assert found.sentence == "Schools are further apart than chance would have them."
    assert found == ties.efficiency_band(range(16), cliques, draws=60)


# -- both ways, across, core -------------------------------------------------------------------------------------------


def test_reciprocity_beyond_chance():
    """4 schools, arcs a→b, b→a, a→c: 2 of 3 go both ways; density 3/12; (2/3 − 1/4)/(3/4) = 5/9."""
    found = ties.reciprocity("abcd", [("a", "b"), ("b", "a"), ("a", "c")])
    assert (found.value, found.rho) == pytest.approx((2 / 3, 5 / 9))
    assert (found.mutual, found.one_way, found.density) == (1, 1, 0.25)
    assert found.sentence == "67 of 100 ties go both ways."
    assert ties.reciprocity("ab", [("a", "b"), ("b", "a")]).rho is None


def test_mixing_is_read_beside_what_sizes_alone_give():
    found = ties.mixing("abcd", [("a", "b"), ("c", "d")], dict(zip("abcd", "ppss", strict=True)))
    assert found.sentence == "0 of 2 ties cross groups, less often than the sizes of the groups alone would give."
    assert found.exact
    # of the three ways to split four schools in two pairs one has no tie across, two have both
    assert (found.p_at_least, found.p_at_most) == pytest.approx((1, 1 / 3))


def test_many_labels_are_drawn_with_a_seed():
    schools = range(30)
    group = {school: school % 2 for school in schools}
    edges = [(i, i + 2) for i in range(28)]
    found = ties.mixing(schools, edges, group)
    assert (found.exact, found.p_at_most) == (False, pytest.approx(0, abs=0.001))
    assert found == ties.mixing(schools, edges, group)


def test_a_star_has_a_core_and_a_ring_has_none():
    star = ties.core_periphery(STAR_SCHOOLS, STAR)
    assert (star.core, star.value) == (("hub",), 1.0)
    assert not star.labelled  # every network with these numbers of ties is this star
    ring = ties.core_periphery(range(6), [(i, (i + 1) % 6) for i in range(6)])
    assert ring.value == pytest.approx(0.408, abs=0.001)
    assert ring.sentence == "No core stands out."
    path = ties.core_periphery("abcd", [("a", "b"), ("b", "c"), ("c", "d")])
    assert path.core == ("b", "c")  # a and c touch as many ties, but have fewer of their own
    full = ties.core_periphery("abc", [("a", "b"), ("a", "c"), ("b", "c")])
    assert (full.value, full.core) == (None, ())


@BOUNDED
@given(EDGES)
def test_growing_a_core_never_beats_trying_all(edges):
    places = [(SCHOOLS.index(a), SCHOOLS.index(b)) for a, b in edges]
    if not edges or len(edges) == len(PAIRS):
        return
    value, core = _tried_core(6, places)
    grown, _ = _grown_core(6, places)
    assert grown <= value + 1e-12
    ideal = [i in core or j in core for i, j in combinations(range(6), 2)]
    actual = [pair in places for pair in combinations(range(6), 2)]
    assert value == pytest.approx(np.corrcoef(ideal, actual)[0, 1], abs=1e-9)
    assert _correlation(6, len(places), 0, 0) is None


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: ties.network([], []), NothingGiven),
        (lambda: ties.network(["a", "a"], []), DuplicateId),
        (lambda: ties.network(["a", "b"], [("a", "b"), ("a", "b")]), DuplicateId),
        (lambda: ties.network(["a", "b"], [("a", "c")]), UnknownId),
        (lambda: ties.network(["a", "b"], [("a", "a")]), NotANumber),
        (lambda: ties.algebraic_connectivity(["a"], []), NothingGiven),
        (lambda: ties.reciprocity(["a", "b"], []), NothingGiven),
        (lambda: ties.mixing(["a", "b"], [], {"a": 1, "b": 2}), NothingGiven),
        (lambda: ties.mixing(["a", "b"], [("a", "b")], {"a": 1}), UnknownId),
        (lambda: ties.next_connection(["a", "b"], [("a", "b")]), NothingGiven),
        (lambda: ties.next_connection(["a", "b"], [], [("a", "c")]), UnknownId),
        (lambda: ties.tie_strength([(-1, 1)]), NotANumber),
        (lambda: ties.tie_strength([(1, nan)]), NotANumber),
        (lambda: ties.tie_strength([], 0), NotANumber),
        (lambda: ties.live_ties([("a", "a", 0, 1)]), NotANumber),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()
