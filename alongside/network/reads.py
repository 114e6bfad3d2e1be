"""What pages ask of the register, networks and clusters."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from alongside.network.models import (
    Cluster,
    ClusterMembership,
    Community,
    NetworkMembership,
    Organisation,
    RegisterNumber,
    School,
)

SEARCH_LIMIT = 60


@dataclass(frozen=True, slots=True)
class ClusterLine:
    """A cluster with the schools that belong to it today, by name."""

    cluster: Cluster
    schools: list[School]


def clusters_with_schools(network: Organisation, on: datetime.date | None = None) -> list[ClusterLine]:
    """The clusters of a network, by name, each with its schools. Two queries."""
    memberships = ClusterMembership.objects.current(on).select_related("school__organisation").order_by("school__name")
    clusters = (
        Cluster.objects.of(network.pk)
        .order_by("name")
        .prefetch_related(Prefetch("memberships", memberships, to_attr="now"))
    )
    return [ClusterLine(cluster, [membership.school for membership in cluster.now]) for cluster in clusters]  # type: ignore[attr-defined]


def cluster_schools(cluster: Cluster, on: datetime.date | None = None) -> QuerySet[School]:
    """Schools that belong to the cluster on a day."""
    return School.objects.filter(pk__in=ClusterMembership.objects.current(on).filter(cluster=cluster).values("school"))


def unclustered_schools(network: Organisation) -> list[School]:
    """Schools of the network that belong to none of its clusters."""
    clustered = ClusterMembership.objects.current().filter(cluster__organisation=network).values("school")
    return list(
        School.objects.in_network(network).exclude(pk__in=clustered).select_related("organisation").order_by("name")
    )


def search_schools(text: str, country: str) -> list[School]:
    """Open schools of a country whose name, town, area or postcode begins or contains the words, or whose number it is.

    At most SEARCH_LIMIT, by name.
    """
    words = text.split()
    found = School.objects.open().filter(country=country)
    for word in words:
        # Not by joins: SQLite takes 64 tables in one query, which is 21 words.
        numbered = RegisterNumber.objects.filter(number=word).values("school")
        gathered = Community.schools.through.objects.filter(community__name__icontains=word).values("school")
        found = found.filter(
            Q(name__icontains=word)
            | Q(town__icontains=word)
            | Q(area__icontains=word)
            | Q(postcode__istartswith=word)
            | Q(pk__in=numbered)
            | Q(pk__in=gathered)
        )
    return list(found.order_by("name", "pk")[:SEARCH_LIMIT]) if words else []


def outside_schools(network: Organisation, words: list[str]) -> QuerySet[School]:
    """Open schools of the network's country that do not belong to it and fit the words, by name."""
    inside = NetworkMembership.objects.current().filter(network=network).values("school")
    return School.objects.open().filter(country=network.country).exclude(pk__in=inside).fitting(words).order_by("name")


def communities(country: str) -> list[Community]:
    """The gatherings that the country's registers know, with the number of their schools as `size`."""
    counted = Community.objects.filter(schools__country=country).annotate(size=Count("schools"))
    return list(counted.order_by("name"))
