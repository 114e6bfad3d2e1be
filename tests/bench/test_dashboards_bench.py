"""`alongside bench dashboards` at a small size: two installations, every page opened in both, and what makes it fail."""

import pytest

from alongside.bench import command, dashboards
from alongside.bench.dashboards import Page
from alongside.kit.errors import Refused

SMALL = ["--schools", "10", "--waves", "4", "--small", "400", "--large", "8000", "--sealed", "600"]
ONCE = ["--runs", "1", "--times", "1"]
PAGES = ["network", "network chart", "cluster", "cluster chart", "school", "school chart", "show", "today"]


def test_every_page_opens_in_both_and_says_how_long_it_took(capsys, monkeypatch):
    assert command.main(["dashboards", "--database", "sqlite", *SMALL, *ONCE]) == 0
    machine, small, large, *lines, last = capsys.readouterr().out.splitlines()
    assert machine.startswith("On ")
    assert "SQLite: 400 answers in releases of 1 networks; rows: wave 4, release 4, blocktally 240," in small
    assert "SQLite: 8,000 answers in releases of 2 networks; rows: wave 8, release 8, blocktally 480," in large
    assert "sealedanswer 600" in large
    assert [line.partition(", ")[2][:14].strip() for line in lines] == PAGES
    assert last.startswith("Dashboards: SQLite at most ")


def test_too_many_queries_end_with_one(capsys, monkeypatch):
    monkeypatch.setattr(dashboards, "_pages_of", lambda kind, options: [Page("school", [10.0], [11.0], 13)])
    assert command.main(["dashboards"]) == 1
    assert capsys.readouterr().out.endswith("at most 13 queries (1.2 and 12 NOT reached).\n")


@pytest.mark.parametrize(("large", "said"), [([12.0, 11.0, 30.0], "reached"), ([12.1, 30.0, 11.0], "NOT reached")])
def test_ratio_is_the_median_of_the_runs(capsys, monkeypatch, large, said):
    page = Page("cluster", [10.0, 10.0, 10.0], large, 12)
    monkeypatch.setattr(dashboards, "_pages_of", lambda kind, options: [page])
    assert command.main(["dashboards"]) == 0
    assert capsys.readouterr().out.endswith(f"(cluster), at most 12 queries (1.2 and 12 {said}).\n")


def test_page_that_does_not_open_ends_the_benchmark(monkeypatch):
    filled = dashboards._filled

    def lost(inside, options, answers, network=""):
        where = filled(inside, options, answers, network)
        return {**where, "pages": {"lost": ["officer", "/n/riverway-trust/waves/999/results/"]}}

    monkeypatch.setattr(dashboards, "_filled", lost)
    with pytest.raises(Refused, match="/waves/999/results/ answers 404"):
        command.main(["dashboards", "--database", "sqlite", *SMALL, *ONCE])
