"""The harness itself: what the journeys rely on to fail does fail."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser import axe, looks
from tests.browser.visitor import PHONE, new_page, settle

POLICY = "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'"
HEAD = '<!doctype html><html lang="en"><head><title>T</title><meta name="viewport" content="width=device-width">'
PAGES = {
    "/good": HEAD + "</head><body><main><h1>Good</h1><p>All is well.</p></main></body></html>",
    "/inline": HEAD + "</head><body><main><h1 style='color:red'>Inline</h1><script>1</script></main></body></html>",
    "/picture": HEAD
    + "</head><body><main><h1>Picture</h1><img src='/missing.png' alt='a school'></main></body></html>",
    "/abroad": HEAD
    + "</head><body><main><h1>Abroad</h1><img src='http://elsewhere.invalid/x' alt=''></main></body></html>",
    "/wide": HEAD + f"</head><body><main><h1>{'wide' * 200}</h1></main></body></html>",
    "/unlabelled": HEAD + "</head><body><main><h1>Form</h1><input name='a'></main></body></html>",
    "/throws": HEAD + "<script src='/throws.js'></script></head><body><main><h1>Throws</h1></main></body></html>",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        script = self.path == "/throws.js"
        body = b"throw new Error('thrown')" if script else PAGES.get(self.path, "<h1>?</h1>").encode()
        self.send_response(200 if script or self.path in PAGES else 404)
        self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(chromium_browser, site):
    """Open a page at 360 px; the page and what went wrong."""
    contexts = []

    def one(path, **options):
        faults = []
        page = new_page(chromium_browser, faults, width=PHONE, **options)
        contexts.append(page.context)
        page.goto(site + path)
        settle(page)
        return page, faults

    yield one
    for context in contexts:
        context.close()


def test_good_page_has_no_fault(visit):
    page, faults = visit("/good")
    looks.assert_no_sideways_scroll(page)
    axe.assert_accessible(page)
    assert faults == []


def test_page_that_is_meant_to_be_missing_is_no_fault(visit):
    assert visit("/nowhere")[1] == []


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/inline", "Content Security Policy: style-src-attr inline"),
        ("/inline", "Content Security Policy: script-src-elem inline"),
        ("/picture", "404: "),
        ("/abroad", "another host was asked: http://elsewhere.invalid/x"),
        ("/throws", "script error: thrown"),
    ],
)
def test_fault_is_noticed(visit, path, fault):
    faults = visit(path)[1]
    assert any(fault in each for each in faults), faults


def test_wide_page_is_noticed(visit):
    with pytest.raises(AssertionError, match="px wide on a screen of 360"):
        looks.assert_no_sideways_scroll(visit("/wide")[0])


def test_unlabelled_field_is_noticed_under_the_strict_policy(visit):
    page, faults = visit("/unlabelled")
    with pytest.raises(AssertionError, match=r"label \(critical\)"):
        axe.assert_accessible(page)
    assert faults == []


def test_unlabelled_field_is_noticed_without_script(visit):
    page, faults = visit("/unlabelled", javascript=False)
    with pytest.raises(AssertionError, match=r"label \(critical\)"):
        axe.assert_accessible(page)
    looks.assert_no_sideways_scroll(page)
    assert faults == []


def test_page_works_without_script(visit):
    page, faults = visit("/throws", javascript=False)
    assert page.get_by_role("heading").inner_text() == "Throws"
    assert faults == []
