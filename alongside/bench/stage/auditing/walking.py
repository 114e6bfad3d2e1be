"""Everybody looks at every page: all addresses that ask for nothing but a place, a pulse or a statement, linked or not."""

import io
import itertools
import random
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest import mock

from django.test import Client
from django.urls import URLPattern, resolve, reverse

from alongside.bench.stage.auditing.story import Story
from alongside.bench.stage.looking import signed_in
from alongside.calendar import urls as calendar_urls
from alongside.doors import urls as doors_urls
from alongside.evidence import urls as evidence_urls
from alongside.goals import urls as goals_urls
from alongside.network import actions as network_actions
from alongside.network import urls as network_urls
from alongside.network.models import Organisation
from alongside.people import middleware
from alongside.people import reads as people_reads
from alongside.people import urls as people_urls
from alongside.people.models import Person
from alongside.surveys import urls as survey_urls

SECRET = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')
QUOTE = re.compile(rb'<p class="quote after">.*?</p>', re.DOTALL)
PACKED_AT = re.compile(
    rb"<dcterms:created[^>]*>[^<]*</dcterms:created>|<dcterms:modified[^>]*>[^<]*</dcterms:modified>"
)
ARCHIVE = "openxmlformats"
POST_ONLY = 405
SELDOM = 0.08  # how often somebody but the officer asks for what is none of ALWAYS
SOMETIMES = 0.3  # the same of first pages of places, and of what was refused for the pulse before
ALWAYS = {"today", "show", "results", "results_cluster", "results_school", "room", "past_results"}
ALWAYS |= {"results_grouping", "lent", "lent_results", "map", "map_cluster", "map_school", "vote"}
PLACES = {"school", "cluster"}
NOBODY = "nobody"

PATTERNS = [
    pattern
    for urls in (survey_urls, doors_urls, evidence_urls, goals_urls, people_urls, network_urls, calendar_urls)
    for pattern in urls.urlpatterns
    if isinstance(pattern, URLPattern)
]
# Forms and explanations: no figure of anybody's answers stands there, so their numbers are not traced.
NO_FIGURES = {
    "profile",
    "cluster_new",
    "wave_new",
    "rhythm_new",
    "room_new",
    "question_budget",
    "own_pulses",
    "own_pulse",
}
NO_FIGURES |= {"pulse_file", "pulse_template", "ask_look", "self_check", "wave_slips", "wave_people", "past", "reply"}
NO_FIGURES |= {
    "waive",
    "sharing",
    "pulse_csv",
    "pulse_lss",
    "map_new",
    "map_mine",
    "issues",
    "issue",
    "vote_choice",
    "vote_fit",
    "vote_new",
    "grid_new",
    "plan",
    "vision",
    "goal_new",
    "goal",
    "goal_change",
    "action_new",
    "action",
    "action_change",
}
WITH_RESULTS = {
    pattern.name for urls in (survey_urls, doors_urls, evidence_urls, goals_urls) for pattern in urls.urlpatterns
} - NO_FIGURES
OF_PULSE = r"(/[ns]/[\w-]+/(?:waves|past)/)(\d+)/"  # where its pages lie, and its number
type Seen = dict[tuple[str, str], tuple[int, str, bytes]]


@dataclass(slots=True)
class Walk:
    """What everybody saw, and which pages answer to POST alone."""

    seen: Seen = field(default_factory=dict)
    post_only: set[str] = field(default_factory=set)


def everything(story: Story, seed: int) -> Walk:
    """What everybody sees: (who, address) → status, content type, body."""
    walk = Walk()
    with _standing_once():
        for who, person in [*story.world.people.items(), (NOBODY, None)]:
            client = signed_in(person) if person else Client(SERVER_NAME="127.0.0.1")
            dice = random.Random(f"{seed} {who}")
            for name, path in _paths(story, who, person, dice):
                if name not in walk.post_only and not _refused_before(walk.seen, who, path, dice):
                    walk.seen[who, path] = found = _visit(client, path)
                    walk.post_only |= {name} if found[0] == POST_ONLY else set()
    return walk


@contextmanager
def _standing_once() -> Iterator[None]:
    """What a person is does not change while all of them look: read once each, as it would be read for every page."""
    with (
        mock.patch.object(people_reads, "standing", cache(people_reads.standing)),
        mock.patch.object(middleware, "_pauses", return_value=()),  # nobody pauses here
    ):
        yield


def _paths(story: Story, who: str, person: Person | None, dice: random.Random) -> Iterator[tuple[str, str]]:
    for code in story.codes:
        yield "room_seen", reverse("room_seen", kwargs={"code": code})
    if person is None:
        return
    for place in people_reads.standing(person).organisations():
        for name, path in sorted(_inside(story, place), key=lambda each: len(each[1])):
            if dice.random() < _how_often(who, name):
                yield name, path


def _how_often(who: str, name: str) -> float:
    """The officers open every page that may show a figure; everybody opens those where figures stand; all else now and then."""
    if name in ALWAYS or (who.startswith("officer") and name in WITH_RESULTS):
        return 1
    return SOMETIMES if name in PLACES else SELDOM


def _refused_before(seen: Seen, who: str, path: str, dice: random.Random) -> bool:
    """Whether the first page of the same pulse or place was refused to them, of this pulse or another, and the dice leave this
    out."""
    place = re.match(rf"{OF_PULSE}(?:statements/[\w.-]+/)?((?:schools|clusters)/[\w-]+/)(.*)", path)
    pulse = re.match(OF_PULSE, path)
    if pulse and f"{pulse[0]}results/" != path and _refused(seen, who, f"{pulse[0]}results/"):
        return dice.random() > SELDOM
    if place is None:
        return False
    first = f"{place[1]}{place[2]}/{place[3]}"
    if path != first:
        return _refused(seen, who, first) and dice.random() > SELDOM
    before = (f"{place[1]}{number}/{place[3]}" for number in range(1, int(place[2])))
    return any(_refused(seen, who, each) for each in before) and dice.random() > SOMETIMES


def _refused(seen: Seen, who: str, path: str) -> bool:
    return seen.get((who, path), (0,))[0] in {403, 404}


def _inside(story: Story, place: Organisation) -> Iterator[tuple[str, str]]:
    """(name, address) of every page inside an organisation."""
    choices = _choices(story, place)
    for pattern in PATTERNS:
        asks = set(pattern.pattern.converters)
        if not {"kind", "slug"} <= asks or pattern.name is None:
            continue
        of = str(pattern.pattern).removeprefix("<kind:kind>/<slug:slug>/").partition("/")[0]
        here = choices | ({"pk": choices[of]} if of in choices else {})
        parts = sorted(asks - {"kind", "slug", "where"})
        if not asks - {"kind", "slug", "where"} <= here.keys():
            continue
        for chosen in itertools.product(*(here[part] for part in parts)):
            kwargs: dict[str, Any] = {"kind": place.kind, "slug": place.slug}
            kwargs |= {key: value for each in chosen for key, value in each.items()}
            if "item" in asks and kwargs["item"] not in story.surveys[f"wave:{kwargs['pk']}"].items:
                continue
            yield pattern.name, reverse(pattern.name, kwargs={part: kwargs[part] for part in asks})


def _choices(story: Story, place: Organisation) -> dict[str, list[dict[str, object]]]:
    """What may stand in each part of an address here: `waves`, `rooms` and `past` for the pk of what lies under them."""
    world = story.world
    mine = set(world.home.get(place.name, ()))
    schools = [
        network_actions.make_organisation(school).slug
        for name, school in world.schools.items()
        if place == school.organisation or any(name in inside for inside in world.home.get(place.name, {}).values())
    ]
    clusters = [cluster.slug for wind, cluster in world.clusters.items() if wind in mine]
    where = [("schools", slug) for slug in schools] + [("clusters", slug) for slug in clusters] + [("all", "whole")]
    where += [("groupings", name.lower()) for name in world.groupings if place == world.owner]
    waves = [wave for wave in story.waves if wave.organisation == place]
    items = sorted({item for survey in story.surveys.values() for item in survey.items})
    return {
        "school": [{"school": slug} for slug in schools],
        "cluster": [{"cluster": slug} for slug in clusters],
        "place": [{"where": kind, "place": slug} for kind, slug in where],
        "item": [{"item": item} for item in items],
        "waves": [{"pk": wave.pk} for wave in waves],
        "lent": [{"pk": wave.pk} for wave in story.waves if wave.organisation.name in world.schools],
        "grouping": [{"grouping": name.lower()} for name in world.groupings if place == world.owner],
        "rooms": [{"pk": room} for room, owner in story.rooms if owner == place],
        "maps": [{"pk": asked.pk} for asked in story.rounds],
        "votes": [{"pk": vote.pk} for vote in story.votes],
        "past": [{"pk": past} for past in story.pasts if place == world.owner],
    }


def _visit(client: Client, path: str) -> tuple[int, str, bytes]:
    """Status, content type, body without what is new each time; comments stand in the order of the alphabet."""
    reply = client.get(path)
    body = SECRET.sub(rb"\1", b"".join(reply) if reply.streaming else reply.content)
    quotes = iter(sorted(QUOTE.findall(body)))
    kind = reply.headers.get("Content-Type", "")
    return reply.status_code, kind, body if ARCHIVE in kind else QUOTE.sub(lambda _: next(quotes), body)


def same(one: tuple[int, str, bytes], other: tuple[int, str, bytes]) -> bool:
    """Whether two responses are the same to the last byte, but for when an archive, or one inside it, was packed."""
    return one == other or (one[:2] == other[:2] and _unpacked(one[2]) == _unpacked(other[2]))


def _unpacked(body: bytes) -> object:
    if not body.startswith(b"PK"):
        return PACKED_AT.sub(b"", body)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return [(name, _unpacked(archive.read(name))) for name in archive.namelist()]


def reads_results(path: str) -> bool:
    """Whether an address is of a page about pulses, or of a first page."""
    return resolve(path).url_name in WITH_RESULTS
