"""The one tap on every page of a leader, what it silences on their pages, and who sees that a school is paused."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client

from alongside.network.models import Pause
from tests import make
from tests.doors.test_doors import Place, needs, page

pytestmark = pytest.mark.django_db

N, S = "/n/harbour-trust/", "/s/ashmead/"
TAP = re.compile(r'<form method="post" action="([^"]+/pause/)">.*?name="back" value="([^"]*)">', re.DOTALL)
UNDO = re.compile(r'<div class="resting">.*?<form method="post" action="([^"]+/pause/lift/)">', re.DOTALL)
PAGES = [N, f"{N}ask/", f"{N}decide/", f"{N}do/", f"{N}grow/", f"{N}show/", f"{N}clusters/", S, f"{S}ask/", f"{S}grow/"]


@pytest.fixture
def place() -> Place:
    return Place().settle()


def post(person, path: str, **form: object):
    client = Client()
    client.force_login(person)
    return client.post(path, form, follow=True)


def tap(place: Place, path: str = S):
    (at, back) = TAP.search(page(place.head, path)).groups()
    return post(place.head, at, how_long="week", back=back)


@pytest.mark.parametrize("path", PAGES)
def test_the_tap_stands_on_every_page_of_a_head_and_comes_back_there(place, path, time_machine):
    time_machine.move_to(datetime.datetime(2037, 11, 23, 9, tzinfo=datetime.UTC))  # a Monday, after the place was made
    response = tap(place, path)
    assert response.redirect_chain == [(path, 302)]
    text = response.content.decode()
    assert "Ashmead is paused until Monday 30 November." in text
    assert TAP.search(text) is None
    assert Pause.objects.get().organisation == place.ashmead.organisation
    undone = post(place.head, UNDO.search(text)[1], back=path)
    assert "The pause of Ashmead is over." in undone.content.decode()
    assert TAP.search(undone.content.decode())


@pytest.mark.parametrize("who", ["teacher", "coach", "guest"])
def test_nobody_else_is_offered_a_pause(place, who):
    text = page(getattr(place, who), N)
    assert "pause" not in text.lower()


@pytest.mark.parametrize("who", ["chair", "officer"])
def test_a_chair_or_officer_pauses_what_the_network_sends(place, who):
    person = getattr(place, who)
    assert f'href="{N}pauses/"' in page(person, N)
    text = post(person, f"{N}schools/birch/pause/", how_long="open").content.decode()
    assert "Harbour Trust has paused what it sends to Birch until somebody lifts the pause." in text
    assert Pause.objects.get().organisation == place.network
    assert "The pause of Birch is over." in post(person, f"{N}schools/birch/pause/lift/").content.decode()


def test_a_chair_cannot_lift_what_the_head_set(place):
    tap(place)
    text = page(place.chair, f"{N}pauses/")
    assert "Ashmead is paused" in text
    assert "/schools/ashmead/pause/lift/" not in text
    post(place.chair, f"{N}schools/ashmead/pause/lift/")
    assert Pause.objects.current().count() == 1


def test_a_paused_head_is_shown_nothing_but_the_way_on(place):
    place.close(make.open_wave(place.network, "well"), days_ago=1)
    make.open_wave(place.network, "lead")
    assert needs(page(place.head, N)) != []
    tap(place)
    for path in (N, S):
        text = page(place.head, path)
        assert needs(text) == []
        assert "Nothing needs you." in text
        assert UNDO.search(text)
    decide = page(place.head, f"{N}decide/")
    assert (needs(decide), "These can wait: the school is paused" in decide) == ([], True)
    post(place.head, f"{S}schools/ashmead/pause/lift/")
    assert needs(page(place.head, N)) != []


def test_a_teacher_of_a_paused_school_is_not_called_to_answer_and_the_others_are(place):
    make.open_wave(place.network, "lead")
    assert len(needs(page(place.teacher, N))) == 1
    tap(place)
    assert (needs(page(place.teacher, N)), needs(page(place.teacher, S))) == ([], [])
    assert len(needs(page(place.other, N))) == 1


def test_a_chair_who_also_leads_a_paused_school_still_chairs(place):
    make.leader(place.birch, place.chair.email)
    place.close(make.open_wave(place.network, "well"), days_ago=1)
    post(place.chair, f"{N}schools/birch/pause/")
    assert Pause.objects.get().organisation == place.birch.organisation
    titles = [title for title, _ in needs(page(place.chair, N))]
    assert titles[0] == "The schools of Avon wait for a reply"
    assert "results are in" in titles[1]
    assert len(titles) == 2


@pytest.mark.parametrize(("who", "sees"), [("chair", True), ("officer", True), ("teacher", False), ("guest", False)])
def test_that_a_school_is_paused_is_seen_by_chairs_and_officer_only(place, who, sees):
    tap(place)
    person = getattr(place, who)
    assert ("Ashmead is paused until" in page(person, N)) is sees
    assert ("Paused</span>" in page(person, f"{N}clusters/")) is sees


def test_another_networks_pause_is_not_seen_in_this_one(place):
    other = make.network("Brede Alliance")
    make.cluster(other, "Cray", [place.ashmead, make.school("Elm")])
    officer = make.officer(other, "officer@brede.example")
    post(officer, "/n/brede-alliance/schools/ashmead/pause/", how_long="open")
    for person, path in ((place.officer, N), (place.head, N), (place.chair, f"{N}clusters/")):
        assert "Brede Alliance has paused" not in page(person, path)
    assert "Brede Alliance has paused what it sends to Ashmead" in page(place.head, S)
    assert "Brede Alliance has paused what it sends to Ashmead" in page(officer, "/n/brede-alliance/")


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"how_long": "day"}, "Choose the last day of the pause"),
        ({"how_long": "day", "last_day": "2020-01-01"}, "is over"),
        ({"how_long": "day", "last_day": "9999-12-31"}, "a year at most"),
        ({"how_long": "term"}, "Choose one of the answers"),  # no term is known
        ({"how_long": "for ever"}, "Choose one of the answers"),
    ],
)
def test_a_day_that_cannot_be_is_said_and_nothing_is_paused(place, form, wrong):
    response = post(place.head, f"{S}schools/ashmead/pause/", **form)
    assert response.status_code == 400
    assert wrong in response.content.decode()
    assert Pause.objects.count() == 0


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/n/another/", "\n/", N + "x" * 600]
)
def test_nobody_is_led_elsewhere(place, back):
    response = post(place.head, f"{S}schools/ashmead/pause/", how_long="week", back=back)
    assert response.redirect_chain == [(f"{S}pauses/", 302)]


def test_there_is_no_field_for_why(place):
    text = page(place.head, f"{S}pauses/")
    assert set(re.findall(r'name="(\w+)"', text[text.index("<main") :])) == {
        "csrfmiddlewaretoken",
        "how_long",
        "last_day",
    }


def test_the_page_says_whose_letters_a_pause_silences(place):
    """A head's pause silences everybody; where a chair's would begin too, only what the network sends is promised."""
    assert "from anybody" in page(place.head, f"{N}pauses/")
    assert "Nothing that Harbour Trust sends reaches a paused school." in page(place.chair, f"{N}pauses/")
    both = make.chair(place.avon, "head@ashmead.example")
    assert both == place.head
    assert "Nothing that Harbour Trust sends reaches a paused school." in page(place.head, f"{N}pauses/")
