"""People who may be one and the same: on lists that the reader looks after, and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Q

from alongside.kit.access import Member
from alongside.network.models import NetworkMembership
from alongside.people.models import PartnerPerson, Person, Role, StaffEntry

MOST = 50
# Addresses of a post and not of a person.
_POSTS = frozenset(
    {"head", "office", "admin", "info", "deputy", "bursar", "principal", "secretary", "reception", "senco"}
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two who may be the same."""

    person: Person
    names: list[str]
    schools: list[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people and why they may be one."""

    first: Side
    second: Side
    why: str


def schools_seen(member: Member) -> list[int]:
    """The schools whose people the member may merge: their own, or as officer all of the network."""
    if member.officer:
        inside = NetworkMembership.objects.current().filter(network=member.organisation_id)
        return list(inside.values_list("school", flat=True))
    return sorted(member.schools_led)


def pairs(schools: Collection[int]) -> tuple[list[Pair], int]:
    """Pairs of the same name or of a similar address on today's lists of these schools: the first fifty, and how many."""
    sides: dict[int, Side] = {}
    for entry in StaffEntry.objects.current().filter(school__in=schools).select_related("person", "school"):
        side = sides.setdefault(entry.person_id, Side(entry.person, [], []))
        side.names.append(entry.name)
        side.schools.append(entry.school.name)
    found = _alike(sides, _by_name, "the same name") | _alike(sides, _by_address, "a similar address")
    ordered = sorted(found.items(), key=lambda one: (sides[one[0][0]].names[0], one[0]))
    return [Pair(sides[a], sides[b], why) for (a, b), why in ordered[:MOST]], len(ordered)


def _alike(sides: dict[int, Side], keys: Callable[[Side], set[str]], why: str) -> dict[tuple[int, int], str]:
    groups: dict[str, set[int]] = defaultdict(set)
    for person, side in sides.items():
        for key in keys(side):
            groups[key].add(person)
    # A name that ten people share tells nothing.
    close = [sorted(group) for group in groups.values() if 1 < len(group) <= 10]
    return {pair: why for group in close for pair in combinations(group, 2)}


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _by_name(side: Side) -> set[str]:
    return {" ".join(sorted(re.findall(r"\w+", _plain(name)))) for name in side.names} - {""}


def _by_address(side: Side) -> set[str]:
    local = (side.person.email or "").partition("@")[0]
    letters = "".join(sorted(re.findall(r"[a-z]+", _plain(local))))
    return {letters} if len(letters) > 4 and local not in _POSTS else set()


def may_merge(person: int, member: Member, schools: Collection[int]) -> bool:
    """Whether all that a person is, was and holds lies within what the member looks after."""
    inside = Q(school__in=schools)
    entries = StaffEntry.objects.filter(person=person)
    roles = Role.objects.filter(person=person).exclude(inside, kind=Role.Kind.LEADER)
    posts = PartnerPerson.objects.filter(person=person)
    if member.officer:
        roles = roles.exclude(organisation=member.organisation_id)
        posts = posts.exclude(organisation=member.organisation_id)
    here = entries.filter(inside).exists()
    return here and not (entries.exclude(inside).exists() or roles.exists() or posts.exists())
