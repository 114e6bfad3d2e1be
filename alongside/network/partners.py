"""Likely partner schools: near, alike in phase and intake, strong where the other one looks for help."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from alongside.kit.words import people_list
from alongside.network import facts, positions, reads, topics
from alongside.network.models import Offer, School
from alongside.science.geography import Point, distance, from_national_grid

RANGES: Final = (5, 10, 20, 40, 80)
USUAL_KM: Final = 20
SHOWN: Final = 30
# What each reason is worth: nearness up to NEAR, then phase, each measure of intake, each matching topic.
NEAR, PHASE, INTAKE, TOPIC = 40.0, 20.0, 10.0, 15.0
COLUMNS: Final = ("pk", "name", "phase", "latitude", "longitude", "easting", "northing")

# score before intake, kilometres, name, id: the order in which the first is the likeliest, highest score first
type Candidate = tuple[float, float, str, int]
type Matches = tuple[dict[int, list[str]], dict[int, list[str]]]


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


def find(school: School, km: float = USUAL_KM, *, same_phase: bool = False) -> Found:
    """Schools up to so many kilometres away, the likeliest partners first, each with its reasons. At most five queries.

    None where the school's own place is not known.
    """
    here = positions.point(school)
    if here is None:
        return Found([], 0)
    rows = reads.near(school, km)
    if same_phase:
        rows = rows.filter(phase=school.phase)
    matches = _matches(school, rows)
    candidates = _candidates(school, here, km, rows, matches)
    alike = _alike(school, candidates)
    best = heapq.nsmallest(
        SHOWN, candidates, key=lambda each: (-each[0] - INTAKE * len(alike.get(each[3], ())), *each[1:])
    )
    schools = School.objects.select_related("organisation").in_bulk([each[3] for each in best])
    partners = [
        _partner(school, schools[pk], away, alike.get(pk, []), *(kind.get(pk, []) for kind in matches))
        for _, away, _, pk in best
    ]
    return Found(partners, len(candidates))


def _candidates(school: School, here: Point, km: float, rows: QuerySet[School], matches: Matches) -> list[Candidate]:
    """Everybody who is near enough, with what counts but for the intake."""
    helps, helped = matches
    found = []
    for pk, name, phase, latitude, longitude, easting, northing in rows.values_list(*COLUMNS):
        away = _away(here, latitude, longitude, easting, northing)
        if away is not None and away <= km:
            topics_met = len(helps.get(pk, ())) + len(helped.get(pk, ()))
            score = NEAR * (1 - away / km) + PHASE * (phase == school.phase) + TOPIC * min(topics_met, topics.AT_MOST)
            found.append((score, away, name, pk))
    return found


def _matches(school: School, around: QuerySet[School]) -> Matches:
    """School → topics in which it is strong and we look for help; and those in which we are strong and it looks for help."""
    own = list(Offer.objects.filter(school=school))
    strengths = [offer.topic for offer in own if offer.kind == Offer.Kind.STRENGTH]
    wishes = [offer.topic for offer in own if offer.kind == Offer.Kind.WISH]
    helps: dict[int, list[str]] = defaultdict(list)
    helped: dict[int, list[str]] = defaultdict(list)
    if own:
        wanted = Q(kind=Offer.Kind.STRENGTH, topic__in=wishes) | Q(kind=Offer.Kind.WISH, topic__in=strengths)
        offers = Offer.objects.filter(wanted, school__in=around).order_by("topic")
        for pk, kind, topic in offers.values_list("school", "kind", "topic"):
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


def _alike(school: School, candidates: list[Candidate]) -> dict[int, list[facts.Measure]]:
    """School → the measures of intake in which the two differ by no more than is near.

    Asked only of those whom that could still bring among the first: reading everybody's facts would take longest.
    """
    own = [(measure, value) for measure in facts.MEASURES if (value := facts.measured(school, measure)) is not None]
    if not own or not candidates:
        return {}
    last = heapq.nlargest(SHOWN, (each[0] for each in candidates))[-1]
    able = [pk for score, _, _, pk in candidates if score + INTAKE * len(own) >= last]
    found = {}
    for pk, stated in School.objects.filter(pk__in=able).values_list("pk", "facts"):
        found[pk] = [measure for measure, value in own if _near(stated.get(measure.key), value, measure.near)]
    return found


def _near(theirs: object, value: float, near: float) -> bool:
    return isinstance(theirs, int | float) and not isinstance(theirs, bool) and abs(theirs - value) <= near


def _partner(
    school: School, other: School, km: float, alike: list[facts.Measure], helps: list[str], helped: list[str]
) -> Partner:
    same = f"{facts.phase(other).lower()} too" if other.phase == school.phase else facts.phase(other).lower()
    reasons = [f"{positions.distance_words(km)} away", same]
    if alike:
        reasons.append(f"alike in {people_list(measure.about.lower() for measure in alike)}")
    if helps:
        reasons.append(f"strong in {people_list(topics.TOPICS[topic] for topic in helps)}, which you look for")
    if helped:
        reasons.append(f"looking for {people_list(topics.TOPICS[topic] for topic in helped)}, where you are strong")
    return Partner(other, km, reasons)
