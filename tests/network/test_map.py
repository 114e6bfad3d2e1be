"""The map of a cluster: every school has its point and its name, no two of them meet, and the scale is true."""

from __future__ import annotations

import itertools
import random
import re

import pytest

from alongside.kit.charts.draw import Box
from alongside.network import map, positions
from alongside.network.models import School


def schools(*places: tuple[str, float | None, float | None]) -> list[positions.SchoolAt]:
    made = [School(pk=n, name=name, latitude=lat, longitude=lon) for n, (name, lat, lon) in enumerate(places, 1)]
    return positions.placed(made)


def drawings(places: list[positions.SchoolAt]) -> list[str]:
    return re.findall(r"<svg.*?</svg>", map.cluster_map(places), flags=re.DOTALL)


def labels(svg: str) -> list[tuple[str, Box]]:
    found = re.findall(r'<text class="t-note"[^>]* x="([\d.-]+)" y="([\d.-]+)" text-anchor="(\w+)">([^<]*)</text>', svg)
    return [(words, Box.of_text(float(x), float(y), words, anchor)) for x, y, anchor, words in found]


def dots(svg: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<circle[^>]* cx="([\d.-]+)" cy="([\d.-]+)"', svg)]


def some(count: int, seed: int, spread: float) -> list[positions.SchoolAt]:
    random_ = random.Random(seed)
    return schools(
        *(
            (f"School of the Holy Name {n}", 55 + random_.uniform(0, spread), 3 + random_.uniform(0, spread))
            for n in range(count)
        )
    )


@pytest.mark.parametrize("spread", [0.0, 0.0001, 0.05, 1.5])
@pytest.mark.parametrize("count", [1, 2, 7, 30])
def test_every_school_has_a_label_and_no_two_meet(count, spread):
    for seed in range(3):
        for svg in drawings(some(count, seed, spread)):
            found = labels(svg)
            assert sorted(int(words.split()[0]) for words, _ in found) == list(range(1, count + 1))
            assert [(a[0], b[0]) for a, b in itertools.combinations(found, 2) if a[1].meets(b[1])] == []
            width, height = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups()
            for _, box in found:
                assert box.left >= 0
                assert box.top >= 0
                assert box.right <= int(width)
                assert box.bottom <= int(height)


def test_the_scale_is_true():
    """Two schools that lie 10 km apart are ten times a kilometre of the scale apart."""
    places = schools(("A", 55.0, 3.0), ("B", 55.0899, 3.0))
    assert places[0].nearest.km == pytest.approx(10.0, abs=0.01)
    for svg in drawings(places):
        (x1, y1), (x2, y2) = dots(svg)
        assert x1 == x2
        assert y1 > y2  # north is up
        length, km = re.search(r'v5h([\d.]+)v-5".*?>([\d.]+) km<', svg).groups()
        assert (y1 - y2) / float(length) == pytest.approx(10 / float(km), rel=0.01)


def test_across_the_date_line_neighbours_are_neighbours():
    places = schools(("West", -44.0, 179.95), ("East", -44.0, -179.95), ("North", -43.95, 179.99))
    for svg in drawings(places):
        (x1, _), (x2, _), _ = dots(svg)
        assert x2 > x1
    assert round(places[0].nearest.km, 1) == 6.4


def test_schools_without_a_place_are_not_drawn_and_the_others_are():
    places = schools(("A", 55.0, 3.0), ("Lost", None, None), ("B", 55.1, 3.1))
    for svg in drawings(places):
        assert len(dots(svg)) == 2
        assert "Lost" not in svg
    assert [each.number for each in places if each.point is None] == [2]
    assert map.cluster_map(schools(("Lost", None, None))) == ""


def test_names_are_escaped_and_no_style_is_written():
    made = map.cluster_map(schools(("<b>A</b>", 55.0, 3.0), ('B"', 55.01, 3.0)))
    assert "<b>A" not in made
    assert "style=" not in made


@pytest.mark.parametrize(
    ("km", "words"),
    [
        (0.0, "100 m"),
        (0.36, "400 m"),
        (0.96, "1.0 km"),
        (2.14, "2.1 km"),
        (9.96, "10 km"),
        (14.4, "14 km"),
        (None, "distance not known"),
    ],
)
def test_distances_in_words(km, words):
    assert positions.distance_words(km).replace("\xa0", " ") == words
