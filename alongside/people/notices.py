"""What a person would want to know of people: who took which role in the networks that they look after."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from alongside.kit.notices import Notice
from alongside.network.models import NetworkMembership, Organisation
from alongside.people import rules
from alongside.people.models import Role
from alongside.people.reads import Standing


def notices(standing: Standing, since: datetime.datetime) -> list[Notice]:
    """New roles and schools that joined, for those who see the list of roles. Two queries for each such network."""
    found: list[Notice] = []
    for place in standing.organisations():
        member = standing.member(place)
        if place.kind == Organisation.Kind.NETWORK and member and rules.can_see_roles(member):
            found += [*_roles(place, standing, since), *_joined(place, since)]
    return found


def _roles(network: Organisation, standing: Standing, since: datetime.datetime) -> list[Notice]:
    inside = NetworkMembership.objects.current().filter(network=network).values("school")
    new = Role.objects.current().filter(Q(organisation=network) | Q(kind="leader", school__in=inside))
    rows = new.filter(since__gte=since.date()).exclude(person=standing.person.pk).order_by("since", "pk")
    at = _at("roles", network)
    return [
        Notice(
            _moment(role.since),
            f"{role.person} is now {role.get_kind_display()} of {role.cluster or role.school or network}.",
            at,
            network.pk,
        )
        for role in rows.select_related("person", "cluster", "school")
    ]


def _joined(network: Organisation, since: datetime.datetime) -> list[Notice]:
    new = NetworkMembership.objects.current().filter(network=network, since__gte=since.date())
    at = _at("clusters", network)
    rows = new.select_related("school").order_by("since", "school__name")
    return [Notice(_moment(row.since), f"{row.school} joined {network}.", at, network.pk) for row in rows]


def _at(name: str, network: Organisation) -> str:
    return reverse(name, kwargs={"kind": network.kind, "slug": network.slug})


def _moment(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), timezone.get_default_timezone())
