"""An officer brings a newer register into the demo world: with a script and without, on a desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import look_at
from tests.browser.test_demo_pages import NETWORK, walk_in
from tests.browser.visitor import new_page
from tests.registers_of_ours import gias, gias_links, gias_school

OLDER = ("900101", "900102", "900103")


def register() -> bytes:
    """Renames one school of the demo world, closes another, and brings sixty that nobody knows and one that is faulty."""
    ours = [
        gias_school(OLDER[0], Name="Birch Park Academy with a rather long name of its own", NumberOfPupils="612"),
        gias_school(OLDER[1], Name="Closed School", Status="Closed", CloseDate="31-08-2026"),
    ]
    new = [gias_school(str(number), Name=f"New School {number}") for number in range(910_001, 910_061)]
    return gias([*ours, *new, gias_school("910099", NumberOfPupils="many", StatutoryLowAge="three")])


def bring(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Register file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Show what would change").click()


def test_an_officer_brings_a_register_in(page: Page, own_demo) -> None:
    with own_demo.started() as live:
        walk_in(page, live, "officer")
        page.goto(f"{live.url}{NETWORK}/grow/")
        page.get_by_role("link", name="The register").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("The register of schools")
        look_at(page, "register")
        bring(page, "edubasealldata.csv", register())
        expect(page.get_by_role("heading", level=1)).to_contain_text("60 new", timeout=20_000)
        look_at(page, "register-preview")
        page.get_by_role("button", name="Apply exactly this").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("The register is up to date", timeout=20_000)
        look_at(page, "register-applied")
        page.get_by_role("link", name="Bring in another file").click()
        expect(page.get_by_role("heading", name="Brought in before")).to_be_visible()
        look_at(page, "register-after")
        bring(page, "links.csv", gias_links((OLDER[1], OLDER[2], "Cousin"), (OLDER[1], "910001", "Successor - merged")))
        expect(page.get_by_role("heading", level=1)).to_contain_text("0 new", timeout=20_000)
        look_at(page, "register-links")
        page.get_by_role("button", name="Drop it").click()
        bring(page, "staff.csv", b"Name,E-mail,Role\nx,y,z\n")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing of this file", timeout=20_000)
        look_at(page, "register-refused")


@pytest.mark.parametrize("javascript", [False], ids=["without a script"])
def test_the_page_goes_on_by_itself_without_a_script(chromium_browser, own_demo, javascript: bool) -> None:
    faults: list[str] = []
    with own_demo.started() as live:
        page = new_page(chromium_browser, faults, javascript=javascript)
        walk_in(page, live, "officer")
        page.goto(f"{live.url}{NETWORK}/register/")
        bring(page, "edubasealldata.csv", register())
        expect(page.get_by_role("heading", level=1)).to_contain_text("60 new", timeout=20_000)
        page.get_by_role("button", name="Apply exactly this").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("The register is up to date", timeout=20_000)
        page.context.close()
    assert faults == []
