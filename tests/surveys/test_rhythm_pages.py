"""Starting a rhythm, changing single turns, the check before asking, and looking at staff's page, in the browser's words."""

import datetime
import gzip

import pytest
from django.test import Client

from alongside.calendar import actions as calendar_actions
from alongside.calendar import presets
from alongside.network.actions import make_organisation
from alongside.surveys.models import QuestionBudget, Rhythm, RhythmStep, Wave
from tests import make
from tests.surveys import worlds

NOW = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)
PRESET = {"instrument": "well", "whom": "whole", "every": "month", "week": 1, "weekday": 2, "days": 5}
DATES = [
    "Tuesday 1 December to Tuesday 8 December",
    "Tuesday 5 January 2027 to Tuesday 12 January",
    "Monday 7 June 2027 to Monday 14 June",
    "moved from Tuesday 1 June 2027: May half-term",
]


class Office:
    """The officer of a network at her desk."""

    def __init__(self):
        self.network, _, self.schools = worlds.network_of({"X": {"A": 12, "B": 3}})
        for year in (2026, 2027):
            slots = {slot: (slot.first, slot.last) for slot in presets.typical("gb", year)}
            calendar_actions.save_year(self.network, year, slots, [], by=0)
        self.client = Client()
        self.client.force_login(make.officer(self.network))

    def get(self, path):
        return self.client.get(f"{self.network.get_absolute_url()}{path}")

    def post(self, path, **data):
        return self.client.post(f"{self.network.get_absolute_url()}{path}", data)


@pytest.fixture
def office(db, time_machine):
    time_machine.move_to(NOW, tick=True)
    return Office()


def page(response):
    body = gzip.decompress(response.content) if response.headers.get("Content-Encoding") == "gzip" else response.content
    return body.decode()


def test_the_dates_are_shown_before_anybody_presses_anything(office):
    shown = page(office.get("ask/rhythm/"))
    for words in DATES:
        assert words in shown
    assert not Rhythm.objects.exists()
    assert "48" in shown


def test_another_choice_is_shown_and_not_started(office):
    shown = page(office.post("ask/rhythm/", **PRESET | {"every": "second", "look": "1"}))
    assert "Tuesday 2 February" not in shown
    assert "Tuesday 5 January 2027 to Tuesday 12 January" in shown
    assert not Rhythm.objects.exists()


def test_starting_leads_to_its_page_and_once_is_all(office):
    started = office.post("ask/rhythm/", **PRESET)
    rhythm = Rhythm.objects.get()
    assert started.url.endswith(f"/rhythms/{rhythm.pk}/")
    shown = page(office.get(f"rhythms/{rhythm.pk}/"))
    for words in ("Next on Tuesday 1 December", "every month, on the first Tuesday", *DATES):
        assert words in shown
    assert "This pulse has a rhythm already" in page(office.get("ask/rhythm/"))
    assert office.post("ask/rhythm/", **PRESET).status_code == 409
    assert "on the first Tuesday" in page(office.get("ask/"))


def test_a_turn_is_moved_left_out_and_put_back_from_the_page(office):
    office.post("ask/rhythm/", **PRESET)
    at = f"rhythms/{Rhythm.objects.get().pk}/"
    assert office.post(f"{at}move/", turn="2026-12-01", opens_on="2026-12-03").status_code == 302
    assert "moved by a leader" in page(office.get(at))
    refused = office.post(f"{at}move/", turn="2026-12-01", opens_on="2026-12-25")
    assert (refused.status_code, "Friday 25 December does not fit: the holidays" in page(refused)) == (400, True)
    assert office.post(f"{at}skip/", turn="2026-12-01").status_code == 302
    assert "left out by a leader" in page(office.get(at))
    assert office.post(f"{at}put-back/", turn="2026-12-01").status_code == 302
    assert not RhythmStep.objects.exists()
    assert office.post(f"{at}skip/", turn="1999-01-01").status_code == 409
    assert office.post(f"{at}skip/", turn="²").status_code == 400
    assert office.post(f"{at}end/").status_code == 302
    assert "This rhythm has ended" in page(office.get(at))
    assert not Wave.objects.exists()


def test_the_check_stands_before_the_button_and_follows_the_choice(office):
    shown = page(office.get("ask/new/"))
    assert shown.index("Before you ask") < shown.index("Ask this pulse")
    assert "No figures of their own" not in shown  # one small school alone counts nowhere
    assert "Too few to count anywhere, even if everybody answers: School B" in shown
    given = {"instrument": "lead", "whom": "whole", "opens_on": "2026-12-14", "closes_on": "2026-12-18", "look": "1"}
    shown = page(office.post("ask/new/", **given))
    assert "The comment box is offered at 1 of 2 schools" in shown
    assert not Wave.objects.exists()


def test_a_full_year_leaves_no_button(office):
    QuestionBudget.objects.create(organisation=make_organisation(office.schools["A"]), statements=5)
    shown = page(office.get("ask/new/"))
    assert "With these 6 that is 1 over the 5 statements" in shown
    assert "Ask this pulse" not in shown
    asked = {"instrument": "lead", "whom": "whole", "opens_on": "2026-12-01", "closes_on": "2026-12-08"}
    refused = office.post("ask/new/", **asked)
    assert (refused.status_code, Wave.objects.count()) == (400, 0)


def test_staffs_page_can_be_looked_at_and_never_sent(office):
    shown = page(office.get("ask/look/lead/"))
    assert "This is how it will look." in shown
    assert "When I raise something with a leader, I get an answer." in shown
    for word in ("<form", 'type="submit"', "/a/"):
        assert word not in shown
    assert office.post("ask/look/lead/").status_code == 405
    assert office.get("ask/look/nothing/").status_code == 404


def test_the_budget_is_lowered_on_its_page_and_never_raised(office):
    make.open_wave(office.network, "lead")
    shown = page(office.get("ask/budget/"))
    assert "At most 80 statements a year" in shown
    assert f"{office.schools['A'].name}: 6 by us, 0 by others" in shown
    assert office.post("ask/budget/", statements="60").status_code == 302
    assert QuestionBudget.objects.get().statements == 60
    for wrong in ("81", "-1", "²", "9" * 30, ""):
        assert office.post("ask/budget/", statements=wrong).status_code == 400
    assert QuestionBudget.objects.get().statements == 60
