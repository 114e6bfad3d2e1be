"""What other schools share with a member, less what would give away a school that shares nothing (docs/decisions/0064).

Of every publication of a wave: how many answered, and for each statement its scores and its shares (R6), since a school
that counts alone in one of them may count together with others in the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from alongside.people.reads import Membership
from alongside.science import differences
from alongside.surveys import rules
from alongside.surveys.releases import GROUPING, WHOLE, Document
from alongside.surveys.sharing import Shared


@dataclass(frozen=True, slots=True)
class Shown:
    """One publication: its blocks, each with its schools, and its totals, each as the blocks that it is the sum of."""

    blocks: dict[str, frozenset[int]]
    totals: dict[str, frozenset[str]]

    def seen(self, schools: Iterable[int]) -> frozenset[str]:
        """The blocks that somebody sees who sees these schools. A pool follows from its cluster where it is seen as well."""
        return frozenset(self.blocks.keys() & {f"school:{school}" for school in schools})


@dataclass(frozen=True, slots=True)
class Lent:
    """Schools (ids) whose own block a member sees because they share it; spread: those of which also how answers were spread."""

    schools: frozenset[int] = frozenset()
    spread: frozenset[int] = frozenset()


def lent_to(document: Document, member: Membership, shared: Shared, others: frozenset[int]) -> Lent:
    """What other schools share with this member and may. others: the schools seen anyway."""
    lent = lent_schools(document, member, shared) - others
    if not lent:
        return Lent()
    schools = nothing_given_away(lent, others, list(scores(document)))
    return Lent(schools, nothing_given_away(schools, others, list(shares(document))))


def lent_schools(document: Document, member: Membership, shared: Shared) -> frozenset[int]:
    """Schools that share their block with this member and have one: a pool is never shared."""
    homes = {school: document.cluster_of(school) for school in document.school_ids()}
    found = rules.sees_lent(member, homes, shared)
    return frozenset(school for school in found if document.block_of(school) == f"school:{school}")


def scores(document: Document) -> Iterator[Shown]:
    """How many answered, and the scores of each statement: each has blocks of its own."""
    answered = document.data["answered"]
    yield _shown(document, answered["blocks"], answered["totals"])
    yield from (_figures(document, item["scores"]) for item in document.data["items"])


def shares(document: Document) -> Iterator[Shown]:
    """How the answers to each statement were spread: the second publication, whose blocks are larger."""
    return (_figures(document, item["shares"]) for item in document.data["items"])


def _figures(document: Document, found: dict[str, Any]) -> Shown:
    blocks = {place: figure for place, figure in found.items() if place.startswith(("school:", "pool:", "network"))}
    return _shown(document, blocks, found.keys() - blocks.keys())


def _shown(document: Document, blocks: dict[str, Any], places: Iterable[str]) -> Shown:
    held = {name: frozenset(map(int, block["schools"])) for name, block in blocks.items()}
    around = {place: document.members(place) for place in places if place != WHOLE}
    totals = {place: frozenset(name for name in held if held[name] <= schools) for place, schools in around.items()}
    return Shown(held, totals | {WHOLE: frozenset(held)})


def nothing_given_away(lent: frozenset[int], others: frozenset[int], published: list[Shown]) -> frozenset[int]:
    """Of these schools those that may be lent: none of a total of which one block alone would be left unseen, and none at
    all where some block that nobody shared would follow from all totals together."""
    for place in sorted({place for shown in published for place in shown.totals}, key=_order):
        left = (_left(shown, place, others | lent) for shown in published if place in shown.totals)
        if any(len(blocks) == 1 for blocks in left):
            lent -= _inside(published, place)
    return frozenset() if any(_newly(shown, lent, others) for shown in published) else lent


def _order(place: str) -> tuple[bool, bool, str]:
    """Clusters first, then groupings, the whole last: what one of them lets go may save the next."""
    return place == WHOLE, place.startswith(GROUPING), place


def _left(shown: Shown, place: str, schools: frozenset[int]) -> frozenset[str]:
    return shown.totals[place] - shown.seen(schools)


def _inside(published: list[Shown], place: str) -> frozenset[int]:
    """All schools that count in a total in any publication."""
    totals = ((shown, shown.totals[place]) for shown in published if place in shown.totals)
    return frozenset(school for shown, blocks in totals for block in blocks for school in shown.blocks[block])


def _newly(shown: Shown, lent: frozenset[int], others: frozenset[int]) -> frozenset[str]:
    """Blocks that follow with what is lent, and do not without it."""
    totals = list(shown.totals.values())
    before, after = shown.seen(others), shown.seen(others | lent)
    return differences.follows(totals, after) - differences.follows(totals, before) - after
