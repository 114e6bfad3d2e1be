"""Whom a series asks, and how: by letters, or by slips alone. A leadership team of three to six is none of them (R8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from alongside.kit.words import NUMBERS, people_list
from alongside.science.disclosure import K_DISTRIBUTION, K_SCORE

LEADERS, TEACHERS, SUPPORT = "leaders", "teachers", "support"
KINDS = {
    LEADERS: frozenset({"head", "deputy", "leader"}),
    TEACHERS: frozenset({"teacher"}),
    SUPPORT: frozenset({"assistant", "support", "office", "site", "other"}),
}
KIND_NAMES = {LEADERS: "leaders", TEACHERS: "teachers", SUPPORT: "support staff"}
PART_FROM = 20  # people in a part of a breakdown: under it, what a school shows besides would give their answers away
JOB = "job"  # the one breakdown that there is: by kind of job (R4)
JOINT = "+"  # between the kinds of job that count together, as tickets carry them


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a series asks. `jobs`: of the staff list; none for people who stand on no staff list."""

    key: str
    name: str  # in the form of asking
    whom: str  # "all teachers and leaders": after a comma, of a pulse that is over
    people: str  # "teachers and leaders": who may not be asked, who answers
    jobs: frozenset[str]
    by_slips: bool  # no letters, no roster: slips for each class, as many as its roll
    intro: str  # in place of the instrument's own; "" keeps it
    k_scores: int = K_SCORE
    but_leaders: bool = False  # nobody who leads the school, whatever their job on its staff list

    @property
    def k_shares(self) -> int:
        return max(self.k_scores, K_DISTRIBUTION)

    @property
    def of_staff(self) -> bool:
        """Whether it is asked from staff lists."""
        return bool(self.jobs)


STAFF = Audience(
    "staff", "All staff", "all staff in any role", "staff", KINDS[LEADERS] | KINDS[TEACHERS] | KINDS[SUPPORT], False, ""
)
AUDIENCES = {
    each.key: each
    for each in (
        STAFF,
        Audience(
            "teachers",
            "Teachers and leaders",
            "all teachers and leaders",
            "teachers and leaders",
            KINDS[LEADERS] | KINDS[TEACHERS],
            False,
            gettext_noop("For everyone who teaches or leads here."),
        ),
        Audience(
            "teams",
            "Teams: teachers and support staff",
            "all teachers and support staff",
            "teachers and support staff",
            KINDS[TEACHERS] | KINDS[SUPPORT],
            False,
            gettext_noop("For everyone who works here and is not on the leadership team."),
            but_leaders=True,
        ),
        Audience(
            "support",
            "Support staff",
            "all support staff",
            "support staff",
            KINDS[SUPPORT],
            False,
            gettext_noop("For all support staff: in classrooms, in the office and on the site."),
        ),
        Audience(
            "governors",
            "Governors",
            "all governors",
            "governors",
            frozenset(),
            False,
            gettext_noop("For everyone who governs this school."),
        ),
        Audience("students", "Students", "students, by slips", "students", frozenset(), True, "", K_DISTRIBUTION),
        Audience(
            "parents",
            "Parents and carers",
            "parents and carers, by slips",
            "parents and carers",
            frozenset(),
            True,
            gettext_noop("For everyone who has a child at this school."),
            K_DISTRIBUTION,
        ),
    )
}


def audience(key: str) -> Audience:
    """The audience of that key; KeyError when there is none."""
    return AUDIENCES[key]


def kind_of(job: str) -> str:
    """The kind of a job on a staff list; one that is not known counts with support staff."""
    return next((kind for kind, jobs in KINDS.items() if job in jobs), SUPPORT)


def of_jobs(jobs: Iterable[str]) -> frozenset[str]:
    """Keys of the audiences that somebody with these jobs belongs to."""
    held = set(jobs)
    return frozenset(each.key for each in AUDIENCES.values() if each.jobs & held)


def overlapping(key: str) -> list[frozenset[str]]:
    """Audiences (keys) that one person of this one may belong to as well, for each kind of person in it.

    All staff: who teaches is asked with teachers, who supports with support staff, nobody with both.
    """
    asked = audience(key)
    kinds = [kind for kind, jobs in KINDS.items() if jobs & asked.jobs]
    found = [of_jobs(KINDS[kind]) for kind in kinds]
    return list(dict.fromkeys(found)) or [frozenset({key})]


def category(kinds: Iterable[str]) -> str:
    """What a ticket carries of kinds of job that count together: "leaders+support"."""
    return JOINT.join(sorted(kinds))


def kinds_in(category_key: str) -> tuple[str, ...]:
    """The kinds of job in what a ticket carries; none for ""."""
    return tuple(category_key.split(JOINT)) if category_key else ()


def kinds_named(kinds: Iterable[str]) -> str:
    """Kinds of job in words, leaders first: "leaders and support staff"."""
    there = set(kinds)
    return people_list([name for kind, name in KIND_NAMES.items() if kind in there])


def category_of(job: str, groups: Iterable[Iterable[str]]) -> str:
    """What the ticket of somebody with that job carries where these kinds count together; "" where there is no breakdown."""
    kind = kind_of(job)
    return next((category(group) for group in groups if kind in set(group)), "")


def fewest() -> str:
    """How many people a part of a breakdown holds at least, in words."""
    return NUMBERS[PART_FROM] if len(NUMBERS) > PART_FROM else str(PART_FROM)


def frozen(groups: Iterable[Iterable[str]], counts: Mapping[str, int]) -> list[list[str]]:
    """Groups of a school as they are kept from the opening on: kinds of which nobody is asked count with the fewest, so
    that whoever is added later, or draws a slip, is in one of them."""
    found = [sorted(group) for group in groups]
    if not found:
        return []
    smallest = min(found, key=lambda group: (sum(counts.get(kind, 0) for kind in group), group))
    known = {kind for group in found for kind in group}
    smallest.extend(kind for kind in KINDS if kind not in known)
    return sorted(sorted(group) for group in found)
