"""What pages ask of the register, networks and clusters."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from alongside.network import positions
from alongside.network.history import found_by_number
from alongside.network.models import (
    Cluster,
    ClusterMembership,
    Community,
    Grouping,
    GroupingSchool,
    Joining,
    LeavingNotice,
    NetworkMembership,
    Organisation,
    RegisterNumber,
    School,
    SchoolPast,
)
from alongside.science.geography import box

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
    return [ClusterLine(cluster, [membership.school for membership in cluster.now]) for cluster in clusters]  # type: ignore[attr-defined]  # `now`: prefetched


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

    An earlier name finds a school too, and a single number whoever came after the school that had it.

    At most SEARCH_LIMIT, by name.
    """
    words = text.split()
    found = School.objects.open().filter(country=country)
    for word in words:
        # Not by joins: SQLite takes 64 tables in one query, which is 21 words.
        numbered = RegisterNumber.objects.filter(number=word).values("school")
        formerly = SchoolPast.objects.filter(name__icontains=word).values("school")
        gathered = Community.schools.through.objects.filter(community__name__icontains=word).values("school")
        found = found.filter(
            Q(name__icontains=word)
            | Q(town__icontains=word)
            | Q(area__icontains=word)
            | Q(postcode__istartswith=word)
            | Q(pk__in=numbered)
            | Q(pk__in=gathered)
            | Q(pk__in=formerly)
            | (Q(pk__in=found_by_number(word)) if len(words) == 1 and word.isdecimal() else Q())
        )
    return list(found.order_by("name", "pk")[:SEARCH_LIMIT]) if words else []


def communities(country: str) -> list[Community]:
    """The gatherings that the country's registers know, with the number of their schools as `size`."""
    counted = Community.objects.filter(schools__country=country).annotate(size=Count("schools")).filter(size__gte=2)
    return list(counted.order_by("name"))


def open_notices(school_id: int, today: datetime.date) -> QuerySet[LeavingNotice]:
    """Notices of the school that can still be taken back."""
    return LeavingNotice.objects.filter(school=school_id, taken_back_at__isnull=True, last_day__gte=today)


def near(school: School, km: float) -> QuerySet[School]:
    """Open schools of its country up to so many kilometres away, and some that are farther: `distance` decides.

    None where the school's own place is not known. Schools that have nothing but a grid reference are found from
    schools that have one.
    """
    here = positions.point(school)
    if here is None:
        return School.objects.none()
    bounds = box(here, km)
    degrees = Q()
    for west, east in bounds.longitudes:
        degrees |= Q(latitude__range=(bounds.south, bounds.north), longitude__range=(west, east))
    if school.easting is not None and school.northing is not None:
        metres = km * 1002  # the grid's own scale is off by up to one part in a thousand
        degrees |= Q(
            latitude__isnull=True,
            easting__range=(school.easting - metres, school.easting + metres),
            northing__range=(school.northing - metres, school.northing + metres),
        )
    return School.objects.open().filter(degrees, country=school.country).exclude(pk=school.pk)


def nearest(school: School, count: int, country: str) -> list[School]:
    """The so many open schools nearest to a school, itself first; looked for in ever wider boxes."""
    if school.country != country or positions.point(school) is None:
        return []
    found: list[positions.Away] = []
    for km in (5, 20, 80, 320):
        around = positions.others_by_distance(school, near(school, km))
        found = [away for away in around if away.km is not None and away.km <= km][:count]
        if len(found) >= count:
            break
    return [school, *(away.school for away in found)]


def joinings(network: Organisation, clusters: frozenset[int], *, officer: bool) -> list[Joining]:
    """What waits for an answer and what was answered in the last months, the newest first; chairs see their clusters'."""
    rows = Joining.objects.filter(organisation=network).exclude(state=Joining.State.BACK)
    if not officer:
        rows = rows.filter(cluster__in=clusters)
    return list(
        rows.select_related("school__organisation", "cluster", "organisation").order_by("-asked_at", "-pk")[:60]
    )


def joinings_of(school: School) -> list[Joining]:
    """The school's own questions and invitations, the newest first."""
    rows = Joining.objects.filter(school=school).select_related("cluster", "organisation")
    return list(rows.order_by("-asked_at", "-pk")[:40])


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a school belongs today, and where it might ask to: networks that let themselves be found, and the other
    clusters of its own networks."""

    networks: list[Organisation]
    clusters: list[ClusterMembership]
    other_networks: list[Organisation]
    other_clusters: list[Cluster]


def belonging(school: School) -> Belonging:
    """Three queries."""
    here = NetworkMembership.objects.current().filter(school=school)
    own = Q(pk__in=here.values("network"))
    found = Organisation.objects.filter(own | Q(findable=True, country=school.country), kind=Organisation.Kind.NETWORK)
    networks = list(found.annotate(mine=Exists(here.filter(network=OuterRef("pk")))).order_by("name", "pk"))
    inside = ClusterMembership.objects.current().filter(school=school).select_related("cluster__organisation")
    memberships = list(inside.order_by("cluster__name"))
    mine: list[Organisation] = [network for network in networks if network.mine]
    others = Cluster.objects.filter(organisation__in=mine).exclude(pk__in=[row.cluster_id for row in memberships])
    return Belonging(
        networks=mine,
        clusters=memberships,
        other_networks=[network for network in networks if not network.mine],
        other_clusters=list(others.select_related("organisation").order_by("organisation__name", "name")),
    )


def networks_and_clusters(schools: list[int]) -> dict[int, tuple[set[int], set[int]]]:
    """School → ids of its networks and of its clusters today. Two queries."""
    found: dict[int, tuple[set[int], set[int]]] = {school: (set(), set()) for school in schools}
    networks = NetworkMembership.objects.current().filter(school__in=schools).values_list("school", "network")
    for school, network in networks:
        found[school][0].add(network)
    clusters = ClusterMembership.objects.current().filter(school__in=schools).values_list("school", "cluster")
    for school, cluster in clusters:
        found[school][1].add(cluster)
    return found


def placed_school(text: str, country: str) -> School | None:
    """The first open school with a known place that is called so, or else lies in a town called so."""
    if not text.strip():
        return None
    known = Q(latitude__isnull=False, longitude__isnull=False) | Q(easting__isnull=False, northing__isnull=False)
    rows = School.objects.open().filter(known, country=country).order_by("name", "pk")
    for match in (
        {"name__iexact": text.strip()},
        {"town__iexact": text.strip()},
        {"name__icontains": text.strip()},
        {"town__icontains": text.strip()},
    ):
        if found := rows.filter(**match).first():
            return found
    return None


def outside_schools(network: Organisation, words: list[str]) -> QuerySet[School]:
    """Open schools of the network's country that do not belong to it and fit the words, by name."""
    inside = NetworkMembership.objects.current().filter(network=network).values("school")
    return School.objects.open().filter(country=network.country).exclude(pk__in=inside).fitting(words).order_by("name")


@dataclass(frozen=True, slots=True)
class GroupingLine:
    """A grouping that holds now, with its schools by name."""

    grouping: Grouping
    schools: list[School]


def groupings(network: Organisation) -> list[GroupingLine]:
    """The groupings that the next pulse will be counted by, by name. Two queries."""
    members = GroupingSchool.objects.select_related("school__organisation").order_by("school__name", "school")
    found = Grouping.objects.of(network.pk).live().order_by("name", "pk")
    rows = found.prefetch_related(Prefetch("members", members))
    return [GroupingLine(each, [member.school for member in each.members.all()]) for each in rows]
