"""Slips on a phone: a head has them made and fetches the sheet, two colleagues answer one after the other on one tablet."""

import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import pdfs
from tests.browser.looks import look_at
from tests.browser.test_demo_pages import walk_in
from tests.browser.visitor import DESK, PHONE
from tests.installation import Installation

WAVE = "/n/riverway-trust/waves/19/"
SLIPS = f"{WAVE}schools/birch-park-secondary/slips/"
CODE = re.compile(r"\b([2-9A-Y]{3}) ([2-9A-Y]{3})\b")
TYPED = "The code on your slip"


def have_slips_made(page: Page, count: int) -> None:
    page.get_by_label("How many slips").fill(str(count))
    page.get_by_role("button", name="Make slips").click()


def fetch(page: Page) -> pdfs.Paper:
    button = page.get_by_role("button", name="Fetch the sheet, once")
    expect(button).to_be_visible(timeout=60_000)
    look_at(page, "slips-ready")
    with page.expect_download() as download:
        button.click()
    return pdfs.read(Path(download.value.path()).read_bytes())


def type_code(page: Page, code: str) -> None:
    page.get_by_label(TYPED).fill(code)
    page.get_by_role("button", name="Go on").click()


def answer(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("this past month?")
    for question in page.locator("fieldset").all():
        question.get_by_label("Agree", exact=True).check()
    page.get_by_role("button", name=re.compile(r"^Send my")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your answers are in.")


def the_code_page_is_empty(page: Page) -> None:
    expect(page.get_by_label(TYPED)).to_have_value("")
    assert page.locator("fieldset").count() == 0
    expect(page.get_by_text("Thank you")).to_have_count(0)


def back_never_shows_the_person_before(page: Page) -> None:
    """As far back as it goes, to the empty page with which a browser begins."""
    for steps in range(9):
        page.go_back()
        if page.url == "about:blank":
            assert steps >= 2
            return
        the_code_page_is_empty(page)
    raise AssertionError("it never ends")


def test_a_head_has_slips_made_and_two_colleagues_answer_on_one_tablet(own_demo: Installation, open_page) -> None:
    with own_demo.started() as running:
        head = open_page(width=PHONE)
        walk_in(head, running, "head")
        head.goto(f"{running.url}{WAVE}")
        look_at(head, "wave-open-head")
        head.get_by_role("link", name="Slips for Birch Park Secondary").click()
        expect(head.get_by_role("heading", level=1)).to_have_text("Slips for Birch Park Secondary")
        look_at(head, "slips-none")
        have_slips_made(head, 2)
        paper = fetch(head)
        codes = ["".join(found) for found in CODE.findall(paper.text())]
        assert len(codes) == 2
        head.reload()
        expect(head.get_by_text("was fetched")).to_be_visible()
        expect(head.get_by_role("button", name="Fetch the sheet, once")).to_have_count(0)
        look_at(head, "slips-fetched")

        have_slips_made(head, 40)
        expect(head.get_by_role("heading", name="40 slips wait for a second person")).to_be_visible()
        look_at(head, "slips-waiting")
        chair = open_page(width=DESK)
        walk_in(chair, running, "chair")
        chair.goto(f"{running.url}{WAVE}")
        expect(chair.get_by_role("heading", name="Ways in without a letter")).to_be_visible()
        look_at(chair, "wave-open-chair-slips-wait")
        chair.get_by_role("link", name="Look at the slips for Birch Park Secondary").click()
        expect(chair.get_by_role("heading", level=1)).to_have_text("Slips for Birch Park Secondary")
        look_at(chair, "slips-to-confirm")
        chair.get_by_role("button", name="Confirm 40 slips").click()
        expect(chair.get_by_text("A leader of the school fetches it.")).to_be_visible(timeout=60_000)

        tablet = open_page(width=PHONE)
        tablet.goto(f"{running.url}/a/19/")
        look_at(tablet, "code")
        type_code(tablet, "ac2")
        expect(tablet.get_by_role("alert")).to_contain_text("This cannot be a code.")
        look_at(tablet, "code-wrong")
        for code in codes:
            type_code(tablet, f"{code[:3].lower()} {code[3:]}")
            answer(tablet)
            look_at(tablet, "receipt-shared")
            tablet.get_by_role("link", name="Next person").click()
            the_code_page_is_empty(tablet)
            back_never_shows_the_person_before(tablet)
            tablet.goto(f"{running.url}/a/19/")
        type_code(tablet, codes[0])
        expect(tablet.get_by_role("heading", level=1)).to_have_text("We have your answers already")
        look_at(tablet, "code-used")
        tablet.get_by_role("link", name="Type another code").click()
        the_code_page_is_empty(tablet)


def test_without_scripts_the_next_person_finds_nothing_of_the_one_before(own_demo: Installation, open_page) -> None:
    with own_demo.started() as running:
        head = open_page(width=PHONE)
        walk_in(head, running, "head")
        head.goto(f"{running.url}{SLIPS}")
        have_slips_made(head, 1)
        (code,) = ["".join(found) for found in CODE.findall(fetch(head).text())]
        tablet = open_page(width=PHONE, javascript=False)
        tablet.goto(f"{running.url}/a/19/")
        type_code(tablet, code)
        form = tablet.url
        answer(tablet)
        tablet.get_by_role("link", name="Next person").click()
        the_code_page_is_empty(tablet)
        tablet.goto(form)
        assert tablet.url == f"{running.url}/a/19/"
        the_code_page_is_empty(tablet)


@pytest.mark.parametrize("path", ["/a/19/"])
def test_the_first_view_of_the_code_page_weighs_little(live, chromium_browser, path: str) -> None:
    context = chromium_browser.new_context()
    page, seen = context.new_page(), []
    page.on("response", lambda response: seen.append(response))
    page.goto(f"{live.url}{path}", wait_until="networkidle")
    sizes = [response.request.sizes() for response in seen if not response.url.startswith("data:")]
    assert len(sizes) <= 3
    assert sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes) <= 20_000
    assert context.cookies() == []
    context.close()
    with urllib.request.urlopen(f"{live.url}{path}") as answer:
        assert "Set-Cookie" not in answer.headers
