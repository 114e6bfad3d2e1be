"""People who answer while things are killed: threads that post over real HTTP and write down what they were told.

Each ticket of a wave is given ratings that nobody else in the wave gives, so that every single answer can be found again
in the database, before the seal and after it.
"""

import http.client
import random
import threading
import time
import urllib.parse
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum

CHOICES = "12345x"
TIMEOUT = 20.0  # seconds
PAUSE = 0.02  # seconds on average between two answers of one client
GIVES_UP = 0.3  # share of those who do not try again when no reply came
SENDS_TWICE = 0.05  # share of those who press the button again after the receipt
COMMENTS = 0.1
LATE = 0.5  # seconds after its closing that a wave is still answered: these answers must be refused


class Told(Enum):
    """What the holder of a ticket knows of the answer."""

    NOTHING = "nothing sent"
    ACKNOWLEDGED = "acknowledged"
    UNKNOWN = "sent, but no reply came"
    REFUSED = "told that nothing was stored"


@dataclass(slots=True)
class Wave:
    """A pulse that is open: its items, whether it takes comments, when it closes by itself (Unix time)."""

    pk: int
    items: list[str]
    comments: bool
    closes_at: float


@dataclass(slots=True)
class Ticket:
    """One token, the number that its ratings spell, and what its holder was told. comment: whether one was sent."""

    wave: Wave
    token: str
    number: int
    told: Told = Told.NOTHING
    comment: bool = False

    @property
    def ratings(self) -> dict[str, str]:
        """Statement → choice: the number in base 6, one digit a statement."""
        return dict(zip(self.wave.items, spelled(self.number, len(self.wave.items)), strict=True))

    @property
    def remark(self) -> str:
        return f"Remark {self.number}"


def spelled(number: int, digits: int) -> str:
    """A number as choices; two numbers below 6 to the power of digits never look the same."""
    found = ""
    for _ in range(digits):
        number, digit = divmod(number, len(CHOICES))
        found += CHOICES[digit]
    if number:
        raise ValueError("More tickets than there are ways to answer.")
    return found


def number_of(ratings: dict[str, int | str]) -> int:
    """The number that stored ratings spell; statements sort in the order of the form."""
    digits = [CHOICES.index(str(ratings[item])) for item in sorted(ratings)]
    return sum(digit * len(CHOICES) ** place for place, digit in enumerate(digits))


@dataclass(slots=True)
class Crowd:
    """So many clients, and the tickets that they hold."""

    address: tuple[str, int]
    clients: int
    waiting: list[tuple[Wave, deque[Ticket]]] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    strange: Counter[str] = field(default_factory=Counter)  # replies that nobody should get
    posts: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def invite(self, wave: Wave, tokens: list[str]) -> None:
        """Hand out the tokens of a wave."""
        made = [Ticket(wave, token, number) for number, token in enumerate(tokens)]
        self.tickets += made
        self.waiting.append((wave, deque(made)))

    def start(self) -> None:
        self._threads = [threading.Thread(target=self._answer, daemon=True) for _ in range(self.clients)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each client finish with the ticket in its hand."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _answer(self) -> None:
        while not self._stop.is_set():
            ticket = self._next()
            if ticket:
                self._send(ticket)
            time.sleep(random.expovariate(1 / PAUSE))

    def _next(self) -> Ticket | None:
        """A ticket of any wave that is open, or that has just closed."""
        now = time.time()
        found = [tickets for wave, tickets in self.waiting if tickets and wave.closes_at > now - LATE]
        try:
            return random.choice(found).popleft()
        except IndexError:
            return None

    def _send(self, ticket: Ticket) -> None:
        """Send one answer, and again when no reply comes: until there is one, or the holder gives up."""
        ticket.comment = ticket.wave.comments and random.random() < COMMENTS
        while True:
            told = self._post(ticket)
            if told is not None:
                ticket.told = told
                break
            ticket.told = Told.UNKNOWN
            if self._stop.is_set() or random.random() < GIVES_UP:
                return
            time.sleep(0.1)
        if ticket.told == Told.ACKNOWLEDGED and random.random() < SENDS_TWICE:
            self._post(ticket)

    def _post(self, ticket: Ticket) -> Told | None:
        """What the reply says; None when there is none, or one that leaves it open."""
        body = urllib.parse.urlencode(ticket.ratings | ({"comment": ticket.remark} if ticket.comment else {}))
        connection = http.client.HTTPConnection(*self.address, timeout=TIMEOUT)
        try:
            self.posts += 1
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/a/{ticket.wave.pk}/{ticket.token}", body, headers)
            reply = connection.getresponse()
            return self._understood(ticket, reply.status, reply.read().decode())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _understood(self, ticket: Ticket, status: int, page: str) -> Told | None:
        if status == 200 and ("Your answers are in" in page or "We have your answers already" in page):
            return Told.ACKNOWLEDGED
        if status == 410:  # closed: this try stored nothing; an earlier one without a reply may have
            return Told.UNKNOWN if ticket.told == Told.UNKNOWN else Told.REFUSED
        if status == 503:  # the database went away: perhaps just before it could say that it had stored the answer
            return None
        self.strange[f"status {status}"] += 1
        return None
