"""PDFs drawn in the process of the tests: starting one for each takes several times as long as drawing.

That a paper is drawn in a process of its own, with a clock and a limit of memory, is tested in tests/kit/test_documents.py.
"""

from __future__ import annotations

import warnings

import weasyprint

from alongside.kit.documents import render


def draw(options: list[str], page: bytes) -> bytes:
    """What the child process would answer to a page on its stdin."""
    assert options in ([], ["--full-size"]), options
    sizes = (1.0,) if options else (*render.SMALLER, 1.0)
    with warnings.catch_warnings(action="ignore"):  # the child says nothing of what its libraries will change
        return render._drawn(
            weasyprint.HTML(string=page.decode(), url_fetcher=render.OurStyles(), media_type="print"), sizes
        )
