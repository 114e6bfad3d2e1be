"""Earlier results as a member may see them: as one's own, and marked as brought in wherever they are shown."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from alongside.calendar.days import SchoolDays
from alongside.calendar.reads import school_days
from alongside.kit.access import require
from alongside.kit.words import people_date
from alongside.people.reads import Membership
from alongside.surveys import rules, schooldays, sharing
from alongside.surveys.models import Past, PastWave, Series
from alongside.surveys.past.standing import Standing
from alongside.surveys.releases import WHOLE, Document

IMPORTED = "Brought in from a file"
WARNING = (
    "Brought in from a file, not asked with Alongside: who was asked, and how, is not known here. These figures take no part "
    "in any verdict on change."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One statement in one round at one place."""

    place: str
    statement: str
    day: datetime.date
    score: int | None
    n: str
    linked: bool


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A place with figures of its own, and where they are."""

    kind: str  # all, cluster or school
    name: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class PastPage:
    """All that the template of earlier results may use."""

    past: Past
    place: str
    where: str
    slug: str
    lines: list[Line]
    rounds: list[datetime.date]
    places: list[PlaceLink]
    scales: list[tuple[str, str]]  # what the answers of statements were taken for
    sha256: list[str]

    @property
    def several(self) -> bool:
        return len(self.rounds) > 1


def documents(past: Past) -> list[tuple[PastWave, Document]]:
    """The rounds of a file that stand, oldest first. One query."""
    return [(wave, read(wave)) for wave in past.waves.order_by("day")]


def read(wave: PastWave) -> Document:
    """What stands of a round; the text never changes, so reading it again is free."""
    return _read(wave.document)


@lru_cache(maxsize=64)
def _read(text: str) -> Document:
    return Document(json.loads(text))


def past_page(past: Past, member: Membership, where: str, slug: str) -> PastPage:
    """Earlier results of one place (all, clusters or schools). Raises Http404 where nothing is for this member."""
    rounds = documents(past)
    if not rounds:
        raise Http404
    mine = open_schools(past, [document for _, document in rounds], member)
    place = _place(rounds, mine, where, slug)
    found = [line for wave, document in rounds for line in lines(document, wave.day, place)]
    return PastPage(
        past,
        place_name(rounds[-1][1], place, rounds),
        where,
        slug,
        sorted(found, key=lambda line: (line.statement, line.day)),
        [wave.day for wave, _ in rounds],
        _links(past, rounds, mine, place),
        _scales(rounds),
        [wave.sha256 for wave, _ in rounds],
    )


def open_schools(past: Past, rounds: Iterable[Document], member: Membership) -> frozenset[int]:
    """The schools whose own figures this member may see. Raises PermissionDenied while they are their leaders' alone: as with
    results of our own, staff see them two school days after they came (R11)."""
    at = past.applied_at or timezone.now()
    days = school_days(past.organisation)
    zone = past.organisation.zone
    staff_see = rules.staff_see_from(at, None, zone, days)
    now = staff_see <= timezone.now()
    day = people_date(schooldays.local_day(staff_see, zone))
    require(rules.sees_at_close(member) or now, f"School leaders see these results first. You see them from {day} on.")
    staffed: frozenset[int] = frozenset()
    if now and member.schools_staffed:
        staffed = member.schools_staffed - sharing.kept_from_staff(past.organisation_id, past.instrument)
    found: set[int] = set()
    for document in rounds:
        found |= _open(document, member, staffed)
    return frozenset(found)


def _open(document: Document, member: Membership, staffed: frozenset[int]) -> set[int]:
    every = set(document.school_ids())
    if member.officer:
        return every
    clusters = {f"cluster:{pk}" for pk in member.clusters_chaired | member.clusters_coached}
    found = {school for school in every if document.cluster_of(school) in clusters}
    own = member.schools_led | member.schools_coached | staffed
    return found | (every & own)


def _place(rounds: list[tuple[PastWave, Document]], mine: frozenset[int], where: str, slug: str) -> str:
    if (where, slug) == ("all", WHOLE):
        return WHOLE
    kind = {"schools": "school", "clusters": "cluster"}.get(where, "")
    place = next((found for _, document in rounds if kind and (found := document.place_of(kind, slug))), None)
    if place is None or (kind == "school" and int(place.removeprefix("school:")) not in mine):
        raise Http404
    return place


def place_name(document: Document, place: str, rounds: Iterable[tuple[PastWave, Document]] = ()) -> str:
    """A place in words, as the newest round that has it calls it."""
    for found in [document, *(each for _, each in rounds)]:
        kind, _, key = place.partition(":")
        if kind == "school" and key in found.data["schools"]:
            return found.school_name(int(key))
        if place in found.clusters():
            return found.clusters()[place]
    if place == WHOLE:
        return str(document.data["owner"])
    home = document.clusters().get(place.removeprefix("pool:"))
    return f"Other schools of {home}" if home else "Other schools"


def lines(document: Document, day: datetime.date, place: str) -> list[Line]:
    """Every statement of a round at a place, with what may be shown of it."""
    name = place_name(document, place)
    found = []
    for item in document.data["items"]:
        score = document.score(item["id"], place)
        shown, n = (score.score, score.n) if score else (None, "")
        found.append(Line(name, item["text"], day, shown, n, item["linked"]))
    return found


def preview_lines(found: Iterable[Standing]) -> list[Line]:
    """All that would stand, place by place: exactly what apply writes."""
    made = []
    for each in found:
        document = Document(each.document)
        places = dict.fromkeys(place for item in each.document["items"] for place in item["scores"])
        made += [line for place in places for line in lines(document, each.day, place) if line.score is not None]
    return made


def nowhere(found: Iterable[Standing]) -> list[str]:
    """Schools of which nothing at all would be shown, alone or with others."""
    counted: set[str] = set()
    names: dict[str, str] = {}
    for each in found:
        names |= {pk: school["name"] for pk, school in each.document["schools"].items()}
        counted |= {
            pk for item in each.document["items"] for score in item["scores"].values() for pk in score["schools"]
        }
    return sorted(name for pk, name in names.items() if pk not in counted)


def _links(past: Past, rounds: list[tuple[PastWave, Document]], mine: frozenset[int], here: str) -> list[PlaceLink]:
    found: dict[str, str] = {WHOLE: "whole"}
    for _, document in rounds:
        shown = {place for item in document.data["items"] for place in item["scores"]}
        found |= {place: document.slug(place) for place in document.clusters() if place in shown}
        found |= {f"school:{pk}": document.slug(f"school:{pk}") for pk in mine if f"school:{pk}" in shown}
    named = [(place, place_name(rounds[-1][1], place, rounds), slug) for place, slug in found.items()]
    order = {"whole": 0, "cluster": 1, "school": 2}
    named.sort(key=lambda each: (order[each[0].partition(":")[0]], each[1]))
    kinds = {"whole": "all"}
    return [
        PlaceLink(kinds.get(place, place.partition(":")[0]), name, past_url(past, place, slug), place == here)
        for place, name, slug in named
    ]


def past_url(past: Past, place: str = WHOLE, slug: str = "whole", name: str = "past_results") -> str:
    """The page of a place in earlier results."""
    where = {"school": "schools", "cluster": "clusters"}.get(place.partition(":")[0], "all")
    organisation = past.organisation
    parts = {"kind": organisation.kind, "slug": organisation.slug, "pk": past.pk, "where": where, "place": slug}
    return reverse(name, kwargs=parts)


def _scales(rounds: list[tuple[PastWave, Document]]) -> list[tuple[str, str]]:
    """ "Strong agree" was taken for 5, and so on: each once, where a label is not its answer's number."""
    said = {
        (label, answer)
        for _, document in rounds
        for item in document.data["items"]
        for label, answer in item["scale"]
        if label != answer
    }
    return sorted(said, key=lambda pair: (pair[1], pair[0]))


type Earlier = tuple[Past, datetime.date, int | None]


def of_place(series: Series, member: Membership, days: SchoolDays, place: str, item: str) -> list[Earlier]:
    """What stands of a statement of ours from before this series, oldest first, where somebody has said that it is the same
    statement and this member may see it. days: of the organisation, where they are needed. One query."""
    found = PastWave.objects.filter(organisation=series.organisation_id, past__instrument=series.instrument)
    if place == WHOLE:  # of the same whole; a school or a cluster is the same one in each
        found = found.filter(past__cluster=series.cluster_id)
    waves = list(found.select_related("past__organisation").order_by("day"))
    open_now = _open_pasts(waves, member, days)
    shown = []
    for wave in waves:
        document = read(wave)
        if wave.past_id in open_now and item in document.items:
            score = document.score(item, place)
            shown.append((wave.past, wave.day, score.score if score else None))
    return shown


def _open_pasts(waves: list[PastWave], member: Membership, days: SchoolDays) -> set[int]:
    """Earlier results that this member may see by now at all; whose the place is was asked before."""
    if rules.sees_at_close(member):
        return {wave.past_id for wave in waves}
    if not waves:
        return set()
    organisation, now = waves[0].past.organisation, timezone.now()
    return {
        wave.past_id
        for wave in waves
        if wave.past.applied_at and rules.staff_see_from(wave.past.applied_at, None, organisation.zone, days) <= now
    }


def listed(organisation_id: int) -> list[Past]:
    """Earlier results that stand, newest first. One query."""
    return list(
        Past.objects.applied()
        .filter(organisation=organisation_id)
        .select_related("cluster", "organisation")
        .order_by("-pk")
    )


def waiting(organisation_id: int) -> list[Past]:
    """Files that somebody brought and has not applied."""
    ready = Past.objects.filter(organisation=organisation_id, state=Past.State.READY)
    return list(ready.select_related("cluster", "organisation", "uploaded_by").order_by("-pk"))
