"""What every page owes its reader: it fits the screen, it is accessible, and its picture is kept for a person to look at."""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.browser.axe import assert_accessible

# A screen is the same above either database: it is looked at above one of them.
LOOKED_AT = not os.environ.get("ALONGSIDE_DATABASE_URL", "").startswith("postgres")
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
    """Keep tests/pictures/<name>-<width>.png, the whole page, where somebody wants to look: ALONGSIDE_TEST_PICTURES=1."""
    if not os.environ.get("ALONGSIDE_TEST_PICTURES"):
        return
    PICTURES.mkdir(exist_ok=True)
    width = (page.viewport_size or {}).get("width")
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True, scale="css")


def for_the_guide(page: Page, name: str) -> None:
    """The same as `look_at`, and the screen as the guide prints it: tests/pictures/guide/<name>.png.

    ALONGSIDE_TEST_GUIDE names another folder: `docs/pictures` renews what the guide shows.
    """
    look_at(page, f"guide-{name}")
    if not LOOKED_AT:
        return
    folder = Path(os.environ.get("ALONGSIDE_TEST_GUIDE") or PICTURES / "guide")
    folder.mkdir(parents=True, exist_ok=True)
    taken = Image.open(io.BytesIO(page.screenshot(scale="css")))
    taken.quantize(256).save(folder / f"{name}.png", optimize=True)


def look_at(page: Page, name: str) -> None:
    """All three, for a page that has finished loading."""
    assert_no_sideways_scroll(page)
    if LOOKED_AT:
        assert_accessible(page)
        picture(page, name)
