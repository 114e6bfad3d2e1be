"""Journeys: a real Chromium, at the width of a phone and of a desk, against a real server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.browser.visitor import DESK, PHONE, new_page, settle
from tests.installation import Installation, Running, installation

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder is a journey; journeys come last, since the browser's event loop outlives them."""
    journeys = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in journeys:
        item.add_marker(pytest.mark.browser)
    items[:] = [item for item in items if item not in journeys] + journeys


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """The browser of this run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=list(chromium.FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_world() -> Iterator[Installation]:
    """The demo world, built once in a run and never started: copy it with `installation(like=demo_world)`."""
    with installation() as made:
        made.run("demo")
        yield made


@pytest.fixture(scope="session")
def live(demo_world: Installation) -> Iterator[Running]:
    """The demo world, served and worked on, shared by the journeys of a run: `live.url`."""
    with installation(like=demo_world) as copy, copy.started() as running:
        yield running


@pytest.fixture
def own_demo(demo_world: Installation) -> Iterator[Installation]:
    """A copy of the demo world for one journey alone, which starts it: `with own_demo.started() as running`."""
    with installation(like=demo_world) as copy:
        yield copy


@pytest.fixture(scope="session")
def migrated() -> Iterator[Installation]:
    """Tables and nothing in them: making them takes longer than most of a journey."""
    with installation() as made:
        made.run("manage", "migrate")
        yield made


@pytest.fixture
def empty_installation(migrated: Installation) -> Iterator[Installation]:
    """A data folder and a database in which nothing has happened yet."""
    with installation(like=migrated) as made:
        yield made


@pytest.fixture
def open_page(chromium_browser: Browser) -> Iterator[OpenPage]:
    """`open_page(width=…, javascript=…)`: the page of a new visitor. Afterwards the test fails for every fault in it."""
    pages: list[Page] = []
    faults: list[str] = []

    def open_one(*, width: int = DESK, javascript: bool = True) -> Page:
        pages.append(new_page(chromium_browser, faults, width=width, javascript=javascript))
        return pages[-1]

    yield open_one
    for page in pages:
        if not page.is_closed():
            settle(page)
        page.context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A page 360 px wide, on a telephone."""
    return open_page(width=PHONE)


@pytest.fixture
def desk(open_page: OpenPage) -> Page:
    """A page 1,280 px wide."""
    return open_page(width=DESK)


@pytest.fixture(params=[PHONE, DESK], ids=["360", "1280"])
def page(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    """The same journey at both widths."""
    return open_page(width=request.param)
