"""What groupings of schools come to: frozen at opening, sums of whole blocks, compared only with the same schools."""

from __future__ import annotations

import csv
import io
import json
import random

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from alongside.bench.methods.audit import derivable_below
from alongside.network import actions as network_actions
from alongside.network.models import Grouping, School
from alongside.surveys import publish, releases
from alongside.surveys.models import Change, Wave
from tests import make, pdfs
from tests.surveys import screens, worlds

pytestmark = pytest.mark.django_db
TWO = {"X": {"A": 13, "B": 9, "C": 4, "D": 3}, "Y": {"E": 13, "F": 11}}
COAST = {"Coast": "ABE"}
STEADY = {"A": [4] * 12, "B": [3] * 8, "E": [2] * 12, "F": [5] * 10}


def client(person):
    found = Client()
    found.force_login(person)
    return found


def at(world, rest=""):
    return f"/n/{world.network.slug}/waves/{world.wave.pk}/{rest}"


def after(world, answers):
    for school, rows in answers.items():
        worlds.answer(world, school, rows)
    return worlds.closed(world)


def next_wave(world, answers):
    world.wave, world.answered = make.open_wave(world.network), {}
    return after(world, answers)


def regroup(world, name, letters):
    schools = [world.schools[letter] for letter in letters]
    make.regroup(world.groupings[name], schools)


# --- what is frozen -----------------------------------------------------------------------------------------------------------


def test_what_is_said_of_a_grouping_after_opening_changes_nothing():
    world = worlds.open_world(TWO, groupings=COAST | {"Hill": "BF"})
    frozen = Wave.objects.get(pk=world.wave.pk).groupings
    assert [(each["name"], world.names(each["schools"])) for each in frozen] == [("Coast", "ABE"), ("Hill", "BF")]
    Grouping.objects.filter(name="Coast").update(name="Another name")
    regroup(world, "Coast", "AC")
    network_actions.end_grouping(world.groupings["Hill"], by=0)
    make.grouping(world.network, "Late", [world.schools["A"], world.schools["E"]])
    document = after(world, STEADY)
    assert list(document.groupings().values()) == ["Coast", "Hill"]
    assert world.names(document.members(world.place("Coast"))) == "ABE"
    world.wave = make.open_wave(world.network)
    now = Wave.objects.get(pk=world.wave.pk).groupings
    assert {each["name"]: world.names(each["schools"]) for each in now} == {"Another name": "AC", "Late": "AE"}


def test_a_pulse_of_one_cluster_or_school_knows_no_groupings():
    world = worlds.open_world({"X": {"A": 13, "B": 13}, "Y": {"E": 13, "F": 11}}, groupings={"Coast": "AE"})
    of_cluster = make.open_wave(world.network, "lead", cluster=world.clusters["X"])
    world.schools["A"].refresh_from_db()
    of_school = make.open_wave(world.schools["A"].organisation, "lead")
    assert (of_cluster.groupings, of_school.groupings) == ([], [])


def test_only_schools_that_are_asked_count_and_one_alone_is_no_grouping():
    world = worlds.open_world(TWO, groupings={"Coast": "ABE", "Hill": "BF"})
    make.close(world.wave)
    world.schools["F"].network_memberships.update(until="2020-01-01", since="2019-01-01")
    wave = make.open_wave(world.network)
    assert {each["name"]: world.names(each["schools"]) for each in wave.groupings} == {"Coast": "ABE"}


def test_a_document_from_before_there_were_groupings_is_read_as_ever():
    world = worlds.open_world(TWO)
    document = after(world, STEADY)
    assert "groupings" not in document.data
    assert (document.groupings(), document.members("grouping:1"), document.place_of("grouping", "coast")) == (
        {},
        frozenset(),
        None,
    )
    officer = client(make.officer(world.network))
    page = officer.get(at(world, "results/"))
    assert 'aria-label="Groupings"' not in page.content.decode()
    assert officer.get(at(world, "groupings/coast/")).status_code == 404


# --- sums of whole blocks -------------------------------------------------------------------------------------------------------


def test_nobody_can_be_worked_out_whatever_is_grouped():
    """Random groupings over random answers: everything published of each statement, scores, shares and counts together."""
    rnd = random.Random(11)
    letters = "ABCDEFGH"
    world = worlds.open_world({"X": dict.fromkeys("ABC", 9), "Y": dict.fromkeys("DEF", 9), "Z": dict.fromkeys("GH", 9)})
    schools, items = publish.taking_part(world.wave), [item.id for item in world.wave.pulse.items]
    ids = {letter: world.schools[letter].pk for letter in letters}
    totals = 0
    for _ in range(60):
        chosen = [rnd.sample(letters, rnd.randint(2, 7)) for _ in range(rnd.randint(1, 5))]
        world.wave.groupings = [
            {"id": n, "name": f"G{n}", "slug": f"g{n}", "schools": [ids[s] for s in some]}
            for n, some in enumerate(chosen)
        ]
        ratings = {
            ids[s]: [
                {item: rnd.randint(1, 5) for item in items if rnd.random() < 0.8}
                for _ in range(rnd.choice([0, 2, 4, 6, 12]))
            ]
            for s in letters
        }
        document = publish.counted(world.wave, schools, ratings).document
        for item in document["items"]:
            n = {s: sum(item["id"] in row for row in ratings[ids[s]]) for s in letters}
            totals += sum(place.startswith("grouping:") for place in item["scores"])
            for kind, k in (("scores", 5), ("shares", 10)):
                shown = [frozenset(world.names(figure["schools"])) for figure in item[kind].values()]
                assert derivable_below(n, shown, k) == []
    assert totals > 300


def test_the_page_of_a_grouping_shows_each_role_what_a_clusters_page_would():
    world = worlds.open_world(TWO, groupings=COAST)
    people = screens.roles(world, "A", "F")
    document = after(world, STEADY)
    document_rows = {"School A", "School B", "School E"}
    rows = {}
    for who, person in people.items():
        page = client(person).get(at(world, "groupings/coast/"))
        if page.status_code == 200:
            found = screens.look(client(person), at(world, "groupings/coast/")).rows()
            rows[who] = {row[0][:8] for row in found if len(row) == 7 and row[0].startswith("School ")} - {"School W"}
    assert rows["officer"] == document_rows
    assert rows["chair of X"] == rows["coach of X"] == {"School A", "School B"}
    assert (rows["head of A"], rows["head of F"]) == ({"School A"}, set())
    assert "teacher of A" not in rows  # before the reply, or two school days
    total = document.score("well.1", world.place("Coast"))
    assert (world.names(total.schools), total.n, total.step) == ("ABE", "32", 5)


def test_pools_stand_on_the_page_only_where_they_are_wholly_inside():
    """C and D count together. “Small” holds both, “Split” only C."""
    world = worlds.open_world(TWO, groupings={"Small": "ACD", "Split": "ACE"})
    officer = client(make.officer(world.network))
    document = after(world, STEADY | {"C": [1] * 3, "D": [2] * 2})
    assert world.names(document.score("well.1", world.place("Small")).schools) == "ACD"
    assert world.names(document.score("well.1", world.place("Split")).schools) == "AE"
    small = screens.look(officer, at(world, "groupings/small/"))
    split = screens.look(officer, at(world, "groupings/split/"))
    assert "Other schools of Cluster X" in small.text
    assert "is not in this figure" not in small.text
    assert "Other schools of Cluster X" not in split.text
    assert (
        f"{world.schools['C'].name} is not in this figure. It counts together with schools outside Split" in split.text
    )


def test_a_pool_that_is_inside_for_one_statement_only_is_no_row():
    """For the first statement B has too few answers and counts with C and D: outside “Small”, whatever holds for the others."""
    world = worlds.open_world(TWO, groupings={"Small": "ACD"})
    officer = client(make.officer(world.network))
    few = [dict(worlds.row(world, 3)) for _ in range(8)]
    for row in few[4:]:
        del row["well.1"]
    document = after(world, STEADY | {"B": few, "C": [1] * 3, "D": [2] * 2})
    assert world.names(document.score("well.1", "pool:" + world.place("X")).schools) == "BCD"
    assert world.names(document.score("well.2", world.place("Small")).schools) == "ACD"
    assert world.names(document.score("well.1", world.place("Small")).schools) == "A"
    assert "Other schools of Cluster X" not in screens.look(officer, at(world, "groupings/small/")).text


def test_the_chooser_leads_from_the_whole_to_its_groupings_and_back():
    world = worlds.open_world(TWO, groupings=COAST | {"Hill": "BF"})
    officer = client(make.officer(world.network))
    after(world, STEADY)
    page = officer.get(at(world, "results/")).content.decode()
    for slug in ("coast", "hill"):
        assert f'href="{at(world, f"groupings/{slug}/")}"' in page
    there = officer.get(at(world, "groupings/coast/")).content.decode()
    assert f'<a href="{at(world, "groupings/coast/")}" aria-current="page">Coast</a>' in there
    assert f'<a href="{at(world, "results/")}">{world.network.name}</a>' in there
    assert "was frozen then" in there
    paper = officer.get(at(world, "groupings/coast/results.pdf"))
    words = pdfs.read(paper.content).text()
    assert "Coast" in words
    assert "Hill" not in words  # no chooser on paper


def test_a_groupings_pages_take_few_queries(django_assert_max_num_queries):
    world = worlds.open_world(TWO, groupings=COAST)
    officer = client(make.officer(world.network))
    after(world, STEADY)
    for rest in ("groupings/coast/", "statements/well.1/groupings/coast/", "groupings/coast/results.csv"):
        with django_assert_max_num_queries(12):
            assert officer.get(at(world, rest)).status_code == 200


# --- over waves -----------------------------------------------------------------------------------------------------------------


def said(world, name):
    return Change.objects.get(wave=world.wave, item="well.1", place=world.place(name)).word


def test_a_grouping_is_compared_with_the_same_schools_only():
    """The fourth pulse of the same schools is compared. Then C, who says nothing, comes in: the very same answers, and
    another place all the same."""
    world = worlds.open_world(TWO, groupings=COAST)
    officer = client(make.officer(world.network))
    after(world, STEADY)
    assert said(world, "Coast") == "Too early to say"
    for _ in range(3):
        next_wave(world, STEADY)
    assert said(world, "Coast") == "No clear change"
    page = screens.look(officer, at(world, "groupings/coast/")).text
    assert "Nothing clearly changed" in page
    assert "Run chart of 4 pulses" in screens.look(officer, at(world, "statements/well.1/groupings/coast/")).body
    regroup(world, "Coast", "ABCE")
    document = next_wave(world, STEADY)
    assert world.names(document.score("well.1", world.place("Coast")).schools) == "ABE"
    assert (said(world, "Coast"), said(world, "whole")) == ("Too early to say", "No clear change")
    page = screens.look(officer, at(world, "groupings/coast/")).text
    assert f"not those of the pulse before: {world.schools['C'].name} came." in page
    assert "that takes four pulses of the same schools" in page
    assert "Nothing clearly changed" not in page
    chart = screens.look(officer, at(world, "statements/well.1/groupings/coast/"))
    assert "Run chart of 1 pulse from" in chart.body
    assert "In 4 earlier pulses Coast held other schools. They are not drawn here" in chart.text
    next_wave(world, STEADY)
    assert "not those of the pulse before" not in screens.look(officer, at(world, "groupings/coast/")).text


def test_a_finding_says_what_was_before_only_of_the_same_schools():
    """The same fall three times; the schools of the grouping change in the pulse before the last, and back."""
    world = worlds.open_world(TWO, groupings=COAST)
    officer = client(make.officer(world.network))
    after(world, STEADY)
    for _ in range(3):
        next_wave(world, STEADY)
    regroup(world, "Coast", "AEF")
    next_wave(world, STEADY)
    regroup(world, "Coast", "ABE")
    world.wave, world.answered = make.open_wave(world.network), {}
    fell = {name: [worlds.row(world, 1, *rows[:1] * 5)] * len(rows) for name, rows in STEADY.items() if name != "F"}
    after(world, fell | {"F": STEADY["F"]})
    found = screens.look(officer, at(world, "groupings/coast/"))
    page = found.text
    assert "Coast: workload 0." in page or "Coast: workload 5." in page
    assert "Coast: workload 0, was" not in page
    assert "<h1>Workload got harder in three schools</h1>" in found.body  # A, B and E, and not the coast as a fourth


# --- sheets -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["", "clusters/cluster-x/", "groupings/coast/"])
def test_sheets_are_the_page_cell_by_cell(place):
    world = worlds.open_world(TWO, groupings={"Coast": "ACDE"})
    after(world, STEADY | {"C": [1] * 3, "D": [2] * 2})
    officer = client(make.officer(world.network))
    page = screens.look(officer, at(world, place or "results/"))
    assert_sheet_is_page(officer, at(world, f"{place}results"), page)


def assert_sheet_is_page(officer, path, page):
    text = officer.get(f"{path}.csv").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(officer.get(f"{path}.xlsx").content))
    sheet = [[printed(cell) for cell in row] for row in book.get_sheet_by_name("Results").to_python()]
    assert sheet == lines
    shown = [row for row in page.rows() if len(row) == 7]
    assert len(lines) == len(shown) >= 4
    for line, row in zip(lines[1:], shown[1:], strict=True):
        assert row[0] == f"{line[0]} {line[1]}"
        assert line[2:] == ["too few" if "too few" in cell else cell.split()[0] for cell in row[1:]]


def printed(cell):
    return str(int(cell)) if isinstance(cell, float) else str(cell)


def test_a_name_that_a_spreadsheet_would_run_is_escaped_in_every_sheet():
    world = worlds.World(*worlds.network_of(TWO), wave=None)
    School.objects.filter(pk=world.schools["A"].pk).update(name="=1+1")
    world.groupings["+Coast"] = make.grouping(world.network, "+Coast", [world.schools[letter] for letter in "ABE"])
    world.wave = make.open_wave(world.network)
    after(world, STEADY)
    officer = client(make.officer(world.network))
    for place in ("groupings/coast/", "clusters/cluster-x/", ""):
        text = officer.get(at(world, f"{place}results.csv")).content.decode("utf-8-sig")
        firsts = {row[0] for row in csv.reader(io.StringIO(text))}
        assert "'=1+1" in firsts
        assert not {first for first in firsts if first.startswith(("=", "+"))}
    book = CalamineWorkbook.from_filelike(io.BytesIO(officer.get(at(world, "groupings/coast/results.xlsx")).content))
    assert {"=1+1", "+Coast"} <= {
        row[0] for row in book.get_sheet_by_name("Results").to_python()
    }  # as text, no formula


def test_the_release_says_what_was_frozen_and_its_text_is_stored_once():
    world = worlds.open_world(TWO, groupings=COAST)
    after(world, STEADY)
    stored = json.loads(releases.Release.objects.get(wave=world.wave).document)
    ids = sorted(str(world.schools[letter].pk) for letter in "ABE")
    assert stored["groupings"] == {
        world.place("Coast"): {"name": "Coast", "slug": "coast", "schools": sorted(ids, key=int)}
    }
    assert stored["answered"]["totals"][world.place("Coast")] == {"n": "32", "invited": 35}
