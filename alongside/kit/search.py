"""Searching by words: what is compared, and what a package answers to the box in the frame.

Compared is folded text: small letters without accents, words apart by one blank. A word of the question is found where a
word of the text begins with it.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

LONGEST = 100
MOST_WORDS = 8
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_JOINED = frozenset("'’ʻʼ‘`´.")


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that fits: what it is called, what it is, and where; url "" for something that has no page."""

    title: str
    note: str
    url: str = field(default="")


@dataclass(frozen=True, slots=True)
class Group:
    """What one package found, under its heading, best first."""

    heading: str
    found: list[Found]


def folded(text: str) -> str:
    """ "Tūranga St Anne’s" → "turanga st annes"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    letters = (
        c if c.isalnum() else "" if c in _JOINED or unicodedata.combining(c) else " " for c in plain if c != "\0"
    )
    return " ".join("".join(letters).split())


def words(question: str) -> list[str]:
    """The words of a question, folded; at most eight, of its first hundred characters."""
    return folded(question[:LONGEST]).split()[:MOST_WORDS]


def sought(texts: Iterable[str]) -> str:
    """Texts as they are stored to be searched: folded, each word after a blank."""
    return f" {folded(' '.join(texts))}"


def fits(wanted: list[str], text: str) -> bool:
    """Whether each of these words begins a word of the text."""
    stored = sought([text])
    return all(f" {word}" in stored for word in wanted)
