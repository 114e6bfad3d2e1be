"""A small world for tests that look at everything: three networks, two of which share a school.

Every text of a network carries that network's mark, a word that stands nowhere else, so a page that shows a mark it
should not show gives itself away. The shared school's own texts carry none: both of its networks may read them. Every
text also ends in markup that must never be taken for markup.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from unittest import mock

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from alongside.kit import progress
from alongside.kit.documents import pdf
from alongside.kit.models import Progress
from alongside.kit.tabular import write_csv
from alongside.network.models import Cluster, Organisation, School
from alongside.people import actions as people_actions
from alongside.people.models import Person, Role, StaffImport
from alongside.surveys import actions, answering, papers, reads
from alongside.surveys.models import Release, Wave
from tests import make

MARKS = {"A": "ochre", "B": "zephyr", "C": "quartz"}
HOSTILE = "\"'><script>alert(1)</script>"
STAFF = 12
CONTACTS = ("safeguarding_contact", "outside_contact", "support_line")
# Network → clusters → schools.
PLAN = {
    "A": {"avon": ("ashmead", "birch"), "brede": ("copse", "dell")},
    "B": {"cray": ("dell", "elm")},
    "C": {"fen": ("fern", "gorse")},
}
HOME = {"ashmead": "A", "birch": "A", "copse": "A", "dell": "", "elm": "B", "fern": "C", "gorse": "C"}
WITH_PULSES_OF_THEIR_OWN = ("ashmead", "birch", "copse", "dell", "elm", "fern")


@dataclass
class SchoolHere:
    """A school of the world with what hangs on it."""

    school: School
    open: Wave | None = None  # its own, kind s
    planned: Wave | None = None
    closed: Wave | None = None
    brought: StaffImport | None = None  # by itself
    lists: dict[str, StaffImport] = field(default_factory=dict)  # by the officer of a network
    leader: Role | None = None
    work: Progress | None = None  # asked for by its leader at the school


@dataclass
class NetworkHere:
    """A network of the world with what hangs on it."""

    key: str
    network: Organisation
    clusters: dict[str, Cluster] = field(default_factory=dict)
    open: dict[str, Wave] = field(default_factory=dict)  # by cluster
    planned: dict[str, Wave] = field(default_factory=dict)
    closed: Wave | None = None  # of the whole network, its results public
    officer: Person | None = None
    chair: Role | None = None
    work: Progress | None = None  # asked for by its officer

    @property
    def mark(self) -> str:
        return MARKS[self.key]


@dataclass
class World:
    networks: dict[str, NetworkHere] = field(default_factory=dict)
    schools: dict[str, SchoolHere] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    spare: list[School] = field(default_factory=list)  # in the register, in no network
    _sessions: dict[str, str] = field(default_factory=dict)

    def sign_everyone_in(self) -> None:
        for who, person in self.people.items():
            client = Client()
            client.force_login(person)
            self._sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def client(self, who: str) -> Client:
        """A new browser in which that person is signed in; "nobody" for one in which nobody is."""
        client = Client(raise_request_exception=False)
        if who != "nobody":
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[who]
        return client


@contextlib.contextmanager
def for_a_module(blocker: object) -> Iterator[World]:
    """The world in a transaction around all tests of a module, so that each of them starts from the same rows.

    PDFs are not drawn here: whoever asks for one gets the page that would be drawn, which says all that it would say.
    Drawing a hundred of them takes minutes; that they say no more than their page is tested where results are.
    """
    patched = mock.patch.object(pdf, "draw", lambda page: page.encode())
    with blocker.unblock(), transaction.atomic(), patched:  # type: ignore[attr-defined]
        forget()
        yield build()
        transaction.set_rollback(True)
    forget()


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back, so that the next visitor finds the world as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def forget() -> None:
    """What a process remembers of waves: another database may hold other ones under the same numbers."""
    reads.forget()
    answering.PAGES.clear()


def text(words: str, key: str) -> str:
    """The words with the mark of a network, and with markup that is none."""
    return " ".join(part for part in (words, MARKS.get(key), HOSTILE) if part)


def build() -> World:
    """A: Avon (Ashmead, Birch), Brede (Copse, Dell). B: Cray (Dell, Elm). C: Fen (Fern, Gorse). Dell is in A and B."""
    world = World()
    world.spare = [make.school(f"Spare School {number}") for number in (1, 2)]
    for name, key in HOME.items():
        made = make.school(text(f"{name.title()} School", key))
        School.objects.filter(pk=made.pk).update(town=text("Town", key), kind=text("Kind", key))
        world.schools[name] = SchoolHere(School.objects.get(pk=made.pk))
    for key, clusters in PLAN.items():
        _network(world, key, clusters)
    for name in world.schools:
        _school(world, name)
    for key, clusters in PLAN.items():
        _roles(world, key)
        schools = [school for members in clusters.values() for school in members]
        _closed_wave(world, key, schools)
        _open_waves(world, key)
        _staff_lists(world, key, schools)
        world.networks[key].work = _work(world.networks[key].network, world.people[f"{key} officer"], key)
    for name in WITH_PULSES_OF_THEIR_OWN:
        _own_waves(world, name)
        school = world.schools[name]
        school.work = _work(school.school.organisation, world.people[f"{name} leader"], HOME[name])
    world.sign_everyone_in()
    return world


def _network(world: World, key: str, clusters: dict[str, tuple[str, ...]]) -> None:
    network = make.network(text("Trust", key))
    _contacts(network, key)
    found = world.networks[key] = NetworkHere(key, network)
    for name, schools in clusters.items():
        members = [world.schools[school].school for school in schools]
        found.clusters[name] = make.cluster(network, text(f"{name.title()} cluster", key), members)


def _contacts(organisation: Organisation, key: str) -> None:
    for name in CONTACTS:
        setattr(organisation, name, text(name, key))
    organisation.save()


def _school(world: World, name: str) -> None:
    """A staff list of twelve with the school's mark in every name, and a leader."""
    school, key = world.schools[name].school, HOME[name]
    for person in make.staff(school, STAFF):
        _rename(person, person.name, key)
        person.staff_entries.update(name=person.name)
    _contacts(school.organisation, key)
    world.people[f"{name} staff"] = school.staff.order_by("pk")[0].person
    world.people[f"{name} leader"] = _rename(make.leader(school, f"head@{name}.example"), f"Head of {name}", key)
    world.schools[name].leader = Role.objects.get(kind="leader", school=school)


def _rename(person: Person, name: str, key: str) -> Person:
    # In capitals: a comment with a word of a name in it would be masked.
    mark = MARKS.get(key, "")
    person.name = text(name, key).replace(mark, mark.upper())
    person.save()
    return person


def _roles(world: World, key: str) -> None:
    found, domain = world.networks[key], f"{MARKS[key]}.example"
    first = next(iter(found.clusters.values()))
    people = {
        "officer": make.officer(found.network, f"officer@{domain}"),
        "chair": make.chair(first, f"chair@{domain}"),
        "coach": make.coach(first, f"coach@{domain}"),
        "stakeholder": make.stakeholder(found.network, f"stakeholder@{domain}"),
    }
    world.people |= {f"{key} {role}": _rename(person, f"The {role}", key) for role, person in people.items()}
    found.officer, found.chair = people["officer"], Role.objects.get(kind="chair", cluster=first)


def _closed_wave(world: World, key: str, schools: list[str]) -> None:
    """A wave of the whole network, closed ten days ago; the first school has a draft, the second has replied."""
    found = world.networks[key]
    wave = found.closed = make.open_wave(found.network, "lead")
    for name in schools:
        make.answer(wave, world.schools[name].school, STAFF, comment=text(f"A comment of {name}", key))
    make.close(wave)
    _publish_earlier(wave)
    for name, verb in ((schools[0], actions.save_reply), (schools[1], actions.post_reply)):
        heard, promise = text(f"Heard by {name}", key), text(f"Promise of {name}", key)
        words = actions.ReplyText("do", heard, promise, "lead.1", datetime.date.today() + 30 * make.DAY)
        verb(wave, world.schools[name].school, words, world.people[f"{name} leader"])


def _publish_earlier(wave: Wave) -> None:
    past = timezone.now() - 10 * make.DAY
    Wave.objects.filter(pk=wave.pk).update(opens_at=past - 7 * make.DAY, closes_at=past)
    Release.objects.filter(wave=wave).update(published_at=past)
    wave.refresh_from_db()


def _open_waves(world: World, key: str) -> None:
    """In each cluster one pulse that is open and one that is planned."""
    found = world.networks[key]
    for name, cluster in found.clusters.items():
        found.open[name] = make.open_wave(found.network, "lead", cluster=cluster)
        found.planned[name] = _planned(found.network, "well", cluster)


def _planned(organisation: Organisation, pulse: str, cluster: Cluster | None = None) -> Wave:
    opens = timezone.now() + 3 * make.DAY
    return actions.ask(organisation, pulse, opens, opens + 7 * make.DAY, cluster=cluster)


def _staff_lists(world: World, key: str, schools: list[str]) -> None:
    """A list that the officer brought in for each school and nobody has applied."""
    found = world.networks[key]
    for name in schools:
        row = (text("New Person", key), f"new.{name}@{found.mark}.example", "Teacher")
        data = write_csv([("Name", "E-mail", "Role"), row])
        school = world.schools[name]
        school.lists[key] = people_actions.bring_staff_list(
            data, school.school, by=found.officer, network=found.network
        )


def _own_waves(world: World, name: str) -> None:
    """A school's own pulses, closed, open and planned, and a staff list that its leader brought in."""
    found = world.schools[name]
    organisation = found.school.organisation
    found.closed = make.open_wave(organisation, "lead")
    make.answer(found.closed, found.school, STAFF)
    make.close(found.closed)
    _publish_earlier(found.closed)
    found.open = make.open_wave(organisation, "well")
    found.planned = _planned(organisation, "lead")
    data = b"Name,Role\nSomebody New,Teacher\n"
    found.brought = people_actions.bring_staff_list(data, found.school, by=world.people[f"{name} leader"])


def _work(organisation: Organisation, person: Person, key: str) -> Progress:
    """Work that a person asked for and that is done, with its file."""
    ids = {"organisation": organisation.pk, "person": person.pk}
    work = progress.start(papers.PAPERS, papers.PACK, **ids, about="wave:0", sentence=text("Papers", key))
    progress.finish(work.pk, text("Papers", key), name="papers.zip", kind="application/zip", data=b"a file")
    return work
