"""Words out of the markup in which survey programs keep them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from alongside.kit.tabular import clean_text
from alongside.surveys.definitions.parts import MOST_TEXT

# What survey programs fill in from elsewhere: {TOKEN:FIRSTNAME}, {Q1.shown}, ${name}.
FILLED_IN: Final = re.compile(r"\$?\{[A-Za-z_(][^{}]{0,200}\}")
_SILENT = {"script", "style", "head", "title", "template"}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0
        self.pictures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        self.pictures += tag in {"img", "video", "audio", "object", "embed", "iframe"}
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in _SILENT))
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def plain(markup: str) -> tuple[str, bool]:
    """The words of a text with or without markup, on one line, and whether it showed pictures or the like."""
    reader = _Words()
    reader.feed(
        markup[: 4 * MOST_TEXT]
    )  # more shows nothing, and the reader's time grows faster than a text of open tags
    reader.close()
    # A tag ends a word, but no space stands before a comma that follows "</b>".
    words = re.sub(r"\s+([,.;:!?])", r"\1", clean_text("".join(reader.words).replace("\0", " ")))
    return words[:MOST_TEXT], bool(reader.pictures)
