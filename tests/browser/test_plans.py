"""From a gap on the map to an action with an owner, on a phone and by keyboard; and how it goes, said in one tap."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import look_at
from tests.browser.test_maps import NETWORK, SCHOOL, _enter
from tests.browser.visitor import PHONE
from tests.installation import Installation


def _press(page: Page, role: str, name: str) -> None:
    """By keyboard alone: one press."""
    page.get_by_role(role, name=re.compile(name)).first.focus()
    page.keyboard.press("Enter")


def test_a_gap_becomes_an_action_with_an_owner_in_three_presses(own_demo: Installation, open_page: OpenPage) -> None:
    with own_demo.started() as running:
        phone = open_page(width=PHONE)
        _enter(phone, running.url, "head")
        phone.goto(f"{running.url}{NETWORK}/maps/2/schools/birch-park-secondary/")
        _press(phone, "button", "^Make it a priority")
        expect(phone.get_by_text("is on the list.")).to_be_visible()
        expect(phone.get_by_text("looks from different seats")).to_be_visible()
        look_at(phone, "plan-issue")
        _press(phone, "link", "^Plan an action")
        expect(phone.get_by_role("heading", level=1)).to_have_text("What will Birch Park Secondary do?")
        look_at(phone, "plan-action-form")
        _press(phone, "button", "^Plan it")
        expect(phone.get_by_text("is planned.")).to_be_visible()
        why = phone.locator("section", has=phone.get_by_role("heading", name="Why are we doing this?"))
        expect(why.get_by_role("listitem")).to_have_count(2)
        expect(why.get_by_role("listitem").last).to_contain_text("looks from different seats")
        expect(phone.locator(".lede")).to_contain_text("Owen Bevan sees to it.")
        look_at(phone, "plan-action")

        phone.get_by_label("In a sentence, if you like").fill("The timetable is not there yet.")
        _press(phone, "button", "^Stuck")
        expect(phone.get_by_text("The timetable is not there yet.")).to_be_visible()
        phone.goto(f"{running.url}{SCHOOL}/plan/")
        expect(phone.get_by_text("stuck")).to_be_visible()
        look_at(phone, "plan-page")


def test_a_chair_looks_at_the_clusters_plan_and_changes_a_goal(own_demo: Installation, open_page: OpenPage) -> None:
    with own_demo.started() as running:
        desk = open_page()
        _enter(desk, running.url, "chair")
        desk.goto(f"{running.url}{NETWORK}/decide/")
        desk.get_by_role("link", name="What we do").click()
        expect(desk.get_by_text("Every child in our seven schools is known by name")).to_be_visible()
        look_at(desk, "plan-cluster")
        desk.get_by_role("link", name=re.compile("^Time to plan together")).click()
        expect(desk.get_by_text("Holt Primary: Nobody plans maths alone")).to_be_visible()
        look_at(desk, "plan-goal")
        desk.get_by_role("link", name="Change it").click()
        desk.get_by_label("How shall we know?").fill("Six in ten say they could do their job in their hours.")
        look_at(desk, "plan-goal-form")
        desk.get_by_role("button", name="Save the goal").click()
        expect(desk.get_by_text("Six in ten say")).to_be_visible()
        desk.goto(f"{running.url}{NETWORK}/issues/heard/")
        look_at(desk, "plan-heard")
        desk.goto(f"{running.url}{NETWORK}/plan/vision/")
        look_at(desk, "plan-vision")
