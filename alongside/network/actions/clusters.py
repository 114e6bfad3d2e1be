"""What changes networks and clusters. Each verb is one transaction."""

import datetime
from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from alongside.kit.errors import Conflict, Refused
from alongside.network.models import (
    Cluster,
    ClusterMembership,
    NetworkMembership,
    Organisation,
    School,
)

ZONES = {"gb": "Europe/London", "nz": "Pacific/Auckland", "au": "Australia/Sydney", "ie": "Europe/Dublin"}


def found_network(name: str, country: str) -> Organisation:
    """A new network with an address of its own."""
    zone = ZONES.get(country.lower(), "UTC")
    return _organisation(Organisation.Kind.NETWORK, name, country.lower(), zone)


def use_words(network: Organisation, own: dict[str, str]) -> None:
    """The network's own words in place of its country's."""
    Organisation.objects.filter(pk=network.pk).update(words=own)


@transaction.atomic
def form_cluster(
    network: Organisation, name: str, schools: Collection[School], day: datetime.date | None = None
) -> Cluster:
    """A new cluster of the network with these schools; schools that are not in the network yet join it.

    Raises Refused for a name that is taken, for fewer than two schools, and for a school that is closed.
    """
    since = day or datetime.date.today()
    _check_cluster(name, schools)
    try:
        with transaction.atomic():
            cluster = Cluster.objects.create(organisation=network, name=name, slug=slugify(name)[:80] or "cluster")
    except IntegrityError:
        raise Conflict(f"{network.name} has a cluster called {name} already. Choose another name.") from None
    join_network(network, schools, since)
    ClusterMembership.objects.bulk_create(
        [ClusterMembership(cluster=cluster, school=school, since=since) for school in schools]
    )
    return cluster


def _check_cluster(name: str, schools: Collection[School]) -> None:
    if not name.strip():
        raise Refused("A cluster needs a name.")
    if len(schools) < 2:
        raise Refused("A cluster needs at least two schools. Tick the schools that belong to it.")
    if closed := [school.name for school in schools if school.status == School.Status.CLOSED]:
        raise Refused(f"{closed[0]} is closed and cannot join a cluster.")


@transaction.atomic
def join_network(network: Organisation, schools: Iterable[School], since: datetime.date) -> None:
    """The schools belong to the network from that day on; each gets its own organisation when it has none yet."""
    there = set(NetworkMembership.objects.filter(network=network, until__isnull=True).values_list("school", flat=True))
    for school in schools:
        make_organisation(school)
        if school.pk not in there:
            NetworkMembership.objects.create(network=network, school=school, since=since)


@transaction.atomic
def make_organisation(school: School) -> Organisation:
    """The organisation of a school, made the day it is first needed."""
    locked = School.objects.select_for_update().get(pk=school.pk)
    if locked.organisation is None:
        zone = ZONES.get(locked.country, "UTC")
        locked.organisation = _organisation(Organisation.Kind.SCHOOL, locked.name, locked.country, zone)
        locked.save(update_fields=["organisation"])
    school.organisation = locked.organisation
    return locked.organisation


def _organisation(kind: str, name: str, country: str, zone: str) -> Organisation:
    base = slugify(name)[:70] or kind
    taken = set(Organisation.objects.filter(kind=kind, slug__startswith=base).values_list("slug", flat=True))
    slug = next(slug for slug in _slugs(base) if slug not in taken)
    return Organisation.objects.create(kind=kind, name=name, slug=slug, country=country, zone=zone)


def _slugs(base: str) -> Iterable[str]:
    yield base
    yield from (f"{base}-{number}" for number in range(2, 10_000))
