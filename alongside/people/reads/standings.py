"""Who somebody is in an organisation, and everything they are anywhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from alongside.kit import progress
from alongside.kit.models import Progress
from alongside.network.models import NetworkMembership, Organisation, Pause
from alongside.people.models import (
    Person,
    Role,
    StaffEntry,
)


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
    pauses: tuple[Pause, ...] = ()  # that hold now and concern the place where the person is; the middleware's

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


ORDER = ("officer", "chair", "coach", "leader", "stakeholder")


def homes(standing: Standing) -> list[Organisation]:
    """The organisations of a person, the one where their first page should be in front."""
    roles = sorted(standing.roles, key=lambda role: ORDER.index(role.kind))
    first = [role.organisation for role in roles] + [entry.organisation for entry in standing.staff]
    return list(dict.fromkeys([*first, *standing.organisations()]))


@dataclass(frozen=True, slots=True)
class WorkLine:
    """Some work that a person asked for, and where it is shown."""

    name: str
    place: Organisation
    work: Progress


def work_of(standing: Standing) -> list[WorkLine]:
    """What a person asked for in the last week, where they still belong. One query."""
    places = {place.pk: place for place in standing.organisations()}
    found = progress.of_person(standing.person.pk)
    return [
        WorkLine(progress.words(work), places[work.organisation], work) for work in found if work.organisation in places
    ]
