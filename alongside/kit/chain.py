"""The chain: signal, priority, goal, action, verdict, as edges between things that packages above own.

An edge stores two names, "kind:id", and no foreign keys, since what they name lies higher. The action that makes a link
writes its edge in the same transaction. What a thing is, in words, its own package tells (`tells`); what can be done with
it next, a package above announces (`leads_to`), so that nothing here and no page below has to know what lies above.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db import connection, transaction

from alongside.kit.models import Edge

DEEPEST = 6  # steps to either side; the chain has seven links


@dataclass(frozen=True, slots=True)
class Told:
    """One thing of the chain in words. place: id of the organisation that owns it; url: its page."""

    sentence: str
    url: str
    place: int
    when: datetime.date
    kind: str = ""  # what it is, for people: "Goal"


type Teller = Callable[[Mapping[str, list[int]], Collection[int]], dict[str, Told]]
TELLERS: Final[dict[str, Teller]] = {}
ONWARD: Final[dict[str, tuple[str, str]]] = {}


def tells(teller: Teller, *kinds: str) -> None:
    """Announce who puts things of these kinds into words: (kind → ids, ids of the organisations whose rows may be told) →
    "kind:id" → words. What is not told (gone, or of another organisation) is left out of the answer."""
    TELLERS.update(dict.fromkeys(kinds, teller))


def leads_to(kind: str, url_name: str, words: str) -> None:
    """Announce what can be done with things of a kind: the name of a page that takes a form with `source`, and its button."""
    ONWARD[kind] = (url_name, words)


def link(organisation: int, earlier: str, later: str) -> None:
    """Say that one thing led to another; safe twice. organisation: id of the one that owns the later thing."""
    if earlier == later:
        raise ValueError(f"{earlier} cannot lead to itself.")
    Edge.objects.get_or_create(earlier=earlier, later=later, defaults={"organisation": organisation})


def unlink(earlier: str, later: str) -> None:
    """Take that back; safe twice."""
    Edge.objects.filter(earlier=earlier, later=later).delete()


@transaction.atomic
def relink(organisation: int, kind: str, earlier: str | None, later: str) -> None:
    """Let a thing follow from this one of a kind and from no other of that kind; from none at all for None."""
    old = Edge.objects.filter(later=later, earlier__startswith=f"{kind}:")
    (old.exclude(earlier=earlier) if earlier else old).delete()
    if earlier:
        link(organisation, earlier, later)


@dataclass(frozen=True, slots=True)
class Link:
    """One told thing of a chain, and how many steps it lies from where the walk began."""

    name: str
    steps: int
    told: Told


@dataclass(frozen=True, slots=True)
class Chain:
    """What led to a thing and what it led to, each the nearest first."""

    back: list[Link]
    forth: list[Link]

    @property
    def why(self) -> list[list[Link]]:
        """What led to it, step by step: what lies equally near stands together."""
        return _by_step(self.back)

    @property
    def what_came(self) -> list[list[Link]]:
        """What it led to, step by step."""
        return _by_step(self.forth)


def _by_step(links: list[Link]) -> list[list[Link]]:
    return [list(near) for _, near in groupby(links, key=attrgetter("steps"))]


# To either side; UNION drops what was met twice in one step, and a circle ends with the steps.
WALK = """
    WITH RECURSIVE back(name, steps) AS (
        SELECT CAST(%(start)s AS varchar(40)), 0
        UNION
        SELECT edge.earlier, back.steps + 1 FROM back JOIN kit_edge AS edge ON edge.later = back.name
        WHERE back.steps < %(deepest)s
    ), forth(name, steps) AS (
        SELECT CAST(%(start)s AS varchar(40)), 0
        UNION
        SELECT edge.later, forth.steps + 1 FROM forth JOIN kit_edge AS edge ON edge.earlier = forth.name
        WHERE forth.steps < %(deepest)s
    )
    SELECT 0, name, MIN(steps) FROM back GROUP BY name
    UNION ALL
    SELECT 1, name, MIN(steps) FROM forth GROUP BY name
"""


def walk(start: str, places: Collection[int]) -> Chain:
    """The chain through a thing. places: ids of the organisations whose rows may be told.

    One query, and those of each package whose things were met: one each.
    """
    with connection.cursor() as cursor:
        cursor.execute(WALK, {"start": start, "deepest": DEEPEST})
        met = [(side, name, steps) for side, name, steps in cursor.fetchall() if steps]
    words = _told([name for _, name, _ in met], places)
    sides: tuple[list[Link], list[Link]] = ([], [])
    for side, name, steps in sorted(met, key=_nearest):
        if name in words:
            sides[side].append(Link(name, steps, words[name]))
    return Chain(*sides)


def _nearest(met: tuple[int, str, int]) -> tuple[int, str, int]:
    kind, _, pk = met[1].partition(":")
    return met[2], kind, int(pk)


def _told(names: Iterable[str], places: Collection[int]) -> dict[str, Told]:
    asked: dict[Teller, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for name in dict.fromkeys(names):
        kind, _, pk = name.partition(":")
        if kind in TELLERS:
            asked[TELLERS[kind]][kind].append(int(pk))
    return {name: told for teller, ids in asked.items() for name, told in teller(ids, places).items()}
