"""A chair asks a hall a reflection grid, a phone answers it by keyboard, and all see the portrait; a school takes its own back."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import look_at
from tests.browser.visitor import PHONE
from tests.installation import Installation

NETWORK = "/n/riverway-trust"
ANSWER = """
from alongside.surveys.models import Room
from alongside.surveys.rooms import door, taking
room = Room.objects.get(instrument="grid-taste")
for number in range(14):
    row = {tap.id: 6 if number % 2 else 1 for tap in room.pulse.taps}
    taking.take(room.pk, door.new_number(room.pk), row)
"""


def _enter(page: Page, url: str, role: str) -> None:
    page.goto(url)
    page.locator(f"form[action='/demo/enter/{role}/'] button").first.click()


def _tap(phone: Page, name: str) -> None:
    phone.locator(name).focus()
    phone.keyboard.press("Space")


def test_a_hall_answers_a_grid_and_sees_its_portrait(own_demo: Installation, open_page: OpenPage) -> None:
    with own_demo.started() as running:
        desk, phone = open_page(), open_page(width=PHONE)
        _enter(desk, running.url, "chair")
        desk.goto(f"{running.url}{NETWORK}/ask/room/")
        desk.get_by_label("Reflection grid, a taste").check()
        desk.get_by_label("How many people are present?").fill("16")
        desk.get_by_role("button", name="Open the room").click()
        code = desk.locator(".hall-typed b").inner_text()
        own_demo.run("manage", "shell", "-c", ANSWER)

        phone.goto(f"{running.url}/r/{code}")
        look_at(phone, "grid-form")
        for number in range(1, 11):
            _tap(phone, f"input[name='grid.{number}a'][value='2']")
            _tap(phone, f"input[name='grid.{number}a.and']")
        _tap(phone, "input[name='grid.1a.n'][value='4']")
        phone.get_by_role("button", name=re.compile("Send my ten answers")).focus()
        phone.keyboard.press("Enter")
        expect(phone.get_by_role("heading", name="Thank you. Your answers are in.")).to_be_visible()

        desk.get_by_role("button", name="Close it and show the results").click()
        expect(desk.get_by_text("15 of 16 people answered.")).to_be_visible()
        expect(desk.get_by_text("55% say: we should, and don’t yet.").first).to_be_visible()  # 8 of 15
        look_at(desk, "grid-hall")
        phone.get_by_role("link", name="Look whether the results are there").click()
        expect(phone.get_by_text(re.compile("We should, and don’t yet 55%")).first).to_be_visible()
        look_at(phone, "grid-phone")


def test_a_school_takes_its_portrait_back(own_demo: Installation, open_page: OpenPage) -> None:
    with own_demo.started() as running:
        officer, head = open_page(), open_page(width=PHONE)
        _enter(officer, running.url, "officer")
        officer.goto(f"{running.url}{NETWORK}/decide/")
        officer.get_by_role("link", name="Reflection grids").click()
        officer.get_by_role("link", name=re.compile("Look at the grid")).first.click()
        expect(officer.get_by_text("3 schools let their portrait be counted")).to_be_visible()
        expect(officer.get_by_role("heading", name="Who could help whom")).to_be_visible()
        look_at(officer, "grid-together")
        at = f"{officer.url}schools/birch-park-secondary/"
        assert officer.goto(at).status == 200
        _enter(head, running.url, "head")
        head.goto(at)
        look_at(head, "grid-school")
        head.get_by_role("button", name="Take it back").focus()
        head.keyboard.press("Enter")
        expect(head.get_by_text("Your grid is your school’s alone again")).to_be_visible()
        assert officer.goto(at).status == 404
