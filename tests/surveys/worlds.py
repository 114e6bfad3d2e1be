"""Small networks with known answers, made through the product's own actions."""

import datetime
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from alongside.network.models import Cluster, Grouping, Organisation, School
from alongside.surveys import reads, releases
from alongside.surveys.accept import Spent, accept
from alongside.surveys.models import Wave
from tests import make

type Rating = int | str | None  # None: the statement is left out
type Row = Mapping[str, int | str]

SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
_networks = itertools.count(1)


@dataclass
class World:
    """A network with clusters and schools of short names, and one wave over all of it."""

    network: Organisation
    clusters: dict[str, Cluster]
    schools: dict[str, School]
    wave: Wave
    answered: dict[str, int] = field(default_factory=dict)
    groupings: dict[str, Grouping] = field(default_factory=dict)

    def place(self, name: str) -> str:
        """What a release calls a school ("A"), a cluster ("X"), its pool ("pool X"), a grouping by its name, or the whole."""
        if name in self.groupings:
            return f"grouping:{self.groupings[name].pk}"
        if name.startswith("pool "):
            return f"pool:{self.place(name.removeprefix('pool '))}"
        if name in self.clusters:
            return f"cluster:{self.clusters[name].pk}"
        return f"school:{self.schools[name].pk}" if name in self.schools else name

    def names(self, schools: Iterable[int | str]) -> str:
        """Schools by their short names, in order: "CEH"."""
        known = {school.pk: name for name, school in self.schools.items()}
        return "".join(sorted(known[int(school)] for school in schools))


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves no trace: rows are rolled back, keys are as before. For tests in a transaction."""
    keys = {file: file.read_bytes() for file in Path(settings.KEYS).glob("*")}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for file in Path(settings.KEYS).glob("*"):
        file.unlink()
    for file, secret in keys.items():
        file.write_bytes(secret)
    reads.forget()


@transaction.atomic
def network_of(sizes: Mapping[str, Mapping[str, int]]) -> tuple[Organisation, dict[str, Cluster], dict[str, School]]:
    """A network; `sizes`: cluster → school → people on its staff list."""
    number = next(_networks)
    network = make.network(f"Riverway Trust {number}")
    schools = {name: make.school(f"School {name} {number}") for inside in sizes.values() for name in inside}
    clusters = {
        name: make.cluster(network, f"Cluster {name}", [schools[school] for school in inside])
        for name, inside in sizes.items()
    }
    for inside in sizes.values():
        for name, people in inside.items():
            make.staff(schools[name], people)
    return network, clusters, schools


def open_world(sizes: Mapping[str, Mapping[str, int]], pulse: str = "well", groupings: Mapping[str, str] = {}) -> World:
    """A network with a wave that takes answers now. groupings: name → letters of its schools ("ACE"), any there can be."""
    network, clusters, schools = network_of(sizes)
    made = {
        name: make.grouping(network, name, [schools[school] for school in letters])
        for name, letters in groupings.items()
    }
    return World(network, clusters, schools, make.open_wave(network, pulse), groupings=made)


def series(
    answers: Iterable[Mapping[str, Sequence[Row | Rating]]], sizes: Mapping[str, Mapping[str, int]] | None = None
) -> tuple[World, list[Wave]]:
    """Waves of one series, one after another, all closed. answers: for each wave, school → what its people answer."""
    world = World(*network_of(sizes or {"X": {"A": 20, "B": 10}}), wave=Wave())
    return world, [next_wave(world, given) for given in answers]


def next_wave(world: World, given: Mapping[str, Sequence[Row | Rating]]) -> Wave:
    """The next wave of a world, answered and closed."""
    world.wave, world.answered = make.open_wave(world.network), {}
    for school, values in given.items():
        answer(world, school, values)
    make.close(world.wave)
    return world.wave


def row(world: World, *given: Rating) -> Row:
    """Ratings in the order of the statements; one value alone stands for all of them."""
    items = world.wave.pulse.items
    values = given * len(items) if len(given) == 1 else given
    return {item.id: value for item, value in zip(items, values, strict=True) if value is not None}


def answer(world: World, school: str, rows: Sequence[Row | Rating], comment: str = "") -> None:
    """People of a school answer, one row each, the next who have not answered yet."""
    done = world.answered.get(school, 0)
    tokens = make.tokens(world.wave, world.schools[school])[done : done + len(rows)]
    for token, given in zip(tokens, rows, strict=True):
        accept(world.wave.pk, token, given if isinstance(given, Mapping) else row(world, given), comment)
    world.answered[school] = done + len(rows)


def answer_all(world: World, counts: Mapping[str, int], value: Rating = 4) -> None:
    """So many people of each school give the same answer to everything."""
    for school, count in counts.items():
        answer(world, school, [value] * count)


def take(wave: Wave, tokens: Iterable[str]) -> None:
    """The holders of these tokens answer, one after the other."""
    for token in tokens:
        accept(wave.pk, token, make.ratings(wave))


def take_what_is_left(wave: Wave, tokens: Iterable[str]) -> None:
    """Everybody tries once more; who is in already is told so."""
    for token in tokens:
        with suppress(Spent):
            take(wave, [token])


def environment() -> dict[str, str]:
    """What another process needs to work on the database and the key folder of this test."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{found['NAME']}"
    else:
        url = f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"
    ours = {"ALONGSIDE_DATABASE_URL": url, "ALONGSIDE_KEYS": str(settings.KEYS), "ALONGSIDE_DATA": str(settings.DATA)}
    return os.environ | ours | {"DJANGO_SETTINGS_MODULE": "alongside.settings"}


def closed(world: World) -> releases.Document:
    """The closing time comes; the release."""
    make.close(world.wave)
    return releases.of(world.wave)


def published(
    clusters: Mapping[str, str], answers: Mapping[str, int], pulse: str = "well"
) -> tuple[World, releases.Document]:
    """A closed wave. `clusters`: cluster → letters of its schools ("ABC"); each school has one more person than answers."""
    sizes = {name: {school: answers[school] + 1 for school in schools} for name, schools in clusters.items()}
    world = open_world(sizes, pulse)
    answer_all(world, answers)
    return world, closed(world)
