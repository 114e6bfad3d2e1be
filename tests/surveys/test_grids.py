"""The reflection grid: one answer for state and should, shares of states and nothing else, ten for everything."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from alongside.kit.errors import Refused
from alongside.network.actions import make_organisation
from alongside.network.models import School
from alongside.science.tallies import Tally
from alongside.surveys import actions, budget, forms, grids, instruments
from alongside.surveys.accept import accept
from alongside.surveys.models import BlockTally, Change, Release, RoomRelease, SealedAnswer, Wave
from alongside.surveys.rooms import released
from tests import make
from tests.surveys import halls, worlds

pytestmark = pytest.mark.django_db
FULL = instruments.instrument("grid")
TASTE = instruments.instrument("grid-taste")


def asked(sizes, letters=("a",)):
    """A network whose schools are asked the statements that end so, from now on; (network, schools, wave)."""
    network, _clusters, schools = worlds.network_of({"X": {**sizes, "Z": 1}})
    items = [item.id for item in FULL.items if item.id.endswith(tuple(letters))]
    now = timezone.now()
    wave = actions.ask(network, "grid", now, now + 7 * make.DAY, items=items)
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    return network, schools, wave


def answer(wave, school, given):
    """given: for each person one answer for every tap, or tap → answer."""
    for token, each in zip(make.tokens(wave, school), given, strict=False):
        row = each if isinstance(each, dict) else {tap.id: each for tap in wave.pulse.taps}
        accept(wave.pk, token, row)


def document(wave):
    make.close(wave)
    return json.loads(Release.objects.get(wave=wave).document)


def item(found, tap="grid.1a"):
    return next(each for each in found["items"] if each["id"] == tap)


# --- the scale --------------------------------------------------------------------------------------------------------------


def test_a_grid_has_ten_principles_two_statements_each_and_two_taps_for_each():
    assert (len(FULL.items), len(FULL.taps), len(TASTE.items), len(TASTE.taps)) == (20, 40, 10, 20)
    assert len(dict.fromkeys(found.about for found in FULL.items)) == 10
    assert [found.id for found in TASTE.items] == [f"grid.{n}a" for n in range(1, 11)]
    assert TASTE.taps[1].id == "grid.1a.n"
    assert FULL.turn(1) == tuple(found.id for found in FULL.items)
    assert not {"grid", "grid-taste"} & instruments.instruments().keys()


@pytest.mark.parametrize(
    ("state", "tick", "stored"),
    [("1", False, "1"), ("4", False, "4"), ("1", True, "5"), ("3", True, "7"), ("", False, "")],
)
def test_state_and_should_are_one_answer(state, tick, stored):
    assert grids.value(state, should=tick) == stored
    assert (grids.state_of(stored), grids.says_should(stored)) == (state, tick)


def test_all_that_is_printed_comes_of_one_tally():
    found = grids.parts(Tally((8, 4, 3, 2, 2, 10, 5, 6)), 10)
    assert [share[0] for share in found.states] == [25, 35, 20, 20]
    assert (found.should, found.wanted) == ((58, "58%"), (53, "53%"))  # 23 and 21 of 40, halves up


def test_ten_to_nineteen_are_rounded_to_fives_within_the_ends_and_fewer_say_nothing():
    assert grids.parts(Tally((9, 0, 0, 0, 0, 0, 0, 0)), 10) is None
    found = grids.parts(Tally((10, 0, 0, 0, 0, 0, 0, 0)), 10)
    assert found.states == ((95, "95% or more"), *((5, "5% or less"),) * 3)
    assert (found.should, found.wanted) == ((5, "5% or less"), (5, "5% or less"))
    assert grids.parts(Tally((4, 0, 0, 0, 0, 3, 4, 0)), 10).wanted == (65, "65%")  # 7 of 11


# --- what a phone sends -----------------------------------------------------------------------------------------------------


def test_a_form_is_read_as_one_answer_for_each_tap():
    found = forms.AnswerForm(TASTE, {"grid.1a": "2", "grid.1a.and": "1", "grid.1a.n": "3", "grid.2a": "4"})
    assert found.ratings == {"grid.1a": 6, "grid.1a.n": 3, "grid.2a": 4}
    assert found.missing == [3, 4, 5, 6, 7, 8, 9, 10]


def test_the_second_tap_may_be_left_out_and_a_tick_alone_is_asked_about():
    whole = {f"grid.{n}a": "1" for n in range(1, 11)}
    assert forms.AnswerForm(TASTE, whole).complete
    alone = forms.AnswerForm(TASTE, whole | {"grid.3a.n.and": "1"})
    assert (alone.complete, alone.missing) == (False, [3])
    sure = forms.AnswerForm(TASTE, whole | {"grid.3a.n.and": "1", "sure": "1"})
    assert sure.complete
    assert "grid.3a.n" not in sure.ratings


@pytest.mark.parametrize("bad", ["5", "8", "0", "9", "x", "²", "+", "?", "\0", "-1", "1.0", "🙂", "1" * 20_000])
def test_what_is_no_state_is_never_stored(bad):
    found = forms.AnswerForm(TASTE, {"grid.1a": bad, "grid.1a.and": "1", "grid.2a": "1", "grid.2a.and": bad})
    assert found.ratings == {"grid.2a": 1}


def test_the_page_asks_both_taps_in_the_words_of_the_network_and_keeps_what_was_given():
    network, schools, wave = asked({"A": 12}, ("9b",))
    client, token = Client(), make.tokens(wave, schools["A"])[0]
    path = f"/a/{wave.pk}/{token}"
    page = client.get(path).content.decode()
    assert f"reaches {network.name}’s leaders" in page
    assert f"And {network.name}?" in page
    assert "groups of 10 or more" in page
    assert page.count('type="radio"') == 8
    assert page.count('type="checkbox"') == 2
    again = client.post(path, {"grid.9b.and": "1", "grid.9b.n": "3", "grid.9b.n.and": "1"})
    assert again.status_code == 422
    body = again.content.decode()
    assert 'name="grid.9b.n" value="3" checked' in body
    assert body.count("checked") == 3
    assert client.post(path, {"grid.9b": "1", "grid.9b.and": "1"}).status_code == 200
    make.close(wave)
    assert SealedAnswer.objects.count() == 0 or SealedAnswer.objects.get().ratings == {"grid.9b": 5}


# --- what is published ------------------------------------------------------------------------------------------------------


def test_a_school_of_ten_is_printed_and_one_of_nine_says_nothing_and_no_mean_is_made():
    _, schools, wave = asked({"A": 24, "B": 9}, ("1a",))
    answer(wave, schools["A"], [1] * 6 + [6] * 12 + [3] * 6)
    answer(wave, schools["B"], [7] * 9)
    found = document(wave)
    printed = item(found)
    assert printed["scores"] == {}
    own = printed["shares"][f"school:{schools['A'].pk}"]
    assert own["shares"] == [[25, "25%"], [50, "50%"], [25, "25%"], [0, "0%"]]
    assert (own["should"], own["wanted"], own["coverage"]) == ([50, "50%"], [50, "50%"], "24 answers")
    assert not any(str(schools["B"].pk) in each["schools"] for each in printed["shares"].values())
    assert f"school:{schools['B'].pk}" not in found["answered"]["blocks"]
    assert item(found, "grid.1a.n")["shares"][f"school:{schools['A'].pk}"]["shares"] == own["shares"]


def test_nothing_is_compared_and_no_exact_tally_is_kept():
    _, schools, wave = asked({"A": 24}, ("1a",))
    answer(wave, schools["A"], [2] * 24)
    document(wave)
    assert (BlockTally.objects.count(), Change.objects.count()) == (0, 0)
    assert SealedAnswer.objects.filter(wave=wave, school=schools["A"]).count() == 24


def test_small_schools_together_are_a_block_of_ten():
    _, schools, wave = asked({"A": 24, "B": 7, "C": 6}, ("1a",))
    for name, count in (("A", 24), ("B", 7), ("C", 6)):
        answer(wave, schools[name], [1] * count)
    places = item(document(wave))["shares"]
    assert {place.partition(":")[0] for place in places} == {"school", "pool", "cluster", "whole"}
    assert next(each["coverage"] for place, each in places.items() if place.startswith("pool")) == "13 answers"
    assert set(SealedAnswer.objects.filter(school=schools["B"]).values_list("pk")) == set()


def test_a_tap_that_fewer_than_ten_gave_is_hidden_alone():
    _, schools, wave = asked({"A": 12}, ("1a",))
    answer(wave, schools["A"], [{"grid.1a": 1, "grid.1a.n": 2}] * 9 + [{"grid.1a": 1}] * 3)
    found = document(wave)
    assert item(found)["shares"]
    assert item(found, "grid.1a.n")["shares"] == {}


def test_a_grid_asks_each_statement_once_of_the_yearly_budget():
    network, schools, wave = asked({"A": 12}, ("a", "b"))
    assert len(wave.items) == 20
    held = list(budget.with_limits(School.objects.filter(pk=schools["A"].pk), network))
    assert [use.mine for use in budget.uses(network, held, timezone.localdate())] == [20]


# --- in a hall --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hall():
    network, _, _ = worlds.network_of({"X": {"A": 12, "B": 12}})
    return halls.opened(network, make.officer(network), 30, pulse="grid-taste")


def test_a_hall_sees_its_portrait_on_the_screen_and_on_the_phones(hall):
    halls.answer(hall, [1] * 5 + [6] * 10 + [4] * 5)
    halls.closed(hall)
    found = released.of(hall)
    line = found.portrait.lines[0]
    assert [share[1] for share in line.school.parts.states] == ["25%", "50%", "0%", "25%"]
    assert line.school.wanted == "50% say: we should, and don’t yet."
    assert line.difference == f"About as many say “we do this” of our schools as of {hall.organisation.name}."
    screen = Client()
    screen.force_login(hall.asked_by)
    shown = screen.get(f"/n/{hall.organisation.slug}/rooms/{hall.pk}/").content.decode()
    phone = Client().get(f"/r/{hall.code}/results").content.decode()
    for page in (shown, phone):
        assert "We talk about it" in page
        assert "50%" in page
        assert "of 100" not in page
        assert "score" not in page.replace("hall-score", "").lower()


def test_a_hall_in_which_nine_answered_sees_nothing(hall):
    halls.answer(hall, [1] * 9)
    halls.closed(hall)
    assert all(found["grid"] is None for found in json.loads(RoomRelease.objects.get(room=hall).document)["items"])
    assert not released.of(hall).portrait.any


def test_a_school_alone_opens_no_grid():
    network, _, schools = worlds.network_of({"X": {"A": 12, "B": 12}})
    with pytest.raises(Refused, match="network"):
        halls.opened(make_organisation(schools["A"]), make.officer(network), pulse="grid-taste")


def test_the_taste_weighs_less_than_twenty_kilobytes(hall):
    phone = Client().get(f"/r/{hall.code}", headers={"accept-encoding": "gzip"})
    folder = Path(finders.find("alongside/css/answer.css")).parents[1]
    sheets = [(folder / "css/answer.css").read_bytes(), (folder / "js/answer.js").read_bytes()]
    assert phone.status_code == 200
    assert gzip.decompress(phone.content).count(b'type="radio"') == 80
    assert len(phone.content) + sum(len(gzip.compress(sheet)) for sheet in sheets) < 20_000


def test_a_grid_is_on_no_list_of_pulses(hall):
    assert not Wave.objects.exists()
    client = Client()
    client.force_login(hall.asked_by)
    assert "Reflection grid" not in client.get(f"/n/{hall.organisation.slug}/waves/new/").content.decode()
    assert "Reflection grid" in client.get(f"/n/{hall.organisation.slug}/ask/room/").content.decode()
