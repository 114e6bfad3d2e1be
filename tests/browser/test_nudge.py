"""A head has everyone asked again, on a phone and by keyboard; a teacher stops reminders from the letter."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import look_at
from tests.browser.visitor import PHONE
from tests.installation import Installation

WAVE = "/n/riverway-trust/waves/19/"
# On no day on which Alongside itself reminds: the demo's wave is at its third school day.
EARLIER = (
    "import datetime; from alongside.surveys.models import Wave; from django.utils import timezone; "
    "Wave.objects.filter(state='open').update(opens_at=timezone.now() - datetime.timedelta(days=20))"
)


def test_a_head_asks_everyone_again_on_a_phone(own_demo: Installation, open_page: OpenPage) -> None:
    own_demo.run("manage", "shell", "-c", EARLIER)
    with own_demo.started() as running:
        page = open_page(width=PHONE)
        page.goto(running.url)
        page.locator("form[action='/demo/enter/head/'] button").first.click()
        page.goto(running.url + WAVE)
        expect(page.get_by_text("goes to all 154 people who are asked at Birch Park Secondary")).to_be_visible()
        look_at(page, "nudge-before")
        button = page.get_by_role("button", name="Ask everyone again")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Everyone who is asked at one school gets a letter")).to_be_visible()
        expect(page.get_by_text(re.compile("The next nudge can leave after"))).to_be_visible()
        expect(button).to_have_count(0)
        look_at(page, "nudge-after")


def test_a_teacher_stops_reminders_without_signing_in(own_demo: Installation, open_page: OpenPage) -> None:
    link = own_demo.run(
        "manage",
        "shell",
        "-v",
        "0",
        "-c",
        "from alongside.surveys import stopping; from alongside.people.models import Person; "
        "print(stopping.stop_url(Person.objects.get(email='teacher@riverway.example').pk))",
    )
    path = re.search(r"/letters/\S+/stop/", str(link))[0]  # type: ignore[index]
    with own_demo.started() as running:
        page = open_page(width=PHONE, javascript=False)
        page.goto(running.url + path)
        look_at(page, "stop-before")
        page.get_by_role("button", name="Stop reminders").click()
        expect(page.get_by_role("heading", name="No reminders come to you")).to_be_visible()
        look_at(page, "stop-after")
        page.get_by_role("button", name="Send me all letters again").click()
        expect(page.get_by_role("heading", name="Stop reminders of pulses?")).to_be_visible()
