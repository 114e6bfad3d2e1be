"""Every address of Alongside, where it leads in the small world, and what a sound form sends there."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from alongside.people import actions as people_actions
from alongside.people import digests
from alongside.surveys import actions, schooldays
from tests import make
from tests.small_world import World

WORDS = "four words in a row"


@dataclass(frozen=True)
class Target:
    """A school, and the cluster and network in which somebody looks at it."""

    network: str
    cluster: str
    school: str


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every address there is."""
    for found in (resolver or get_resolver()).url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found)
        else:
            yield found


PARTS = {pattern.name: frozenset(pattern.pattern.converters) for pattern in patterns()}


def address(world: World, kind: str, name: str, of: str, target: Target) -> str:
    """The address of a page for a target. kind: n, s, or - for pages that belong to no organisation."""
    place = {}
    if kind != "-":
        organisation = (
            world.networks[target.network].network if kind == "n" else world.schools[target.school].school.organisation
        )
        place = {"kind": organisation.kind, "slug": organisation.slug}
    wanted = PARTS[name] - place.keys()
    return reverse(name, kwargs=place | {part: _part(world, kind, name, of, target, part) for part in wanted})


def part_of(world: World, line: dict[str, str], part: str, target: Target) -> object:
    """What stands in one part of the address of a line of permissions.csv."""
    if part == "slug":
        return resolve(address(world, line["kind"], "today", "", target)).kwargs["slug"]
    return _part(world, line["kind"], line["name"], line["of"], target, part)


def _part(world: World, kind: str, name: str, of: str, target: Target, part: str) -> object:
    match part:
        case "school":
            return world.schools[target.school].school.slug
        case "cluster":
            return world.networks[target.network].clusters[target.cluster].slug
        case "pk":
            return _pk(world, kind, name, target)
        case "item":
            return "lead.1"
        case "where":
            return {"school": "schools", "cluster": "clusters", "all": "all"}[of]
        case "place":
            return "whole" if of == "all" else _part(world, kind, name, of, target, of)
        case "wave":
            return world.networks[target.network].open[target.cluster].pk
        case "token":
            return _token(world, name, target)
        case "uid":
            return resolve(people_actions.password_path(_own_person(world, target))).kwargs["uid"]
        case "role" | "key":
            return "head"
    raise AssertionError(f"{name}: nobody knows what to put for {part}")


def _pk(world: World, kind: str, name: str, target: Target) -> int:
    school, network = world.schools[target.school], world.networks[target.network]
    if name in {"staff_import", "staff_apply", "staff_drop"}:
        return (school.lists[target.network] if kind == "n" else school.brought).pk
    if name in {"work", "work_file"}:
        return (network if kind == "n" else school).work.pk
    if name == "role_end":
        return school.leader.pk
    if name in {"wave", "wave_extend"}:
        return (network.open[target.cluster] if kind == "n" else school.open).pk
    if name == "wave_call_off":
        return (network.planned[target.cluster] if kind == "n" else school.planned).pk
    return (network.closed if kind == "n" else school.closed).pk


def _token(world: World, name: str, target: Target) -> str:
    if name == "digest_stop":
        return resolve(digests.stop_path(_own_person(world, target))).kwargs["token"]
    if name == "set_password":
        return resolve(people_actions.password_path(_own_person(world, target))).kwargs["token"]
    return make.tokens(world.networks[target.network].open[target.cluster], world.schools[target.school].school)[0]


def _own_person(world: World, target: Target) -> object:
    return world.people[f"{target.school} staff"]


def prepare(world: World, kind: str, name: str, target: Target) -> None:
    """Make room for what a sound form asks: a pulse of a kind that is planned already cannot be asked again."""
    if name == "wave_new":
        place = (
            world.networks[target.network].planned[target.cluster]
            if kind == "n"
            else world.schools[target.school].planned
        )
        actions.call_off(place)


def sound_form(world: World, name: str, target: Target, *, kind: str = "n") -> dict[str, object]:
    """What a careful person sends there."""
    today = schooldays.local_day(timezone.now(), "Europe/London")
    school = world.schools[target.school].school
    cluster = world.networks[target.network].clusters[target.cluster]
    match name:
        case "sign_in":
            return {"username": world.people["ashmead staff"].email, "password": WORDS}
        case "forgotten":
            return {"email": "somebody@nowhere.example"}
        case "set_password" | "account":
            return {"new_password1": WORDS, "new_password2": WORDS}
        case "language_choose":
            return {"code": "en-gb"}
        case "words":
            return {"word_0": "head of school"}
        case "digest_choose":
            return {"wanted": "no"}
        case "answer":
            return {f"lead.{number}": "4" for number in range(1, 7)} | {"comment": "All is well."}
        case "cluster_new":
            return {"name": "New cluster", "schools": [spare.pk for spare in world.spare]}
        case "contacts":
            return {"safeguarding_contact": "The office", "outside_contact": "The police", "support_line": "A line"}
        case "roles":
            return {
                "kind": "leader",
                "where": f"school-{school.pk}",
                "name": "New Leader",
                "email": "new@leaders.example",
            }
        case "staff_upload":
            return {"file": SimpleUploadedFile("staff.csv", b"Name,Role\nSomebody Else,Teacher\n", "text/csv")}
        case "domain_confirm":
            return {"domain": "another.example"}
        case "wave_new":
            whom, pulse = (f"cluster-{cluster.pk}", "well") if kind == "n" else ("whole", "lead")
            return {"instrument": pulse, "whom": whom, "opens_on": today, "closes_on": schooldays.after(today, 5)}
        case "wave_extend":
            return {"closes_on": schooldays.after(today + datetime.timedelta(days=14), 1)}
        case "reply":
            return {
                "kind": "do",
                "heard": "We heard you",
                "text": "We will do one thing.",
                "moves": "lead.1",
                "look_on": today + 30 * make.DAY,
            }
    return {}
