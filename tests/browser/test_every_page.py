"""Whoever walks in follows every link: each page that can be reached fits a phone and a desk, and axe finds nothing on it.

One page for each name of an address and each role, and each of SCREENS, which show a page in a state of its own.
"""

import re
from collections import deque
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.browser.looks import look_at
from tests.browser.test_demo_pages import SCREENS, walk_in
from tests.browser.visitor import DESK, PHONE
from tests.installation import Running

# What a browser takes away instead of showing it.
A_FILE = re.compile(r"\.(pdf|xlsx|csv|pptx|zip|lss)$")
NOT_YET = "not-yet"  # the screen that tells a teacher when results will be there


def _name(address: str) -> str:
    try:
        path = urlsplit(address).path
        return "" if A_FILE.search(path) else resolve(path).url_name or ""
    except Resolver404:
        return ""


def walk(page: Page, live: Running, role: str) -> set[str]:
    """Open each screen of the role, then each page that a link leads to, once by the name of its address; the names."""
    seen: set[str] = set()
    waiting = deque([(page.url, "")])
    waiting += [(live.url + address, screen) for screen, address in SCREENS[role].items()]
    while waiting:
        address, screen = waiting.popleft()
        name = _name(address)
        if not name or (name in seen and not screen):
            continue
        response = page.goto(address)
        assert response is not None, address
        assert response.status == (403 if screen == NOT_YET else 200), f"{role} at {address}: {response.status}"
        seen |= {name, _name(page.url)}
        look_at(page, f"{role}-{screen or name}")
        found = page.eval_on_selector_all("a[href]", "links => links.map(each => each.getAttribute('href'))")
        absolute = (urldefrag(urljoin(page.url, link)).url for link in found)
        waiting += [(link, "") for link in absolute if link.startswith(live.url) and "/a/" not in link]
    return seen


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("role", SCREENS)
def test_every_page_that_can_be_reached_fits_and_is_accessible(open_page, live, role, width):
    page = open_page(width=width)
    walk_in(page, live, role)
    seen = walk(page, live, role)
    assert {"today", "grow", "show", "account", "promises"} <= seen
