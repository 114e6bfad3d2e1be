"""Answers that come at a bad moment or from the wrong form: each has its sentence, and nothing is stored that should not be."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from alongside.network import actions as network_actions
from alongside.network.models import Organisation
from alongside.surveys import schooldays
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Answer, Ticket, Wave
from tests import make
from tests.surveys import worlds

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def world(db):
    return worlds.open_world({"X": {"A": 12, "B": 12}}, "lead")


@pytest.fixture
def phone():
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def link(world, school="A", number=0):
    return f"/a/{world.wave.pk}/{make.tokens(world.wave, world.schools[school])[number]}"


def sent(pulse="lead"):
    return {item.id: "4" for item in instrument(pulse).items}


def said(response):
    return re.sub(r"\s+", " ", response.content.decode())


def stored():
    return Answer.objects.count(), Ticket.objects.filter(used=True).count()


def test_one_second_before_the_closing_is_in_time_and_one_after_is_late(world, phone, time_machine):
    early, late = link(world), link(world, number=1)
    time_machine.move_to(world.wave.closes_at - SECOND, tick=False)
    assert "Your answers are in" in said(phone.post(early, sent()))
    time_machine.move_to(world.wave.closes_at + SECOND, tick=False)
    page = phone.post(late, sent())
    assert page.status_code == 410
    assert "they came after the closing time that was printed on the form" in said(page)
    assert stored() == (1, 1)


def test_a_form_of_another_pulse_is_asked_for_again_and_stores_nothing(world, phone):
    page = phone.post(link(world), sent("well") | {"sure": "1"})
    assert page.status_code == 422
    assert "No answer has arrived yet." in said(page)
    assert stored() == (0, 0)


def test_a_form_of_another_wave_of_the_same_pulse_does_not_open_this_one(world, phone):
    other = worlds.open_world({"Y": {"C": 12, "D": 12}}, "lead")
    token = make.tokens(other.wave, other.schools["C"])[0]
    page = phone.post(f"/a/{world.wave.pk}/{token}", sent())
    assert page.status_code == 404
    assert stored() == (0, 0)


def test_a_form_that_a_school_sends_while_it_is_paused_counts(world, phone):
    school = world.schools["A"]
    network_actions.pause(school, school.organisation, None, make.leader(school).pk)
    assert phone.get(link(world)).status_code == 200
    assert "Your answers are in" in said(phone.post(link(world), sent()))
    assert stored() == (1, 1)


@pytest.mark.parametrize(
    ("zone", "day", "at"),
    [
        (
            "Africa/Cairo",
            datetime.date(2027, 4, 30),
            "2027-04-30T15:00",
        ),  # that Friday at midnight the clock went forward
        ("Africa/Cairo", datetime.date(2026, 10, 30), "2026-10-30T16:00"),  # and that Friday back
        ("Europe/London", datetime.date(2027, 3, 29), "2027-03-29T17:00"),  # the Monday after
    ],
)
def test_a_pulse_closes_at_six_on_the_wall_on_a_day_on_which_the_clock_has_changed(
    world, phone, zone, day, at, time_machine
):
    Organisation.objects.filter(pk=world.network.pk).update(zone=zone)
    closes = schooldays.closing(day, zone)
    assert closes == datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.UTC)
    Wave.objects.filter(pk=world.wave.pk).update(opens_at=closes - 7 * make.DAY, closes_at=closes)
    time_machine.move_to(closes - SECOND, tick=False)
    first = phone.get(link(world))
    assert f"Confidential until {day:%A} {day.day} {day:%B}" in said(first)
    assert "Your answers are in" in said(phone.post(link(world), sent()))
    time_machine.move_to(closes, tick=False)
    assert phone.post(link(world, number=1), sent()).status_code == 410
    assert stored() == (1, 1)


def test_the_form_tells_the_phone_until_when_to_keep_a_draft(world, phone):
    page = phone.get(link(world)).content.decode()
    until = datetime.datetime.fromisoformat(re.search(r'data-until="([^"]+)"', page)[1])
    assert until == world.wave.closes_at
    assert until.tzinfo is not None
    assert timezone.now() < until


def test_the_outbox_comes_as_a_script_of_our_own_for_answering_alone(phone, db):
    answer = phone.get("/a/outbox.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Service-Worker-Allowed" not in answer.headers  # so it rules over /a/ and nothing else
    assert (dict(phone.cookies), answer.headers["Cache-Control"]) == ({}, "no-store")


def test_what_stands_in_place_of_a_receipt_never_says_thank_you(phone, db):
    page = said(phone.get("/a/kept"))
    assert "Nothing has arrived yet." in page
    assert "Thank you" not in page
    assert "are in." not in page


def test_the_page_says_in_a_header_what_became_of_an_answer(world, phone):
    """What a phone keeps goes by this word alone: a page of somebody between has none."""
    first, second = link(world), link(world, number=1)
    fates = [phone.post(first, {}), phone.post(first, sent()), phone.post(first, sent()), phone.post("/a/1/x", sent())]
    Wave.objects.update(opens_at=timezone.now() - make.DAY, closes_at=timezone.now() - SECOND)
    fates.append(phone.post(second, sent()))
    assert [(fate.status_code, fate.headers["Alongside-Answer"]) for fate in fates] == [
        (422, "refused"),
        (200, "received"),
        (200, "received"),
        (404, "refused"),
        (410, "refused"),
    ]
    Wave.objects.update(opens_at=timezone.now() + make.DAY, closes_at=timezone.now() + 2 * make.DAY)
    early = phone.post(second, sent())
    assert (early.status_code, "Alongside-Answer" in early.headers) == (425, False)


@pytest.mark.parametrize("path", ["/a/kept", "/a/outbox.js", "/", "/health/", "/r/AAAAAA"])
def test_no_other_page_says_it(phone, db, path):
    assert "Alongside-Answer" not in phone.get(path).headers


def test_a_form_says_until_when_it_may_be_kept(world, phone):
    assert phone.get(link(world)).headers["Alongside-Closes"] == world.wave.closes_at.isoformat()
    Wave.objects.update(opens_at=timezone.now() - make.DAY, closes_at=timezone.now() - SECOND)
    assert "Alongside-Closes" not in phone.get(link(world)).headers


def test_every_first_view_asks_for_a_sheet_and_a_script(world, phone):
    page = phone.get(link(world)).content.decode()
    assert len(re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="/', page)) == 2


@pytest.mark.parametrize("kind", ["large", "larger", "", "²", "\0"])
def test_larger_type_is_a_link_and_anything_else_in_its_place_is_the_usual_type(world, phone, kind):
    page = phone.get(link(world), {"type": kind}).content.decode()
    assert ('class="large"' in page) == (kind == "large")
    assert ("Larger type</a>" in page) == (kind != "large")


def test_larger_type_stays_for_the_receipt_and_for_what_is_asked_again(world, phone):
    path = f"{link(world)}?type=large"
    again = phone.post(path, {"lead.1": "4"})
    assert (again.status_code, 'class="large"' in again.content.decode()) == (422, True)
    assert 'class="large"' in phone.post(path, sent()).content.decode()
    assert 'class="large"' in phone.get(path).content.decode()  # received before
