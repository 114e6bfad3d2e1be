"""A laptop with its own Wi-Fi: phones answer in plain http at one address, and find nothing else there."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from alongside import cli
from tests.installation import Installation, Running, installation

ROOM = re.compile(r"answer at (http://127\.0\.0\.2:\d+)/r/")
# Opens a session in the demo network for 40 people and prints its code.
OPEN = """
import django; django.setup()
from alongside.network.models import Organisation
from alongside.people.models import Role
from alongside.surveys import actions
network = Organisation.objects.filter(kind="network").first()
by = Role.objects.filter(kind="officer").first().person
print(actions.open_room(network, "lead", 40, by=by).code)
"""


pytestmark = pytest.mark.xdist_group("live")  # one installation for all of them


@pytest.fixture(scope="module")
def laptop() -> Iterator[Installation]:
    with installation() as made:
        made.run("init", "--network", "Hall Trust", "--country", "gb", "--officer-name", "Emeka", "--officer-email", "e@h.example")  # fmt: skip
        yield made


@pytest.fixture(scope="module")
def live(laptop: Installation) -> Iterator[Running]:
    with laptop.running("live", "--address", "127.0.0.2", "--room-port", "0", "--port", "0", "--no-open") as running:
        yield running


def room_url(live: Running) -> str:
    return ROOM.search(live.text())[1]


def get(url: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read().decode()


def open_code(laptop: Installation) -> str:
    environment = laptop.environment | {"DJANGO_SETTINGS_MODULE": "alongside.settings"}
    done = subprocess.run([sys.executable, "-c", OPEN], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_phones_answer_on_the_wifi_without_a_cookie(laptop, live):
    here, code = room_url(live), open_code(laptop)
    status, headers, page = get(f"{here}/r/{code}")
    assert (status, headers["Set-Cookie"], headers["Strict-Transport-Security"]) == (200, None, None)
    names = sorted(set(re.findall(r'name="(lead\.\d+)"', page)))
    form = dict.fromkeys(names, "4") | {"number": re.search(r'name="number" value="(\w+)"', page)[1]}
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"{here}/r/{code}", data, timeout=20) as thanks:
        assert "Your answers are in" in thanks.read().decode()
    assert get(f"{here}/r/{code}/results")[0] == 202
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page)[1]
    assert get(here + sheet)[0] == 200
    assert get(f"{here}/promises/")[0] == 200
    assert get(f"{here}/for-staff/")[0] == 200


@pytest.mark.parametrize(
    "path", ["/", "/sign-in/", "/n/hall-trust/", "/n/hall-trust/ask/", "/account/", "/a/1/", "/demo/components/"]
)
def test_nothing_else_is_served_there(live, path):
    assert get(room_url(live) + path)[0] == 404


def test_the_site_itself_answers_on_this_machine_alone(live):
    assert get(f"{live.url}/sign-in/")[0] == 200
    port = urllib.parse.urlsplit(live.url).port
    with pytest.raises(urllib.error.URLError):
        get(f"http://127.0.0.2:{port}/sign-in/")


def test_another_host_is_refused_there(live):
    assert get(f"{room_url(live)}/promises/", Host="alongside.example")[0] == 400


@pytest.mark.parametrize(
    ("address", "said"),
    [("8.8.8.8", "not an address of a Wi-Fi"), ("0.0.0.0", "not an address"), ("my laptop", "is no address")],
)
def test_an_address_of_the_open_internet_is_refused(address, said, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ALONGSIDE_DATA", os.environ["ALONGSIDE_DATA"])  # cli.main writes it
    monkeypatch.setattr("alongside.running._follow_parent", lambda: None)
    assert cli.main(["live", "--address", address, "--data", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
