"""A cluster's profile: versions, two authors at once, the year before, and the register's figures."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from alongside.kit.errors import Conflict, Refused
from alongside.network import actions, profile
from alongside.network.models import ProfileAnswer, School
from tests import make
from tests.network.test_joining import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def avon():
    network = make.network()
    schools = [make.school(name) for name in ("Ashmead", "Birch", "Copse")]
    places = [(55.0, 3.0, 10), (55.0, 3.1, 30.5), (None, None, None)]
    for school, (north, east, meals) in zip(schools, places, strict=True):
        school.latitude, school.longitude = north, east
        school.facts = {} if meals is None else {"fsm_percent": meals}
        school.save()
    return make.cluster(network, "Avon", schools)


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_questions_are_nine_and_three():
    assert [question.key[0] for question in profile.QUESTIONS] == list("123456789")
    assert [question.text for question in profile.TO_SETTLE] == [
        "Whom is our programme for, and who could learn side by side?",
        "Which one message about leadership should all of them hear?",
        "What comes first?",
    ]
    assert profile.QUESTIONS[6].text == (
        "What is hardest for us here and now, and which part of it could no school solve alone?"
    )


def test_every_version_is_kept_and_the_last_stands(avon):
    for number, text in enumerate(("One", "Two", "Two", "Three")):
        actions.write_answer(avon, "3-changed", text, seen=min(number, 2), by=number)
    assert [(a.number, a.text, a.written_by) for a in profile.versions(avon)["3-changed"]] == [
        (1, "One", 0),
        (2, "Two", 1),
        (3, "Three", 3),
    ]
    assert profile.latest(avon)["3-changed"].text == "Three"


def test_who_wrote_on_an_older_version_is_told(avon):
    actions.write_answer(avon, "1-who", "One", seen=0, by=1)
    with pytest.raises(Conflict, match="Somebody else wrote"):
        actions.write_answer(avon, "1-who", "Mine", seen=0, by=2)
    assert [answer.text for answer in profile.versions(avon)["1-who"]] == ["One"]


def test_no_question_and_too_much_are_refused(avon):
    with pytest.raises(Refused, match="no such question"):
        actions.write_answer(avon, "10", "x", seen=0, by=1)
    with pytest.raises(Refused, match="longer than 6,000 characters"):
        actions.write_answer(avon, "1-who", "x" * 6001, seen=0, by=1)


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_one_counts():
    cluster = make.cluster(make.network(), "Avon", [make.school("Ashmead"), make.school("Birch")])
    said = at_once(
        *[lambda text=text: actions.write_answer(cluster, "1-who", text, seen=0, by=1) for text in ("One", "Two")]
    )
    assert sorted(type(each).__name__ for each in said) == ["Conflict", "ProfileAnswer"]
    assert ProfileAnswer.objects.count() == 1


def test_a_conflict_shows_both_texts_and_the_next_save_keeps_both(avon):
    chair = make.chair(avon)
    client = signed_in(chair)
    path = f"/n/{avon.organisation.slug}/clusters/{avon.slug}/profile/1-who/"
    assert client.post(path, {"text": "Theirs", "seen": "0"}).status_code == 302
    response = client.post(path, {"text": "Mine", "seen": "0"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Theirs" in page
    assert ">\nMine</textarea>" in page
    assert 'name="seen" value="1"' in page
    assert client.post(path, {"text": "Theirs and mine", "seen": "1"}).status_code == 302
    assert [answer.text for answer in profile.versions(avon)["1-who"]] == ["Theirs", "Theirs and mine"]


def test_what_stood_a_year_ago_is_beside_what_stands_now(avon):
    chair = make.chair(avon)
    before = actions.write_answer(avon, "5-together", "We were quiet.", seen=0, by=chair.pk)
    ProfileAnswer.objects.filter(pk=before.pk).update(written_at=timezone.now() - datetime.timedelta(days=400))
    recent = actions.write_answer(avon, "5-together", "We argue well.", seen=1, by=chair.pk)
    ProfileAnswer.objects.filter(pk=recent.pk).update(written_at=timezone.now() - datetime.timedelta(days=30))
    path = f"/n/{avon.organisation.slug}/clusters/{avon.slug}/profile/"
    client = signed_in(chair)
    now, then = (client.get(path + query).content.decode() for query in ("", "?then=1"))
    assert "We argue well." in now
    assert "We were quiet." not in now
    assert "We argue well." in then
    assert "We were quiet." in then
    assert "1 answer reads differently from a year ago." in then


def test_the_year_before_is_the_same_day():
    assert profile.year_before(datetime.date(2028, 2, 29)) == datetime.date(2027, 2, 28)
    assert profile.year_before(datetime.date(2026, 11, 22)) == datetime.date(2025, 11, 22)


def test_questions_open_with_the_registers_figures(avon):
    schools = list(School.objects.order_by("name"))
    assert profile.figures(schools, "schools") == [
        ("Schools", "3: 3 primary"),
        (
            "Distances",
            "at most 6.4\xa0km apart, and every school has a neighbour within 6.4\xa0km, as the crow flies",
        ),
    ]
    assert profile.figures(schools, "students") == [
        ("Students on roll", "600"),
        ("Free school meals", "10 to 30.5%, known of 2 schools"),
    ]
    schools[0].roll = None
    assert profile.figures(schools, "students")[0] == ("Students on roll", "400, known of 2 of 3 schools")
    assert profile.figures([], "students") == profile.figures([], "schools") == []
