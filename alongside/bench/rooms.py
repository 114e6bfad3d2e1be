"""A hall on a laptop: so many phones open the form, answer and wait, against a real server; how long until the results.

Each phone is a thread with connections of its own, as a browser on the hall's Wi-Fi: it opens the page and its two files,
takes its time, sends, and then asks every few seconds whether the results are there, as the page's script does.
"""

import argparse
import http.client
import random
import re
import threading
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from alongside.bench.places import place, stage
from alongside.bench.servers import Web, alongside

TIMEOUT = 30.0  # seconds
LATEST = 60.0  # seconds after the close that a phone waits for the results
NUMBER = re.compile(r'name="number" value="(\w+)"')
STATEMENT = re.compile(r'type="radio" name="([\w.]+)"')
FILES = re.compile(r'(?:href|src)="(/static/[^"]+)"')
LOOKS_EVERY = (4.0, 6.0)  # seconds between two looks for the results
OK = 200


@dataclass(slots=True)
class Hall:
    """Who answers, and what came of it. Times in seconds."""

    address: tuple[str, int]
    code: str
    phones: int
    within: float
    closed: threading.Event = field(default_factory=threading.Event)
    done: list[float] = field(default_factory=list)  # how long each receipt took
    seen: list[float] = field(default_factory=list)  # when each phone had the results, by the monotonic clock
    faults: list[str] = field(default_factory=list)
    looks: int = 0

    def phone(self, number: int) -> None:
        """One phone from scanning the code to the results."""
        chance = random.Random(number)
        time.sleep(chance.uniform(0, self.within * 0.7))
        try:
            self._answer(chance)
            self._wait(chance)
        except (OSError, http.client.HTTPException, LookupError, TypeError) as fault:
            self.faults.append(f"phone {number}: {fault!r}")

    def _answer(self, chance: random.Random) -> None:
        _, page = self.ask("GET", f"/r/{self.code}")
        for file in set(FILES.findall(page)):
            self.ask("GET", file)
        time.sleep(chance.uniform(0.1, 0.3) * self.within)  # reading and tapping
        found = NUMBER.search(page)
        answers = {item: str(chance.randint(1, 5)) for item in set(STATEMENT.findall(page))}
        began = time.monotonic()
        status, thanks = self.ask("POST", f"/r/{self.code}", answers | {"number": found[1] if found else ""})
        if status != OK or "Your answers are in" not in thanks:
            raise LookupError(f"status {status} instead of a receipt")
        self.done.append(time.monotonic() - began)

    def _wait(self, chance: random.Random) -> None:
        until = time.monotonic() + self.within + LATEST
        while time.monotonic() < until:
            time.sleep(chance.uniform(*LOOKS_EVERY))
            self.looks += 1
            if self.ask("HEAD", f"/r/{self.code}/results")[0] == OK:
                status, page = self.ask("GET", f"/r/{self.code}/results")
                if status != OK or "of 100" not in page:
                    raise LookupError("no results on the page of results")
                self.seen.append(time.monotonic())
                return
        raise LookupError("the results never came")

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None, cookies: str = "") -> tuple[int, str]:
        """Status and text of one request on a connection of its own."""
        connection = http.client.HTTPConnection(*self.address, timeout=TIMEOUT)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        try:
            connection.request(method, path, urllib.parse.urlencode(form) if form else None, headers)
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        finally:
            connection.close()


def run(options: argparse.Namespace) -> int:
    """Measure; 1 when a phone met a fault or an answer was lost."""
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    wrong, said = 0, []
    for kind in kinds:
        with place(kind, named_server=options.postgres, folder=options.folder) as made, stage(made) as inside:
            inside.ask("found", clusters=1, schools=2, staff=20)
            with alongside(made, workers=1, threads=8) as web:
                web.start()
                opened = inside.ask("room", present=options.phones)
                hall = _played(web, opened, options)
                took, stored = _closed(hall, opened), inside.ask("room_stored", room=opened["room"])["answers"]
            faults = len(hall.faults) + (stored != len(hall.done))
            wrong += faults
            said.append(f"{kind}: results after {took[0]:.2f} s on the screen, {took[1]:.1f} s on the last phone")
            _print(kind, hall, stored, options)
            print(f"  {said[-1]}", flush=True)
    print(f"Room of {options.phones}: {'; '.join(said)}.")
    return 1 if wrong else 0


def _print(kind: str, hall: Hall, stored: int, options: argparse.Namespace) -> None:
    receipts = sorted(hall.done)
    print(
        f"{kind}: {len(hall.done)} of {options.phones} phones answered within {options.seconds} s, {stored} answers "
        f"sealed, {len(hall.faults)} faults; a receipt took {median(receipts) * 1000:.0f} ms, at the 95th percentile "
        f"{receipts[int(len(receipts) * 0.95)] * 1000:.0f} ms; {hall.looks} looks for the results",
        flush=True,
    )
    for fault in hall.faults[:5]:
        print(f"  {fault}")


def _played(web: Web, opened: Mapping[str, str], options: argparse.Namespace) -> Hall:
    """The hall until everybody has answered; its phones still wait for the results."""
    host, port = web.listener.getsockname()[:2]
    hall = Hall((host, port), opened["code"], options.phones, float(options.seconds))
    for number in range(options.phones):
        threading.Thread(target=hall.phone, args=(number,), daemon=True).start()
    until = time.monotonic() + options.seconds + TIMEOUT
    while len(hall.done) + len(hall.faults) < options.phones and time.monotonic() < until:
        time.sleep(0.1)
    return hall


def _closed(hall: Hall, opened: Mapping[str, str]) -> tuple[float, float]:
    """Seconds from the press of the button to the results on the screen, and on the last phone."""
    began = time.monotonic()
    status, _ = hall.ask("POST", opened["close"], {"csrfmiddlewaretoken": opened["csrf"]}, opened["cookies"])
    shown, page = hall.ask("GET", opened["page"], cookies=opened["cookies"])
    screen = time.monotonic() - began
    if shown != OK or "of 100" not in page:
        hall.faults.append(f"the screen: status {status}, then {shown}")
    until = time.monotonic() + LATEST
    while len(hall.seen) < len(hall.done) and time.monotonic() < until:
        time.sleep(0.05)
    return screen, max(hall.seen, default=began + LATEST) - began
