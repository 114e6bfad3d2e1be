"""Signing in by a code in a letter: the same page whether the address is known or not; once, soon, and three tries."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone
from django_ox.testing import run_tasks

from alongside.people import throttle
from alongside.people.models import Person
from tests import make
from tests.people.steps import code, set_up_app

pytestmark = pytest.mark.django_db
ADA = "ada@ashmead.example"


@pytest.fixture
def ada() -> Person:
    return make.person(ADA, "Ada Lane")


def ask(client: Client, email: str = ADA, **more: str):
    return client.post("/sign-in/code/", {"username": email, "password": "", **more})


def sent_letters() -> list:
    """All letters, once the worker has done what was asked of it."""
    run_tasks(raise_failures=True)
    return outbox.outbox


def letter() -> str:
    """The code in the newest letter."""
    sent_letters()
    return re.search(r"^    (\S+)$", outbox.outbox[-1].body, re.MULTILINE)[1]


def enter(client: Client, sent: str, **more: str):
    return client.post("/sign-in/enter-code/", {"code": sent, **more})


def signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_code_signs_in_whoever_has_the_address(client, ada):
    assert ask(client, " Ada@Ashmead.example ").url == "/sign-in/enter-code/"
    [sent] = sent_letters()
    assert sent.to == [ADA]
    assert letter() in sent.subject
    wrong = enter(client, "XXXX-XXXX")
    assert "not the code of the newest letter" in wrong.content.decode()
    assert not signed_in(client)
    assert enter(client, letter().lower().replace("-", " ")).url == "/home/"
    assert signed_in(client)


def test_it_leads_on_within_this_site_only(client, ada):
    assert ask(client, next="/account/").url == "/sign-in/enter-code/?next=%2Faccount%2F"
    assert enter(client, letter(), next="/account/").url == "/account/"
    other = Client()
    assert ask(other, next="https://evil.example/").url == "/sign-in/enter-code/"
    assert enter(other, letter(), next="https://evil.example/").url == "/home/"


def test_nobody_learns_whether_an_address_is_known(ada):
    make.person("gone@ashmead.example", "Gone")
    Person.objects.filter(email="gone@ashmead.example").update(is_active=False)
    said = []
    for email in (ADA, "nobody@ashmead.example", "gone@ashmead.example"):
        client = Client()
        asked = ask(client, email)
        page = client.get(asked.url).content.decode()
        tried = [enter(client, "XXXX-XXXX") for _ in range(3)]
        pages = [page, *(each.content.decode() for each in tried)]
        plain = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", each).replace(email, "") for each in pages]
        said.append((asked.status_code, asked.url, [each.status_code for each in tried], plain))
    assert said[0] == said[1] == said[2]
    assert len(sent_letters()) == 1


def test_a_code_works_three_tries_long(client, ada):
    ask(client)
    assert [enter(client, "XXXX-XXXX").status_code for _ in range(3)] == [200, 200, 410]
    assert enter(client, letter()).url == "/sign-in/"
    assert not signed_in(client)


def test_a_code_works_ten_minutes_long(client, ada):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        ask(client)
        sent = letter()
    with time_machine.travel(now + make.DAY / 24 / 6 + make.DAY / 24 / 3600, tick=False):
        assert enter(client, sent).url == "/sign-in/"
    with time_machine.travel(now, tick=False):
        ask(client)
        sent = letter()
    with time_machine.travel(now + make.DAY / 24 / 6 - make.DAY / 24 / 3600, tick=False):
        assert enter(client, sent).url == "/home/"


def test_a_code_works_once_and_in_the_browser_that_asked(client, ada):
    ask(client)
    other = Client()
    ask(other, "nobody@ashmead.example")
    assert enter(other, letter()).status_code == 200
    assert not signed_in(other)
    enter(client, letter())
    client.post("/sign-out/")
    assert enter(client, letter()).url == "/sign-in/"
    assert not signed_in(client)


def test_a_newer_code_ends_the_older(client, ada):
    ask(client)
    first = letter()
    ask(client)
    assert enter(client, first).status_code == 200
    assert enter(client, letter()).url == "/home/"


@pytest.mark.parametrize("sent", ["", " ", "²", "a\0b", "🙂", "x" * 5000])
def test_an_empty_code_or_a_strange_one_lets_nobody_in(client, ada, sent):
    for email in (ADA, "nobody@ashmead.example"):
        ask(client, email)
        assert enter(client, sent).status_code == 200
        assert not signed_in(client)


@pytest.mark.parametrize("email", ["", "not an address", "a\0b@x.example", "x" * 300 + "@x.example"])
def test_what_is_no_address_is_said_on_the_form(client, email):
    page = ask(client, email).content.decode()
    assert "another look" in page
    assert sent_letters() == []


def test_nobody_is_buried_in_letters_and_an_address_that_asks_too_often_waits(ada):
    for _ in range(2 * throttle.TRIES):
        assert ask(Client()).status_code == 302
    assert len(sent_letters()) == throttle.TRIES
    for number in range(throttle.TRIES_BEHIND_ONE_ADDRESS - 2 * throttle.TRIES):
        assert ask(Client(), f"invented{number}@x.example").status_code == 302
    assert ask(Client(), "one.more@x.example").status_code == 429
    assert ask(Client(REMOTE_ADDR="10.0.0.2"), "one.more@x.example").status_code == 302


def test_a_code_is_no_way_around_the_second_step(client):
    officer = make.officer(make.network("Harbour Trust"), ADA)
    browser = Client()
    browser.force_login(officer)
    secret, _ = set_up_app(browser)
    ask(client)
    assert enter(client, letter()).url == "/sign-in/second-step/"
    assert client.get("/account/").status_code == 302
    assert client.post("/sign-in/second-step/", {"code": code(secret)}).status_code == 302
    assert signed_in(client)


def test_who_was_disabled_meanwhile_stays_outside(client, ada):
    ask(client)
    sent = letter()
    Person.objects.update(is_active=False)
    enter(client, sent)
    assert not signed_in(client)
