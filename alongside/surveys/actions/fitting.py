"""Whether a pulse may be asked at all: ten people, room in the yearly budget of every school, and a breakdown that can be
shown."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sized
from contextlib import contextmanager

from alongside.kit import database
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster, ClusterMembership, Organisation, School, SchoolQuerySet
from alongside.people import reads as people_reads
from alongside.surveys import audiences, breakdowns, budget, stopping
from alongside.surveys.audiences import STAFF, Audience
from alongside.surveys.instruments import instrument
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


def people_asked(schools: list[int], audience: Audience = STAFF) -> dict[int, list[int]]:
    """School id → ids of people whom a pulse would ask by letter today: who can be asked by mail, and wants to be."""
    if audience.by_slips:
        return {school: [] for school in schools}
    if audience.of_staff:
        jobs = None if audience == STAFF else audience.jobs
        found = people_reads.invitable(schools, but=stopping.unwilling(), jobs=jobs)
        led = people_reads.leading(schools) if audience.but_leaders else set()
        return {
            school: [person for person in people if (school, person) not in led] for school, people in found.items()
        }
    return people_reads.invitable_stakeholders(schools, but=stopping.unwilling())


def expected(schools: list[School], people: Mapping[int, Sized], audience: Audience = STAFF) -> dict[int, int]:
    """School id → how many a pulse would ask: people who can be asked by mail (as `people_asked` finds them), or, by slips,
    those on the school's roll as the register has it, until the school states it class by class."""
    if audience.by_slips:
        return {school.pk: school.roll or 0 for school in schools}
    return {school.pk: len(people[school.pk]) for school in schools}


def people_to_ask(organisation: Organisation, cluster: Cluster | None, audience: Audience = STAFF) -> int:
    """How many people a pulse would ask today."""
    schools = taking_part(organisation, cluster)
    return sum(expected(schools, people_asked([s.pk for s in schools], audience), audience).values())


def require_people(asked: int, audience: Audience = STAFF) -> None:
    """Refused for an audience under ten (R8)."""
    if asked < AUDIENCE_AT_LEAST:
        raise Refused(too_few(asked, audience))


def too_few(asked: int, audience: Audience) -> str:
    """Why so few people cannot be asked, and what to do."""
    least = f"A pulse needs at least {AUDIENCE_AT_LEAST}"
    if audience.by_slips:
        return (
            f"{least} {audience.people} over all its schools; the register counts {asked} students there. Bring in "
            "their roll with the register, or ask more schools."
        )
    if audience.of_staff:
        whom = "people" if audience == STAFF else audience.people
        return (
            f"{least} {whom} who can be asked by mail; so far there are {asked}. "
            "Bring in staff lists and confirm the schools' mail domains first."
        )
    return (
        f"{least} {audience.people} who can be asked by mail; so far there are {asked}. Invite them as stakeholders of their "
        "schools first; whoever accepts can be asked."
    )


def require_suits(instrument_id: str, audience: Audience) -> None:
    """Refused for a pulse that is not worded for these people, Conflict for one whose wording a colleague has just changed."""
    try:
        found = instrument(instrument_id)
    except KeyError:
        raise Conflict("A colleague has changed this pulse meanwhile. Look at it as it is now, then go on.") from None
    if audience.key not in found.audiences:
        raise Refused(not_for(instrument_id, audience))


def not_for(instrument_id: str, audience: Audience) -> str:
    """That a pulse is worded for others, and for whom."""
    found = instrument(instrument_id)
    whom = " or ".join(audiences.audience(key).people for key in found.audiences)
    return f"“{found.name}” is worded for {whom}, not for {audience.people}. Choose another pulse, or ask {whom}."


def require_breakdown(chosen: str, schools: list[School], audience: Audience) -> None:
    """Refused for a breakdown that these schools could not show without pointing at few people."""
    if chosen and (why := breakdowns.against(audience, people_asked([s.pk for s in schools], audience))):
        raise Refused(" ".join(why))


def beyond(
    organisation: Organisation,
    cluster: Cluster | None,
    statements: int,
    day: datetime.date,
    *,
    but: Rhythm | None = None,
    audience: Audience = STAFF,
) -> list[str]:
    """Why so many more statements from that day on do not fit, one sentence a school; empty when they do."""
    found = budget.uses(organisation, taking_part(organisation, cluster), day, but=but, audience=audience.key)
    return budget.sentences(organisation, budget.over(found, statements), statements)


def require_room(
    organisation: Organisation, cluster: Cluster | None, statements: int, day: datetime.date, audience: Audience = STAFF
) -> None:
    """Refused when the yearly budget of a school is too small for so many more statements from that day on."""
    if full := beyond(organisation, cluster, statements, day, audience=audience):
        raise Refused(" ".join(full))
