"""A phone that loses its connection, in a real Chromium behind a line that can be cut: nothing is lost, nothing twice."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import violations
from tests.installation import Installation, installation

WORLD = """
import json, sys, django
django.setup()
from alongside.surveys import codes
from tests import make
from tests.surveys import worlds
world = worlds.open_world({"X": {"A": 14, "B": 12}}, "lead")
print(json.dumps({"wave": world.wave.pk, "tokens": make.tokens(world.wave)}))
"""
CLOSE = "import django; django.setup(); from alongside.surveys.models import Wave; Wave.objects.update(state='closed')"
STORED = "import django; django.setup(); from alongside.surveys.models import Answer; print(Answer.objects.count())"
THANKS = "Thank you. Your answers are in."
NOT_SENT = "Not sent yet: Alongside cannot be reached"


@dataclass
class Line:
    """The line between a phone and the server: forwards bytes until it is cut, then refuses until it is mended."""

    server: tuple[str, int]
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    up: bool = True
    instead: bytes = b""  # what something between answers in place of the server
    open_ends: set[socket.socket] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                phone, _ = self.listener.accept()
            except OSError:
                return
            if not self.up:
                phone.close()
                continue
            if self.instead:
                threading.Thread(target=self._answer, args=(phone,), daemon=True).start()
                continue
            server = socket.create_connection(self.server)
            self.open_ends |= {phone, server}
            for source, target in ((phone, server), (server, phone)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _answer(self, phone: socket.socket) -> None:
        with contextlib.suppress(OSError), phone:
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += phone.recv(1 << 16)
            head, _, body = asked.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            while length and len(body) < int(length[1]):
                body += phone.recv(1 << 16)
            phone.sendall(self.instead)

    def filtered(self, answer: bytes) -> None:
        """From now on something between answers so, whatever is asked."""
        self.cut()
        self.instead, self.up = answer, True

    def cut(self) -> None:
        self.up = False
        for end in self.open_ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.up, self.instead = True, b""


@dataclass
class Pulse:
    """A pulse that is open on a real server, reached over the line."""

    made: Installation
    line: Line
    wave: int
    tokens: list[str]

    def link(self) -> str:
        """The address of somebody who has not answered."""
        return f"{self.line.url}/a/{self.wave}/{self.tokens.pop()}"

    def script(self, text: str) -> str:
        environment = self.made.environment | {"DJANGO_SETTINGS_MODULE": "alongside.settings"}
        done = subprocess.run([sys.executable, "-c", text], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    def stored(self) -> int:
        return int(self.script(STORED))


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Installation, dict[str, object], str]]:
    with installation() as made:
        made.run("init", "--network", "Line Trust", "--country", "gb", "--officer-name", "Emeka", "--officer-email", "e@l.example")  # fmt: skip
        environment = made.environment | {"DJANGO_SETTINGS_MODULE": "alongside.settings"}
        done = subprocess.run(
            [sys.executable, "-c", WORLD], env=environment, capture_output=True, text=True, check=True
        )
        with made.running("serve", "--port", "0") as web:
            yield made, json.loads(done.stdout), web.url


@pytest.fixture
def pulse(served) -> Iterator[Pulse]:
    made, world, url = served
    parts = urlsplit(url)
    line = Line((parts.hostname or "", parts.port or 0))
    threading.Thread(target=line.run, daemon=True).start()
    yield Pulse(made, line, world["wave"], world["tokens"])
    line.listener.close()


@pytest.fixture
def phone(chromium_browser: Browser) -> Iterator[BrowserContext]:
    context = chromium_browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    yield context
    context.close()


def opened(phone: BrowserContext, link: str) -> Page:
    """The form, with the outbox in place."""
    page = phone.new_page()
    page.goto(link)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def tick(page: Page, label: str = "Agree") -> None:
    for question in page.locator("fieldset").all():
        question.get_by_label(label, exact=True).check()


def send(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"^Send my")).click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text, timeout=20_000)


def kept_on(page: Page) -> object:
    """What this browser keeps of answers: in the outbox, and as drafts."""
    return page.evaluate(
        """() => new Promise((done) => {
          const opening = indexedDB.open("outbox", 1);
          opening.onupgradeneeded = () => opening.result.createObjectStore("answers", { keyPath: "path" });
          opening.onsuccess = () => {
            const asked = opening.result.transaction("answers").objectStore("answers").count();
            asked.onsuccess = () => { opening.result.close(); done([asked.result, Object.keys(localStorage).length]); };
          };
        })"""
    )


def test_what_is_sent_without_a_connection_is_sent_once_when_it_is_back(pulse, phone):
    before, link = pulse.stored(), pulse.link()
    page = opened(phone, link)
    tick(page)
    pulse.line.cut()
    send(page)
    heading(page, NOT_SENT)
    expect(page.get_by_text("Nothing has arrived yet.")).to_be_visible()
    assert violations(page) == []
    assert kept_on(page) == [1, 0]
    assert "Agree" not in page.locator("main").inner_text()
    assert pulse.stored() == before
    pulse.line.mend()
    heading(page, THANKS)
    assert kept_on(page) == [0, 0]
    assert pulse.stored() == before + 1
    page.goto(link)
    heading(page, "We have your answers already")
    assert pulse.stored() == before + 1


def _instead(status: str, more: str = "") -> bytes:
    page = "<!doctype html><title>School filter</title><main><h1>Sign in to the Wi-Fi</h1></main>"
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{more}Content-Length: {len(page)}\r\nConnection: close"
    return f"{head}\r\n\r\n{page}".encode()


BETWEEN = {
    "filter": _instead("403 Forbidden"),
    "portal": _instead("200 OK"),
    "redirect": _instead("302 Found", "Location: http://127.0.0.1:9/sign-in\r\n"),
    "proxy": _instead("502 Bad Gateway"),
}


@pytest.mark.parametrize("answer", BETWEEN.values(), ids=BETWEEN)
def test_what_something_between_answers_in_our_place_loses_no_answer(pulse, phone, answer):
    before, link = pulse.stored(), pulse.link()
    page = opened(phone, link)
    tick(page)
    pulse.line.filtered(answer)
    send(page)
    heading(page, NOT_SENT)
    expect(page.get_by_text("something else answered in place of Alongside")).to_be_visible(timeout=20_000)
    assert violations(page) == []
    assert kept_on(page) == [1, 0]
    pulse.line.mend()
    heading(page, THANKS)
    assert (pulse.stored(), kept_on(page)) == (before + 1, [0, 0])


def test_what_was_kept_stays_when_a_filter_answers_the_next_try(pulse, phone):
    before, link = pulse.stored(), pulse.link()
    page = opened(phone, link)
    tick(page)
    pulse.line.cut()
    send(page)
    heading(page, NOT_SENT)
    expect(page.get_by_text("something else answered in place of Alongside")).to_be_hidden()
    pulse.line.filtered(BETWEEN["portal"])
    expect(page.get_by_text("something else answered in place of Alongside")).to_be_visible(timeout=20_000)
    assert kept_on(page) == [1, 0]
    pulse.line.mend()
    heading(page, THANKS)
    assert (pulse.stored(), kept_on(page)) == (before + 1, [0, 0])


FORMS = """async () => {
  const kept = await (await caches.open("answering")).keys();
  return kept.map((each) => new URL(each.url).pathname).filter((path) => /^\\/a\\/\\d/.test(path));
}"""
CLOSES = """
import datetime, django
django.setup()
from django.utils import timezone
from alongside.surveys.models import Wave
Wave.objects.update(closes_at=timezone.now() + datetime.timedelta(seconds={}))
"""


def test_a_form_that_was_never_sent_goes_from_the_phone_when_its_pulse_has_closed(pulse, phone):
    first, second = pulse.link(), pulse.link()
    page = opened(phone, first)
    pulse.script(CLOSES.format(6))
    page.goto(first)
    assert page.evaluate(FORMS) == [urlsplit(first).path]
    pulse.script(CLOSES.format(86400))
    page.wait_for_timeout(6000)
    page.goto(second)
    page.wait_for_function(f"async () => (await ({FORMS})()).join() === {urlsplit(second).path!r}")


def test_a_tab_that_is_killed_loses_nothing_and_sends_nothing_twice(pulse, phone):
    before, link = pulse.stored(), pulse.link()
    page = opened(phone, link)
    tick(page)
    pulse.line.cut()
    send(page)
    heading(page, NOT_SENT)
    page.close(run_before_unload=False)
    again = phone.new_page()
    again.goto(link)
    heading(again, NOT_SENT)  # still without a connection, and the form is not offered a second time
    pulse.line.mend()
    heading(again, THANKS)
    assert (pulse.stored(), kept_on(again)) == (before + 1, [0, 0])


def test_a_pulse_that_closed_meanwhile_says_so_and_the_outbox_is_empty(pulse, phone):
    page = opened(phone, pulse.link())
    before = pulse.stored()
    tick(page)
    pulse.line.cut()
    send(page)
    heading(page, NOT_SENT)
    pulse.script(CLOSE)
    pulse.line.mend()
    heading(page, "This survey has closed")
    assert (pulse.stored(), kept_on(page)) == (before, [0, 0])
    pulse.script(CLOSE.replace("closed", "open"))


def test_what_was_ticked_survives_a_reload_also_without_a_connection(pulse, phone):
    page = opened(phone, pulse.link())
    tick(page, "Disagree")
    page.reload()
    assert page.locator("input[value='2']:checked").count() == 6
    pulse.line.cut()
    page.reload()
    assert page.locator("input[value='2']:checked").count() == 6
    expect(page.get_by_text("they stay on this phone alone")).to_be_visible()
    pulse.line.mend()
    send(page)
    heading(page, THANKS)
    assert kept_on(page) == [0, 0]


def test_two_tabs_of_one_link_are_one_answer(pulse, phone):
    before, link = pulse.stored(), pulse.link()
    first, second = opened(phone, link), opened(phone, link)
    for page in (first, second):
        tick(page)
    send(first)
    heading(first, THANKS)
    send(second)
    heading(second, "We have your answers already")
    assert pulse.stored() == before + 1


def test_two_tabs_that_were_sent_without_a_connection_are_one_answer(pulse, phone):
    before, link = pulse.stored(), pulse.link()
    first, second = opened(phone, link), opened(phone, link)
    for page in (first, second):
        tick(page)
    pulse.line.cut()
    for page in (first, second):
        send(page)
        heading(page, NOT_SENT)
    pulse.line.mend()
    expect(first.get_by_text(NOT_SENT)).to_have_count(0, timeout=20_000)
    assert (pulse.stored(), kept_on(first)) == (before + 1, [0, 0])


def test_a_page_that_did_not_ask_is_told_what_became_of_its_answer(pulse, phone):
    """The browser sends by itself when it finds a connection, and so does another tab: nobody looks at the clock here."""
    phone.add_init_script("window.setInterval = () => 0")
    before, link = pulse.stored(), pulse.link()
    page, other = opened(phone, link), opened(phone, pulse.link())
    tick(page)
    pulse.line.cut()
    send(page)
    heading(page, NOT_SENT)
    pulse.line.mend()
    other.evaluate("navigator.serviceWorker.controller.postMessage('send')")
    heading(page, THANKS)
    assert (pulse.stored(), kept_on(page)) == (before + 1, [0, 0])


def test_a_page_that_missed_the_news_asks_the_server(pulse, phone):
    phone.add_init_script("navigator.serviceWorker.addEventListener = () => 0")
    before, link = pulse.stored(), pulse.link()
    page = opened(phone, link)
    tick(page)
    pulse.line.cut()
    send(page)
    heading(page, NOT_SENT)
    pulse.line.mend()
    heading(page, "We have your answers already")
    assert (pulse.stored(), kept_on(page)) == (before + 1, [0, 0])


def test_without_scripts_the_same_answer_is_stored(pulse, chromium_browser):
    before = pulse.stored()
    context = chromium_browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(pulse.link())
    assert page.get_by_role("button", name="Read aloud").count() == 0
    page.get_by_role("link", name="Larger type").click()
    assert page.locator("html").get_attribute("class") == "large"
    tick(page)
    send(page)
    heading(page, THANKS)
    assert page.locator("html").get_attribute("class") == "large"
    context.close()
    assert pulse.stored() == before + 1


def test_the_keyboard_alone_answers(pulse, phone):
    before = pulse.stored()
    page = opened(phone, pulse.link())
    done = 0
    for _ in range(80):
        page.keyboard.press("Tab")
        kind = page.evaluate("[document.activeElement.type, document.activeElement.checked]")
        if kind == ["radio", False]:
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            done += 1
        if kind[0] == "submit":
            page.keyboard.press("Enter")
            break
    heading(page, THANKS)
    assert (done, pulse.stored()) == (6, before + 1)


def test_type_grows_without_losing_a_tick_and_a_statement_is_read_aloud(pulse, phone):
    said = """
      window.heard = [];
      window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } addEventListener() {} };
      Object.defineProperty(window, "speechSynthesis", { value: {
        speak: (one) => window.heard.push([one.lang, one.text]), cancel: () => window.heard.push("hush") } });
    """
    phone.add_init_script(said)
    page = opened(phone, pulse.link())
    tick(page)
    page.get_by_role("link", name="Larger type").click()
    assert page.locator("html").get_attribute("class") == "large"
    assert page.locator("input[value='4']:checked").count() == 6
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    first = page.get_by_role("button", name="Read aloud").first
    first.click()
    assert first.get_attribute("aria-pressed") == "true"
    statement = page.locator("[data-said]").first.inner_text()
    assert page.evaluate("window.heard.at(-1)") == [
        "en-GB",
        f"{statement}. Strongly disagree. Disagree. In between. Agree. Strongly agree. I can’t say",
    ]
    first.click()
    assert first.get_attribute("aria-pressed") == "false"
