"""A vote from its opening to its result: a chair opens it, a teacher puts three things in order on a phone by keyboard alone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import look_at
from tests.browser.visitor import PHONE
from tests.installation import Installation

NETWORK = "/n/riverway-trust"


def _enter(page: Page, url: str, role: str) -> None:
    page.goto(url)
    page.locator(f"form[action='/demo/enter/{role}/'] button").first.click()


def _place(phone: Page, thing: str, place: int) -> None:
    """By keyboard: from “None” to a place with the arrow keys."""
    group = phone.get_by_role("group", name=thing)
    group.get_by_role("radio", name="None").focus()
    for _ in range(place):
        phone.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name=f"Place {place}")).to_be_checked()


def test_a_vote_from_its_opening_to_its_result(own_demo: Installation, open_page: OpenPage) -> None:
    with own_demo.started() as running:
        desk = open_page()
        _enter(desk, running.url, "chair")
        desk.goto(running.url + NETWORK + "/votes/")
        desk.get_by_role("link", name="Open a vote").click()
        look_at(desk, "vote-new")
        desk.get_by_label("What is the question?").fill("What should we start with?")
        desk.get_by_role("button", name="Open the vote now").click()
        expect(desk.get_by_text("Nobody sees how it stands").first).to_be_visible()
        look_at(desk, "vote-open")
        desk.get_by_role("link", name="Letters, slips, closing day").click()
        expect(desk.get_by_text("people in 7 schools were invited")).to_be_visible(timeout=60_000)
        waves = desk.url

        phone = open_page(width=PHONE, javascript=False)
        _enter(phone, running.url, "teacher")
        phone.goto(running.url + "/demo/mailbox/")
        phone.get_by_role("link", name=re.compile("What should we start with")).first.click()
        phone.get_by_role("link", name="/a/").first.click()
        look_at(phone, "vote-form")
        phone.get_by_role("button", name="Send my vote").focus()
        phone.keyboard.press("Enter")
        expect(phone.get_by_text("No order has arrived yet.")).to_be_visible()
        _place(phone, "Time to plan together", 1)
        _place(phone, "Calm starts after break", 2)
        look_at(phone, "vote-placed")
        phone.get_by_role("button", name="Send my vote").focus()
        phone.keyboard.press("Enter")
        expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you. Your vote is in.")
        look_at(phone, "vote-receipt")

        desk.goto(waves)
        desk.get_by_role("button", name="Let the closing day come").click()
        expect(desk).to_have_url(re.compile("/votes/$"), timeout=60_000)
        look_at(desk, "votes")
        desk.get_by_role("link", name="What should we start with?").click()
        expect(desk.get_by_role("heading", level=1)).to_have_text("Too few voted to show anything")


def test_the_result_of_the_demos_vote(own_demo: Installation, open_page: OpenPage) -> None:
    with own_demo.started() as running:
        for width in (PHONE, 1280):
            page = open_page(width=width)
            _enter(page, running.url, "chair")
            page.goto(running.url + NETWORK + "/votes/")
            page.get_by_role("link", name="What should we work on next?").click()
            expect(page.get_by_text("If each school had one voice")).to_be_visible()
            page.get_by_text("How it was counted").click()
            look_at(page, "vote-result")
