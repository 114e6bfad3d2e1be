"""A pulse of one's own on a desk and a phone: written beside the page that people will see, with keys alone, or from a file."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.looks import look_at
from tests.browser.test_demo_pages import NETWORK, SCHOOL, walk_in
from tests.browser.visitor import DESK, PHONE
from tests.surveys_of_ours import Asked, lss

TYPO = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strong agree")
SURVEY = lss(
    Asked("Q1", "How do we meet?", lines=("Meetings begin on time.", "Meetings end on time.")),
    Asked("Q2", "And here?", lines=("People listen.",), answers=TYPO),
    Asked("Q3", "How old are you?", "N"),
)


def write_one(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}{SCHOOL}/ask/")
    page.get_by_role("link", name="Our own pulses").click()
    expect(page.get_by_role("button", name="Write our own")).to_be_visible()
    look_at(page, "own-pulses")
    page.get_by_role("button", name="Write our own").click()
    expect(page.get_by_label("Statement 3", exact=True)).to_be_visible()
    look_at(page, "own-pulse-blank")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("The question above it").fill("How were our meetings?")
    page.get_by_label("Statement 1", exact=True).fill("Meetings begin on time and end on time.")
    page.get_by_role("button", name="Keep it and look").click()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_head_writes_a_pulse_beside_the_page_that_staff_will_see(open_page, live, width):
    page = open_page(width=width)
    walk_in(page, live, "head")
    write_one(page, live.url, f"How we meet, {width}")
    shown = page.frame_locator("iframe.phone__screen")
    expect(shown.get_by_role("heading", level=1)).to_have_text("How were our meetings?")
    shown.get_by_role("link", name="Start").click()
    expect(shown.get_by_text("Meetings begin on time and end on time.")).to_be_in_viewport()
    expect(page.get_by_text("“And” often joins two ideas")).to_be_visible()
    look_at(page, "own-pulse")
    page.get_by_role("link", name="Ask it", exact=True).click()
    expect(page.get_by_label(re.compile(f"How we meet, {width}"))).to_be_checked()
    page.get_by_role("button", name="Check this choice").click()
    expect(page.get_by_role("heading", name="Before you ask")).to_be_visible()


def test_keys_alone_and_no_script_are_enough(open_page, live):
    page = open_page(javascript=False)
    walk_in(page, live, "head")
    write_one(page, live.url, "How we listen")
    page.get_by_label("Statement 2", exact=True).fill("People listen.")
    page.get_by_label("Statement 2", exact=True).press("Tab")
    page.keyboard.type("Ear")
    page.keyboard.press("Enter")  # keeps what was written
    expect(page.get_by_label("Statement 2 in a word or two")).to_have_value("Ear")
    up = page.get_by_role("button", name="Move up statement 2")
    up.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#statement-1$"))
    expect(page.get_by_label("Statement 1", exact=True)).to_have_value("People listen.")
    page.get_by_role("button", name="Add a statement").press("Enter")
    expect(page.get_by_label("Statement 4", exact=True)).to_have_value("")
    page.get_by_role("button", name="Remove statement 4").press("Enter")
    expect(page.get_by_label("Statement 4", exact=True)).to_have_count(0)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_file_is_looked_at_before_it_is_taken(open_page, live, width):
    page = open_page(width=width)
    walk_in(page, live, "officer")
    page.goto(f"{live.url}{NETWORK}/ask/pulses/file/")
    look_at(page, "pulse-file")
    file = FilePayload(name="meetings.lss", mimeType="application/xml", buffer=SURVEY)
    page.get_by_label("A file with a survey").set_input_files(file)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 statements can be taken, 1 question cannot")
    expect(page.get_by_label(re.compile("People listen"))).not_to_be_checked()
    look_at(page, "pulse-read")
    page.get_by_role("button", name="Take what is ticked").click()
    expect(page.get_by_label("Statement 2", exact=True)).to_have_value("Meetings end on time.")
    expect(page.get_by_label("Statement 3", exact=True)).to_have_count(0)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_leadership_team_says_how_it_sees_itself_and_shares_it(open_page, live, width):
    page = open_page(width=width)
    walk_in(page, live, "head")
    page.goto(f"{live.url}{NETWORK}/waves/12/schools/birch-park-secondary/")
    expect(page.get_by_role("heading", name="The leadership team, seen by itself")).to_be_visible()
    page.get_by_role("link", name="Look at it, share it or take it back").click()
    expect(page.get_by_role("button", name="Keep these numbers")).to_be_visible()
    look_at(page, "self-check")
    page.get_by_role("link", name="Change it").first.click()
    page.get_by_label("A note for yourselves").fill("Said once more")
    page.get_by_role("button", name="Keep the change").click()
    expect(page.get_by_text("Said once more")).to_be_visible()
