"""Schools with people of every kind of job, and pulses that are worded for governors and parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.utils import timezone

from alongside.network import actions as network_actions
from alongside.network.models import School
from alongside.people import actions as people_actions
from alongside.people.models import Person
from alongside.surveys import actions, instruments, tickets
from alongside.surveys.accept import accept
from alongside.surveys.models import Wave
from tests import make
from tests.surveys.worlds import World

GOVERNING = """
id = "gov"
name = "Governing"
question = "How do we govern?"
intro = "A few statements."
think = "Think of this term"
for = "For those who govern."
minutes = 1
audiences = ["governors", "parents"]

[[items]]
id = "gov.1"
about = "Time"
short = "Time"
statement = "Meetings are worth their time."

[comment]
id = "gov.c"
question = "What would you change?"
"""
JOBS = {"L": "leader", "T": "teacher", "S": "support"}
type Staff = dict[str, dict[str, list[Person]]]  # school → kind of job → people


def schools_of(kinds: Mapping[str, Mapping[str, int]]) -> tuple[World, Staff]:
    """One cluster with these schools (kinds of job by their letters L, T, S → how many) and an empty one, and no wave yet."""
    network, kinds = make.network(), {**kinds, "Z": {}}
    schools = {name: make.school(f"School {name}") for name in kinds}
    cluster = make.cluster(network, "Cluster X", list(schools.values()))
    people = {
        name: {kind: make.staff(schools[name], count, job=JOBS[kind]) for kind, count in inside.items()}
        for name, inside in kinds.items()
    }
    return World(network, {"X": cluster}, schools, Wave()), people


def opened(world: World, pulse: str = "well", **more: str) -> Wave:
    """The next wave of a pulse, open now."""
    wave = actions.ask(world.network, pulse, timezone.now(), timezone.now() + 7 * make.DAY, **more)
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    world.wave = wave
    return wave


def answer(wave: Wave, people: Sequence[Person], values: Sequence[int | str | Sequence[int | str | None]]) -> None:
    """Each of these people answers: one value for everything, or one for each statement (None: left out)."""
    key = tickets.read_key(wave.pk)
    for person, given in zip(people, values, strict=True):
        items = [item.id for item in wave.pulse.items]
        each = given if isinstance(given, list | tuple) else [given] * len(items)
        ratings = {item: value for item, value in zip(items, each, strict=True) if value is not None}
        accept(wave.pk, tickets.token(key, person.pk, wave.series.audience), ratings)


def governor(at: School, email: str) -> Person:
    """A stakeholder of a school, who has signed in."""
    role = people_actions.grant_role("stakeholder", network_actions.make_organisation(at), email, "Anna Lowe")
    Person.objects.filter(pk=role.person_id).update(last_login=timezone.now())
    return role.person


@contextmanager
def with_governing(folder: Path) -> Iterator[None]:
    """The pulses that come with Alongside, and one for governors and parents."""
    for file in instruments.FOLDER.glob("*.toml"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "gov.toml").write_text(GOVERNING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instruments, "FOLDER", folder)
        forget()
        yield
    forget()


def forget() -> None:
    """Read the files of pulses again."""
    for kept in (instruments.shipped, instruments.instruments, instruments.instrument, instruments.asked):
        kept.cache_clear()
