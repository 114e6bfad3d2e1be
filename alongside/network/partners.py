"""Likely partner schools: near, alike in phase and intake, strong where the other one looks for help."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from alongside.kit.words import people_list
from alongside.network import facts, positions, reads, topics
from alongside.network.models import Offer, School
from alongside.science.geography import Point, distance, from_national_grid

RANGES: Final = (5, 10, 20, 40, 80)
USUAL_KM: Final = 20
SHOWN: Final = 30
# What each reason is worth: nearness up to NEAR, then phase, each measure of intake, each matching topic.
NEAR, PHASE, INTAKE, TOPIC = 40.0, 20.0, 10.0, 15.0
COLUMNS: Final = ("pk", "phase", "latitude", "longitude", "easting", "northing", "facts", "name")


@dataclass(frozen=True, slots=True)
class Partner:
    """A likely partner and why, in words."""

    school: School
    km: float
    reasons: list[str]

    @property
    def sentence(self) -> str:
        """ "4 km away, primary too, strong in early reading, which you look for"."""
        return ", ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to. within: schools up to that distance, those that are not shown among them."""

    partners: list[Partner]
    within: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    pk: int
    name: str
    km: float
    score: float
    alike: tuple[str, ...]
    helps: tuple[str, ...]
    helped: tuple[str, ...]


def find(school: School, km: float = USUAL_KM, *, same_phase: bool = False) -> Found:
    """Schools up to so many kilometres away, the likeliest partners first, each with its reasons. At most four queries.

    None where the school's own place is not known.
    """
    here = positions.point(school)
    if here is None:
        return Found([], 0)
    rows = reads.near(school, km)
    if same_phase:
        rows = rows.filter(phase=school.phase)
    helps, helped = _matches(school)
    own = {measure: facts.measured(school, measure) for measure in facts.MEASURES}
    found = []
    for pk, phase, latitude, longitude, easting, northing, stated, name in rows.values_list(*COLUMNS):
        away = _away(here, latitude, longitude, easting, northing)
        if away is not None and away <= km:
            alike = _alike(stated or {}, own)
            topics_in, topics_out = tuple(helps.get(pk, ())), tuple(helped.get(pk, ()))
            score = NEAR * (1 - away / km) + PHASE * (phase == school.phase) + INTAKE * len(alike)
            score += TOPIC * min(len(topics_in) + len(topics_out), topics.AT_MOST)
            found.append(_Candidate(pk, name, away, score, alike, topics_in, topics_out))
    best = sorted(found, key=lambda each: (-each.score, each.km, each.name, each.pk))[:SHOWN]
    schools = School.objects.select_related("organisation").in_bulk([each.pk for each in best])
    return Found([_partner(school, schools[each.pk], each) for each in best], len(found))


def _matches(school: School) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """School → topics in which it is strong and we look for help; and those in which we are strong and it looks for help."""
    own = list(Offer.objects.filter(school=school))
    strengths = [offer.topic for offer in own if offer.kind == Offer.Kind.STRENGTH]
    wishes = [offer.topic for offer in own if offer.kind == Offer.Kind.WISH]
    helps: dict[int, list[str]] = defaultdict(list)
    helped: dict[int, list[str]] = defaultdict(list)
    if own:
        wanted = Q(kind=Offer.Kind.STRENGTH, topic__in=wishes) | Q(kind=Offer.Kind.WISH, topic__in=strengths)
        for pk, kind, topic in Offer.objects.filter(wanted).order_by("topic").values_list("school", "kind", "topic"):
            (helps if kind == Offer.Kind.STRENGTH else helped)[pk].append(topic)
    return helps, helped


def _away(
    here: Point, latitude: float | None, longitude: float | None, easting: int | None, northing: int | None
) -> float | None:
    try:
        if latitude is not None and longitude is not None:
            return distance(here, Point(latitude, longitude))
        if easting is not None and northing is not None:
            return distance(here, from_national_grid(easting, northing))
    except ValueError:
        return None
    return None


def _alike(stated: dict[str, object], own: dict[facts.Measure, float | None]) -> tuple[str, ...]:
    """The measures in which the two differ by no more than is near."""
    found = []
    for measure, value in own.items():
        theirs = stated.get(measure.key)
        if value is not None and isinstance(theirs, int | float) and abs(theirs - value) <= measure.near:
            found.append(measure.key)
    return tuple(found)


def _partner(school: School, other: School, found: _Candidate) -> Partner:
    same = f"{facts.phase(other).lower()} too" if other.phase == school.phase else facts.phase(other).lower()
    reasons = [f"{positions.distance_words(found.km)} away", same]
    if found.alike:
        names = [measure.about.lower() for measure in facts.MEASURES if measure.key in found.alike]
        reasons.append(f"alike in {people_list(names)}")
    if found.helps:
        reasons.append(f"strong in {people_list(topics.TOPICS[topic] for topic in found.helps)}, which you look for")
    if found.helped:
        reasons.append(
            f"looking for {people_list(topics.TOPICS[topic] for topic in found.helped)}, where you are strong"
        )
    return Partner(other, found.km, reasons)
