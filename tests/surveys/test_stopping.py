"""Stopping letters of pulses: one click, without signing in, and nothing that tells who had answered."""

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from alongside.kit import logs
from alongside.people import actions as people_actions
from alongside.people.models import Person
from alongside.surveys import actions, stopping
from alongside.surveys.models import LettersStopped, RosterEntry, Wave
from tests import make
from tests.surveys import worlds

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def world(db):
    return worlds.open_world({"X": {"A": 9, "B": 6}})


def path(person):
    return stopping.stop_url(person.pk).removeprefix("http://127.0.0.1:8000")


def somebody(world):
    return world.wave.roster.order_by("pk").first().person


def test_looking_stops_nothing_and_one_click_stops_reminders_without_cookies(world):
    person, client = somebody(world), Client(enforce_csrf_checks=True)
    assert client.get(path(person)).status_code == 200
    assert stopping.wanted(person) == "all"
    for _ in range(2):
        response = client.post(path(person), ONE_CLICK)
        assert (response.status_code, len(response.cookies)) == (200, 0)
        assert stopping.wanted(person) == "invitations"
    assert "No reminders come to you" in response.content.decode()


def test_a_mail_programs_button_brings_no_invitations_back(world):
    person = somebody(world)
    stopping.choose(person, "none")
    assert Client().post(path(person), ONE_CLICK).status_code == 200
    assert stopping.wanted(person) == "none"


@pytest.mark.parametrize("letters", ["all", "invitations", "none"])
@pytest.mark.parametrize("before", ["all", "invitations", "none"])
def test_each_choice_can_follow_each_other(before, letters, world):
    person = somebody(world)
    stopping.choose(person, before)
    Client().post(path(person), {"letters": letters})
    assert stopping.wanted(person) == letters
    assert LettersStopped.objects.count() == (letters != "all")


def test_the_link_is_the_same_in_each_letter_of_each_pulse_and_stands_in_the_header(world, server):
    actions.send_invitations(world.wave.pk)
    other = make.open_wave(world.network, "lead")
    actions.send_invitations(other.pk)
    links = {}
    for to, letter in zip(server.recipients, server.letters, strict=True):
        link = letter["List-Unsubscribe"].strip("<>")
        assert link in letter.get_content().split()
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        links.setdefault(to, set()).add(link)
    assert {len(found) for found in links.values()} == {1}
    assert len({link for found in links.values() for link in found}) == 15


def test_who_stopped_reminders_still_gets_the_next_invitation(world, server):
    person = somebody(world)
    stopping.choose(person, stopping.INVITATIONS)
    actions.send_invitations(world.wave.pk)
    assert person.email in server.recipients


def test_who_stopped_invitations_is_not_asked_the_next_time_and_gets_none_that_waits(world, server):
    person = somebody(world)
    stopping.choose(person, stopping.NONE)
    actions.send_invitations(world.wave.pk)
    assert len(server.recipients) == 14
    assert person.email not in server.recipients
    assert not RosterEntry.objects.filter(invited_at__isnull=True).exists()
    other = make.open_wave(world.network, "lead")
    assert (other.invited, other.roster.filter(person=person).count()) == (14, 0)
    assert actions.people_to_ask(world.network, None) == 14


def test_what_a_stop_leaves_behind_tells_nothing_of_answering(world):
    """No time, no wave, no letter: two people who stopped, one of whom had answered, differ in nothing but who they are."""
    assert {field.name for field in LettersStopped._meta.concrete_fields} == {"person", "invitations_too"}
    first, second = (entry.person for entry in world.wave.roster.order_by("person_id")[:2])
    worlds.answer(world, "A", [4])
    for person in (first, second):
        Client().post(path(person), ONE_CLICK)
    rows = list(LettersStopped.objects.values())
    assert [{**row, "person_id": 0} for row in rows] == [{"person_id": 0, "invitations_too": False}] * 2


def test_the_page_is_the_same_whether_its_reader_has_answered(world):
    person = Person.objects.get(
        pk=world.wave.roster.filter(school=world.schools["A"]).order_by("person_id")[0].person_id
    )
    before = Client().get(path(person)).content
    worlds.answer(world, "A", [4])
    assert Client().get(path(person)).content == before


@pytest.mark.parametrize("token", ["x", "1:2:3", "the weekly letter’s", "%F0%9F%98%80"])
def test_a_link_of_somebody_elses_making_stops_nothing(world, token):
    if token == "the weekly letter’s":
        token = signing.dumps(somebody(world).pk, salt="alongside.people.digests.stop")
    assert Client().get(f"/letters/{token}/stop/").status_code == 404
    assert Client().post(f"/letters/{token}/stop/", ONE_CLICK).status_code == 404
    assert not LettersStopped.objects.exists()


def test_no_log_holds_the_link_by_which_somebody_stopped(world):
    """At that hour of that day it could tell which letter they had in hand."""
    link = path(somebody(world))
    assert logs.scrub(f'"POST {link} HTTP/1.1" 200') == '"POST /letters/… HTTP/1.1" 200'


@pytest.mark.parametrize("value", ["", "\0", "²", "x" * 20_000, "ALL"])
def test_what_no_button_sends_stops_reminders(world, value):
    person = somebody(world)
    assert Client().post(path(person), {"letters": value}).status_code == 200
    assert stopping.wanted(person) == "invitations"


@pytest.mark.parametrize(
    ("mine", "theirs", "left"),
    [
        ("all", "none", "none"),
        ("none", "invitations", "none"),
        ("invitations", "all", "invitations"),
        ("all", "all", "all"),
    ],
)
def test_two_people_who_become_one_get_no_letter_that_either_did_not_want(mine, theirs, left, world):
    keep, drop = (entry.person for entry in world.wave.roster.filter(school=world.schools["A"]).order_by("pk")[:2])
    link = path(drop)
    stopping.choose(keep, mine)
    stopping.choose(drop, theirs)
    people_actions.merge(keep, drop, world.network.pk, by=make.officer(world.network))
    assert stopping.wanted(keep) == left
    assert LettersStopped.objects.count() == (left != "all")
    Client().post(link, {"letters": "none"})
    assert stopping.wanted(keep) == "none"


def test_the_answering_page_opens_all_the_same(world):
    stopping.choose(somebody(world), stopping.NONE)
    token = make.tokens(world.wave)[0]
    assert Client().get(f"/a/{world.wave.pk}/{token}").status_code == 200
    assert Wave.objects.accepting(timezone.now()).exists()


def test_whoever_was_merged_keeps_what_they_stopped(world, server):
    kept, asked = make.person("kept@a.example"), somebody(world)
    stopping.choose(kept, "none")
    Person.objects.filter(pk=asked.pk).update(merged_into=kept)
    actions.send_invitations(world.wave.pk)
    assert len(server.recipients) == 14
    assert asked.email not in server.recipients
