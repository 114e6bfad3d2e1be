"""Whether a pulse may be asked at all: ten people, and room in the yearly budget of every school."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from alongside.kit import database
from alongside.kit.errors import Refused
from alongside.network.models import Cluster, ClusterMembership, Organisation, School, SchoolQuerySet
from alongside.people.reads import invitable
from alongside.surveys import budget, stopping
from alongside.surveys.models import Rhythm

AUDIENCE_AT_LEAST = 10
BUDGET = 7412  # whoever plans a wave or starts a rhythm holds it alone: two that share a school must see one another


@contextmanager
def alone_with_the_budget() -> Iterator[None]:
    """Nobody else plans while this transaction lasts."""
    with database.alone(BUDGET, 0):
        yield


def asked_schools(organisation: Organisation, cluster: Cluster | None) -> SchoolQuerySet:
    """The open schools that a pulse of this organisation, or of one cluster in it, would ask, with their budgets."""
    if organisation.kind == Organisation.Kind.SCHOOL:
        found = School.objects.filter(organisation=organisation)
    else:
        found = School.objects.in_network(organisation).open()
    if cluster:
        found = found.filter(pk__in=ClusterMembership.objects.current().filter(cluster=cluster).values("school"))
    return budget.with_limits(found.order_by("name"), organisation)


def taking_part(organisation: Organisation, cluster: Cluster | None) -> list[School]:
    """The same as a list. One query."""
    return list(asked_schools(organisation, cluster))


def people_asked(schools: list[int]) -> dict[int, list[int]]:
    """School id → ids of people whom a pulse would ask today: who can be asked by mail, and wants to be."""
    return invitable(schools, but=stopping.unwilling())


def people_to_ask(organisation: Organisation, cluster: Cluster | None) -> int:
    """How many people a pulse would ask by mail today."""
    schools = [school.pk for school in taking_part(organisation, cluster)]
    return sum(len(people) for people in people_asked(schools).values())


def require_people(asked: int) -> None:
    """Refused for an audience under ten (R8)."""
    if asked < AUDIENCE_AT_LEAST:
        raise Refused(
            f"A pulse needs at least {AUDIENCE_AT_LEAST} people who can be asked by mail; so far there are {asked}. "
            "Bring in staff lists and confirm the schools' mail domains first."
        )


def beyond(
    organisation: Organisation,
    cluster: Cluster | None,
    statements: int,
    day: datetime.date,
    *,
    but: Rhythm | None = None,
) -> list[str]:
    """Why so many more statements from that day on do not fit, one sentence a school; empty when they do."""
    found = budget.uses(organisation, taking_part(organisation, cluster), day, but=but)
    return budget.sentences(organisation, budget.over(found, statements), statements)


def require_room(organisation: Organisation, cluster: Cluster | None, statements: int, day: datetime.date) -> None:
    """Refused when the yearly budget of a school is too small for so many more statements from that day on."""
    if full := beyond(organisation, cluster, statements, day):
        raise Refused(" ".join(full))
