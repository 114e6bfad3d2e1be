"""What changes networks and clusters. Each verb is one transaction."""

import datetime
from collections.abc import Collection, Iterable

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.text import slugify

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import (
    Cluster,
    ClusterMembership,
    LeavingNotice,
    NetworkMembership,
    Organisation,
    School,
)

FOUNDED = journal.deed("network.founded", "founded the network")
CONTACTS = journal.deed("network.contacts_changed", "changed whom people can turn to")
FORMED = journal.deed("network.cluster_formed", "formed a cluster")
RENAMED = journal.deed("network.cluster_renamed", "renamed a cluster")
CAME = journal.deed("network.school_joined_cluster", "put a school into a cluster")
WENT = journal.deed("network.school_left_cluster", "dated a school’s leaving of a cluster")
ZONES = {"gb": "Europe/London", "nz": "Pacific/Auckland", "au": "Australia/Sydney", "ie": "Europe/Dublin"}


@transaction.atomic
def found_network(name: str, country: str) -> Organisation:
    """A new network with an address of its own."""
    zone = ZONES.get(country.lower(), "UTC")
    network = _organisation(Organisation.Kind.NETWORK, name, country.lower(), zone)
    journal.record(network.pk, FOUNDED, by=None, payload={"name": name})
    return network


@transaction.atomic
def save_contacts(organisation: Organisation, by: int) -> None:
    """Keep whom people can turn to. by: id of the person who said so."""
    organisation.save(update_fields=["safeguarding_contact", "outside_contact", "support_line"])
    journal.record(organisation.pk, CONTACTS, by=by)


def use_words(network: Organisation, own: dict[str, str]) -> None:
    """The network's own words in place of its country's."""
    Organisation.objects.filter(pk=network.pk).update(words=own)


@transaction.atomic
def form_cluster(
    network: Organisation,
    name: str,
    schools: Collection[School],
    day: datetime.date | None = None,
    *,
    asked: int = 0,
    by: int | None = None,
) -> Cluster:
    """A new cluster of the network with these schools; schools that are not in the network yet join it.

    asked: how many more are asked to join it. Raises Refused for a name that is taken, for fewer than two schools, and
    for a school that is closed.
    """
    since = day or datetime.date.today()
    _check_cluster(name, schools, asked)
    try:
        with transaction.atomic():
            cluster = Cluster.objects.create(organisation=network, name=name, slug=_cluster_slug(name))
    except IntegrityError:
        raise Conflict(f"{network.name} has a cluster called {name} already. Choose another name.") from None
    leaving = join_network(network, schools, since)
    ClusterMembership.objects.bulk_create(
        [
            ClusterMembership(cluster=cluster, school=school, since=since, until=leaving.get(school.pk))
            for school in schools
        ]
    )
    numbers = {"name": cluster.name, "schools": len(schools), "asked": asked}
    journal.record(network.pk, FORMED, by=by, about=f"cluster:{cluster.pk}", payload=numbers)
    return cluster


def _cluster_slug(name: str) -> str:
    slug = slugify(name)[:80] or "cluster"
    return "cluster-new" if slug == "new" else slug  # …/clusters/new/ is the page that forms one


@transaction.atomic
def rename_cluster(cluster: Cluster, name: str, *, by: int) -> None:
    """A new name; the address stays. Raises Conflict where another cluster of the network is called so."""
    if not name.strip():
        raise Refused("A cluster needs a name.")
    Organisation.objects.select_for_update().get(pk=cluster.organisation_id)
    others = Cluster.objects.of(cluster.organisation_id).exclude(pk=cluster.pk)
    if any(other.name.casefold() == name.strip().casefold() for other in others):
        raise Conflict(f"Another cluster is called {name.strip()} already. Choose another name.")
    before = Cluster.objects.select_for_update().get(pk=cluster.pk).name
    if before == name.strip():
        return
    Cluster.objects.filter(pk=cluster.pk).update(name=name.strip())
    payload = {"from": before, "to": name.strip()}
    journal.record(cluster.organisation_id, RENAMED, by=by, about=f"cluster:{cluster.pk}", payload=payload)


@transaction.atomic
def add_school(cluster: Cluster, school: School, *, by: int | None, since: datetime.date | None = None) -> None:
    """The school belongs to the cluster, and to its network, from that day (today); twice is once.

    Raises Refused for a school that is closed.
    """
    if school.status == School.Status.CLOSED:
        raise Refused(f"{school.name} is closed and cannot join a cluster.")
    day = since or datetime.date.today()
    Cluster.objects.select_for_update().get(pk=cluster.pk)  # two who add the same school: one row
    if _not_ended(ClusterMembership.objects.filter(cluster=cluster, school=school), day).exists():
        return
    leaving = join_network(cluster.organisation, [school], day)
    ClusterMembership.objects.create(cluster=cluster, school=school, since=day, until=leaving.get(school.pk))
    payload = {"cluster": cluster.name, "school": school.name, "since": day.isoformat()}
    journal.record(cluster.organisation_id, CAME, by=by, about=f"school:{school.pk}", payload=payload)


@transaction.atomic
def remove_school(cluster: Cluster, school: School, last_day: datetime.date, *, by: int) -> None:
    """The school is in the cluster up to that day, and in its network as before; twice is once.

    Raises Refused for a day before it joined, or more than three years away.
    """
    today = datetime.date.today()
    if last_day > today + datetime.timedelta(days=3 * 365):
        raise Refused("That day is more than three years away. Choose a nearer one.")
    rows = ClusterMembership.objects.select_for_update().filter(cluster=cluster, school=school)
    membership = _not_ended(rows, today).order_by("-since").first()
    if membership is None:
        raise Conflict(f"{school.name} is not in {cluster.name} any more.")
    if last_day < membership.since - datetime.timedelta(days=1):
        raise Refused(f"{school.name} joined on {membership.since:%d %B %Y}. Choose that day or a later one.")
    notice = LeavingNotice.objects.filter(
        Q(cluster=cluster) | Q(cluster__isnull=True),
        school=school,
        organisation=cluster.organisation_id,
        taken_back_at__isnull=True,
        last_day__gte=today,
        last_day__lt=last_day,
    ).first()
    if notice:
        raise Refused(f"{school.name} gave notice for {notice.last_day:%d %B %Y}. Choose that day or an earlier one.")
    membership.until = last_day + datetime.timedelta(days=1)
    membership.save(update_fields=["until"])
    payload = {"cluster": cluster.name, "school": school.name, "last_day": last_day.isoformat()}
    journal.record(cluster.organisation_id, WENT, by=by, about=f"school:{school.pk}", payload=payload)


def _not_ended[M: models.Model](rows: models.QuerySet[M], day: datetime.date) -> models.QuerySet[M]:
    """Memberships that hold on that day or begin later: a second beside them would count a school twice."""
    return rows.filter(Q(until__isnull=True) | Q(until__gt=day))


def _check_cluster(name: str, schools: Collection[School], asked: int) -> None:
    if not name.strip():
        raise Refused("A cluster needs a name.")
    if len(schools) + asked < 2:
        raise Refused("A cluster needs at least two schools. Tick the schools that belong to it.")
    if closed := [school.name for school in schools if school.status == School.Status.CLOSED]:
        raise Refused(f"{closed[0]} is closed and cannot join a cluster.")


@transaction.atomic
def join_network(
    network: Organisation, schools: Iterable[School], since: datetime.date
) -> dict[int, datetime.date | None]:
    """The schools belong to the network from that day on; each gets its own organisation when it has none yet.

    Returns the first day no longer of those that have given notice: they are there until then, and are not brought in
    a second time beside that.
    """
    Organisation.objects.select_for_update().get(pk=network.pk)  # two who bring in the same school: one row
    rows = _not_ended(NetworkMembership.objects.filter(network=network), since)
    there = dict(rows.values_list("school", "until"))
    for school in schools:
        make_organisation(school)
        if school.pk not in there:
            NetworkMembership.objects.create(network=network, school=school, since=since)
    return there


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
