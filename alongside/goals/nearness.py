"""Which proposals say much the same. Shown to people, who decide: nothing here merges anything (docs/decisions/0075)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from alongside.kit.search import folded

NEAR: Final = 0.6  # of the words of both titles, the share that has a partner in the other
ALIKE: Final = 0.8  # of the letters of two words: marking and markings, behaviour and behavior
SHORTEST: Final = 4  # letters; shorter words are alike only when they are the same
# fmt: off
LITTLE: Final = frozenset([
    "a", "about", "all", "an", "and", "are", "as", "at", "be", "better", "by", "can", "do", "for",
    "from", "get", "have", "how", "i", "in", "is", "it", "its", "less", "lets", "more", "need", "new",
    "not", "of", "on", "or", "our", "so", "some", "than", "that", "the", "their", "them", "there",
    "they", "this", "to", "up", "us", "we", "what", "when", "where", "which", "who", "why", "will",
    "with", "you", "your",
])
# fmt: on


def nearness(one: str, other: str) -> float:
    """How much two titles share, 0–1: twice the words that have a partner, over all words; little words count nowhere.

    "Marking takes too long" and "Too long for marking" are 1. A title of little words alone is compared as it stands.
    """
    mine, theirs = _words(one), list(_words(other))
    together = len(mine) + len(theirs)
    paired = 0
    for word in mine:
        partner = next((each for each in theirs if _alike(word, each)), None)
        if partner is not None:
            theirs.remove(partner)
            paired += 1
    return 2 * paired / together if together else 0.0


def near[T](title: str, others: Iterable[tuple[str, T]]) -> list[T]:
    """Those whose title is near to this one, the nearest first, then in the order given."""
    found = [(nearness(title, words), each) for words, each in others]
    return [each for much, each in sorted(found, key=lambda pair: -pair[0]) if much >= NEAR]


def _words(title: str) -> Sequence[str]:
    words = folded(title).split()
    return [word for word in words if word not in LITTLE] or words


@lru_cache(maxsize=20_000)
def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < SHORTEST or one[0] != other[0]:
        return False
    first, second = sorted((one, other))  # the measure is not the same both ways
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= ALIKE
