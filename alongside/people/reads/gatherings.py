"""Partners and groups of a network, with their people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from alongside.network.models import Organisation, School
from alongside.people.models import (
    Group,
    GroupMember,
    Partner,
    PartnerPerson,
    Person,
    Role,
    StaffEntry,
)


@dataclass(frozen=True, slots=True)
class PartnerPersonLine:
    """Somebody of a partner, and whom they coach in this network."""

    post: PartnerPerson
    coaches: list[str]


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner with its people."""

    partner: Partner
    people: list[PartnerPersonLine]


def partners(network: Organisation) -> list[Partner]:
    """The partners of a network today."""
    return list(Partner.objects.current().filter(organisation=network).order_by("name"))


def partner_lines(network: Organisation, found: list[Partner]) -> list[PartnerLine]:
    """These partners with their people of today, in two queries."""
    posts = PartnerPerson.objects.current().filter(organisation=network).select_related("person")
    by_partner: dict[int, list[PartnerPerson]] = defaultdict(list)
    for post in posts.order_by("person__name"):
        by_partner[post.partner_id].append(post)
    coached: dict[int, list[str]] = defaultdict(list)
    roles = Role.objects.current().filter(organisation=network, kind=Role.Kind.COACH)
    for role in roles.select_related("cluster", "school"):
        coached[role.person_id].append(str(role.cluster or role.school))
    return [
        PartnerLine(partner, [PartnerPersonLine(post, coached[post.person_id]) for post in by_partner[partner.pk]])
        for partner in found
    ]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group with its members today, each with the schools of this network where they work, by name."""

    group: Group
    members: list[tuple[Person, str]]


def groups_of(network: Organisation, pk: int | None = None) -> list[GroupLine]:
    """The groups of a network by name, or one of them, with members. Three queries."""
    groups = Group.objects.filter(organisation=network).order_by("name")
    found = list(groups if pk is None else groups.filter(pk=pk))
    members = GroupMember.objects.current().filter(group__in=found).select_related("person")
    ordered = list(members.order_by("person__name", "pk"))
    places = _work_places(network, {member.person_id for member in ordered})
    return [
        GroupLine(group, [(m.person, ", ".join(places[m.person_id])) for m in ordered if m.group_id == group.pk])
        for group in found
    ]


def _work_places(network: Organisation, people: set[int]) -> dict[int, list[str]]:
    """Person → names of the network's schools where they work today."""
    inside = School.objects.in_network(network).values("pk")
    found: dict[int, list[str]] = defaultdict(list)
    entries = StaffEntry.objects.current().filter(person__in=people, school__in=inside).select_related("school")
    for entry in entries.order_by("school__name"):
        found[entry.person_id].append(entry.school.name)
    return found
