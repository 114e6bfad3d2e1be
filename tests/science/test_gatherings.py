"""Groups of near neighbours: worked by hand, refused with a reason, the same whatever the order."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.science.errors import BadInput, Infeasible, NotANumber, NothingGiven, UnknownId
from alongside.science.gatherings import gatherings
from alongside.science.geography import Point, distance

KM = 1 / 111.1950797  # degrees on the equator


def line(*kilometres):
    return [Point(0.0, km * KM) for km in kilometres]


def test_five_on_a_line():
    found = gatherings(line(0, 1, 2, 10, 11), 2, 2, 3)
    assert found.value == pytest.approx(3, abs=1e-6)
    assert found.groups in {((1, 0, 2), (3, 4)), ((1, 0, 2), (4, 3))}
    assert found.gap == 0
    assert found.sentence == "2 groups of 2 to 3 schools, 3 km from their middles in all; no other choice has fewer."


def test_no_group_may_be_too_large_even_where_all_lie_together():
    found = gatherings(line(0, 1, 2, 3, 50, 51), 2, 3, 3)
    assert sorted(len(group) for group in found.groups) == [3, 3]
    assert found.value > gatherings(line(0, 1, 2, 3, 50, 51), 2, 2, 4).value


@pytest.mark.parametrize(
    ("groups", "least", "most", "words"),
    [
        (3, 2, 4, "3 groups of at least 2 need 6 places, not 5"),
        (1, 1, 4, "1 groups of at most 4 hold 4 places, not 5"),
    ],
)
def test_sizes_that_cannot_hold_name_the_rule(groups, least, most, words):
    with pytest.raises(Infeasible) as refused:
        gatherings(line(0, 1, 2, 3, 4), groups, least, most)
    assert refused.value.rules == (words,)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(NothingGiven):
        gatherings([], 1, 1, 2)
    for sizes in ((0, 1, 2), (1, 0, 2), (1, 3, 2)):
        with pytest.raises(BadInput):
            gatherings(line(0, 1), *sizes)
    with pytest.raises(BadInput, match="401 given, 400 at most"):
        gatherings(line(*range(401)), 100, 1, 9)


def test_an_estuary_parts_what_the_crow_would_join():
    """The place at 2 lies thirty by road from 0 and 1: it goes with 10 and 11."""
    found = gatherings(line(0, 1, 2, 10, 11), 2, 2, 3, overrides={(2, 1): 30, (0, 2): 30})
    assert found.groups in {((0, 1), (3, 2, 4)), ((1, 0), (3, 2, 4))}
    assert found.reasons == ("As the crow flies, but for 2 ways given otherwise.",)
    assert found.value == pytest.approx(10, abs=1e-6)
    assert gatherings(line(0, 1, 2, 10, 11), 2, 2, 3).reasons == ("As the crow flies.",)


def test_no_way_is_never_taken_and_the_fewest_in_the_way_are_named():
    far = float("inf")
    found = gatherings(line(0, 1, 2, 3), 2, 2, 2, overrides={(0, 1): far})
    assert found.value == pytest.approx(4, abs=1e-6)
    assert [0, 1] not in [sorted(group) for group in found.groups]
    with pytest.raises(Infeasible) as refused:
        gatherings(line(0, 1, 2, 3), 2, 2, 2, overrides={(0, 1): far, (0, 2): far, (0, 3): far})
    assert len(refused.value.rules) == 1
    assert refused.value.rules[0] in {"no way between 0 and 1", "no way between 0 and 2", "no way between 0 and 3"}


@pytest.mark.parametrize(
    ("overrides", "error"),
    [
        ({(0, 9): 1.0}, UnknownId),
        ({(0, 1): -1.0}, NotANumber),
        ({(0, 1): float("nan")}, NotANumber),
        ({(1, 1): 1.0}, NotANumber),
    ],
)
def test_a_way_that_makes_no_sense_is_refused(overrides, error):
    with pytest.raises(error):
        gatherings(line(0, 1, 2), 1, 1, 3, overrides=overrides)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=5, max_size=7, unique=True), st.randoms())
def test_it_is_the_shortest_of_all_and_the_order_is_no_matter(places, random):
    points = line(*places)
    found = gatherings(points, 2, 2, 5)
    assert found.value == pytest.approx(_shortest(points, {}), abs=1e-6)
    known = {(0, 1): float(random.randint(0, 90)), (3, 2): float(random.randint(0, 90))}
    by_road = gatherings(points, 2, 2, 5, overrides=known)
    assert by_road.value == pytest.approx(_shortest(points, known), abs=1e-6)
    mixed = list(points)
    random.shuffle(mixed)
    assert _named(gatherings(mixed, 2, 2, 5), mixed) == _named(found, points)


def _named(found, points):
    return {(points[group[0]], frozenset(points[place] for place in group)) for group in found.groups}


def _shortest(points, known):
    """By trying every pair of middles and every way to belong."""
    best = float("inf")
    for a, b in itertools.combinations(range(len(points)), 2):
        others = [i for i in range(len(points)) if i not in {a, b}]
        for sides in itertools.product((a, b), repeat=len(others)):
            sizes = [1 + sides.count(a), 1 + sides.count(b)]
            if all(2 <= size <= 5 for size in sizes):
                km = sum(_km(points, known, i, side) for i, side in zip(others, sides, strict=True))
                best = min(best, km)
    return best


def _km(points, known, one, other):
    return known.get((one, other), known.get((other, one), distance(points[one], points[other])))
