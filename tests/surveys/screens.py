"""Everything that anyone may see of a wave: every role walks through every page it can reach, and keeps what it got."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.test import Client

from alongside.people.models import Person
from tests import make
from tests.surveys.worlds import World

LINK = re.compile(r'href="([^"#]+)"')
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')
QUOTE = re.compile(r'<p class="quote after">.*?</p>', re.DOTALL)
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
ATTRIBUTE = re.compile(r'\s([a-z-]+)="([^"]*)"')


@dataclass(frozen=True)
class Screen:
    """One response, without what is new each time. queries: how many the page took."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    queries: int

    @property
    def text(self) -> str:
        """What is printed, without the tags."""
        return re.sub(r"\s+", " ", html.unescape(TAG.sub(" ", self.body.partition("<body>")[2] or self.body)))

    def rows(self) -> list[list[str]]:
        """The cells of every table row, as text."""
        found = [[clean(cell) for cell in CELL.findall(row)] for row in ROW.findall(self.body)]
        return [row for row in found if row]

    def attributes(self) -> Iterator[tuple[str, str]]:
        """Name and value of every attribute."""
        return ((name, html.unescape(value)) for name, value in ATTRIBUTE.findall(self.body))


type Seen = dict[tuple[str, str], Screen]  # (who, path)


def clean(cell: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(TAG.sub(" ", cell))).strip()


def roles(world: World, *schools: str) -> dict[str, Person]:
    """Somebody of every role, with the head and a teacher of each of these schools."""
    network, (name, cluster) = world.network, min(world.clusters.items())
    found = {
        "officer": make.officer(network),
        "stakeholder": make.stakeholder(network),
        f"chair of {name}": make.chair(cluster),
        f"coach of {name}": make.coach(cluster),
    }
    for school in schools:
        found[f"head of {school}"] = make.leader(world.schools[school], f"head.{school}@riverway.example".lower())
        found[f"teacher of {school}"] = world.schools[school].staff.select_related("person")[0].person
    return found


def walk(world: World, people: dict[str, Person], *, items: str = "1") -> Seen:
    """All pages about pulses that these people can reach; of the statements only those of these numbers."""
    # What the documents say is compared with the pages in test_documents.py: drawing each for everyone takes minutes.
    skip = re.compile(
        rf"\.(pdf|xlsx|pptx)$|/(staff|roles|grow|do)/|/clusters/$|/clusters/new|/statements/[a-z]+\.[^{items}]|/ask/new/|^/s/.*/(ask|decide)/"
    )
    seen: Seen = {}
    for who, person in people.items():
        client = Client()
        client.force_login(person)
        waiting = [f"/n/{world.network.slug}/", f"/n/{world.network.slug}/waves/{world.wave.pk}/"]
        while waiting:
            path = waiting.pop()
            if (who, path) in seen or skip.search(path):
                continue
            seen[who, path] = screen = look(client, path)
            links = set(LINK.findall(screen.body)) | {dict(screen.headers).get("Location", "")}
            waiting += sorted(link for link in links if re.match(r"/[ns]/", link))
    return seen


def look(client: Client, path: str) -> Screen:
    """One page."""
    counted: list[str] = []

    def count(execute: Callable[..., object], sql: str, *rest: object) -> object:
        counted.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        response = client.get(path)
    body = TOKEN.sub(r"\1", response.content.decode())
    return Screen(response.status_code, tuple(sorted(response.headers.items())), _in_order(body), len(counted))


def _in_order(body: str) -> str:
    """Comments stand in an order drawn at random; here they stand in that of the alphabet."""
    quotes = iter(sorted(QUOTE.findall(body)))
    return QUOTE.sub(lambda _: next(quotes), body)
