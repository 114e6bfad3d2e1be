"""A visitor with a browser of their own, and everything that went wrong in it."""

from weakref import WeakSet

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

PHONE, DESK = 360, 1280
PATIENCE = 10_000  # milliseconds that a step may take
# Where nothing that waits for a timer ever ends.
without_script: WeakSet[BrowserContext] = WeakSet()
# Violations on elements that are gone before anybody listens still reach the document.
_TELL_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event =>
    console.error('Content Security Policy: ' + event.violatedDirective + ' ' + event.blockedURI));
"""


def new_page(browser: Browser, faults: list[str], *, width: int = DESK, javascript: bool = True) -> Page:
    """A page without cookies. `faults` grows by each error on the console, violation of the security policy, script
    error, broken part of a page and request to another host. Closing `page.context` ends the visit.
    """
    context = browser.new_context(**device(width), java_script_enabled=javascript, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    if not javascript:
        without_script.add(context)
    _watch(context, faults)
    return context.new_page()


def settle(page: Page) -> None:
    """Wait for what the browser has to say about a page that it shows already."""
    page.wait_for_timeout(100)


def device(width: int) -> dict[str, object]:
    """How a browser of that width presents itself: a telephone below 600 px."""
    if width > 600:
        return {"viewport": {"width": width, "height": 800}}
    return {"viewport": {"width": width, "height": 740}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


def _watch(context: BrowserContext, faults: list[str]) -> None:
    context.add_init_script(_TELL_VIOLATIONS)
    context.on("console", lambda message: _console(message, faults))
    context.on("weberror", lambda error: faults.append(f"script error: {error.error}"))
    context.on("response", lambda response: _broken(response, faults))
    context.on("request", lambda request: _abroad(request, faults))


def _console(message: ConsoleMessage, faults: list[str]) -> None:
    # "Failed to load" also stands for a page that is meant to answer 404; `_broken` tells the two apart.
    if message.type == "error" and not message.text.startswith("Failed to load resource"):
        faults.append(f"console: {message.text} ({message.location.get('url', '')})")


def _broken(response: Response, faults: list[str]) -> None:
    part_of_a_page = response.request.resource_type not in {"document", "fetch", "xhr"}
    if response.status >= 500 or (response.status >= 400 and part_of_a_page):
        faults.append(f"{response.status}: {response.url}")


def _abroad(request: Request, faults: list[str]) -> None:
    # A passkey belongs to a name and never to a number: its journey calls this machine "localhost".
    if not request.url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:", "about:")):
        faults.append(f"another host was asked: {request.url}")
