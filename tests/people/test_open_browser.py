"""Whoever finds an open browser does not take the account over: what changes how one signs in asks first who one is."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone
from django_ox.testing import run_tasks

from alongside.people import factors, throttle
from alongside.people.models import Person
from tests import make
from tests.people.steps import code, codes_on, set_up_app

pytestmark = pytest.mark.django_db
PASSWORD, ANOTHER = "four words in a row", "five other words in a row"
ADA = "ada@harbour.example"
NEW = {"new_password1": ANOTHER, "new_password2": ANOTHER}
LEADS_TO = {
    "/account/password/": "/account/password/",
    "/account/second-step/": "/account/second-step/",
    "/account/second-step/app/": "/account/second-step/app/",
    "/account/second-step/passkey/": "/account/second-step/",
    "/account/recovery-codes/": "/account/",
}
SHOWN = "/account/confirm/"


class Desk:
    """An officer who has a password and an app, and the browser that they left open."""

    def __init__(self, clock: time_machine.Coordinates) -> None:
        self.clock = clock
        self.ada = make.officer(make.network("Harbour Trust"), ADA)
        Person.objects.update(password=make_password(PASSWORD))
        self.open = Client()
        self.open.post("/sign-in/", {"username": ADA, "password": PASSWORD})
        self.secret, self.codes = set_up_app(self.open)
        self.app = Authenticator.objects.get(type="totp").pk
        clock.shift(datetime.timedelta(minutes=6))

    def confirm(self, **form: str):
        return self.open.post(SHOWN, {"next": "/account/password/", **form})

    @property
    def paths(self) -> dict[str, str]:
        return {**LEADS_TO, f"/account/second-step/{self.app}/remove/": "/account/"}

    def kept(self) -> object:
        steps = list(Authenticator.objects.order_by("pk").values_list("pk", "data"))
        return steps, Person.objects.get(pk=self.ada.pk).password


@pytest.fixture
def desk():
    with time_machine.travel(timezone.now().replace(second=10), tick=False) as clock:
        yield Desk(clock)


def test_an_open_browser_changes_nothing(desk):
    before = desk.kept()
    assert desk.open.get("/account/").status_code == 200
    form = {**NEW, "code": code(desk.secret), "credential": "{}"}
    for path, back in desk.paths.items():
        assert desk.open.post(path, form).url == f"{SHOWN}?next={back}", path
    for path in list(LEADS_TO)[:3]:
        assert desk.open.get(path).url == f"{SHOWN}?next={path}"
    assert desk.kept() == before


@pytest.mark.parametrize("by", ["password", "app", "recovery code"])
def test_whoever_shows_that_it_is_them_goes_on(desk, by):
    page = desk.open.get(SHOWN, {"next": "/account/password/"}).content.decode()
    assert 'name="next" value="/account/password/"' in page
    shown = {"password": PASSWORD, "app": code(desk.secret), "recovery code": desk.codes[0]}[by]
    assert desk.confirm(**{"password" if by == "password" else "code": shown}).url == "/account/password/"
    assert desk.open.post("/account/password/", NEW).url == "/account/"
    assert Person.objects.get(pk=desk.ada.pk).check_password(ANOTHER)
    assert len(codes_on(desk.open.post("/account/recovery-codes/").content.decode())) == 10
    assert desk.open.post(f"/account/second-step/{desk.app}/remove/").url == "/account/"
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"password": ANOTHER}, "This is not your password"),
        ({"password": ""}, "This field is required"),
        ({"password": "x\0y"}, "Null characters are not allowed"),
        ({"password": "x" * 5000}, "at most 4096 characters"),
        ({"code": "000000"}, "This code is not right"),
        ({"code": "²🙂"}, "This code is not right"),
        ({"credential": "{}"}, "That passkey is not one of yours"),
        ({}, "This field is required"),
    ],
)
def test_whoever_cannot_show_it_stays_outside(desk, form, said):
    response = desk.confirm(**form)
    assert response.status_code == 200
    assert said in response.content.decode()
    assert desk.open.post("/account/password/", NEW).url.startswith(SHOWN)


def test_it_holds_for_five_minutes(desk):
    desk.confirm(password=PASSWORD)
    desk.clock.shift(factors.MINUTES_PROVED * 60 - 1)
    assert desk.open.get("/account/password/").status_code == 200
    desk.clock.shift(1)
    assert desk.open.get("/account/password/").url.startswith(SHOWN)


@pytest.mark.parametrize("way", ["password", "code"])
def test_guessing_there_is_slowed_down_as_at_the_sign_in(desk, way):
    for _ in range(throttle.TRIES):
        assert desk.confirm(**{way: "000000"}).status_code == 200
    right = {"password": PASSWORD, "code": code(desk.secret)}
    assert desk.confirm(**{way: right[way]}).status_code == 429
    if way == "password":
        assert Client().post("/sign-in/", {"username": ADA, "password": PASSWORD}).status_code == 429


def test_it_leads_on_within_this_site_only(desk):
    assert desk.confirm(password=PASSWORD, next="https://evil.example/").url == "/account/"


def test_a_proof_is_of_one_person(desk):
    other = make.person("ben@harbour.example")
    session = desk.open.session
    factors.prove(session, other)
    session.save()
    assert desk.open.get("/account/password/").url.startswith(SHOWN)


@pytest.mark.parametrize("forged", [None, "now", 1, {}, {"person": "own", "at": 9e12}])
def test_a_proof_of_no_sense_is_none(desk, forged):
    session = desk.open.session
    if isinstance(forged, dict) and forged:
        forged = {**forged, "person": desk.ada.pk}
    session["proved"] = forged
    session.save()
    assert desk.open.get("/account/password/").url.startswith(SHOWN)


def test_who_has_neither_password_nor_step_signs_in_once_more(desk):
    """allauth lets them through; a first password of somebody else's would stay."""
    ben, client = make.person("ben@harbour.example"), Client()
    client.password_only(ben)
    assert client.post("/account/password/", NEW).url == f"{SHOWN}?next=/account/password/"
    assert "Sign out, sign in again" in client.get(SHOWN).content.decode()
    assert client.post(SHOWN, {"password": ""}).status_code == 200
    assert client.post("/account/password/", NEW).url.startswith(SHOWN)
    client.post("/sign-out/")
    client.post("/sign-in/code/", {"username": ben.email})
    run_tasks(raise_failures=True)
    sent = outbox.outbox[-1].subject.split()[0]
    assert client.post("/sign-in/enter-code/", {"code": sent}).url == "/home/"
    assert client.post("/account/password/", NEW).url == "/account/"
    assert Person.objects.get(pk=ben.pk).check_password(ANOTHER)


def test_a_role_that_begins_in_an_open_browser_lets_nobody_set_a_step_up(desk):
    """Else a finder's own app would be the second step, and with it the password theirs."""
    ben, client = make.person("ben@harbour.example"), Client()
    Person.objects.filter(pk=ben.pk).update(password=make_password(PASSWORD))
    client.post("/sign-in/", {"username": ben.email, "password": PASSWORD})
    desk.clock.shift(datetime.timedelta(minutes=6))
    make.officer(make.network("Quay Trust"), ben.email)
    assert client.get("/n/quay-trust/").url.startswith("/account/second-step/")
    assert client.get("/account/second-step/app/").url == f"{SHOWN}?next=/account/second-step/app/"
    assert client.post(SHOWN, {"password": PASSWORD, "next": "/account/second-step/app/"}).status_code == 302
    assert len(set_up_app(client)[1]) == 10
    assert client.get("/n/quay-trust/").status_code == 200
