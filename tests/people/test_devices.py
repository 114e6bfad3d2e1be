"""Devices that are remembered: for one person each, for 30 days, and forgotten when anything behind them changes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from alongside.people import factors
from alongside.people.models import Person, RememberedDevice
from tests import make
from tests.people.steps import PASSWORD, Place, code, opens, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return Place()


def remember(place: Place, who: str = "officer") -> tuple[Client, str]:
    secret, _ = place.enrolled(who)
    client, _ = place.sign_in(who)
    response = step(client, code(secret), remember="on")
    cookie = response.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert cookie["max-age"] == 30 * 24 * 3600
    client.post("/sign-out/")
    return client, secret


def asked(place: Place, client: Client, who: str = "officer") -> bool:
    return place.sign_in(who, client)[1].url == "/sign-in/second-step/"


def test_a_remembered_device_is_not_asked_for_30_days(place):
    client, _ = remember(place)
    assert not asked(place, client)
    assert opens(client)
    assert asked(place, Client())
    with time_machine.travel(timezone.now() + 29 * make.DAY):
        client.post("/sign-out/")
        assert not asked(place, client)
    with time_machine.travel(timezone.now() + 31 * make.DAY):
        client.post("/sign-out/")
        assert asked(place, client)


def test_a_device_is_remembered_for_one_person_and_several_may_share_it(place):
    client, _ = remember(place)
    secret, _ = place.enrolled("chair")
    assert asked(place, client, "chair")
    step(client, code(secret), remember="on")
    for who in ("chair", "officer"):
        client.post("/sign-out/")
        assert not asked(place, client, who)


def test_in_a_shared_browser_nobody_gets_the_memory_of_another(place):
    """Who knows what the browser held for them knows nothing of what it holds for whoever comes after them."""
    client, _ = remember(place)
    kept = client.cookies["device"].value  # the officer takes a copy home
    secret, _ = place.enrolled("chair")
    place.sign_in("chair", client)
    step(client, code(secret), remember="on")
    elsewhere = Client()
    elsewhere.cookies["device"] = kept
    assert asked(place, elsewhere, "chair")
    assert not asked(place, elsewhere, "officer")
    digests = list(RememberedDevice.objects.order_by("pk").values_list("digest", flat=True))
    assert len(set(digests)) == 2
    client.post("/sign-out/")
    place.sign_in("chair", client)
    client.post(f"/account/devices/{RememberedDevice.objects.get(digest=digests[1]).pk}/forget/")
    client.post("/sign-out/")
    assert not asked(place, client, "officer")


def test_who_is_remembered_again_is_remembered_once(place):
    client, secret = remember(place)
    [before] = RememberedDevice.objects.values_list("digest", flat=True)
    with time_machine.travel(timezone.now() + make.DAY):
        Person.objects.filter(pk=place.people["officer"].pk).update(password=make_password(PASSWORD))
        place.sign_in("officer", client)
        assert step(client, code(secret), remember="on").status_code == 302
    [after] = RememberedDevice.objects.values_list("digest", flat=True)
    assert after != before
    assert "." not in client.cookies["device"].value.partition(":")[0]


def test_a_browser_remembers_eight_people_and_forgets_the_first_then(place, rf):
    people, request = [make.person(f"p{number}@harbour.example") for number in range(9)], rf.get("/")
    for person in people:
        response = HttpResponse()
        factors.remember(request, response, person)
        request.COOKIES["device"] = response.cookies["device"].value
    assert [factors.remembered(request, person) for person in people] == [False, *[True] * 8]


def test_a_device_is_forgotten_by_hand_by_a_new_password_and_with_a_way_of_stepping(place):
    client, secret = remember(place)
    place.sign_in("officer", client)
    page = client.get("/account/").content.decode()
    [pk] = re.findall(r"/account/devices/(\d+)/forget/", page)
    other = Client()
    other.force_login(place.people["chair"])
    assert other.post(f"/account/devices/{pk}/forget/").status_code == 404
    assert client.post(f"/account/devices/{pk}/forget/").status_code == 302
    client.post("/sign-out/")
    assert asked(place, client)
    with time_machine.travel(timezone.now() + make.DAY / 24 / 30):  # two minutes: the next code
        assert step(client, code(secret), remember="on").status_code == 302
        client.post("/sign-out/")
        assert not asked(place, client)
        client.post("/sign-out/")
        Person.objects.filter(pk=place.people["officer"].pk).update(password=make_password(PASSWORD))
        assert asked(place, client)


@pytest.mark.parametrize("cookie", ["", "x", "x:y:z", "é", "a" * 5000])
def test_a_cookie_of_ones_own_making_remembers_nothing(place, cookie):
    client, _ = remember(place)
    client.cookies["device"] = cookie
    assert asked(place, client)


def test_behind_https_the_cookie_belongs_to_this_host_alone(tmp_path):
    program = "import django; django.setup(); from alongside.people import factors; print(factors.COOKIE)"
    environment = os.environ | {
        "ALONGSIDE_DATA": str(tmp_path),
        "ALONGSIDE_URL": "https://alongside.example",
        "DJANGO_SETTINGS_MODULE": "alongside.settings",
    }
    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "__Host-device"
