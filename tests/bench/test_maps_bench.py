"""`alongside bench maps` at a small size, and what makes it fail."""

import re

import pytest

from alongside.bench import command, maps
from alongside.kit.errors import Refused

SMALL = ["maps", "--database", "sqlite", "--schools", "10", "--answers", "12", "--runs", "2"]
FOUND = {"page": [400.0], "five": [900.0], "page_floor": [100.0], "five_floor": [100.0], "queries": 9}


def test_map_of_five_perspectives_is_drawn_and_measured(capsys):
    assert command.main(SMALL) == 0
    machine, page, five, last = capsys.readouterr().out.splitlines()
    assert machine.startswith("On ")
    figures = r"[\d,]+ \([\d,]+–[\d,]+\) ms, [\d.]+ \([\d.]+–[\d.]+\) times the [\d,]+ \([\d,]+–[\d,]+\) ms of reading"
    assert re.search(rf"SQLite, 10 schools, page, three seats: {figures}", page)
    assert re.search(rf"SQLite, 10 schools, five perspectives: {figures}", five)
    assert re.search(r"ten statements: SQLite page .* at most \d+ queries \(1,000 ms and 12 reached\)\.$", last)


@pytest.mark.parametrize(
    ("found", "ends", "said"),
    [
        (FOUND, 0, "reached"),
        ({**FOUND, "queries": 13}, 1, "NOT reached"),
        ({**FOUND, "five": [1001.0, 2000.0, 300.0]}, 0, "NOT reached"),
        ({**FOUND, "page": [1001.0]}, 0, "NOT reached"),
    ],
)
def test_too_many_queries_end_with_one_and_slow_ones_are_said(capsys, monkeypatch, found, ends, said):
    monkeypatch.setattr(maps, "_measured", lambda kind, options: found)
    assert command.main(["maps", "--database", "sqlite"]) == ends
    assert capsys.readouterr().out.endswith(f"queries (1,000 ms and 12 {said}).\n")


def test_page_without_a_map_ends_the_benchmark():
    """Four answers from each seat of each school: nothing may be drawn of them."""
    with pytest.raises(Refused, match="shows no map: 200"):
        command.main([*SMALL[:-4], "--answers", "4", "--runs", "1"])
