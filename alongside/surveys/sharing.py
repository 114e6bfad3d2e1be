"""Who sees a school's own figures because the school says so; what follows is decided in `rules`."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from alongside.network.models import NetworkMembership, Organisation
from alongside.surveys.models import Series, Sharing, Wave


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
    """What a school says now: of Sharing.Whom, and network-<id> for what it lends of its own. One query."""
    rows = Sharing.objects.filter(series=series, school=school, until=None).values_list("whom", "network_id")
    return {f"network-{network}" if network else whom for whom, network in rows}


def networks_of(school: int) -> list[Organisation]:
    """The networks that a school belongs to today, by name."""
    rows = NetworkMembership.objects.current().filter(school=school).values("network")
    return list(Organisation.objects.filter(pk__in=rows).order_by("name", "pk"))


def lent_waves(network: Organisation) -> QuerySet[Wave]:
    """Waves with results of schools' own series that are lent to this network now, by schools that are in it, newest first."""
    here = NetworkMembership.objects.current().filter(network=network).values("school")
    rows = Sharing.objects.filter(network=network, until=None, school__in=here, series=OuterRef("series"))
    found = Wave.objects.filter(Exists(rows), release__isnull=False, organisation__kind=Organisation.Kind.SCHOOL)
    return found.select_related("series", "organisation", "release").order_by("-closes_at", "-pk")


def kept_from_staff(organisation: int, instrument: str) -> set[int]:
    """Schools that keep their block of some series of this pulse from their own staff; what was asked before too."""
    rows = Sharing.objects.filter(series__organisation=organisation, series__instrument=instrument, until=None)
    return set(rows.filter(whom=Sharing.Whom.KEPT).values_list("school_id", flat=True))
