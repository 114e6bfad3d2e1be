"""Queries and time of every page that the six people of the demo world can reach by following links.

Django's own test client, in one process: all of Alongside from the middleware to the last template, without a network.
"""

import argparse
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from django.test import Client
from django.urls import resolve, reverse

from alongside.bench import stage
from alongside.demo.reads import ROLES, email_of
from alongside.kit.errors import Refused
from alongside.people import factors
from alongside.people.models import Person

QUERIES, MILLISECONDS = 12, 150.0
OK, FORBIDDEN, MOVED = 200, 403, (301, 302, 303, 307, 308)
NOT_INSIDE = ("/static/", "/demo/", "/a/")  # neither files, nor the demo's own pages, nor what is answered
SLOW = 50.0  # ms at the first visit from which a page is timed again
SHOWN = 10


@dataclass(slots=True)
class Page:
    """One page as one person saw it."""

    role: str
    name: str
    path: str
    status: int
    queries: int
    first: float  # ms of the first visit
    times: list[float] = field(default_factory=list)  # ms of later ones

    @property
    def milliseconds(self) -> float:
        return median(self.times or [self.first])


class Links(HTMLParser):
    """Where a page leads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (address := dict(attrs).get("href")):
            self.found.append(address)


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when every page opens, however slow it is."""
    return _measure(options.runs) if options.here else _elsewhere(options.runs)


def _elsewhere(runs: int) -> int:
    """Build a demo world in a folder of its own, and measure in a process that works on it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
    with tempfile.TemporaryDirectory(prefix="alongside-bench-") as parent:
        folder = str(Path(parent) / "data")
        environment = inherited | {"ALONGSIDE_DATA": folder, "ALONGSIDE_DEMO": "1"}
        for arguments in (["demo"], ["bench", "--data", folder, "pages", "--here", "--runs", str(runs)]):
            done = subprocess.run([sys.executable, "-m", "alongside.cli", *arguments], env=environment, check=False)
            if done.returncode:
                return done.returncode
    return 0


def _measure(runs: int) -> int:
    """Visit all pages once, and those again that took their time: a busy machine only ever makes a page slower."""
    log = logging.getLogger("django.request")
    before = log.level
    log.setLevel(logging.CRITICAL)  # what was refused is summed up at the end
    try:
        return _sum_up(runs)
    finally:
        log.setLevel(before)


def _sum_up(runs: int) -> int:
    pages = []
    for role in ROLES:
        person = Person.objects.filter(email=email_of(role.key)).first()
        if person is None:
            raise Refused("There is no demo world here: leave --here out, or run `alongside demo` first.")
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(person)
        session = client.session
        factors.vouch(session, person, "app")
        session.save()
        found = list(_visited(client, role.key))
        for page in found:
            if page.first > SLOW:
                page.times = [_milliseconds(client, page.path) for _ in range(runs)]
        print(f"  {role.key}: {len(found)} pages", flush=True)
        pages += found
    _print(pages)
    broken = [page for page in pages if page.status not in {OK, FORBIDDEN}]
    print(_summary(pages, broken))
    return 1 if broken else 0


def _visited(client: Client, role: str) -> Iterator[Page]:
    """Every page in reach, breadth first."""
    waiting, seen = [reverse("home")], {reverse("home")}
    for path in waiting:  # grows while it is read
        with stage.counted() as statements:
            began = time.perf_counter()
            reply = client.get(path)
            first = 1000 * (time.perf_counter() - began)
        for address in _leads_to(reply.status_code, reply.headers.get("Location", ""), reply.content):
            if address not in seen:
                seen.add(address)
                waiting.append(address)
        if reply.status_code not in MOVED:
            name = resolve(path.partition("?")[0]).url_name or path
            yield Page(role, name, path, reply.status_code, len(statements), first)


def _leads_to(status: int, moved_to: str, page: bytes) -> list[str]:
    """Addresses of this site that a page links to, or that it redirects to."""
    links = Links()
    links.feed(page.decode(errors="replace"))
    paths = [_path(address) for address in ([moved_to] if status in MOVED else links.found)]
    return [each for each in paths if each.startswith("/") and not each.startswith(NOT_INSIDE)]


def _path(address: str) -> str:
    parts = urlsplit(address)
    if parts.netloc:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _milliseconds(client: Client, path: str) -> float:
    began = time.perf_counter()
    client.get(path)
    return 1000 * (time.perf_counter() - began)


def _print(pages: list[Page]) -> None:
    by_name: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        by_name[page.name].append(page)
    print("By address: pages, queries at most, ms (median of the pages, slowest)")
    for name, found in sorted(by_name.items()):
        times = [page.milliseconds for page in found]
        most = max(page.queries for page in found)
        print(f"  {name:<18} {len(found):5} {most:3} {median(times):7.1f} {max(times):7.1f}")
    print(f"The slowest {SHOWN}:")
    for page in sorted(pages, key=lambda page: -page.milliseconds)[:SHOWN]:
        print(f"  {page.milliseconds:7.1f} ms {page.queries:3} queries  {page.path} as {page.role}")


def _summary(pages: list[Page], broken: list[Page]) -> str:
    most = max(page.queries for page in pages)
    slowest = max(page.milliseconds for page in pages)
    reached = "reached" if most <= QUERIES and slowest <= MILLISECONDS else "NOT reached"
    refused = [f"{page.path} as {page.role}" for page in pages if page.status == FORBIDDEN]
    faults = [f"{page.path} as {page.role} ({page.status})" for page in broken]
    return (
        f"Pages: {len(pages)} pages of {len(ROLES)} people; at most {most} queries and {slowest:.0f} ms at the median "
        f"({QUERIES} and {MILLISECONDS:.0f} {reached})"
        + (f"; linked but refused: {', '.join(refused)}" if refused else "")
        + (f"; NOT opened: {', '.join(faults)}" if faults else "")
        + "."
    )
