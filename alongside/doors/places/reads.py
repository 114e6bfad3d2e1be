"""What a member may know of one school, one cluster and its profile."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q
from django.utils.safestring import SafeString

from alongside.kit.access import Member
from alongside.network import facts, flows, map, positions, profile, rules, topics
from alongside.network.models import (
    Cluster,
    ClusterMembership,
    Joining,
    NetworkMembership,
    Offer,
    Organisation,
    ProfileAnswer,
    School,
)
from alongside.network.positions import Away, SchoolAt
from alongside.people import rules as people_rules
from alongside.people.models import Person, Role


@dataclass(frozen=True, slots=True)
class ClusterOfSchool:
    """A cluster of the school, in which network, and its other schools by distance."""

    cluster: Cluster
    others: list[Away]


@dataclass(frozen=True, slots=True)
class SchoolPage:
    """All that the page of a school may say to one member in one place."""

    school: School
    lines: list[tuple[str, str]]
    leaders: list[str]
    clusters: list[ClusterOfSchool]
    networks: list[tuple[Organisation, datetime.date | None]]  # with the last day, where notice was given
    strengths: list[str]
    wishes: list[str]
    pathway: list[str]
    may_see_staff: bool
    may_state: bool
    may_join: bool


def school_page(
    memberships: list[NetworkMembership], school: School, place: Organisation, member: Member
) -> SchoolPage:
    """memberships: in a network the school's own membership of it alone; in the school's own place all of them, since
    its people belong to all of its networks."""
    inside = place.kind == Organisation.Kind.NETWORK
    offers = list(Offer.objects.filter(school=school))
    leads = people_rules.leads(member, school.pk)
    return SchoolPage(
        school=school,
        lines=facts.lines(school, school.numbers.order_by("register", "-since", "number")),
        leaders=_leaders(school),
        clusters=_clusters(school, [m.network_id for m in memberships]),
        networks=[(m.network, _last_day(m.until)) for m in memberships],
        strengths=topics.labels(offers, Offer.Kind.STRENGTH),
        wishes=topics.labels(offers, Offer.Kind.WISH),
        pathway=flows.pathway_lines(place, school) if inside else [],
        may_see_staff=leads or member.officer,
        may_state=leads,
        may_join=leads and not inside,
    )


def _last_day(until: datetime.date | None) -> datetime.date | None:
    return until - datetime.timedelta(days=1) if until else None


def _leaders(school: School) -> list[str]:
    roles = Role.objects.current().filter(kind="leader", school=school).select_related("person")
    return [role.person.name for role in roles.order_by("since", "pk")]


def _clusters(school: School, networks: list[int]) -> list[ClusterOfSchool]:
    """One query: every membership of the clusters of these networks in which the school is."""
    own = ClusterMembership.objects.current().filter(school=school, cluster__organisation__in=networks)
    rows = ClusterMembership.objects.current().filter(cluster__in=own.values("cluster"))
    schools: dict[Cluster, list[School]] = defaultdict(list)
    for row in rows.select_related("cluster__organisation", "school__organisation").order_by("cluster__name", "pk"):
        schools[row.cluster].append(row.school)
    return [ClusterOfSchool(cluster, positions.others_by_distance(school, all_)) for cluster, all_ in schools.items()]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of the cluster and as what."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """All that the page of a cluster may say."""

    cluster: Cluster
    schools: list[SchoolAt]
    finding: str
    map: SafeString
    unplaced: list[School]
    people: list[PersonLine]
    leaving: list[tuple[School, datetime.date]]
    written: int
    questions: int
    waiting: int
    may_change: bool
    may_write: bool


def cluster_page(cluster: Cluster, member: Member) -> ClusterPage:
    """The cluster as of today: its schools by name, the map, its people, and how far its profile is."""
    rows = ClusterMembership.objects.current().filter(cluster=cluster).select_related("school__organisation")
    memberships = list(rows.order_by("school__name", "school"))
    schools = [row.school for row in memberships]
    placed = positions.placed(schools)
    may_change = rules.can_change_cluster(member, cluster.pk)
    waiting = Joining.objects.filter(cluster=cluster, state=Joining.State.WAITING, invited=False)
    return ClusterPage(
        cluster=cluster,
        schools=placed,
        finding=_finding(placed),
        map=map.cluster_map(placed),
        unplaced=[each.school for each in placed if each.point is None],
        people=_people(cluster, schools),
        leaving=[(row.school, row.until - datetime.timedelta(days=1)) for row in memberships if row.until],
        written=sum(bool(answer.text) for answer in profile.latest(cluster).values()),
        questions=len(profile.QUESTIONS) + len(profile.TO_SETTLE),
        waiting=waiting.count() if may_change else 0,
        may_change=may_change,
        may_write=rules.can_write_profile(member, cluster.pk, [school.pk for school in schools]),
    )


def _finding(schools: list[SchoolAt]) -> str:
    """ "7 schools, at most 14 km apart"."""
    count = f"{len(schools)} {'school' if len(schools) == 1 else 'schools'}"
    km = positions.spread(schools)
    return count if km is None else f"{count}, at most {positions.distance_words(km)} apart"


def _people(cluster: Cluster, schools: list[School]) -> list[PersonLine]:
    """Chairs, then coaches, then the leaders of its schools."""
    here = Q(cluster=cluster) | Q(kind="leader", school__in=[school.pk for school in schools])
    roles = Role.objects.current().filter(here).select_related("person", "school").order_by("person__name", "pk")
    order = {"chair": 0, "coach": 1, "leader": 2}
    found = sorted(roles, key=lambda role: (order.get(role.kind, 3), str(role.school or "")))
    return [PersonLine(role.person.name, _as_what(role)) for role in found]


def _as_what(role: Role) -> str:
    return f"Leads {role.school}" if role.kind == "leader" else role.get_kind_display().capitalize()


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A question of the profile with its text today, its text a year ago, and who wrote it."""

    question: profile.Question
    text: str
    then: str | None
    authors: str
    written_at: datetime.datetime | None
    versions: int
    figures: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A cluster's profile as it is read and printed."""

    cluster: Cluster
    lines: list[AnswerLine]
    settle: list[AnswerLine]
    since: datetime.date
    changed: int
    may_write: bool


def profile_page(cluster: Cluster, member: Member, today: datetime.date) -> ProfilePage:
    """Every question with what is written, what stood there a year before, and the register's figures."""
    versions = profile.versions(cluster)
    names = _names({answer.written_by for all_ in versions.values() for answer in all_})
    since = profile.year_before(today)
    rows = ClusterMembership.objects.current().filter(cluster=cluster).select_related("school")
    schools = [row.school for row in rows.order_by("school__name")]
    lines = {key: _line(key, versions.get(key, []), names, since, schools) for key in profile.BY_KEY}
    return ProfilePage(
        cluster=cluster,
        lines=[lines[question.key] for question in profile.QUESTIONS],
        settle=[lines[question.key] for question in profile.TO_SETTLE],
        since=since,
        changed=sum(line.then is not None and line.then != line.text for line in lines.values()),
        may_write=rules.can_write_profile(member, cluster.pk, [school.pk for school in schools]),
    )


def _line(
    key: str, versions: list[ProfileAnswer], names: dict[int, str], since: datetime.date, schools: list[School]
) -> AnswerLine:
    last = versions[-1] if versions else None
    before = [version for version in versions if version.written_at.date() <= since]
    authors = list(dict.fromkeys(names.get(version.written_by, "somebody") for version in reversed(versions)))
    return AnswerLine(
        question=profile.BY_KEY[key],
        text=last.text if last else "",
        then=before[-1].text if before else None,
        authors=", ".join(authors),
        written_at=last.written_at if last else None,
        versions=len(versions),
        figures=profile.figures(schools, profile.BY_KEY[key].figures),
    )


def _names(ids: set[int]) -> dict[int, str]:
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
