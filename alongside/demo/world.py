"""The demo world: one network, three clusters, seventeen schools, thirteen waves and two coherence rounds that went through the real accept, seal and
publish, each deed in the journal at its moment of the story. The same every time for the same day; built in one
transaction, so there is all of it or none."""

from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from alongside.demo import before, grids, hall, maps, own, people, plans, priorities, pulses, sayings, story
from alongside.demo.cast import Cast
from alongside.demo.moments import FOUNDED, Event, at
from alongside.demo.reads import DOMAIN, ROLES
from alongside.demo.story import DemoSchool
from alongside.kit import journal
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Organisation, RegisterNumber, School
from alongside.people import actions as people_actions
from alongside.people.models import ConfirmedDomain, Person, Role, StaffEntry
from alongside.surveys import actions, seal
from alongside.surveys.models import Wave

NO_PASSWORD = make_password(None)  # nobody of the demo signs in by password
JOBS = ("teacher",) * 9 + ("assistant",) * 5 + ("support", "office", "site")
HOURS = (32.5, 32.5, 32.5, 25.0, 16.5)


def build() -> str:
    """Build the demo world, unless it is there; returns one sentence on what was done."""
    if Organisation.objects.filter(kind=Organisation.Kind.NETWORK, name=story.NETWORK).exists():
        return f"{story.NETWORK} is built already; nothing was changed."
    with transaction.atomic():
        wave = _tell(Random(pulses.SEED))
    seal.truncate_log()
    actions.send_invitations(wave.pk)
    pulses.remind(wave)
    staff, schools = StaffEntry.objects.count(), School.objects.count()
    return f"Built {story.NETWORK}: {schools} schools in {len(story.CLUSTERS)} clusters, {staff} staff, 13 pulses closed, 1 open, 2 coherence rounds, 1 vote."


def _tell(random: Random) -> Wave:
    """The story in the order in which it happened, each deed at its moment; the pulse that is open at its end."""
    with journal.dated(at(FOUNDED)):
        network = network_actions.found_network(story.NETWORK, "gb")
        schools = _schools(random)
        officer = people_actions.grant_role("officer", network, f"officer@{DOMAIN}", "Emeka Clarke").person
        _clusters(network, schools, officer)
        heads, chair, deputy = _roles(network, schools, officer)
    cast = Cast(network, schools, heads, officer, chair, deputy)
    for moment, happen in sorted(_events(cast, random), key=itemgetter(0)):
        with journal.dated(moment):
            happen()
    wave = pulses.open_today(cast, random)
    pulses.come_again(cast)
    return wave


def _events(cast: Cast, random: Random) -> list[Event]:
    """All that happened, each with its moment; what was before has a chance of its own, so that all else stays as it is."""
    return [
        *sayings.told(cast),
        *own.told(cast),
        *before.told(cast, Random(pulses.SEED + 2)),
        *pulses.closed(cast, random),
        *hall.told(cast, Random(pulses.SEED + 4)),
        *maps.told(cast, Random(pulses.SEED + 5)),
        *grids.told(cast, Random(pulses.SEED + 6)),
        *priorities.told(cast),
        *plans.told(cast),
    ]


def _schools(random: Random) -> dict[str, School]:
    """The schools by name, with their staff lists and mail domain."""
    fresh = people.names(random)
    planned = [demo for schools in story.CLUSTERS.values() for demo in schools]
    found = {demo.name: _school(demo, index) for index, demo in enumerate(planned)}
    for demo in planned:
        organisation = network_actions.make_organisation(found[demo.name])
        ConfirmedDomain.objects.create(organisation=organisation, domain=DOMAIN)
        _staff(found[demo.name], demo, fresh, random)
    return found


def _clusters(network: Organisation, schools: dict[str, School], officer: Person) -> None:
    """The three clusters, two groupings across them, and whom people can turn to."""
    for name, planned in story.CLUSTERS.items():
        members = [schools[demo.name] for demo in planned]
        network_actions.form_cluster(network, name, members, at(FOUNDED).date(), by=officer.pk)
    for name, grouped in story.GROUPINGS.items():
        network_actions.make_grouping(network, name, [schools[school] for school in grouped], by=officer.pk)
    Organisation.objects.filter(pk=network.pk).update(founded_on=at(FOUNDED).date())
    for field, words in story.CONTACTS.items():
        setattr(network, field, words)
    network_actions.save_contacts(network, by=officer.pk)
    network.refresh_from_db()


def _school(demo: DemoSchool, index: int) -> School:
    (north, east, meals), (low, high) = story.PLACES[demo.name], story.AGES[demo.phase]
    school = School.objects.create(
        name=demo.name,
        country="gb",
        phase=demo.phase,
        kind=demo.kind,
        town=demo.town,
        area="Riverway",
        roll=demo.roll,
        latitude=north,
        longitude=east,
        low_age=low,
        high_age=high,
        facts={"fsm_percent": meals},
    )
    RegisterNumber.objects.create(register="gb-urn", number=str(900_101 + index), school=school)
    return school


def _staff(school: School, demo: DemoSchool, fresh: Iterator[tuple[str, str]], random: Random) -> None:
    known = [ROLES[0], ROLES[1]] if demo.name == "Birch Park Secondary" else []
    known += [ROLES[2]] if demo.name == "Larkfield Special School" else []
    named = {"teacher": "Priya Shah", "head": "Owen Bevan", "chair": "Grace Mensah"}
    rows = [(named[role.key], role.key, "teacher" if role.key == "teacher" else "head") for role in known]
    rows += [(name, local, random.choice(JOBS)) for name, local in islice(fresh, demo.staff - len(rows))]
    made = Person.objects.bulk_create(
        Person(name=name, email=f"{local}@{DOMAIN}", password=NO_PASSWORD) for name, local, _ in rows
    )
    StaffEntry.objects.bulk_create(
        StaffEntry(
            organisation=school.organisation,
            school=school,
            person=person,
            name=name,
            job=job,
            hours=random.choice(HOURS),
            since=at(FOUNDED).date(),
        )
        for person, (name, _, job) in zip(made, rows, strict=True)
    )


def _roles(
    network: Organisation, schools: dict[str, School], officer: Person
) -> tuple[dict[str, Person], Person, Person]:
    """Those to walk in as beside the officer, and a leader for every school; the heads by school, Avon's chair, and the
    deputy of Birch Park."""
    avon = Cluster.objects.get(organisation=network, slug="avon-cluster")
    heads = {name: _head(network, school, officer) for name, school in schools.items()}
    deputy = _leading(network, schools, officer)
    chair, coach, guest = (f"{key}@{DOMAIN}" for key in ("chair", "coach", "stakeholder"))
    give = people_actions.grant_role
    chairs = give("chair", network, chair, "Grace Mensah", cluster=avon, granted_by=officer)
    give("coach", network, coach, story.COACH, cluster=avon, granted_by=officer)
    give("stakeholder", network, guest, "Anna Lowe", granted_by=officer)
    Role.objects.update(since=at(FOUNDED).date())
    return heads, chairs.person, deputy


def _leading(network: Organisation, schools: dict[str, School], officer: Person) -> Person:
    """Who leads beside the heads, on the staff lists; returns the deputy of Birch Park, a leader here as well."""
    for name, count in story.LEADING_BESIDE_HEADS.items():
        teachers = StaffEntry.objects.filter(school=schools[name], job="teacher")
        teachers = teachers.exclude(person__email=f"teacher@{DOMAIN}").order_by("pk")
        StaffEntry.objects.filter(pk__in=list(teachers.values_list("pk", flat=True)[:count])).update(job="leader")
    birch = schools["Birch Park Secondary"]
    found = StaffEntry.objects.filter(school=birch, job="leader").order_by("pk").select_related("person")[0]
    StaffEntry.objects.filter(pk=found.pk).update(job="deputy")
    email, name = found.person.email or "", found.person.name
    return people_actions.grant_role("leader", network, email, name, school=birch, granted_by=officer).person


def _head(network: Organisation, school: School, officer: Person) -> Person:
    """Who is head by the story, else the first of the staff list."""
    staff = StaffEntry.objects.filter(school=school).order_by("pk").select_related("person")
    found = staff.filter(job="head").first() or staff[0]
    StaffEntry.objects.filter(pk=found.pk).update(job="head")
    email, name = found.person.email or "", found.person.name
    return people_actions.grant_role("leader", network, email, name, school=school, granted_by=officer).person
