"""How many scored statements a person is asked in a school year, by everybody together.

Counted for each school from the waves that its staff were invited in, what is planned, and what running rhythms will still
ask; never from anybody's answers. A person of two schools is asked at one of them, so nobody is asked more than counted.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, JSONField, QuerySet, Subquery, Value

from alongside.calendar import presets
from alongside.calendar.days import DAY
from alongside.kit.words import people_list
from alongside.network.models import ClusterMembership, NetworkMembership, Organisation, School, SchoolQuerySet
from alongside.surveys import audiences, schooldays
from alongside.surveys.instruments import scored
from alongside.surveys.models import QuestionBudget, Rhythm, Wave, WaveSchool

LIMIT = 80  # docs/decisions/0053: thirteen pulses of six, which is two networks at less than once a month each
LISTED = 40  # schools on the page of the budget
NAMED = 8  # schools that a sentence names


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


def with_limits(schools: SchoolQuerySet, organisation: Organisation) -> SchoolQuerySet:
    """The same schools, each with the budgets that it and the organisation which asks have lowered."""
    asker = QuestionBudget.objects.filter(organisation=organisation).values("statements")
    return schools.annotate(lowered=F("organisation__question_budget__statements"), asker=Subquery(asker))


def uses(
    organisation: Organisation,
    schools: list[School],
    day: datetime.date,
    *,
    but: Rhythm | None = None,
    audience: str = "staff",
) -> list[Use]:
    """What each of these schools (read `with_limits`) is asked in the school year of that day, as this organisation may
    see it. One query.

    but: a rhythm whose waves to come are not counted, since it is they that are to fit. audience: of whose people is counted
    what the one of them is asked who is asked most: a teacher by pulses of all staff and of teachers, by no others.
    """
    by_school: dict[int, list[tuple[int, int, str]]] = {}
    for school, owner, statements, whom in _all(organisation, schools, day, but):
        by_school.setdefault(school, []).append((owner, statements, whom))
    return [
        _use(organisation, school, _limit(school), _most(by_school.get(school.pk, []), audience)) for school in schools
    ]


def _most(asked: list[tuple[int, int, str]], audience: str) -> list[tuple[int, int]]:
    """(who asks, statements) of the kind of person in the audience who is asked most."""
    kinds = [
        [(owner, statements) for owner, statements, whom in asked if whom in together]
        for together in audiences.overlapping(audience)
    ]
    return max(kinds, key=lambda each: sum(statements for _, statements in each))


def _limit(school: School) -> int:
    """The lowest of the usual budget, the school's own, and that of the organisation which asks."""
    return min(each for each in (LIMIT, vars(school)["lowered"], vars(school)["asker"]) if each is not None)


def _use(organisation: Organisation, school: School, limit: int, asked: list[tuple[int, int]]) -> Use:
    mine = sum(statements for owner, statements in asked if owner == organisation.pk)
    return Use(school, limit, mine, sum(statements for _, statements in asked) - mine)


def _all(
    organisation: Organisation, schools: list[School], day: datetime.date, but: Rhythm | None
) -> Iterator[tuple[int, int, int, str]]:
    """(school, who asks, statements, audience) of every wave of the school year that was opened or is planned, and of every running
    rhythm. One query."""
    first, last = schooldays.school_year(organisation.country, day)
    span = schooldays.midnight(first, organisation.zone), schooldays.midnight(last + DAY, organisation.zone)
    opened = WaveSchool.objects.filter(
        school__in=schools, invited__gt=0, wave__opens_at__gte=span[0], wave__opens_at__lt=span[1]
    )
    parts: list[QuerySet[Any, Any]] = [
        opened.values_list("school", "wave__organisation", "wave__items", Value(0), Value(0), "wave__series__audience"),
        *_to_come(NetworkMembership.objects.current().filter(school__in=schools), "network", span, last),
        *_to_come(ClusterMembership.objects.current().filter(school__in=schools), "cluster", span, last),
        *_to_come(School.objects.filter(pk__in=[school.pk for school in schools]), "organisation", span, last),
    ]
    for school, owner, items, ahead, series, whom in parts[0].union(*parts[1:], all=True):
        if but is None or series != but.series_id:
            yield school, owner, scored(items) + ahead, whom


def _to_come(
    rows: QuerySet[Any], place: str, span: tuple[datetime.datetime, datetime.datetime], last: datetime.date
) -> list[QuerySet[Any, Any]]:
    """What is planned, and running rhythms, of the series of one kind of place: (school, owner, items, ahead, series, audience)."""
    school, series = "pk" if place == "organisation" else "school", f"{place}__series"
    # All conditions of one filter() speak of the same series. A cluster's series are found from the cluster alone.
    of_place = {} if place == "cluster" else {f"{series}__cluster": None}
    planned = {"waves__state": Wave.State.PLANNED, "waves__opens_at__gte": span[0], "waves__opens_at__lt": span[1]}
    running = {"rhythms__ended_at": None, "rhythms__ahead_until": last}
    waves = rows.filter(**of_place, **{f"{series}__{name}": value for name, value in planned.items()})
    rhythms = rows.filter(**of_place, **{f"{series}__{name}": value for name, value in running.items()})
    owner, nothing = f"{series}__organisation", Value([], output_field=JSONField())
    return [
        waves.values_list(school, owner, f"{series}__waves__items", Value(0), series, f"{series}__audience"),
        rhythms.values_list(school, owner, nothing, f"{series}__rhythms__ahead", series, f"{series}__audience"),
    ]


def over(found: Iterable[Use], statements: int) -> list[Use]:
    """Schools whose staff would be asked more than their budget, the fullest first."""
    return sorted((use for use in found if use.left < statements), key=lambda use: (use.left, use.school.name))


def sentences(organisation: Organisation, full: list[Use], statements: int) -> list[str]:
    """Which schools are over, by how many, and with whom, schools of the same figures together; of other organisations a
    count and nothing else."""
    alike: dict[tuple[int, int, int], list[str]] = {}
    for use in full:
        alike.setdefault((use.limit, use.mine, use.others), []).append(use.school.name)
    told = [_sentence(organisation, figures, names, statements) for figures, names in alike.items()]
    rest = sum(len(names) for names in list(alike.values())[NAMED:])
    return told[:NAMED] + ([f"The same goes for {rest} more schools."] if rest else [])


def some(names: list[str]) -> str:
    """Some names, and how many more there are."""
    if len(names) <= NAMED + 1:
        return people_list(names)
    return people_list([*names[:NAMED], f"{len(names) - NAMED} more"])


def _sentence(organisation: Organisation, figures: tuple[int, int, int], names: list[str], statements: int) -> str:
    limit, mine, others = figures
    by = [f"{mine} by {organisation.name}"] if mine else []
    by += [f"{others} by others"] if others else []
    so_far = (
        f"asked {people_list(by)} this school year, planned ones among them" if by else "asked nothing yet this year"
    )
    whose = "its staff are" if len(names) == 1 else "their staff are"
    return (
        f"{some(names)}: {whose} {so_far}. With these {statements} that is {mine + others + statements - limit} over the "
        f"{limit} statements that a person is asked in a school year."
    )


@dataclass(frozen=True, slots=True)
class BudgetPage:
    """What the page of the budget shows: the own limit, and the schools with the least room."""

    limit: int
    uses: list[Use]
    more: int  # schools that are not listed
    year: str
    network: bool


def page(organisation: Organisation, schools: list[School], today: datetime.date) -> BudgetPage:
    """How much this school year asks of a person at each of these schools, the fullest first. Two queries."""
    own = QuestionBudget.objects.filter(organisation=organisation).values_list("statements", flat=True).first()
    found = sorted(uses(organisation, schools, today), key=lambda use: (use.left, use.school.name))
    year = presets.name_of(organisation.country, presets.school_year(organisation.country, today))
    network = organisation.kind == Organisation.Kind.NETWORK
    return BudgetPage(LIMIT if own is None else own, found[:LISTED], max(0, len(found) - LISTED), year, network)
