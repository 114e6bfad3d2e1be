"""One HTML page on stdin, one PDF/UA-1 on stdout: `python -m alongside.kit.documents.render`. Nothing imports this.

It is a process of its own for three reasons. WeasyPrint needs pango from the system, and Alongside must start without
it. A page that would take for ever is ended by its clock, and one that would eat the machine by its memory, without
harm to the web process. And what is drawn here reaches no database, no setting and no secret.
"""

import logging
import re
import resource
import sys
from io import BytesIO
from pathlib import Path

NO_PANGO = 3  # exit code: the libraries of the system are not there

try:
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
except (ImportError, OSError) as missing:
    sys.stderr.write(str(missing).partition("\n")[0])
    sys.exit(NO_PANGO)

STYLES = Path(__file__).parent.parent / "static" / "alongside" / "css"
STYLE = re.compile(r"paper:([a-z-]+\.css)")
SECONDS, MEMORY = 40, 2_000_000_000
SMALLER = (1.0, 1.12, 1.24, 1.36)  # the sheet against its text: 10 pt become 7.4 at the least
FAR_TOO_MANY = 3  # pages in full size, which no smaller print brings onto one
VARIANT = {"pdf_variant": "pdf/ua-1"}


class OurStyles(URLFetcher):
    """Fetches the stylesheets that come with Alongside and nothing else: no network, no other file."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        found = STYLE.fullmatch(url)
        if found is None:
            raise FatalURLFetchingError(f"A paper fetches nothing from elsewhere: {url[:80]}")
        body = BytesIO((STYLES / found[1]).read_bytes())
        return URLFetcherResponse(url, body, {"Content-Type": "text/css; charset=utf-8"})


def main() -> int:
    """Draw what stands on stdin; with --look a line of text, to see whether drawing works at all."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    looking = "--look" in sys.argv
    page = '<html lang="en"><title>A</title><p>A' if looking else sys.stdin.buffer.read().decode()
    sizes = (1.0,) if "--full-size" in sys.argv else (*SMALLER, 1.0)
    drawn = _drawn(weasyprint.HTML(string=page, url_fetcher=OurStyles(), media_type="print"), sizes)
    sys.stdout.buffer.write(b"" if looking else drawn)
    return 0


def _drawn(page: weasyprint.HTML, sizes: tuple[float, ...]) -> bytes:
    """On one sheet of A4, smaller where it must be and can still be read; else in full size on as many as it takes."""
    for larger in sizes:
        size = f"@page {{ size: {210 * larger:.1f}mm {297 * larger:.1f}mm !important }}"
        paper = page.render(stylesheets=[weasyprint.CSS(string=size)], **VARIANT)
        if len(paper.pages) == 1 or len(paper.pages) > FAR_TOO_MANY:
            break
    drawn: bytes = paper.write_pdf(zoom=1 / larger, **VARIANT)
    return drawn


if __name__ == "__main__":
    sys.exit(main())
