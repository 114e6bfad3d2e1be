"""What every page owes its reader: it fits the screen, it is accessible, and its picture is kept for a person to look at."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.axe import assert_accessible

PICTURES = Path(__file__).parent.parent / "pictures"
_TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(each => each.outerHTML.slice(0, 120)).slice(0, 5)"""


def assert_no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than the screen, with the elements that stick out."""
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert wide <= width, f"{page.url} is {wide} px wide on a screen of {width}: {page.evaluate(_TOO_WIDE)}"


def picture(page: Page, name: str) -> None:
    """Keep tests/pictures/<name>-<width>.png, the whole page."""
    PICTURES.mkdir(exist_ok=True)
    width = (page.viewport_size or {}).get("width")
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True, scale="css")


def look_at(page: Page, name: str) -> None:
    """All three, for a page that has finished loading."""
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    picture(page, name)
