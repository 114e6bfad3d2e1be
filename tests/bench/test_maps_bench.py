"""`alongside bench maps` at a small size, and what makes it fail."""

import dataclasses
import json
import re

import pytest

from alongside.bench import command, companies, maps
from alongside.kit.errors import Refused

SMALL = ["maps", "--database", "sqlite", "--schools", "10", "--answers", "12", "--runs", "2"]
FOUND = {"page": [(400.0, 300.0)], "five": [(900.0, 700.0)], "queries": 9}


def test_map_of_five_perspectives_is_drawn_and_measured(capsys):
    assert command.main(SMALL) == 0
    machine, page, five, last = capsys.readouterr().out.splitlines()
    assert machine.startswith("On ")
    figures = r"[\d,]+ \([\d,]+–[\d,]+\) ms \([\d,]+ \([\d,]+–[\d,]+\) of the processor\), [\d.]+ \([\d.]+–[\d.]+\) times the [\d,]+ \([\d,]+–[\d,]+\) ms of reading"
    assert re.search(rf"SQLite, 10 schools, page, three seats: {figures}", page)
    assert re.search(rf"SQLite, 10 schools, five perspectives: {figures}", five)
    assert re.search(r"ten statements: SQLite page .* at most \d+ queries \(1,000 ms and 12 reached\)\.$", last)


@pytest.mark.parametrize(
    ("found", "ends", "said"),
    [
        (FOUND, 0, "reached"),
        ({**FOUND, "queries": 13}, 1, "NOT reached"),
        ({**FOUND, "five": [(1001.0, 700.0), (2000.0, 700.0), (300.0, 200.0)]}, 0, "NOT reached"),
        ({**FOUND, "page": [(1001.0, 900.0)]}, 0, "NOT reached"),
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


LQ = "COMPID,SUB,LEAD01,LEAD02\n"
PEOPLE = {"2": ["4,2"] * 3 + ["5,3"] * 3, "3": ["1,2"] * 4 + ["2,3"] * 4, "7": ["3,1", "3,2", "4,3"]}
AGREED = {
    "2": 1.7 / 1.85,
    "3": 12 / 13,
    "7": 0.8,
}  # by hand: mean variances 0.3, 2/7 and 2/3, against 2 of even answers


def known(folder, **values):
    lines = [f"{name},{n},{answers}" for name, rows in PEOPLE.items() for n, answers in enumerate(rows)]
    (folder / "04_likert").mkdir()
    (folder / "04_likert" / "lq2002.csv").write_text(LQ + "\n".join(lines) + "\n", encoding="utf-8")
    told = {"LEAD": {"items": ["LEAD01", "LEAD02"], "by_group": values}}
    (folder / "REFERENCE.json").write_text(json.dumps({"likert": told}), encoding="utf-8")
    return ["maps", "--data", str(folder)]


def test_companies_are_drawn_as_perspectives_and_come_out_as_known(tmp_path, capsys):
    assert command.main(known(tmp_path, **AGREED)) == 0
    first, drawn, last = capsys.readouterr().out.splitlines()
    assert first == "3 companies: r_wg(j) 0.880665 on average, 0 differ from the known ones"
    assert drawn.startswith("  companies 2, 3, 7: We see one of two things alike, and lead01 least of all")
    assert last == "2 bars of 2 statements, 0 differ from the distances between people"


@pytest.mark.parametrize("values", [{**AGREED, "3": 0.9}, {"2": AGREED["2"], "3": AGREED["3"]}])
def test_a_company_that_differs_ends_with_one(tmp_path, capsys, values):
    assert command.main(known(tmp_path, **values)) == 1
    assert ", 1 differ from the known ones" in capsys.readouterr().out


def test_a_bar_that_is_drawn_otherwise_ends_with_one(tmp_path, capsys, monkeypatch):
    real = companies._drawn

    def other(found, items):
        drawn = real(found, items)
        first = dataclasses.replace(drawn.bars[0], inside=drawn.bars[0].inside + 1, shared=drawn.bars[0].shared - 1)
        return dataclasses.replace(drawn, bars=(first, *drawn.bars[1:]))

    monkeypatch.setattr(companies, "_drawn", other)
    assert command.main(known(tmp_path, **AGREED)) == 1
    assert "2 bars of 2 statements, 1 differ" in capsys.readouterr().out
