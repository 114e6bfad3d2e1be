"""axe-core on a page as it stands: no violation of WCAG 2.2 AA, and none of axe's best practices."""

from pathlib import Path

from playwright.sync_api import Page

SOURCE = (Path(__file__).parent / "vendor" / "axe-4.14.0.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Handed over by the debugger, not by the page: the page's security policy stays as it is.
_RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


def violations(page: Page) -> list[str]:
    """One text for each place at fault: rule, what to do, which element."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(SOURCE)
    found = page.evaluate(_RUN, TAGS)["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {' '.join(map(str, node['target']))} {node['html']}"
        for rule in found
        for node in rule["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail with every violation on the page."""
    found = violations(page)
    assert not found, f"{page.url} at {(page.viewport_size or {}).get('width')} px:\n" + "\n".join(found)
