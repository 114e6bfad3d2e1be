"""Beside everyone who was asked, and beside the rest of the cluster: ranges that follow from printed figures, nothing else."""

from __future__ import annotations

import csv
import io

import pytest

from alongside.people.reads import standing
from alongside.surveys import results
from alongside.surveys.models import Change
from alongside.surveys.results.beside import Rest, everyone, rest_of_cluster
from tests import make
from tests.surveys import worlds
from tests.surveys.test_acting import text, visit

pytestmark = pytest.mark.django_db


def closed(plan, answers):
    """plan: cluster → school → people; answers: school → value of each who answers."""
    world = worlds.open_world(plan, "lead")
    for school, (n, value) in answers.items():
        make.answer(world.wave, world.schools[school], n, value=value)
    make.close(world.wave)
    return world


@pytest.fixture
def world(db):
    """X: A (20 of 40 say 4), B and C (20 each say 3), D (nobody); Y: E and F."""
    return closed(
        {"X": {"A": 40, "B": 20, "C": 20, "D": 12}, "Y": {"E": 20, "F": 20}},
        {"A": (20, 4), "B": (20, 3), "C": (20, 3), "E": (20, 4), "F": (20, 2)},
    )


def document(world):
    return results.view(world.wave, standing(make.officer(world.network)).member(world.network)).document


def test_the_rest_of_the_cluster_is_a_range_beside_the_school(world):
    """A: 75. All of X: 58. The rest: (60 × 57.5 − 20 × 75.5) / 40 = 48.5 to (60 × 58.5 − 20 × 74.5) / 40 = 50.5."""
    found = document(world)
    assert rest_of_cluster(found, "lead.1", world.schools["A"].pk) == Rest(45, 55, "above")
    assert rest_of_cluster(found, "lead.1", world.schools["B"].pk).where == "below"


def test_one_other_school_alone_is_never_the_rest(world):
    """Y has two blocks: the rest of E would be F."""
    assert rest_of_cluster(document(world), "lead.1", world.schools["E"].pk) is None
    page = text(
        visit(
            world,
            make.leader(world.schools["E"], "e@x.example"),
            f"/waves/{world.wave.pk}/schools/{_slug(world, 'E')}/",
        )
    )
    assert "Rest of" not in page


def _slug(world, school):
    world.schools[school].refresh_from_db()
    return world.schools[school].slug


def test_what_the_silent_could_say_stands_beside_the_score(world):
    """20 of 40, all 75: from 20 × 74.5 / 40 = 37.25 to (20 × 75.5 + 2,000) / 40 = 87.75."""
    found = everyone(document(world), "lead.1", f"school:{world.schools['A'].pk}")
    assert (found.score, found.low, found.high, found.silent) == (75, 35, 90, False)
    head = make.leader(world.schools["A"], "a@x.example")
    page = text(visit(world, head, f"/waves/{world.wave.pk}/schools/{_slug(world, 'A')}/"))
    assert "75; everyone asked: 35 to 90" in page
    assert "45 to 55; this school is above" in page
    chart = text(visit(world, head, f"/waves/{world.wave.pk}/statements/lead.1/schools/{_slug(world, 'A')}/"))
    assert "Of everyone who was invited: anywhere from 35 to 90, whatever those say who did not answer." in chart


def test_the_schools_sheets_say_what_its_page_says(world):
    head = make.leader(world.schools["A"], "a@x.example")
    at = f"/waves/{world.wave.pk}/schools/{_slug(world, 'A')}/results"
    rows = list(csv.reader(io.StringIO(visit(world, head, f"{at}.csv").content.decode("utf-8-sig"))))
    name = world.clusters["X"].name
    assert rows[0] == ["Statement", "Wording", "Score", "Answered", "Everyone asked, from", "Everyone asked, to", f"Rest of {name}",
                       "Against the pulses before"]  # fmt: skip
    assert [row[2] for row in rows[1:]] == ["75"] * 6
    assert rows[1][4:7] == ["35", "90", "45 to 55; above"]
    assert rows[1][3] == f"20 answered; {name} together 58"
    assert rows[1][7] == "Too early to say"
    assert visit(world, head, f"{at}.xlsx").content.startswith(b"PK")
    other = make.leader(world.schools["E"], "e@x.example")
    assert visit(world, other, f"{at}.csv").status_code == visit(world, other, f"{at}.xlsx").status_code == 404


def test_fewer_than_half_is_said_and_nothing_compared(db):
    world = closed({"X": {"A": 41, "B": 20}}, {"A": (20, 4), "B": (20, 4)})
    head = make.leader(world.schools["A"], "a@x.example")
    other = make.leader(world.schools["B"], "b@x.example")
    for who, school, said in ((head, "A", True), (other, "B", False)):
        for page in (f"schools/{_slug(world, school)}/", f"statements/lead.1/schools/{_slug(world, school)}/"):
            assert (
                "Fewer than half have answered" in text(visit(world, who, f"/waves/{world.wave.pk}/{page}"))
            ) is said


def test_that_others_may_have_answered_stands_on_the_page(world):
    place, address = (
        f"school:{world.schools['A'].pk}",
        f"/waves/{world.wave.pk}/statements/lead.1/schools/{_slug(world, 'A')}/",
    )
    head = make.leader(world.schools["A"], "a@x.example")
    assert "Different people may have answered" not in text(visit(world, head, address))
    reason = "The share of people who answered changed by more than 20 points: different people may have answered."
    Change.objects.filter(wave=world.wave, item="lead.1", place=place).update(reasons=[reason])
    assert "Different people may have answered" in text(visit(world, head, address))


def test_too_few_says_why_and_what_would_help(db):
    world = closed({"X": {"A": 20, "B": 12}}, {"A": (20, 4), "B": (4, 2)})
    page = text(
        visit(
            world,
            make.leader(world.schools["B"], "b@x.example"),
            f"/waves/{world.wave.pk}/schools/{_slug(world, 'B')}/",
        )
    )
    assert "whoever knows all answers but one would know that one" in page
    assert "five answers or more next time, and now a talk in the room" in page
