"""The one breakdown of a series: by kind of job (R4, docs/decisions/0058).

Kinds are merged twice: at opening by how many are asked at a school, so that no ticket ever carries a kind of fewer than
PART_FROM; and in `publish` by how many answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from alongside.people.models import StaffEntry
from alongside.science import disclosure
from alongside.science.disclosure import K_SCORE
from alongside.surveys import audiences
from alongside.surveys.audiences import KIND_NAMES, STAFF, Audience

FIXED = (
    "This pulse first opened without a breakdown, and it keeps to that: results cut now in one way and now in another would "
    "show what few people said."
)


def jobs_of(schools: Collection[int]) -> dict[tuple[int, int], str]:
    """(school, person) → their job there today. One query."""
    entries = StaffEntry.objects.current().filter(school__in=schools)
    return {(school, person): job for school, person, job in entries.values_list("school", "person", "job")}


def counts(people: Mapping[int, Collection[int]]) -> dict[int, Counter[str]]:
    """School → how many of each kind of job are asked there. people: school → ids. One query."""
    jobs = jobs_of(list(people))
    return {
        school: Counter(audiences.kind_of(jobs.get((school, person), "")) for person in found)
        for school, found in people.items()
    }


def groups(asked: Mapping[str, int]) -> list[list[str]]:
    """The kinds of job that count together at a school where so many are asked, each kind in one of them; none where fewer
    than two groups of PART_FROM come of it."""
    return audiences.frozen(disclosure.merge_categories(asked, max(K_SCORE, audiences.PART_FROM)), asked)


def against(audience: Audience, people: Mapping[int, Collection[int]]) -> list[str]:
    """Why a breakdown by kind of job would show nothing, or point at few people; one sentence each, empty when it may be.
    people: whom it would ask, by school. One query."""
    if audience != STAFF:
        return [f"A breakdown by kind of job is for all staff; {audience.people} are asked as one group."]
    asked = counts(people)
    alone = [kind for kind in KIND_NAMES if _never_alone(kind, asked)]
    found = [
        f"{KIND_NAMES[kind].capitalize()}: fewer than five are asked at every school, so a figure for them would point at "
        "few people and is never shown. Leave the breakdown out."
        for kind in alone
    ]
    if not found and not any(groups(at) for at in asked.values()):
        found = [
            f"At no school are there two kinds of job with {audiences.fewest()} people each, so a breakdown would show "
            "nothing."
        ]
    return found


def _never_alone(kind: str, asked: Mapping[int, Counter[str]]) -> bool:
    there = [at[kind] for at in asked.values() if at[kind]]
    return bool(there) and max(there) < K_SCORE
