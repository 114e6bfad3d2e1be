"""axe-core on a page as it stands: no violation of WCAG 2.2 AA, and none of axe's best practices."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.visitor import device, without_script

SOURCE = (Path(__file__).parent / "vendor" / "axe-4.14.0.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


def violations(page: Page) -> list[str]:
    """One text for each place at fault: rule, what to do, which element."""
    with _with_script(page) as seen:
        # Handed over by the debugger, not by the page: the page's security policy stays as it is.
        if seen.evaluate("typeof axe") == "undefined":
            seen.evaluate(SOURCE)
        found = seen.evaluate(_RUN, TAGS)["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {' '.join(map(str, node['target']))} {node['html']}"
        for rule in found
        for node in rule["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail with every violation on the page."""
    found = violations(page)
    assert not found, f"{page.url} at {(page.viewport_size or {}).get('width')} px:\n" + "\n".join(found)


@contextmanager
def _with_script(page: Page) -> Iterator[Page]:
    """The page; or, where scripts are off, its twin in a browser that has them and in which the page's own do not run.

    Without scripts axe would wait for ever. The twin shows the very text that the page shows: what answered a POST cannot
    be asked for again.
    """
    browser, width = page.context.browser, (page.viewport_size or {}).get("width", 0)
    if page.context not in without_script or browser is None:
        yield page
        return
    shown = page.content()
    context = browser.new_context(**device(width), storage_state=page.context.storage_state())
    context.route("**/*.js", lambda route: route.abort())
    context.route(page.url, lambda route: route.fulfill(body=shown, content_type="text/html; charset=utf-8"))
    try:
        twin = context.new_page()
        twin.goto(page.url)
        yield twin
    finally:
        context.close()
