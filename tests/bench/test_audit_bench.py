"""`alongside bench audit`: a network whose pages give nothing away, and leaks that are planted and found."""

import re

import pytest

from alongside.bench import audit as bench
from alongside.bench import command
from alongside.bench.stage import auditing, reading
from alongside.bench.stage.reading import Figure, Names
from alongside.surveys import publish

NETWORK = 4  # three schools, some of them too small to stand alone
FEW = re.compile(r"/results/$|/statements/lead\.1/|/clusters/[\w-]+/$")


@pytest.fixture
def _few_pages(monkeypatch):
    """Pages enough to see the leak: every one takes minutes."""
    every, everyone = auditing.addresses, auditing._cast
    monkeypatch.setattr(auditing, "addresses", lambda world: [path for path in every(world) if FEW.search(path)])
    monkeypatch.setattr(auditing, "_cast", lambda *given: {"officer": everyone(*given)["officer"]})


@pytest.mark.django_db
def test_pages_of_a_random_network_give_nobody_away():
    found = auditing.audit(2)
    assert (found["derivable"], found["odd"], found["differs"]) == ([], [], [])
    assert found["pages"] > 200
    assert found["figures"] > 30


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_pages")
def test_cluster_total_that_holds_a_group_under_five_is_found(monkeypatch):
    real = publish._scores

    def leaky(found, published, k):
        shown = real(found, published, k)
        for name, total in published.totals.items():
            if name in shown:
                shown[name] = publish._score(found, [school for school in total.members if found[school].n], k)
        return shown

    assert auditing.audit(1, twin=False)["derivable"] == []
    monkeypatch.setattr(publish, "_scores", leaky)
    derivable = auditing.audit(1, twin=False)["derivable"]
    assert derivable
    assert all(re.fullmatch(r"statement [1-6]: [\w, ]+ \([1-4]\)", group) for group in derivable), derivable


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_pages")
def test_score_in_finer_points_is_found(monkeypatch):
    real = publish._score

    def finer(found, schools, k, small=False):
        score = real(found, schools, k, small)
        return {**score, "score": score["score"] + 1}

    monkeypatch.setattr(publish, "_score", finer)
    assert any("rounded otherwise than the rules say" in one for one in auditing.audit(1, twin=False)["odd"])


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_pages")
def test_page_that_changes_with_a_hidden_answer_is_found(monkeypatch):
    real = publish.counted

    def leaky(wave, schools, ratings, kinds=None):
        counted = real(wave, schools, ratings, kinds)
        weighed = sum(school * int(row["lead.1"]) for school, rows in ratings.items() for row in rows)
        counted.document["owner"] += f" ({weighed})"
        return counted

    assert auditing.audit(NETWORK)["differs"] == []
    monkeypatch.setattr(publish, "counted", leaky)
    assert any(path.endswith("/results/") for path in auditing.audit(NETWORK)["differs"])


NAMES = Names(
    {"Ash": "school:Ash", "North": "cluster:North", "Trust": "whole"},
    {("schools", "ash"): "school:Ash", ("clusters", "north"): "cluster:North", ("all", "whole"): "whole"},
    {"Direction": 1, "Candour": 2},
    {"lead.1": 1, "lead.6": 2},
)


def test_rows_of_a_sheet_are_read_with_their_columns():
    sheet = "\ufeffPlace,Answered,Direction,Candour\nAsh,5–9 of 12 answered,70,too few\nTrust,27 of 36 answered,60,55\n"
    assert reading.figures("/n/x/waves/1/results.csv", "text/csv; charset=utf-8", sheet.encode(), NAMES) == {
        Figure("school:Ash", 0, "5–9"),
        Figure("school:Ash", 1, score=70),
        Figure("whole", 0, "27"),
        Figure("whole", 1, score=60),
        Figure("whole", 2, score=55),
    }


def test_rows_of_a_school_and_of_a_pool_and_sentences_are_read():
    page = """<p>Trust: 27 of 36 answered.</p><table><tr><th>Statement</th><th>Score</th></tr>
      <tr><th>Direction<p>I know.</p><p>12 answered; North together 65</p></th><td>70</td><td>No clear change</td></tr></table>"""
    assert reading.figures("/n/x/waves/1/schools/ash/", "text/html", page.encode(), NAMES) == {
        Figure("whole", 0, "27"),
        Figure("school:Ash", 1, "12", 70),
        Figure("cluster:North", 1, score=65),
    }
    pool = "Place,Answered,Direction\nOther schools of North,12 of 20 answered · Ash and Elm,45\nOther schools,x,40\n"
    assert reading.figures("/n/x/waves/1/results.csv", "text/csv", pool.encode(), NAMES) == {
        Figure("pool:North", 0, "12"),
        Figure("pool:North", 1, score=45),
        Figure("pool:", 0),
        Figure("pool:", 1, score=40),
    }


def test_statement_page_says_how_many_answered_it_and_are_behind_the_shares():
    page = (
        "<p>Score 64 in May 2026.</p><figcaption>94 answered this statement.</figcaption><p>From 90 of 94 answers.</p>"
    )
    assert reading.figures("/n/x/waves/1/statements/lead.6/clusters/north/", "text/html", page.encode(), NAMES) == {
        Figure("cluster:North", 2, "94", 64),
        Figure("cluster:North", 2, "94", covered=90),
    }


class Answers:
    """A stage whose second network gives somebody away."""

    def ask(self, do, seed, twin):
        leak = ["statement 1: Ash (3)"] if seed == 8 else []
        return {"pages": 10, "figures": 4, "derivable": leak, "odd": [], "differs": []}


def test_a_leak_ends_the_benchmark_with_one(capsys, monkeypatch):
    class Made:
        def __enter__(self):
            return Answers()

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(bench, "place", lambda *_, **__: Made())
    monkeypatch.setattr(bench, "stage", lambda _: Made())
    assert command.main(["audit", "--networks", "3", "--seed", "7"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "  network 8: statement 1: Ash (3)"
    assert said[-1].startswith("Audit of 3 networks: 30 pages, 12 figures, 1 networks in which a group under k can be")
    assert command.main(["audit", "--networks", "1", "--seed", "7"]) == 0
