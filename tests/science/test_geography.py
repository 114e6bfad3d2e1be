"""Distances, boxes, maps, neighbourhoods and the British grid, against published figures and against themselves."""

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.science.errors import NotANumber, UnknownId
from alongside.science.geography import (
    EARTH,
    Box,
    Point,
    box,
    distance,
    from_national_grid,
    neighbourhoods,
    offsets,
    unrolled,
)

LATITUDES, LONGITUDES = st.floats(-90, 90), st.floats(-180, 180)
PLACES = st.builds(Point, LATITUDES, LONGITUDES)
LONDON, PARIS = Point(51.5074, -0.1278), Point(48.8566, 2.3522)


def holds(found: Box, place: Point) -> bool:
    east = any(west <= place.longitude <= end for west, end in found.longitudes)
    return found.south <= place.latitude <= found.north and east


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        (LONDON, PARIS, 343.56),
        (Point(36.12, -86.67), Point(33.94, -118.40), 2886.45),  # Nashville to Los Angeles: 2887.26 with R = 6372.8
        (Point(0, 179.9), Point(0, -179.9), 22.24),
        (Point(-43.95, 179.5), Point(-43.95, -176.56), 315.38),  # to the Chatham Islands, over 180°
        (Point(0, 0), Point(0, 180), 20015.11),
        (Point(90, 0), Point(-90, 77), 20015.11),
        (LONDON, LONDON, 0.0),
    ],
)
def test_distances_are_those_of_the_great_circle(a, b, km):
    assert round(distance(a, b), 2) == km


@given(PLACES, PLACES)
def test_distance_is_the_same_both_ways_and_never_beyond_half_the_earth(a, b):
    assert distance(a, b) == distance(b, a)
    assert 0 <= distance(a, b) <= math.pi * EARTH + 1e-6


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(math.nan, 0), (0, math.nan), (90.001, 0), (0, 180.001), (-91, 0), (0, -181), (math.inf, 0)],
)
def test_what_is_no_place_on_earth_is_refused(latitude, longitude):
    with pytest.raises(ValueError, match="no place on Earth"):
        Point(latitude, longitude)


@given(PLACES, PLACES, st.floats(0, 3000))
def test_a_box_holds_everything_that_is_near(around, other, km):
    if distance(around, other) <= km:
        assert holds(box(around, km), other)


@pytest.mark.parametrize("latitude", [-89.9, -60, 0, 51.5, 78, 89.99])
@pytest.mark.parametrize("longitude", [-180, -179.99, 0, 179.99, 180])
def test_a_box_holds_its_own_edge_and_is_no_larger_than_it_must_be(latitude, longitude):
    here, km = Point(latitude, longitude), 20.0
    found = box(here, km)
    for turn in range(0, 360, 5):
        assert holds(found, _at(here, km * 0.999, turn))
    assert found.north - found.south < 0.37
    if abs(latitude) < 79:
        assert sum(end - west for west, end in found.longitudes) < 0.37 / math.cos(math.radians(latitude))


def _at(here: Point, km: float, turn: float) -> Point:
    """The place so far from here in a direction."""
    far, bearing, north = km / EARTH, math.radians(turn), math.radians(here.latitude)
    latitude = math.asin(math.sin(north) * math.cos(far) + math.cos(north) * math.sin(far) * math.cos(bearing))
    east = math.atan2(
        math.sin(bearing) * math.sin(far) * math.cos(north), math.cos(far) - math.sin(north) * math.sin(latitude)
    )
    longitude = (here.longitude + math.degrees(east) + 540) % 360 - 180
    return Point(math.degrees(latitude), longitude)


def test_a_box_on_the_date_line_has_two_spans():
    assert len(box(Point(-44, 179.9), 50).longitudes) == 2
    assert len(box(Point(-44, -179.9), 50).longitudes) == 2
    assert len(box(Point(-44, 170), 50).longitudes) == 1
    assert box(Point(89.9, 0), 50).longitudes == ((-180.0, 180.0),)


@pytest.mark.parametrize("km", [-1, math.nan, math.inf])
def test_a_box_of_no_distance_is_refused(km):
    with pytest.raises(ValueError, match="no distance"):
        box(LONDON, km)


@pytest.mark.parametrize(
    ("longitudes", "turned"),
    [
        ([179, -179], [179, 181]),
        ([-179, 179, 178], [181, 179, 178]),
        ([0, 10], [0, 10]),
        ([-5, 5], [-5, 5]),
        ([7], [7]),
        ([180, -180], [180, 180]),
    ],
)
def test_longitudes_are_turned_to_lie_together(longitudes, turned):
    found = unrolled(longitudes)
    assert [lon - found[0] for lon in found] == [lon - turned[0] for lon in turned]


@pytest.mark.parametrize("middle", [Point(51.5, -1), Point(-43.9, 179.95), Point(-36.8, 174.7), Point(0, -180)])
def test_on_a_map_places_lie_as_far_apart_as_they_are(middle):
    random_ = random.Random(4)
    points = [_at(middle, random_.uniform(0, 15), random_.uniform(0, 360)) for _ in range(12)]
    spots = offsets(points)
    for (a, at), (b, to) in itertools.combinations(zip(points, spots, strict=True), 2):
        assert math.dist(at, to) == pytest.approx(distance(a, b), rel=0.01, abs=0.01)
    assert offsets([]) == []
    assert offsets([middle]) == [(0.0, 0.0)]


def test_east_is_right_and_north_is_up():
    (x0, y0), (x1, y1) = offsets([Point(55, 3), Point(55.1, 3.1)])
    assert x1 > x0
    assert y1 > y0


def test_neighbourhoods_grow_from_where_enough_lie_near():
    here = [Point(55, 3 + step * 0.01) for step in range(4)]
    there = [Point(56, 3 + step * 0.01) for step in range(3)]
    lone, edge = Point(57, 3), Point(55, 3.045)
    found = neighbourhoods([lone, *there, *here, edge], within=1.0, least=3)
    assert found.labels == (-1, 0, 0, 0, 1, 1, 1, 1, 1)
    assert (found.value, found.n, found.N, found.missing) == (2, 9, 9, ())
    assert found.sentence == "2 neighbourhoods; 1 place in none."
    assert neighbourhoods([], 1.0).labels == ()
    assert neighbourhoods([LONDON] * 3, 0.0).labels == (0, 0, 0)
    assert neighbourhoods([LONDON, PARIS], 10).labels == (-1, -1)


def test_a_place_without_coordinates_is_left_out_and_listed():
    found = neighbourhoods([None, LONDON, LONDON, None, LONDON], 1.0)
    assert (found.labels, found.missing, found.n, found.N) == ((-1, 0, 0, -1, 0), (0, 3), 3, 5)
    assert neighbourhoods([None, LONDON], 1.0, least=1).labels == (-1, 0)
    assert found.reasons == ("As the crow flies, unless said otherwise.", "2 places without coordinates left out.")
    assert found.sentence == "1 neighbourhood; 0 places in none."


def test_the_way_round_an_estuary_can_be_said():
    banks = [Point(55, 3), Point(55, 3.001), Point(55, 3.002), Point(55, 3.05)]
    assert neighbourhoods(banks, 1.0).labels == (0, 0, 0, -1)
    assert neighbourhoods(banks, 1.0, overrides={(1, 0): math.inf, (0, 2): 40}).labels == (-1, -1, -1, -1)
    assert neighbourhoods(banks, 1.0, overrides={(3, 2): 0.5}).labels == (0, 0, 0, 0)  # a bridge


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: neighbourhoods([LONDON], math.nan), NotANumber),
        (lambda: neighbourhoods([LONDON], 1.0, 0), NotANumber),
        (lambda: neighbourhoods([LONDON], 1.0, overrides={(0, 1): 3.0}), UnknownId),
        (lambda: neighbourhoods([LONDON, PARIS], 1.0, overrides={(0, 1): math.nan}), NotANumber),
        (lambda: Point(math.nan, 0), NotANumber),
        (lambda: box(LONDON, -1), NotANumber),
    ],
)
def test_bad_input_has_a_named_error(call, error):
    with pytest.raises(error):
        call()


@pytest.mark.parametrize("least", [1, 3, 4])
def test_neighbourhoods_do_not_depend_on_the_order(least):
    random_ = random.Random(8)
    points = [Point(55 + random_.uniform(0, 0.3), 3 + random_.uniform(0, 0.5)) for _ in range(60)]
    one = neighbourhoods(points, 4, least).labels
    assert least == 1 or -1 in one
    for _ in range(20):
        mixed = random_.sample(points, len(points))
        other = dict(zip(mixed, neighbourhoods(mixed, 4, least).labels, strict=True))
        assert [label == -1 for label in one] == [other[point] == -1 for point in points]
        for (i, a), (j, b) in itertools.combinations(enumerate(points), 2):
            assert (one[i] == one[j]) == (other[a] == other[b])


def test_a_place_at_the_edge_of_two_goes_with_the_nearer():
    """In a row on the equator; the one in the middle has too few around it to join the two groups into one."""
    west, east = [Point(0, x) for x in (0.0, 0.02, 0.04)], [Point(0, x) for x in (0.2, 0.22, 0.24)]
    for edge, near, far in ((Point(0, 0.115), west, east), (Point(0, 0.125), east, west)):
        for places in ([*west, edge, *east], [edge, *east, *west]):
            labels = dict(zip(places, neighbourhoods(places, 9.6, least=4).labels, strict=True))
            assert {labels[place] for place in [*near, edge]} == {labels[edge]} != {labels[place] for place in far}


def test_scaling_distances_changes_nothing():
    line = [Point(0, x) for x in (0.0, 0.01, 0.02, 0.5, 0.51, 0.9)]
    wide = [Point(0, 3 * point.longitude) for point in line]
    assert neighbourhoods(line, 2.0).labels == neighbourhoods(wide, 6.0).labels == (0, 0, 0, -1, -1, -1)


@pytest.mark.parametrize(
    ("easting", "northing", "latitude", "longitude"),
    [
        (651409.903, 313177.270, 52.657979, 1.716052),  # Caister water tower: the Ordnance Survey's own example
        (530034, 180381, 51.507351, -0.127656),  # Charing Cross
        (429157, 623009, 55.500003, -1.539999),
        (91492.146, 11318.804, 49.922261, -6.299777),  # St Mary's, Scilly
        (395999.668, 1138728.951, 60.133086, -2.073828),  # Foula, Shetland
    ],
)
def test_the_british_grid_is_read_to_some_metres(easting, northing, latitude, longitude):
    assert distance(from_national_grid(easting, northing), Point(latitude, longitude)) < 0.012


@pytest.mark.parametrize("where", [(-1, 0), (0, -1), (700_001, 0), (0, 1_300_001), (math.nan, 5)])
def test_what_is_not_on_the_british_grid_is_refused(where):
    with pytest.raises(ValueError, match="British National Grid"):
        from_national_grid(*where)
