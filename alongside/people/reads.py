"""Who somebody is in an organisation, and who works where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from alongside.kit import bounces
from alongside.network.models import ClusterMembership, NetworkMembership, Organisation, School
from alongside.people.models import ConfirmedDomain, Person, Role, StaffEntry


@dataclass(frozen=True, slots=True)
class Membership:
    """One person in one organisation today; see kit.access.Member."""

    person_id: int
    organisation_id: int
    officer: bool = False
    stakeholder: bool = False
    clusters_chaired: frozenset[int] = frozenset()
    clusters_coached: frozenset[int] = frozenset()
    schools_led: frozenset[int] = frozenset()
    schools_staffed: frozenset[int] = frozenset()
    schools_coached: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything a person is, anywhere, today: read once a request, in three queries."""

    person: Person
    roles: list[Role]
    staff: list[StaffEntry]
    networks: dict[int, list[Organisation]] = field(default_factory=dict)  # school id -> its networks

    def member(self, organisation: Organisation) -> Membership | None:
        """The person in that organisation; None when they have nothing to do there."""
        found = self._in_network(organisation) if organisation.kind == "network" else self._in_school(organisation)
        nobody = Membership(self.person.pk, organisation.pk)
        return None if found == nobody else found

    def _in_network(self, network: Organisation) -> Membership:
        inside = {school for school, networks in self.networks.items() if network in networks}
        own = [role for role in self.roles if role.organisation_id == network.pk]
        kinds = {role.kind for role in own}
        return Membership(
            self.person.pk,
            network.pk,
            officer="officer" in kinds,
            stakeholder="stakeholder" in kinds,
            clusters_chaired=frozenset(role.cluster_id for role in own if role.kind == "chair" and role.cluster_id),
            clusters_coached=frozenset(role.cluster_id for role in own if role.kind == "coach" and role.cluster_id),
            schools_coached=frozenset(role.school_id for role in own if role.kind == "coach" and role.school_id),
            schools_led=frozenset(self._led() & inside),
            schools_staffed=frozenset(self._staffed() & inside),
        )

    def _in_school(self, organisation: Organisation) -> Membership:
        led = {
            r.school_id
            for r in self.roles
            if r.kind == "leader" and r.organisation_id == organisation.pk and r.school_id
        }
        staffed = {entry.school_id for entry in self.staff if entry.organisation_id == organisation.pk}
        return Membership(
            self.person.pk, organisation.pk, schools_led=frozenset(led), schools_staffed=frozenset(staffed)
        )

    def _led(self) -> set[int]:
        return {role.school_id for role in self.roles if role.kind == "leader" and role.school_id}

    def _staffed(self) -> set[int]:
        return {entry.school_id for entry in self.staff}

    def organisations(self) -> list[Organisation]:
        """Where this person belongs: networks by name, then schools by name."""
        found = {role.organisation for role in self.roles} | {entry.organisation for entry in self.staff}
        found |= {network for networks in self.networks.values() for network in networks}
        return sorted(found, key=lambda organisation: (organisation.kind, organisation.name))


def standing(person: Person) -> Standing:
    """All roles and staff entries of a person as of today."""
    roles = list(
        Role.objects.current().filter(person=person).select_related("organisation", "cluster", "school__organisation")
    )
    staff = list(StaffEntry.objects.current().filter(person=person).select_related("organisation", "school"))
    schools = {role.school_id for role in roles if role.kind == "leader"} | {entry.school_id for entry in staff}
    networks: dict[int, list[Organisation]] = defaultdict(list)
    for membership in NetworkMembership.objects.current().filter(school__in=schools).select_related("network"):
        networks[membership.school_id].append(membership.network)
    return Standing(person, roles, staff, dict(networks))


@dataclass(frozen=True, slots=True)
class StaffPage:
    """A school's staff list: who is on it, how many are asked by mail, and which domains are confirmed."""

    school: School
    entries: list[StaffEntry]
    domains: list[str]
    unconfirmed: list[str]
    without_email: int
    networks: list[Organisation]
    failing: list[str] = field(default_factory=list)


def staff_page(school: School) -> StaffPage:
    """The staff list of a school as of today."""
    entries = list(current_staff(school).select_related("person").order_by("name"))
    domains = confirmed_domains(school)
    found = {domain(entry.person.email) for entry in entries if entry.person.email}
    networks = [m.network for m in NetworkMembership.objects.current().filter(school=school).select_related("network")]
    without = sum(entry.person.email is None for entry in entries)
    failing = sorted(bounces.failing(entry.person.email for entry in entries if entry.person.email))
    return StaffPage(school, entries, sorted(domains), sorted(found - domains), without, networks, failing)


def current_staff(school: School):  # type: ignore[no-untyped-def]
    """The staff entries of a school today, unordered."""
    return StaffEntry.objects.current().filter(school=school)


def confirmed_domains(school: School) -> set[str]:
    """Mail domains that the school confirmed."""
    return set(ConfirmedDomain.objects.filter(organisation=school.organisation).values_list("domain", flat=True))


def domain(email: str) -> str:
    """What follows the @."""
    return email.rpartition("@")[2]


def invitable(schools: list[int]) -> dict[int, list[int]]:
    """School id → ids of people who can be asked by mail: on its staff today, at an address that works, on a domain that
    the school confirmed.

    A person on two staff lists counts for the school where they work most hours, then for the one that listed them first.
    """
    domains: dict[int, set[str]] = defaultdict(set)
    for organisation, name in ConfirmedDomain.objects.filter(organisation__school__in=schools).values_list(
        "organisation", "domain"
    ):
        domains[organisation].add(name)
    entries = StaffEntry.objects.current().filter(
        school__in=schools, person__email__isnull=False, person__is_active=True
    )
    best: dict[int, tuple[float, int, int]] = {}
    found = list(entries.select_related("person"))
    failing = bounces.failing(entry.person.email or "" for entry in found)
    for entry in found:
        if entry.person.email not in failing and domain(entry.person.email or "") in domains[entry.organisation_id]:
            rank = (-float(entry.hours or 0), entry.pk, entry.school_id)
            best[entry.person_id] = min(best.get(entry.person_id, rank), rank)
    people: dict[int, list[int]] = {school: [] for school in schools}
    for person, (_, _, school) in sorted(best.items()):
        people[school].append(person)
    return people


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role in words, for the page that lists them."""

    role: Role
    where: str


def network_roles(network: Organisation) -> list[RoleLine]:
    """Roles in the network and those of leaders in its schools."""
    schools = School.objects.in_network(network).values("pk")
    roles = Role.objects.current().filter(Q(organisation=network) | Q(kind="leader", school__in=schools))
    ordered = roles.select_related("person", "cluster", "school", "organisation").order_by("kind", "person__name")
    return [RoleLine(role, str(role.cluster or role.school or role.organisation)) for role in ordered]


def leaders_of(school: School) -> list[Person]:
    """Who leads the school today."""
    roles = Role.objects.current().filter(kind="leader", school=school).select_related("person").order_by("since", "pk")
    return [role.person for role in roles]


def is_cluster_school(cluster_ids: frozenset[int], school_id: int) -> bool:
    """Whether the school belongs to one of the clusters today."""
    return ClusterMembership.objects.current().filter(cluster__in=cluster_ids, school=school_id).exists()


ORDER = ("officer", "chair", "coach", "leader", "stakeholder")


def homes(standing: Standing) -> list[Organisation]:
    """The organisations of a person, the one where their first page should be in front."""
    roles = sorted(standing.roles, key=lambda role: ORDER.index(role.kind))
    first = [role.organisation for role in roles] + [entry.organisation for entry in standing.staff]
    return list(dict.fromkeys([*first, *standing.organisations()]))
