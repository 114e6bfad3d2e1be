"""How many scored statements a person is asked in a school year, by everybody together.

Counted for each school from the waves that its staff were invited in, what is planned, and what running rhythms will still
ask; never from anybody's answers. A person of two schools is asked at one of them, so nobody is asked more than counted.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from alongside.kit.words import people_list
from alongside.network.models import ClusterMembership, NetworkMembership, Organisation, School
from alongside.surveys import schooldays
from alongside.surveys.models import QuestionBudget, Rhythm, Wave, WaveSchool

LIMIT = 80  # docs/decisions/0053: thirteen pulses of six, which is two networks at less than once a month each
NAMED = 5  # schools that a sentence names


@dataclass(frozen=True, slots=True)
class Use:
    """What the staff of one school are asked in a school year. mine: by the organisation that looks; others: by all
    other organisations together, of which nothing more is said."""

    school: School
    limit: int
    mine: int
    others: int

    @property
    def left(self) -> int:
        """How many more fit."""
        return max(0, self.limit - self.mine - self.others)


def uses(
    organisation: Organisation, schools: list[School], day: datetime.date, *, but: Rhythm | None = None
) -> list[Use]:
    """What each of these schools is asked in the school year of that day, as this organisation may see it. Six queries.

    but: a rhythm whose waves to come are not counted, since it is they that are to fit.
    """
    first, last = schooldays.school_year(organisation.country, day)
    asked = _asked(schools, first, last, organisation.zone)
    for owner, inside, statements in _to_come(schools, first, last, organisation.zone, but):
        asked.update({(school, owner): statements for school in inside})
    limits = _limits(organisation, schools)
    by_school: dict[int, list[tuple[int, int]]] = {}
    for (school_id, owner), statements in asked.items():
        by_school.setdefault(school_id, []).append((owner, statements))
    return [_use(organisation, school, limits[school.pk], by_school.get(school.pk, [])) for school in schools]


def _use(organisation: Organisation, school: School, limit: int, asked: list[tuple[int, int]]) -> Use:
    mine = sum(statements for owner, statements in asked if owner == organisation.pk)
    return Use(school, limit, mine, sum(statements for _, statements in asked) - mine)


def _asked(schools: list[School], first: datetime.date, last: datetime.date, zone: str) -> Counter[tuple[int, int]]:
    """(school, who asked) → statements, of waves that were opened."""
    rows = WaveSchool.objects.filter(
        school__in=schools,
        invited__gt=0,
        wave__opens_at__gte=schooldays.midnight(first, zone),
        wave__opens_at__lt=schooldays.midnight(last + datetime.timedelta(days=1), zone),
    )
    found = Counter[tuple[int, int]]()
    for school, owner, items in rows.values_list("school", "wave__organisation", "wave__items"):
        found[school, owner] += len(items)
    return found


def _to_come(
    schools: list[School], first: datetime.date, last: datetime.date, zone: str, but: Rhythm | None
) -> Iterable[tuple[int, set[int], int]]:
    """(who will ask, which of these schools, how many statements), of what is planned and of running rhythms."""
    places = _places(schools)
    owners = {owner for owner, _ in places}
    planned = Wave.objects.filter(organisation__in=owners, state=Wave.State.PLANNED).select_related("series")
    within = planned.filter(
        opens_at__gte=schooldays.midnight(first, zone),
        opens_at__lt=schooldays.midnight(last + datetime.timedelta(days=1), zone),
    )
    for wave in within:
        if but is None or wave.series_id != but.series_id or wave.occasion is None:
            yield (
                wave.organisation_id,
                places.get((wave.organisation_id, wave.series.cluster_id), set()),
                len(wave.items),
            )
    rhythms = Rhythm.objects.running().filter(organisation__in=owners, ahead_until=last).select_related("series")
    for rhythm in rhythms:
        if but is None or rhythm.pk != but.pk:
            inside = places.get((rhythm.organisation_id, rhythm.series.cluster_id), set())
            yield rhythm.organisation_id, inside, rhythm.ahead


def _places(schools: list[School]) -> dict[tuple[int, int | None], set[int]]:
    """(organisation, cluster or None for all of it) → which of these schools are asked there today. Two queries."""
    found: dict[tuple[int, int | None], set[int]] = {}
    for school in schools:
        if school.organisation_id:
            found.setdefault((school.organisation_id, None), set()).add(school.pk)
    networks = NetworkMembership.objects.current().filter(school__in=schools)
    for school_id, network in networks.values_list("school", "network"):
        found.setdefault((network, None), set()).add(school_id)
    clusters = ClusterMembership.objects.current().filter(school__in=schools)
    for school_id, cluster, network in clusters.values_list("school", "cluster", "cluster__organisation"):
        found.setdefault((network, cluster), set()).add(school_id)
    return found


def _limits(organisation: Organisation, schools: list[School]) -> dict[int, int]:
    """School id → the lowest of the usual budget, its own, and that of the organisation which asks. One query."""
    own = Q(organisation__school__in=schools) | Q(organisation=organisation)
    lower = dict(QuestionBudget.objects.filter(own).values_list("organisation", "statements"))
    mine = min(LIMIT, lower.get(organisation.pk, LIMIT))
    return {school.pk: min(mine, lower.get(school.organisation_id or 0, LIMIT)) for school in schools}


def over(found: Iterable[Use], statements: int) -> list[Use]:
    """Schools whose staff would be asked more than their budget, the fullest first."""
    return sorted((use for use in found if use.left < statements), key=lambda use: (use.left, use.school.name))


def sentences(organisation: Organisation, full: list[Use], statements: int) -> list[str]:
    """Which schools are over, by how many, and with whom; of other organisations a count and nothing else."""
    told = [_sentence(organisation, use, statements) for use in full[:NAMED]]
    if len(full) > NAMED:
        told.append(f"The same goes for {len(full) - NAMED} more schools.")
    return told


def _sentence(organisation: Organisation, use: Use, statements: int) -> str:
    by = [f"{use.mine} by {organisation.name}"] if use.mine else []
    by += [f"{use.others} by others"] if use.others else []
    so_far = f"{people_list(by)} this school year, planned ones among them" if by else "none so far this school year"
    more = use.mine + use.others + statements - use.limit
    return (
        f"{use.school.name}: its staff are asked {so_far}. With these {statements} that is {more} over the {use.limit} "
        "statements that a person is asked in a school year."
    )
