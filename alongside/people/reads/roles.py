"""Who holds which role, who is invited to one, and whose requests wait for whom."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from alongside.kit.access import Member
from alongside.network.models import ClusterMembership, Organisation, School
from alongside.people import rules
from alongside.people.models import (
    ErasureRequest,
    Invitation,
    Role,
    StaffEntry,
)


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role in words, for the page that lists them."""

    role: Role
    where: str


def network_roles(network: Organisation) -> list[RoleLine]:
    """Roles in the network and those of leaders in its schools."""
    return _role_lines(Role.objects.current(), network, "kind", "person__name")


def past_roles(network: Organisation) -> list[RoleLine]:
    """Roles there that are over, the newest end first, each with who gave it."""
    return _role_lines(Role.objects.filter(until__lte=datetime.date.today()), network, "-until", "person__name")


def _role_lines(roles: QuerySet[Role], network: Organisation, *order: str) -> list[RoleLine]:
    schools = School.objects.in_network(network).values("pk")
    there = roles.filter(Q(organisation=network) | Q(kind="leader", school__in=schools))
    ordered = there.select_related("person", "cluster", "school", "organisation", "granted_by").order_by(*order)
    return [RoleLine(role, str(role.cluster or role.school or role.organisation)) for role in ordered]


def schools_led_by(person_id: int) -> set[School]:
    """The schools that somebody leads today."""
    held = Role.objects.current().filter(person=person_id, kind="leader").select_related("school")
    return {role.school for role in held if role.school}


def leading(schools: Iterable[int]) -> set[tuple[int, int]]:
    """(school, person) of all who lead one of these schools today, whatever job they have on its staff list. One query."""
    held = Role.objects.current().filter(kind=Role.Kind.LEADER, school__in=list(schools))
    return {(school, person) for school, person in held.values_list("school_id", "person_id") if school}


def is_cluster_school(cluster_ids: frozenset[int], school_id: int) -> bool:
    """Whether the school belongs to one of the clusters today."""
    return ClusterMembership.objects.current().filter(cluster__in=cluster_ids, school=school_id).exists()


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One invitation that was not accepted yet, for the page that lists them."""

    invitation: Invitation
    expired: bool


def open_invitations(member: Member, organisation: Organisation) -> list[InvitationLine]:
    """Invitations to roles that wait, or waited too long, among those that the member could have sent."""
    found = (
        Invitation.objects.filter(organisation=organisation, accepted_at=None, withdrawn_at=None)
        .exclude(kind=Invitation.Kind.STAFF)
        .select_related("cluster", "school", "organisation", "invited_by")
        .order_by("expires_at", "pk")
    )
    if not member.officer:
        found = found.filter(kind=Invitation.Kind.LEADER, school__in=_chaired(member))
    now = timezone.now()
    return [InvitationLine(invitation, invitation.state(now) == "expired") for invitation in found]


def may_invite(member: Member, invitation: Invitation) -> bool:
    """Whether the member could have sent this invitation."""
    if invitation.kind == Invitation.Kind.STAFF:
        return rules.leads(member, invitation.school_id or 0)
    if not rules.can_grant(member, invitation.kind):
        return False
    return member.officer or is_cluster_school(member.clusters_chaired, invitation.school_id or 0)


def _chaired(member: Member) -> set[int]:
    chaired = ClusterMembership.objects.current().filter(cluster__in=member.clusters_chaired)
    return set(chaired.values_list("school", flat=True))


def erasure_requests(member: Member, schools: list[int]) -> list[ErasureRequest]:
    """Requests of people who are on today's lists of these schools or, for the officer, hold a role in the network."""
    mine = Q(person__staff_entries__in=StaffEntry.objects.current().filter(school__in=schools))
    mine |= Q(person__roles__in=Role.objects.current().filter(kind=Role.Kind.LEADER, school__in=schools))
    if member.officer:
        mine |= Q(person__roles__in=Role.objects.current().filter(organisation=member.organisation_id))
    found = ErasureRequest.objects.filter(mine).select_related("person").distinct()
    return list(found.order_by("asked_at"))
