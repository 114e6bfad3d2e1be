"""A network whose schools are asked in a reflection grid, made through the product's own actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from alongside.evidence.grids import actions
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys import actions as surveys_actions
from alongside.surveys.accept import accept
from alongside.surveys.models import Wave
from tests import make
from tests.evidence.mapped import signed_in

SIZES = {"A": 24, "B": 20, "C": 12, "D": 9}
DO, TALK, DONT, NEVER, SHOULD = 1, 2, 3, 4, 4


@dataclass
class Gridded:
    """The grid, its schools, a head and the staff of each."""

    network: Organisation
    cluster: Cluster
    schools: dict[str, School]
    staff: dict[str, list[Person]]
    heads: dict[str, Person]
    officer: Person
    chair: Person
    wave: Wave

    def path(self, school: str = "", rest: str = "") -> str:
        """The address of the grid, or of a school’s."""
        inside = f"schools/{self.schools[school].slug}/" if school else ""
        return f"/n/{self.network.slug}/grids/{self.wave.pk}/{inside}{rest}"

    def get(self, person: Person, school: str = "", rest: str = ""):
        return signed_in(person).get(self.path(school, rest))

    def share(self, school: str, shared: str = "yes", by: Person | None = None):
        client: Client = signed_in(by or self.heads[school])
        return client.post(self.path(school, "share/"), {"shared": shared})

    def everybody_says_yes(self, schools: str) -> None:
        for school in schools:
            assert self.share(school).status_code == 302


def network_of(sizes: Mapping[str, int] = SIZES) -> Gridded:
    """Schools with so many staff and a head each, who is asked too; no grid yet."""
    network = make.network()
    schools = {name: make.school(f"School {name}") for name in sizes}
    cluster = make.cluster(network, "Cluster X", list(schools.values()))
    staff = {name: make.staff(schools[name], count) for name, count in sizes.items()}
    heads = {name: make.leader(schools[name], f"head@{name.lower()}.example") for name in sizes}
    return Gridded(network, cluster, schools, staff, heads, make.officer(network), make.chair(cluster), Wave())


def start(world: Gridded, how_many: str = actions.TEN, **more: object) -> Wave:
    """A grid that is open from now on."""
    now = timezone.now()
    items = actions.statements(how_many)
    wave = actions.start(world.network, items, now, now + 7 * make.DAY, by=world.officer, **more)
    surveys_actions.open_wave(wave.pk)
    wave.refresh_from_db()
    world.wave = wave
    return wave


def answer(world: Gridded, school: str, values: Sequence[object]) -> None:
    """People of a school answer: one value for every tap, or tap → value."""
    for token, value in zip(make.tokens(world.wave, world.schools[school]), values, strict=False):
        row = value if isinstance(value, dict) else dict.fromkeys([tap.id for tap in world.wave.pulse.taps], value)
        accept(world.wave.pk, token, row)


def closed(values: Mapping[str, Sequence[object]] | None = None) -> Gridded:
    """A does everything; B and D say they should and don't; C talks about it. Everybody has answered."""
    world = network_of()
    start(world)
    said = values or {"A": [DO] * 24, "B": [DONT + SHOULD] * 20, "C": [TALK] * 12, "D": [DONT + SHOULD] * 9}
    for school, rows in said.items():
        answer(world, school, rows)
    make.close(world.wave)
    world.wave.refresh_from_db()
    return world
