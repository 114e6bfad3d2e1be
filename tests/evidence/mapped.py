"""A network whose schools are asked in a coherence round, made through the product's own actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.test import Client
from django.utils import timezone

from alongside.evidence import actions
from alongside.evidence.models import MapRound
from alongside.evidence.statements import STATEMENTS, TEAMS
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys import actions as surveys_actions
from alongside.surveys.models import Release, Wave
from tests import make
from tests.surveys import audience_worlds

EIGHT = [statement.id for statement in STATEMENTS[:8]]
SIZES = {"A": 20, "B": 12, "C": 12, "D": 7}


@dataclass
class Mapped:
    """The round, its schools, their leaders (the head first) and the people in their teams."""

    network: Organisation
    cluster: Cluster
    schools: dict[str, School]
    teams: dict[str, list[Person]]
    leaders: dict[str, list[Person]]
    officer: Person
    chair: Person
    round: MapRound
    answered: dict[str, int] = field(default_factory=dict)

    @property
    def wave(self) -> Wave:
        return self.round.seats.get(seat=TEAMS).wave

    def path(self, school: str = "", rest: str = "") -> str:
        """The address of the round’s map, or of a school’s."""
        inside = f"schools/{self.schools[school].slug}/" if school else ""
        return f"/n/{self.network.slug}/maps/{self.round.pk}/{inside}{rest}"

    def get(self, person: Person, school: str = "", rest: str = ""):
        return signed_in(person).get(self.path(school, rest))

    def post(self, person: Person, school: str, rest: str, **data: object):
        return signed_in(person).post(self.path(school, rest), data)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def network_of(sizes: Mapping[str, int] = SIZES, leaders: int = 2) -> Mapped:
    """Schools with so many people in their teams and so many leaders each, the first of them the head; no round yet."""
    network = make.network()
    schools = {name: make.school(f"School {name}") for name in sizes}
    cluster = make.cluster(network, "Cluster X", list(schools.values()))
    teams = {name: make.staff(schools[name], count) for name, count in sizes.items()}
    led = {name: _leaders(schools[name], name, leaders) for name in sizes}
    return Mapped(network, cluster, schools, teams, led, make.officer(network), make.chair(cluster), MapRound(number=0))


def _leaders(school: School, name: str, count: int) -> list[Person]:
    found = [make.leader(school, f"leader{n}@{name.lower()}.example") for n in range(count)]
    for number, person in enumerate(found):
        Person.objects.filter(pk=person.pk).update(name=f"Leader {name}{number}")
    return found


def start(world: Mapped, statements: Sequence[str] = EIGHT, **more: object) -> MapRound:
    """A round whose teams are asked from now on."""
    now = timezone.now()
    hours = {TEAMS: (now, now + 7 * make.DAY)}
    world.round = actions.start(world.network, statements, hours, by=world.officer, **more)
    surveys_actions.open_wave(world.wave.pk)
    return world.round


def answer(world: Mapped, school: str, values: Sequence[object]) -> None:
    """The next people in a school’s teams answer: one value for everything, or one for each statement."""
    done = world.answered.get(school, 0)
    audience_worlds.answer(world.wave, world.teams[school][done : done + len(values)], values)
    world.answered[school] = done + len(values)


def view(world: Mapped, school: str, leader: int, value: object = 5, *, agreed: bool = False) -> None:
    """A leader says how they see it: one value for everything, or one for each statement."""
    keys = world.round.statements
    each = value if isinstance(value, list) else [value] * len(keys)
    person = world.leaders[school][leader]
    ratings = dict(zip(keys, each, strict=True))
    actions.keep_view(world.round, world.schools[school], person, ratings, head=leader == 0, agreed=agreed)


def close(world: Mapped) -> None:
    make.close(world.wave)


def long_ago() -> None:
    """Everything that came out did so ten days ago: staff see it."""
    Release.objects.update(published_at=timezone.now() - 10 * make.DAY)


def closed(sizes: Mapping[str, int] = SIZES, *, agreed: bool = True) -> Mapped:
    """Everybody has answered: leaders 5 to everything, teams half 4 and half 2; each school has its map."""
    world = network_of(sizes)
    start(world)
    for school, count in sizes.items():
        answer(world, school, [4 if n % 2 else 2 for n in range(count)])
        for leader in range(2):
            view(world, school, leader, agreed=agreed)
    close(world)
    return world
