"""PDF/UA-1 of a page: the same template on paper instead of in the frame.

A template that is printed extends `layout|default:"kit/page.html"`; here its layout is `kit/paper.html`, which leaves out
menus and buttons. Nobody signed in stands in it, so that two people who see the same figures hold the same paper.
"""

import hashlib
import re
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string

from alongside.kit.errors import Refused

NO_PANGO = 3  # what documents/render.py ends with when the system's libraries are missing
PATIENCE = 60  # seconds
AT_ONCE = 2
KEPT = 64
MISSING = (
    "This installation cannot draw PDFs: the library pango is missing on its computer. "
    "Print the page instead and choose “Save as PDF”, or ask whoever runs Alongside to install pango."
)
FAILED = "The PDF could not be drawn this time. Print the page instead and choose “Save as PDF”."
BUSY = "Several PDFs are being drawn at this moment. Try again in half a minute."

_HIDDEN_PICTURE = re.compile(r'<svg\b[^>]*aria-hidden="true"[^>]*>.*?</svg>', re.DOTALL)
_TOLD_PICTURE = re.compile(r'(<svg\b[^>]*?aria-label="([^"]*)"[^>]*>)')
_turns = threading.BoundedSemaphore(AT_ONCE)


class _Drawn:
    """The newest papers of this process, by what they were drawn from."""

    def __init__(self) -> None:
        self._papers: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes) -> bytes | None:
        with self._lock:
            return self._papers.get(key)

    def keep(self, key: bytes, paper: bytes) -> None:
        with self._lock:
            self._papers[key] = paper
            while len(self._papers) > KEPT:
                self._papers.popitem(last=False)


DRAWN = _Drawn()


def paper(template: str, context: Mapping[str, object]) -> bytes:
    """A template as PDF/UA-1, black on white, A4.

    Raises Refused, with what to do instead, where pango is missing, when drawing fails, and when too many draw at once.
    """
    html = render_to_string(template, {**context, "layout": "kit/paper.html", "site": settings.PUBLIC_URL})
    return draw(_with_words_for_pictures(html))


def draw(html: str) -> bytes:
    """A whole HTML page as PDF/UA-1. Drawn once for the same text; at most two at a time."""
    key = hashlib.sha256(html.encode()).digest()
    if found := DRAWN.get(key):
        return found
    if not _turns.acquire(timeout=PATIENCE):
        raise Refused(BUSY)
    try:
        made = _child([], html.encode())
    finally:
        _turns.release()
    DRAWN.keep(key, made)
    return made


def pages(html: str) -> bytes:
    """A whole HTML page as PDF/UA-1 in full size, on as many sheets as it takes. Kept nowhere: only who asks may hold it.

    Raises Refused as `paper` does.
    """
    if not _turns.acquire(timeout=PATIENCE):
        raise Refused(BUSY)
    try:
        return _child(["--full-size"], _with_words_for_pictures(html).encode())
    finally:
        _turns.release()


def trouble() -> str:
    """Why PDFs cannot be drawn here; "" when they can."""
    try:
        _child(["--look"], b"")
    except Refused as refused:
        return str(refused)
    return ""


def _child(options: list[str], page: bytes) -> bytes:
    command = [sys.executable, "-m", "alongside.kit.documents.render", *options]
    try:
        done = subprocess.run(command, input=page, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603 - our own Python
    except (subprocess.TimeoutExpired, OSError) as failure:
        raise Refused(FAILED) from failure
    if done.returncode:
        raise Refused(MISSING if done.returncode == NO_PANGO else FAILED)
    return done.stdout


def _with_words_for_pictures(html: str) -> str:
    """Each picture says in its title what it shows; pictures that only decorate are left out."""
    return _TOLD_PICTURE.sub(r"\1<title>\2</title>", _HIDDEN_PICTURE.sub("", html))
