"""A visitor who follows every link of a page, and every search form, until nothing new turns up."""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client

from tests import pdfs

FOLLOWED = {"a": "href", "link": "href", "script": "src", "img": "src"}
STATIC = "/static/"
OTHER_STATEMENTS = re.compile(r"/statements/\w+\.[2-6]/")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        wanted = [values.get(FOLLOWED.get(tag, "")), values.get("hx-get")]
        if tag == "form" and values.get("method", "get") == "get":
            wanted.append(values.get("action"))
        self.found += [link for link in wanted if link]


def links(response: HttpResponse) -> list[str]:
    """The addresses on this site that a page leads to."""
    if not response.headers["Content-Type"].startswith("text/html"):
        return []
    reader = _Links()
    reader.feed(response.content.decode())
    absolute = (urldefrag(urljoin(response.request["PATH_INFO"], link)).url for link in reader.found)
    return [link for link in absolute if not urlsplit(link).netloc and not link.startswith((STATIC, "data:"))]


def crawl(client: Client, *starts: str) -> dict[str, HttpResponse]:
    """Address → its answer, for everything that can be reached from these addresses; a redirect is followed.

    Of the six statements of a pulse, whose pages differ in their figures alone, only the first is opened.
    """
    waiting, pages = deque(starts), dict[str, HttpResponse]()
    while waiting:
        path = waiting.popleft()
        if path in pages or OTHER_STATEMENTS.search(path):
            continue
        pages[path] = response = client.get(path)
        waiting += [response.url] if response.status_code in {301, 302} else links(response)
    return pages


def said(response: HttpResponse) -> str:
    """Everything that an answer says: its headers and its body; of a document all words in it."""
    return f"{response.headers}\n{_words(response.content)}"


def _words(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        paper = pdfs.read(content)
        return " ".join([paper.text(), *paper.objects.values()])
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return " ".join(f"{name} {_words(packed.read(name))}" for name in packed.namelist())
    return content.decode(errors="replace")
