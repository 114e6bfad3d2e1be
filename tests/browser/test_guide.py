"""The pictures of the guide for heads, taken from the demo; and no picture of a guide that nothing takes."""

import re
from pathlib import Path

from tests.browser.looks import for_the_guide
from tests.browser.test_demo_pages import LAST, SCHOOL, walk_in
from tests.browser.visitor import DESK

DOCS = Path(__file__).parents[2] / "docs"
HEAD = {
    "head-today": f"{SCHOOL}/",
    "head-results": f"{LAST}/schools/birch-park-secondary/",
    "head-reply": f"{LAST}/schools/birch-park-secondary/reply/",
    "head-pause": f"{SCHOOL}/pauses/",
    "head-staff": f"{SCHOOL}/schools/birch-park-secondary/staff/",
}


def test_the_pictures_for_heads(live, open_page):
    page = open_page(width=DESK)
    walk_in(page, live, "head")
    for name, address in HEAD.items():
        page.goto(live.url + address)
        for_the_guide(page, name)


def test_every_picture_of_the_guides_is_taken_by_a_journey():
    shown = {
        name
        for guide in ("first-hour.md", "for-heads.md")
        for name in re.findall(r"\(pictures/([\w-]+)\.png\)", (DOCS / guide).read_text(encoding="utf-8"))
    }
    hour = (Path(__file__).parent / "test_first_hour.py").read_text(encoding="utf-8")
    taken = HEAD.keys() | {f"first-hour-{name}" for name in re.findall(r'picture\("([\w-]+)"\)', hour)}
    assert shown == taken
    assert all((DOCS / "pictures" / f"{name}.png").is_file() for name in shown)
