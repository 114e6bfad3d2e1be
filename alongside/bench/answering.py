"""What the answering page weighs on the wire as a browser loads it, and the SQL statements of one accepted answer."""

import argparse
import gzip
import http.client
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from alongside.bench.places import Place, place, stage
from alongside.bench.servers import alongside
from alongside.kit.errors import Refused

KILOBYTES, REQUESTS, STATEMENTS = 20, 3, 8
LOADED = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
IN_CSS = re.compile(rb"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a browser asks for. wire: bytes of head and body as they were sent."""

    address: str
    kind: str
    wire: int
    body: bytes  # unpacked


class Parts(HTMLParser):
    """What a page has a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and LOADED & set((given.get("rel") or "").split()):
            self.found.append(given.get("href") or "")
        if tag in {"script", "img", "iframe", "source", "audio", "video"} and given.get("src"):
            self.found.append(given["src"] or "")


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when the page opens and an answer is accepted, whatever it weighs."""
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    said = []
    for number, kind in enumerate(kinds):
        with place(kind, named_server=options.postgres, folder=options.folder) as made, stage(made) as inside:
            inside.ask("found", clusters=1, schools=2, staff=20)
            found = inside.ask("statements")
            if number == 0:  # the page is the same on every database
                said.append(_weight(_loaded(made, f"/a/{found['wave']}/{found['token']}")))
        said.append(_statements(made, found["answers"]))
    print(f"Answering: {'; '.join(said)}.")
    return 0


def _loaded(made: Place, path: str) -> list[Part]:
    """The page and all that it pulls in, each asked for once."""
    with alongside(made, 1, 2) as web:
        page = _get(web.url + path)
        if page.kind != "text/html":
            raise Refused(f"The answering page is {page.kind}.")
        parts, waiting = [page], _within(page)
        for address in waiting:  # grows while it is read
            if address not in {part.address for part in parts}:
                parts.append(_get(address))
                waiting += _within(parts[-1])
        return parts


def _within(part: Part) -> list[str]:
    """What one part has the browser load; what is written into the address itself costs no request."""
    if part.kind == "text/html":
        links = Parts()
        links.feed(part.body.decode())
        found = links.found
    elif part.kind == "text/css":
        found = [(first or second).decode() for first, second in IN_CSS.findall(part.body)]
    else:
        return []
    return [urljoin(part.address, each) for each in found if each and not each.startswith(("data:", "#"))]


def _get(address: str) -> Part:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", parts.path, headers={"Accept-Encoding": "gzip"})
        reply = connection.getresponse()
        body = reply.read()
    finally:
        connection.close()
    if reply.status != http.client.OK:
        raise Refused(f"{address} answers {reply.status}.")
    head = (
        f"HTTP/1.1 {reply.status} {reply.reason}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in reply.getheaders()) + "\r\n"
    )
    plain = gzip.decompress(body) if reply.headers.get("Content-Encoding") == "gzip" else body
    return Part(address, reply.headers.get_content_type(), len(head) + len(body), plain)


def _weight(parts: list[Part]) -> str:
    for part in parts:
        shown = re.sub(r"/a/\d+/.*", "/a/…", urlsplit(part.address).path)
        print(f"  {part.wire:6,} bytes on the wire ({len(part.body):6,} unpacked)  {part.kind:<24} {shown}")
    total = sum(part.wire for part in parts) / 1024
    reached = "reached" if total <= KILOBYTES and len(parts) <= REQUESTS else "NOT reached"
    return f"{total:.1f} KB in {len(parts)} requests ({KILOBYTES} KB and {REQUESTS} {reached})"


def _statements(made: Place, answers: list[dict[str, list[str]]]) -> str:
    for number, answer in enumerate(answers, start=1):
        print(f"  {made.label}, answer {number} of a web process: GET {len(answer['GET'])}, POST {len(answer['POST'])}")
    for method, statements in answers[0].items():
        for statement in statements:
            print(f"    {method:<4} {' '.join(statement.split())[:100]}")
    most = max(len(answer["GET"]) + len(answer["POST"]) for answer in answers)
    reached = "reached" if most <= STATEMENTS else "NOT reached"
    return f"{made.label} at most {most} SQL statements an accepted answer ({STATEMENTS} {reached})"
