"""Builders. They hide nothing: each makes the rows its name says, through the product's own actions where there is one."""

import datetime
import itertools
from collections.abc import Sequence

from django.utils import timezone
from django.utils.text import slugify

from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Grouping, GroupingSchool, Organisation, RegisterNumber, School
from alongside.people import actions as people_actions
from alongside.people import reads as people_reads
from alongside.people.models import ConfirmedDomain, Person, Role, StaffEntry
from alongside.people.reads import Membership
from alongside.surveys import actions, seal, tickets
from alongside.surveys.accept import accept
from alongside.surveys.models import RosterEntry, Wave

_numbers = itertools.count(100_001)
DAY = datetime.timedelta(days=1)


def network(name: str = "Riverway Trust", country: str = "gb") -> Organisation:
    return network_actions.found_network(name, country)


def school(name: str, country: str = "gb") -> School:
    """A school of the register, with a number, in no network."""
    made = School.objects.create(
        name=name, country=country, phase="primary", kind="Academy", town="Marlow Bridge", roll=200
    )
    RegisterNumber.objects.create(register="gb-urn", number=str(next(_numbers)), school=made)
    return made


def cluster(of: Organisation, name: str, schools: Sequence[School]) -> Cluster:
    """A cluster of the network since a month ago; its schools join the network."""
    return network_actions.form_cluster(of, name, schools, datetime.date.today() - 30 * DAY)


def grouping(of: Organisation, name: str, schools: Sequence[School]) -> Grouping:
    """A grouping of any schools, those too that the product refuses: what is published must be safe whatever it is."""
    made = Grouping.objects.create(organisation=of, name=name, slug=slugify(name))
    regroup(made, schools)
    return made


def regroup(grouping: Grouping, schools: Sequence[School]) -> None:
    """From now on these schools are in it."""
    GroupingSchool.objects.filter(grouping=grouping).delete()
    GroupingSchool.objects.bulk_create(
        GroupingSchool(organisation=grouping.organisation, grouping=grouping, school=school) for school in schools
    )


def staff(at: School, count: int, *, job: str = "teacher", domain: str = "") -> list[Person]:
    """So many people on the school's staff list, with addresses on a mail domain that the school confirmed."""
    organisation = network_actions.make_organisation(at)
    domain = domain or f"{organisation.slug}.example"
    ConfirmedDomain.objects.get_or_create(organisation=organisation, domain=domain)
    people = [person(f"staff{next(_numbers)}@{domain}") for _ in range(count)]
    since = datetime.date.today() - 30 * DAY
    StaffEntry.objects.bulk_create(
        StaffEntry(organisation=organisation, school=at, person=p, name=p.name, job=job, hours=32, since=since)
        for p in people
    )
    return people


def person(email: str, name: str = "") -> Person:
    return Person.objects.create(email=email, name=name or f"Somebody {next(_numbers)}", password="!")


def officer(of: Organisation, email: str = "officer@riverway.example") -> Person:
    return people_actions.grant_role("officer", of, email, "Emeka Clarke").person


def chair(of: Cluster, email: str = "chair@riverway.example") -> Person:
    return people_actions.grant_role("chair", of.organisation, email, "Grace Mensah", cluster=of).person


def leader(of: School, email: str = "head@riverway.example") -> Person:
    return people_actions.grant_role(
        Role.Kind.LEADER, network_actions.make_organisation(of), email, "Owen Bevan", school=of
    ).person


def coach(of: Cluster, email: str = "coach@riverway.example") -> Person:
    return people_actions.grant_role("coach", of.organisation, email, "Tessa Novak", cluster=of).person


def stakeholder(of: Organisation, email: str = "stakeholder@riverway.example") -> Person:
    return people_actions.grant_role("stakeholder", of, email, "Anna Lowe").person


def membership(of: Person, where: Organisation) -> Membership:
    """What the person is in that organisation today."""
    found = people_reads.standing(of).member(where)
    assert found, f"{of} has no part in {where}"
    return found


def open_wave(of: Organisation, pulse: str = "well", *, cluster: Cluster | None = None, days: int = 7) -> Wave:
    """A wave that takes answers now. Its letters are not sent."""
    wave = actions.ask(of, pulse, timezone.now(), timezone.now() + days * DAY, cluster=cluster)
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    return wave


def tokens(wave: Wave, at: School | None = None) -> list[str]:
    """Everybody's token, in the roster's order; of one school only when it is named."""
    key = tickets.read_key(wave.pk)
    roster = RosterEntry.objects.filter(wave=wave).order_by("person_id")
    people = (roster.filter(school=at) if at else roster).values_list("person_id", flat=True)
    return [tickets.token(key, person_id, wave.series.audience) for person_id in people]


def ratings(wave: Wave, value: int | str = 4) -> dict[str, int | str]:
    """The same answer to every statement."""
    return {item.id: value for item in wave.pulse.items}


def answer(wave: Wave, at: School, count: int, value: int | str = 4, *, comment: str = "", skip: int = 0) -> None:
    """So many people of the school answer; the first `skip` of its roster have answered before."""
    for token in tokens(wave, at)[skip : skip + count]:
        accept(wave.pk, token, ratings(wave, value), comment)


def close(wave: Wave) -> None:
    """The closing time comes, and the seal runs to its end."""
    past = timezone.now() - datetime.timedelta(minutes=1)
    Wave.objects.filter(pk=wave.pk).update(opens_at=past - 7 * DAY, closes_at=past)
    seal.seal(wave.pk)
    wave.refresh_from_db()
