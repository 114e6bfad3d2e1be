"""Who sees a school's own figures because the school says so; what follows is decided in `rules`."""

from __future__ import annotations

from dataclasses import dataclass

from alongside.surveys.models import Series, Sharing


@dataclass(frozen=True, slots=True)
class Shared:
    """Schools (ids) that share their block of a series with their cluster's leaders, with the network's, or keep it from
    their own staff."""

    cluster: frozenset[int] = frozenset()
    network: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()


NOTHING = Shared()


def of_series(series: Series) -> Shared:
    """What holds now in a series: kept beside it, so that no page asks for it by itself."""
    return Shared(**{whom: frozenset(schools) for whom, schools in series.shared.items()})


def of_school(series: int, school: int) -> set[str]:
    """What a school says now: of Sharing.Whom. One query."""
    return set(Sharing.objects.filter(series=series, school=school, until=None).values_list("whom", flat=True))


def kept_from_staff(organisation: int, instrument: str) -> set[int]:
    """Schools that keep their block of some series of this pulse from their own staff; what was asked before too."""
    rows = Sharing.objects.filter(series__organisation=organisation, series__instrument=instrument, until=None)
    return set(rows.filter(whom=Sharing.Whom.KEPT).values_list("school_id", flat=True))
