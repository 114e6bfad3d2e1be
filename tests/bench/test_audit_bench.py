"""`alongside bench audit`: a network whose pages give nothing away, and leaks that are planted and found."""

import random
import re

import pytest

from alongside.bench import audit as bench
from alongside.bench import command
from alongside.bench.stage import auditing, reading
from alongside.bench.stage.auditing import placing, story, truth, walking
from alongside.bench.stage.auditing.truth import Row, Survey
from alongside.bench.stage.reading import Figure, Names, Range
from alongside.kit.charts.heat import HeatCell, HeatRow
from alongside.science import tallies
from alongside.surveys import cuts, publish
from alongside.surveys.results import school as school_pages
from alongside.surveys.results import table

POOLED = 3  # a network in which answers count nowhere
CUT = 11  # one with schools so large that kinds of job are shown apart
OFFICER = "officer of Riverway Trust"
FEW = re.compile(r"/waves/[1-4]/(results/|statements/lead\.1/.+|clusters/[\w-]+/|schools/[\w-]+/)$")


@pytest.fixture
def _few_pages(monkeypatch):
    """The pages where figures stand, as the officer sees them: all of them as everybody does take long."""
    paths = walking._paths

    def few(found, who, *given):
        return [each for each in paths(found, who, *given) if who == OFFICER and FEW.search(each[1])]

    monkeypatch.setattr(walking, "_paths", few)


def found_in(seed, *, twin=False):
    """Everything that an audit finds wrong, but for how much it read."""
    found = auditing.audit(seed, twin=twin)
    assert found["pages"] > 20
    return {name: found[name] for name in ("derivable", "odd", "unknown", "differs") if found[name]}


@pytest.mark.django_db
def test_pages_of_a_random_network_give_nobody_away():
    found = auditing.audit(POOLED)
    assert {name: found[name] for name in ("derivable", "odd", "unknown", "differs")} == {
        "derivable": [],
        "odd": [],
        "unknown": [],
        "differs": [],
    }
    assert found["pages"] > 300
    assert found["figures"] > 100
    assert found["roles"] == ["chair", "coach", "governor", "head", "nobody", "officer", "stakeholder", "teacher"]
    assert "results_papers" in found["post_only"]


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

    assert found_in(POOLED) == {}
    monkeypatch.setattr(publish, "_scores", leaky)
    derivable = found_in(POOLED)["derivable"]
    assert derivable
    assert all(re.fullmatch(r"(?:wave|past):\d+, statement \d: [\w, ]+ \([1-4]\)", group) for group in derivable), (
        derivable
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_pages")
def test_part_of_a_breakdown_with_few_people_is_found(monkeypatch):
    """Every kind of job by itself, and among them leaders of whom hardly anybody answered."""

    def one_by_one(item, rows, kinds, _):
        return [
            cuts.Cut(
                (kind,),
                cuts.tally([row[item] for row, at in zip(rows, kinds, strict=True) if at == kind and item in row]),
            )
            for kind in sorted(set(kinds))
        ]

    def shown(parts, _):
        return [
            {"kinds": part.kinds, "score": round(tallies.score(part.tally)), "step": 1, "n": str(part.tally.n)}
            for part in parts
            if part.tally.n
        ]

    drawn = story._rows

    def few_leaders(*given):
        rows, leaders = drawn(*given), 0
        for row in list(rows):
            leaders += row.kind == "leaders"
            if row.kind == "leaders" and leaders > 3:
                rows.remove(row)
        return rows

    monkeypatch.setattr(story, "_rows", few_leaders)
    monkeypatch.setattr(story.breakdowns, "groups", lambda asked: [["leaders"], ["support"], ["teachers"]])
    monkeypatch.setattr(
        story.actions.opening.breakdowns, "groups", lambda asked: [["leaders"], ["support"], ["teachers"]]
    )
    assert found_in(CUT) == {}
    monkeypatch.setattr(cuts, "_parts", one_by_one)
    monkeypatch.setattr(cuts, "lines", shown)
    derivable = found_in(CUT)["derivable"]
    assert any(re.fullmatch(r"wave:\d+, statement \d: \w+ leaders \([1-3]\)", group) for group in derivable), derivable


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_pages")
def test_score_in_finer_points_is_found(monkeypatch):
    real = publish._score

    def finer(found, schools, k, small=False):
        score = real(found, schools, k, small)
        return {**score, "score": score["score"] + 1}

    monkeypatch.setattr(publish, "_score", finer)
    assert any("rounded otherwise than the rules say" in one for one in found_in(POOLED)["odd"])


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_pages")
def test_total_of_all_but_one_school_is_found(monkeypatch):
    """A row of a place that nobody knows, made of schools that only its maker knows."""
    real = table._total_rows

    def with_more(seen, place):
        return [*real(seen, place), HeatRow("All but Ash", "", [HeatCell(41) for _ in seen.pulse.items], is_total=True)]

    monkeypatch.setattr(table, "_total_rows", with_more)
    assert any(said.endswith(": 41") for said in found_in(POOLED)["unknown"])


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_pages")
def test_number_in_a_sentence_is_found(monkeypatch):
    monkeypatch.setattr(table, "lede", lambda *_: "Those who are not shown alone stand at 37.")
    assert any("not shown alone stand at 37" in said for said in found_in(POOLED)["unknown"])


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_pages")
def test_remarks_that_others_read_are_found(monkeypatch):
    real = school_pages.school_page

    def told(seen, school):
        page = real(seen, school)
        object.__setattr__(page, "comments", school_pages.comments_of(seen.wave, school))
        return page

    monkeypatch.setattr(auditing.walking.survey_urls.results.results, "school_page", told)
    assert any(re.match(r"a remark of \w+ for officer", one) for one in found_in(CUT)["odd"])


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_pages")
def test_page_that_changes_with_a_hidden_answer_is_found(monkeypatch):
    real = publish.counted

    def leaky(wave, schools, ratings, kinds=None):
        counted = real(wave, schools, ratings, kinds)
        first = wave.pulse.items[0].id
        weighed = sum(school * (row.get(first) == 1) for school, rows in ratings.items() for row in rows)
        counted.document["owner"] += " and friends" * (weighed % 7)
        return counted

    assert found_in(POOLED, twin=True) == {}
    monkeypatch.setattr(publish, "counted", leaky)
    assert any(path.endswith("/results/") for path in found_in(POOLED, twin=True)["differs"])


NAMES = Names(
    {"Ash": "school:Ash", "North": "cluster:North", "River Trust": "whole", "Riverside": "grouping:Riverside"},
    {("schools", "ash"): "school:Ash", ("clusters", "north"): "cluster:North", ("all", "whole"): "whole"},
    {"/n/x/waves/1/": "wave:1", "/n/x/past/1/": "past:1", "/r/K7MPQR/": "room:1"},
    {
        "wave:1": {"lead.1": 1, "Direction": 1, "lead.6": 2, "Candour": 2},
        "past:1": {"lead.1": 1},
        "room:1": {"I could rest.": 1, "I belong here.": 2},
    },
    {"wave:1": {"Apr 2026": "wave:9", "May 2026": "wave:1"}},
)
SHEET, PAGE = "text/csv; charset=utf-8", "text/html; charset=utf-8"


def read(path, kind, body):
    return reading.read(path, kind, body.encode(), NAMES)


def test_rows_of_a_sheet_are_read_with_their_columns():
    sheet = (
        "\ufeffPlace,Answered,Direction,Candour\nAsh,5–9 of 12 answered,70,too few\nRiver Trust,27 of 36 answered,60,55\n"
        "Riverside,20 of 24 answered,50,45\n"
    )
    page = read("/n/x/waves/1/results.csv", SHEET, sheet)
    assert page.figures == {
        Figure("wave:1", "school:Ash", 0, "5–9", invited=12),
        Figure("wave:1", "school:Ash", 1, score=70),
        Figure("wave:1", "whole", 0, "27", invited=36),
        Figure("wave:1", "whole", 1, score=60),
        Figure("wave:1", "whole", 2, score=55),
        Figure("wave:1", "grouping:Riverside", 0, "20", invited=24),
        Figure("wave:1", "grouping:Riverside", 1, score=50),
        Figure("wave:1", "grouping:Riverside", 2, score=45),
    }
    assert page.unknown == []


def test_pools_are_places_of_their_own():
    pool = "Place,Answered,Direction\nOther schools of North,12 of 20 answered · Ash and Elm,45\nOther schools,x,40\n"
    assert read("/n/x/waves/1/results.csv", SHEET, pool).figures == {
        Figure("wave:1", "pool:North", 0, "12", invited=20),
        Figure("wave:1", "pool:North", 1, score=45),
        Figure("wave:1", "pool:", 1, score=40),
    }


def test_a_schools_statements_are_read_with_ranges_and_kinds_of_job():
    page = read(
        "/n/x/waves/1/schools/ash/",
        PAGE,
        """<table><tr><th>Statement</th><th>Score</th><th>Rest of North</th><th>Against the pulses before</th></tr>
        <tr><th>Direction <p>I know.</p><p>12 answered; North together 65; everyone asked: between 40 and 80, whatever</p></th>
        <td>70</td><td>45 to 60; this school is above</td><td>–</td></tr></table>
        <table><tr><th>Statement</th><th>Leaders and teachers</th></tr>
        <tr><th>Direction</th><td>55 <span>25 answered</span></td></tr></table>""",
    )
    assert page.figures == {
        Figure("wave:1", "school:Ash", 1, "12", 70),
        Figure("wave:1", "cluster:North", 1, score=65),
        Figure("wave:1", "school:Ash", 1, "25", 55, part="Leaders and teachers"),
    }
    assert page.ranges == {
        Range("everyone", "wave:1", "school:Ash", 1, 40, 80),
        Range("rest", "wave:1", "school:Ash", 1, 45, 60),
    }
    assert page.unknown == []


def test_statement_page_says_how_many_answered_it_and_are_behind_the_shares():
    page = read(
        "/n/x/waves/1/statements/lead.6/clusters/north/",
        PAGE,
        "<p>Score 64 in May 2026.</p><figcaption>94 answered this statement.</figcaption><h2>How the answers were spread</h2>"
        "<p>Agree 40% Disagree 5% or less</p><p>From 90 of 94 answers.</p><table><tr><th>When</th><th>Score</th></tr>"
        "<tr><th>Apr 2026</th><td>58</td><td>–</td></tr></table><svg><text>70</text><text>30</text><text>58</text></svg>",
    )
    assert page.figures == {
        Figure("wave:1", "cluster:North", 2, score=64),
        Figure("wave:1", "cluster:North", 2, "94"),
        Figure("wave:1", "cluster:North", 2, covered=90, shares=("40%", "5% or less")),
        Figure("wave:9", "cluster:North", 2, score=58),
    }
    assert page.unknown == []


def test_halls_and_earlier_results_are_read():
    hall = read(
        "/r/K7MPQR/results",
        PAGE,
        "<p>12 of 30 people answered.</p><h2>I belong here.</h2><p>65 of 100</p><p>Agree 40%</p>",
    )
    assert hall.figures == {
        Figure("room:1", "whole", 0, "12", invited=30),
        Figure("room:1", "whole", 2, score=65, shares=("40%",)),
    }
    rows = (
        "Place,Statement,Round,Score,Answered,Where it comes from\nRiver Trust,lead.1,2024-09-18,too few,,Brought in\n"
    )
    rows += "River Trust,lead.1,2025-09-18,46,86,Brought in\n"
    earlier = read("/n/x/past/1/all/whole/lines.csv", SHEET, rows)
    assert earlier.figures == {Figure("past:1", "whole", 1, "86", 46)}
    assert hall.unknown == earlier.unknown == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (PAGE, "<p>The three of Birch say 41.</p>"),
        (PAGE, '<p title="41 at Birch">Birch</p>'),
        (PAGE, '<td data-label="41">Birch</td>'),
        (PAGE, "<svg><text>70</text><text>30</text><text>41</text></svg>"),
        (PAGE, "<table><tr><th>School</th><th>Direction</th></tr><tr><th>Birch</th><td>41</td></tr></table>"),
        (PAGE, "<table><tr><th>School</th><th>Direction</th></tr><tr><th>Ash</th><td>60 41</td></tr></table>"),
        (PAGE, "<table><caption>Birch 41</caption><tr><th>School</th></tr></table>"),
        (PAGE, "<table><tr><th>When</th><th>Score</th></tr><tr><th>Mar 2026</th><td>41</td></tr></table>"),
        (SHEET, "Place,Direction\nAsh,60,41\n"),
        (SHEET, "Place,Direction,41 at Birch\nAsh,60,\n"),
        (SHEET, "Birch,lead.1,41\n"),
    ],
)
def test_number_that_is_of_no_place_is_unknown(kind, body):
    unknown = read("/n/x/waves/1/results/", kind, body).unknown
    assert unknown
    assert all("41" in said for said in unknown)


def survey(**rows):
    """One statement; school → what its people chose."""
    answered = {name: [Row("teachers", {"lead.1": value}) for value in values] for name, values in rows.items()}
    return Survey(
        "wave:1",
        {"lead.1": 1},
        {"North": [n for n in rows if n < "D"], "East": [n for n in rows if n >= "D"]},
        answered,
        5,
    )


def worked_out(one, *figures):
    return placing.work_out({"wave:1": one}, figures, [])


def test_figure_is_of_whom_the_rules_say_or_of_whom_it_fits():
    one = survey(Ash=[5] * 12, Birch=[1] * 8, Cedar=[1] * 3)
    fair = Figure("wave:1", "cluster:North", 1, "20", 60)
    assert worked_out(one, Figure("wave:1", "school:Ash", 1, "12", 95), fair) == placing.Faults()
    whole = Figure("wave:1", "cluster:North", 1, "23", 52)
    assert worked_out(one, fair, whole).derivable == ["wave:1, statement 1: Cedar teachers (3)"]
    assert worked_out(one, Figure("wave:1", "school:Ash", 1, "12", 97)).odd == [
        "Figure(survey='wave:1', place='school:Ash', item=1, n='12', score=97, covered=None, part='', invited=None, shares=()): "
        "rounded otherwise than the rules say"
    ]
    assert "nobody's answers come to that" in worked_out(one, Figure("wave:1", "school:Ash", 1, "13", 95)).odd[0]


def test_share_that_nobody_chose_is_found():
    one = survey(Ash=[5] * 12 + [1] * 12)
    fair = Figure("wave:1", "school:Ash", 1, covered=24, shares=("0%", "50%"))
    assert worked_out(one, fair) == placing.Faults()
    assert "nobody's answers" in worked_out(one, Figure("wave:1", "school:Ash", 1, covered=24, shares=("49%",))).odd[0]


def test_union_of_schools_across_clusters_is_of_its_blocks():
    one = survey(Ash=[5] * 12, Birch=[1] * 3, Dell=[3] * 20, Elm=[2] * 4)
    one.groupings["Riverside"] = ["Ash", "Birch", "Dell"]
    fair, all_of_them = (
        Figure("wave:1", "grouping:Riverside", 1, "32", 69),
        Figure("wave:1", "grouping:Riverside", 1, "35", 63),
    )
    assert worked_out(one, fair) == placing.Faults()
    assert {school for school, _ in placing.Statement(one, 1).by_rule(fair)} == {"Ash", "Dell"}
    assert worked_out(one, fair, all_of_them).derivable == ["wave:1, statement 1: Birch teachers (3)"]


def test_range_that_says_more_than_printed_figures_is_found():
    one = survey(Ash=[5] * 12, Birch=[1] * 8, Cedar=[3] * 20)
    one.invited = {"Ash": 20, "Birch": 10, "Cedar": 25}
    fair = placing.published.everyone(placing.Printed(95, 5, "12"), 20)
    rest = placing.published.rest(placing.Printed(55, 5, "40"), placing.Printed(95, 5, "12"))
    for what, ends in (("everyone", fair), ("rest", rest)):
        said = Range(what, "wave:1", "school:Ash", 1, *ends)
        finer = Range(what, "wave:1", "school:Ash", 1, ends[0] + 5, ends[1])
        assert placing.work_out({"wave:1": one}, [], [said]).odd == []
        assert placing.work_out({"wave:1": one}, [], [finer]).odd == [f"{finer}: does not follow from printed figures"]


def test_answers_that_are_altered_are_hidden_ones():
    one = survey(Ash=[5, 4, 3, 2, 1], Birch=[1, 2, 3], Cedar=[4, 5], Dell=[1, 1], Elm=[3])
    one.rows["Birch"][0].ratings["lead.1"] = "x"
    other = Survey(one.key, one.items, one.home, truth.altered(one, random.Random(1)), one.k)
    assert other.rows["Ash"] == one.rows["Ash"]
    assert other.rows["Birch"][0].ratings == {"lead.1": "x"}
    assert other.rows != one.rows
    for school in one.rows:
        assert other.by_school(1)[school].n == one.by_school(1)[school].n
    for block in one.scores(1).blocks:
        assert tallies.merge(other.by_school(1)[s] for s in block) == tallies.merge(one.by_school(1)[s] for s in block)


class Answers:
    """A stage whose second network gives somebody away."""

    def ask(self, do, seed, twin):
        leak = ["wave:1, statement 1: Ash (3)"] if seed == 8 else []
        roles = ["head", "officer"] if seed == 7 else ["chair"]
        return {"pages": 10, "figures": 4, "roles": roles, "derivable": leak, "odd": [], "unknown": [], "differs": []}


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
    assert said[1] == "  network 8: derivable: wave:1, statement 1: Ash (3)"
    assert said[-1].startswith(
        "Audit of 3 networks: 30 pages read by 3 roles, 12 figures, 1 groups under k derivable (0 NOT reached); "
        "1 networks with any fault; in 1 of them hidden answers were changed"
    )
    assert command.main(["audit", "--networks", "1", "--seed", "7"]) == 0
    assert "0 groups under k derivable (0 reached)" in capsys.readouterr().out
