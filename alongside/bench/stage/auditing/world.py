"""Who is there: random networks of small clusters and schools, with somebody of every role.

A school may belong to two networks. Some schools are so large that a breakdown by kind of job shows something.
"""

import datetime
import itertools
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alongside.bench.stage.filling import NETWORK
from alongside.kit.errors import Conflict, Refused
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Organisation, RegisterNumber, School
from alongside.people import actions as people_actions
from alongside.people.models import ConfirmedDomain, Person, StaffEntry

OTHER = "Harbour Union"
TREES = ["Ash", "Birch", "Cedar", "Damson", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper", "Kapok", "Larch"]
WINDS = ["North", "East", "South"]
GROUPINGS = ["Coast", "Moor"]
HARBOUR = "Quay"  # the one cluster of the other network
SIZES = (2, 4, 5, 6, 8, 12, 16, 30, 56, 66)
LARGE = 50  # from then on half of a staff teach, and a breakdown shows something
SINCE = datetime.timedelta(days=300)
_numbers = itertools.count(100_001)


@dataclass(slots=True)
class World:
    """Networks with their schools and people. home: of each network by its name, cluster → schools."""

    networks: dict[str, Organisation]
    home: dict[str, dict[str, list[str]]]
    schools: dict[str, School]
    clusters: dict[str, Cluster]
    groupings: dict[str, list[str]] = field(default_factory=dict)  # of the network in front, across its clusters
    people: dict[str, Person] = field(default_factory=dict)  # who looks: role and place → person
    heads: dict[str, Person] = field(default_factory=dict)

    @property
    def owner(self) -> Organisation:
        """The network in front."""
        return self.networks[NETWORK]


def world(dice: random.Random) -> World:
    """The networks of these dice, and whoever looks at their pages."""
    names = iter(TREES)
    home = {wind: [next(names) for _ in range(dice.randint(2, 3))] for wind in WINDS[: dice.randint(1, 3)]}
    mine = list(itertools.chain(*home.values()))
    homes = {NETWORK: home}
    if dice.random() < 0.5:
        homes[OTHER] = {HARBOUR: [dice.choice(mine), *(next(names) for _ in range(2))]}
    made = {name: _school(name) for of in homes.values() for inside in of.values() for name in inside}
    networks = {name: network_actions.found_network(name, "gb") for name in homes}
    clusters = {
        wind: _cluster(networks[name], wind, [made[school] for school in inside])
        for name, of in homes.items()
        for wind, inside in of.items()
    }
    found = World(networks, homes, made, clusters)
    staff = {name: _staff(school, dice.choice(SIZES)) for name, school in made.items()}
    for of in homes.values():
        there = [name for inside in of.values() for name in inside]
        if sum(len(staff[name]) for name in there) < 12:  # ten at least must be asked
            staff[there[0]] += _staff(made[there[0]], 12)
    _cast(found, staff, dice)
    _group(found, mine, dice)
    return found


def _group(found: World, mine: list[str], dice: random.Random) -> None:
    """Up to two groupings, however they cross clusters; those that the product refuses are not there."""
    officer = found.people[f"officer of {NETWORK}"].pk
    for name in GROUPINGS:
        schools = sorted(dice.sample(mine, dice.randint(2, max(2, len(mine) - 1))))
        try:
            network_actions.make_grouping(found.owner, name, [found.schools[each] for each in schools], by=officer)
        except (Refused, Conflict):
            continue
        found.groupings[name] = schools


def _school(name: str) -> School:
    made = School.objects.create(name=name, country="gb", phase="primary")
    RegisterNumber.objects.create(register="gb-urn", number=str(next(_numbers)), school=made)
    return made


def _cluster(network: Organisation, name: str, schools: list[School]) -> Cluster:
    return network_actions.form_cluster(network, name, schools, datetime.date.today() - SINCE)


def _staff(school: School, count: int) -> list[Person]:
    organisation = network_actions.make_organisation(school)
    domain = f"{organisation.slug}.example"
    ConfirmedDomain.objects.get_or_create(organisation=organisation, domain=domain)
    made = Person.objects.bulk_create(
        Person(name="Somebody Else", email=f"staff{next(_numbers)}@{domain}", password="!") for _ in range(count)
    )
    since = datetime.date.today() - SINCE
    StaffEntry.objects.bulk_create(
        StaffEntry(organisation=organisation, school=school, person=one, name=one.name, hours=32, since=since, job=job)
        for one, job in zip(made, _jobs(count), strict=True)
    )
    return made


def _jobs(count: int) -> Iterable[str]:
    """Kinds of job: in a large school two of them have people enough to be shown apart."""
    others = ("office", "assistant", "site") if count >= LARGE else ("teacher", "teacher", "assistant")
    return itertools.islice(itertools.cycle(["teacher", others[0], "teacher", others[1], "leader", others[2]]), count)


def _cast(found: World, staff: Mapping[str, list[Person]], dice: random.Random) -> None:
    """An officer, a stakeholder, every chair, a coach, some heads, teachers, a governor, and of the other network as well."""
    grant, people = people_actions.grant_role, found.people
    for name, network in found.networks.items():
        people[f"officer of {name}"] = grant(
            "officer", network, f"officer@{network.slug}.example", "Emeka Clarke"
        ).person
    people["stakeholder"] = grant("stakeholder", found.owner, "stakeholder@riverway.example", "Anna Lowe").person
    for wind, cluster in found.clusters.items():
        where, email = cluster.organisation, f"chair.{wind.lower()}@riverway.example"
        people[f"chair of {wind}"] = grant("chair", where, email, "Grace Mensah", cluster=cluster).person
    first = found.clusters[WINDS[0]]
    people["coach of North"] = grant(
        "coach", found.owner, "coach@riverway.example", "Tessa Novak", cluster=first
    ).person
    for name, school in found.schools.items():
        where, email = network_actions.make_organisation(school), f"head.{name.lower()}@riverway.example"
        found.heads[name] = grant("leader", where, email, "Owen Bevan", school=school).person
    mine = [name for inside in found.home[NETWORK].values() for name in inside]
    shared = [name for name in found.home.get(OTHER, {}).get(HARBOUR, []) if name in mine]
    for name in {*shared, *dice.sample(mine, 2)}:
        people[f"head of {name}"] = found.heads[name]
    for name in dice.sample(mine, 2):
        people[f"teacher of {name}"] = staff[name][0]
    at = dice.choice(mine)
    where = network_actions.make_organisation(found.schools[at])
    people[f"governor of {at}"] = grant("stakeholder", where, "governor@riverway.example", "Kim Lowe").person
