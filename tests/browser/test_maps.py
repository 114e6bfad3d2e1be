"""A chair starts a coherence round; a head says on a phone, by keyboard, how they see the school, and takes the map back."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import look_at
from tests.browser.visitor import PHONE
from tests.installation import Installation

# The monthly pulse has taken what a school year may ask: it pauses, so that there is room for another round.
ROOM = "from alongside.surveys.models import Rhythm; Rhythm.objects.all().delete()"
NETWORK, SCHOOL = "/n/riverway-trust", "/s/birch-park-secondary"


def _enter(page: Page, url: str, role: str) -> None:
    page.goto(url)
    page.locator(f"form[action='/demo/enter/{role}/'] button").first.click()


def test_a_round_from_its_start_to_a_leaders_view(own_demo: Installation, open_page: OpenPage) -> None:
    own_demo.run("manage", "shell", "-c", ROOM)
    with own_demo.started() as running:
        desk = open_page()
        _enter(desk, running.url, "chair")
        desk.goto(running.url + NETWORK + "/decide/")
        desk.get_by_role("link", name="Coherence maps").click()
        desk.get_by_role("link", name="Start a round").click()
        look_at(desk, "map-start")
        desk.get_by_role("button", name="Start this round").click()
        expect(desk.get_by_text("The round has started")).to_be_visible()
        look_at(desk, "map-started")

        phone = open_page(width=PHONE)
        _enter(phone, running.url, "head")
        phone.goto(running.url + SCHOOL + "/")
        phone.get_by_role("link", name=re.compile("How do you see Birch Park Secondary")).click()
        look_at(phone, "map-mine")
        for group in phone.locator("fieldset").all():
            group.get_by_role("radio").nth(3).focus()
            phone.keyboard.press("Space")
        phone.get_by_role("button", name="Say how I see it").focus()
        phone.keyboard.press("Enter")
        expect(phone.get_by_text("Now you see how your colleagues")).to_be_visible()
        expect(phone.get_by_role("columnheader", name=re.compile("Owen Bevan"))).to_be_visible()
        look_at(phone, "map-mine-kept")
        phone.goto(running.url + SCHOOL + "/")
        expect(phone.get_by_role("link", name=re.compile("How do you see"))).to_have_count(0)


def test_a_school_takes_its_map_back(own_demo: Installation, open_page: OpenPage) -> None:
    at = f"{NETWORK}/maps/2/schools/birch-park-secondary/"
    with own_demo.started() as running:
        officer, head = open_page(), open_page(width=PHONE)
        _enter(officer, running.url, "officer")
        officer.goto(running.url + at)
        expect(officer.get_by_role("heading", level=1)).to_contain_text("of eight things alike")
        _enter(head, running.url, "head")
        head.goto(running.url + at)
        head.get_by_role("button", name="Take it back").click()
        expect(head.get_by_text("Your map is your school’s alone again")).to_be_visible()
        assert officer.goto(running.url + at).status == 404
