"""Taking the second step as a person does: reading secrets off pages, and codes off an app of our own."""

import base64
import hashlib
import hmac
import re
import struct
import time

from django.contrib.auth.hashers import make_password
from django.test import Client

from alongside.people.models import Person
from tests import make

PASSWORD = "four words in a row"


def code(secret: str, *, later: int = 0) -> str:
    """What an authenticator app shows for a secret (RFC 6238), so many half minutes from now."""
    message = struct.pack(">Q", int(time.time()) // 30 + later)
    digest = hmac.new(base64.b32decode(secret), message, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def secret_on(page: str) -> str:
    """The secret that the page with the picture offers for typing."""
    return re.search(r"<code data-secret>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    """The recovery codes of the page that shows them."""
    return re.findall(r"<li><code>(\d+)</code></li>", page)


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Set an authenticator app up in a signed-in browser; its secret and the ten recovery codes."""
    secret = secret_on(client.get("/account/second-step/app/").content.decode())
    done = client.post("/account/second-step/app/", {"code": code(secret)})
    return secret, codes_on(done.content.decode())


class Place:
    """A network with a school, and somebody of every role in it."""

    def __init__(self) -> None:
        self.network = make.network("Harbour Trust")
        self.school = make.school("Ashmead")
        self.cluster = make.cluster(self.network, "Avon", [self.school, make.school("Birch")])
        self.people = {
            "officer": make.officer(self.network, "officer@harbour.example"),
            "chair": make.chair(self.cluster, "chair@harbour.example"),
            "leader": make.leader(self.school, "leader@harbour.example"),
            "coach": make.coach(self.cluster, "coach@harbour.example"),
            "stakeholder": make.stakeholder(self.network, "stakeholder@harbour.example"),
            "staff": make.staff(self.school, 1)[0],
        }
        Person.objects.update(password=make_password(PASSWORD))
        for person in self.people.values():
            person.refresh_from_db()

    def sign_in(self, who: str, client: Client | None = None, **more: str):
        client = client or Client()
        form = {"username": self.people[who].email, "password": PASSWORD}
        return client, client.post("/sign-in/", form | more)

    def enrolled(self, who: str) -> tuple[str, list[str]]:
        """Set an app up for somebody, in a browser that is closed again."""
        client, _ = self.sign_in(who)
        return set_up_app(client)


def step(client: Client, code_: str, **more: str):
    return client.post("/sign-in/second-step/", {"code": code_, **more})


def opens(client: Client) -> bool:
    """Whether the network's first page opens in this browser."""
    return client.get("/n/harbour-trust/").status_code == 200
