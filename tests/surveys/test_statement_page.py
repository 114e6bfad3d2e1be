"""The run chart of a statement says in words what its line alone would say wrongly."""

from __future__ import annotations

import pytest
from django.test import Client

from alongside.people.reads import standing
from alongside.surveys import results
from alongside.surveys.results.findings import before, findings
from tests import make
from tests.surveys import screens, worlds

pytestmark = pytest.mark.django_db
ALIKE = {"X": {"A": 30, "B": 30}, "Y": {"C": 30, "D": 30}}


def after(rounds):
    world, _ = worlds.series(rounds, ALIKE)
    return world


def look(world, place):
    officer = Client()
    officer.force_login(make.officer(world.network))
    kind, name = place
    slug = world.schools[name].organisation.slug if kind == "schools" else world.clusters[name].slug
    return screens.look(officer, f"/n/{world.network.slug}/waves/{world.wave.pk}/statements/well.1/{kind}/{slug}/").text


def everybody(count):
    return {name: [4, 3] * (count // 2) for name in "ABCD"}


def test_pulses_that_are_rounded_differently_are_said_to_be():
    """18 answers are rounded to 5, 24 to whole points: 60 and 63 are the same."""
    assert "Not all pulses are rounded alike" not in look(after([everybody(24)] * 2), ("schools", "A"))
    page = look(after([everybody(24), everybody(18), everybody(24)]), ("schools", "A"))
    assert "Not all pulses are rounded alike" in page
    assert "With fewer answers a score is rounded to the nearest 5." in page


def findings_of_a(world):
    seen = results.view(world.wave, standing(make.officer(world.network)).member(world.network))
    return [finding.title for finding in findings(seen, [world.place("A")], before(seen.wave))]


def test_a_score_before_that_was_rounded_more_coarsely_is_about_that():
    fallen = {name: [2, 1] * 12 for name in "ABCD"}
    about = findings_of_a(after([*[everybody(24)] * 3, everybody(18), fallen]))
    assert about
    assert all(title.endswith(", was about 65.") for title in about)
    fine = findings_of_a(after([*[everybody(24)] * 4, fallen]))
    assert fine
    assert all(title.endswith(", was 63.") for title in fine)


def test_what_cannot_be_compared_yet_is_not_called_unchanged():
    page = look(after([everybody(24)] * 2), ("clusters", "X"))
    assert "too early to say" in page
    assert "no clear change" not in page
    steady = look(after([everybody(24)] * 5), ("clusters", "X"))
    assert "no clear change" in steady


def test_enough_pulses_of_other_schools_are_explained():
    """B has too few answers now and then, so the cluster is made of other schools: five pulses are drawn, none compared."""
    without = everybody(24) | {"B": [4]}
    page = look(after([everybody(24), without, everybody(24), without, everybody(24)]), ("clusters", "X"))
    assert "in fewer than four of these pulses did the same schools count here" in page
    young = look(after([everybody(24)] * 2), ("clusters", "X"))
    assert "a comparison needs four waves" in young
