"""Who sees a school's own figures because the school says so: read in one query, decided in `rules`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alongside.surveys.models import Sharing


@dataclass(frozen=True, slots=True)
class Shared:
    """Schools (ids) that share their block of a series with their cluster's leaders, with the network's, or keep it from
    their own staff."""

    cluster: frozenset[int] = frozenset()
    network: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()


NOTHING = Shared()


def of_series(series: Iterable[int]) -> dict[int, Shared]:
    """Series → what holds now. One query."""
    found: dict[int, dict[str, set[int]]] = {}
    rows = Sharing.objects.filter(series__in=list(series), until=None).values_list("series_id", "whom", "school_id")
    for pk, whom, school in rows:
        found.setdefault(pk, {}).setdefault(whom, set()).add(school)
    return {pk: Shared(**{whom: frozenset(schools) for whom, schools in kinds.items()}) for pk, kinds in found.items()}


def of_one(series: int) -> Shared:
    """What holds now in one series. One query."""
    return of_series([series]).get(series, NOTHING)


def of_school(series: int, school: int) -> set[str]:
    """What a school says now: of Sharing.Whom. One query."""
    return set(Sharing.objects.filter(series=series, school=school, until=None).values_list("whom", flat=True))


def kept_from_staff(organisation: int, instrument: str) -> set[int]:
    """Schools that keep their block of some series of this pulse from their own staff; what was asked before too."""
    rows = Sharing.objects.filter(series__organisation=organisation, series__instrument=instrument, until=None)
    return set(rows.filter(whom=Sharing.Whom.KEPT).values_list("school_id", flat=True))
