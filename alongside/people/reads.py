"""Who somebody is in an organisation, and who works where."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from alongside.kit import bounces, progress
from alongside.kit.access import Member
from alongside.kit.models import Progress
from alongside.network.models import ClusterMembership, NetworkMembership, Organisation, Pause, School
from alongside.people import rules
from alongside.people.models import (
    ConfirmedDomain,
    ErasureRequest,
    Group,
    GroupMember,
    Invitation,
    Partner,
    PartnerPerson,
    Person,
    Role,
    StaffEntry,
    normal,
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
    left: list[StaffEntry] = field(default_factory=list)


def staff_page(school: School) -> StaffPage:
    """The staff list of a school as of today."""
    entries, left = _here_and_left(school)
    domains = confirmed_domains(school)
    found = {domain(entry.person.email) for entry in entries if entry.person.email}
    networks = [membership.network for membership in networks_of(school).select_related("network")]
    without = sum(entry.person.email is None for entry in entries)
    failing = sorted(bounces.failing(entry.person.email for entry in entries if entry.person.email))
    return StaffPage(school, entries, sorted(domains), sorted(found - domains), without, networks, failing, left)


def networks_of(school: School):  # type: ignore[no-untyped-def]
    """The memberships of a school in networks today."""
    return NetworkMembership.objects.current().filter(school=school)


RETURN_WITHIN = datetime.timedelta(days=30)


def _here_and_left(school: School) -> tuple[list[StaffEntry], list[StaffEntry]]:
    """Who is on the list today, by name; and who left within 30 days or will leave, the last first: their leaving can
    still be undone. One query."""
    today = datetime.date.today()
    near = Q(until__isnull=True) | Q(until__gte=today - RETURN_WITHIN)
    found = list(StaffEntry.objects.filter(near, school=school).select_related("person").order_by("name"))
    here = [entry for entry in found if entry.since <= today and (entry.until is None or entry.until > today)]
    gone = [entry for entry in found if entry.until and not entry.person.erased_at]
    return here, sorted(gone, key=lambda entry: entry.until or today, reverse=True)


def current_staff(school: School):  # type: ignore[no-untyped-def]
    """The staff entries of a school today, unordered."""
    return StaffEntry.objects.current().filter(school=school)


def confirmed_domains(school: School) -> set[str]:
    """Mail domains that the school confirmed."""
    return set(ConfirmedDomain.objects.filter(organisation=school.organisation).values_list("domain", flat=True))


def domain(email: str) -> str:
    """What follows the @."""
    return email.rpartition("@")[2]


def invitable(schools: list[int], but: QuerySet[Any, int] | None = None) -> dict[int, list[int]]:
    """School id → ids of people who can be asked by mail: on its staff today, at an address that works, on a domain that
    the school confirmed. but: ids of people who are left out.

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
    if but is not None:
        entries = entries.exclude(person__in=but)
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
    return _role_lines(Role.objects.current(), network, "kind", "person__name")


def past_roles(network: Organisation) -> list[RoleLine]:
    """Roles there that are over, the newest end first, each with who gave it."""
    return _role_lines(Role.objects.filter(until__lte=datetime.date.today()), network, "-until", "person__name")


def _role_lines(roles: QuerySet[Role], network: Organisation, *order: str) -> list[RoleLine]:
    schools = School.objects.in_network(network).values("pk")
    there = roles.filter(Q(organisation=network) | Q(kind="leader", school__in=schools))
    ordered = there.select_related("person", "cluster", "school", "organisation", "granted_by").order_by(*order)
    return [RoleLine(role, str(role.cluster or role.school or role.organisation)) for role in ordered]


def leaders_of(school: School) -> list[Person]:
    """Who leads the school today."""
    roles = Role.objects.current().filter(kind="leader", school=school).select_related("person").order_by("since", "pk")
    return [role.person for role in roles]


def schools_led_by(person_id: int) -> set[School]:
    """The schools that somebody leads today."""
    held = Role.objects.current().filter(person=person_id, kind="leader").select_related("school")
    return {role.school for role in held if role.school}


def is_cluster_school(cluster_ids: frozenset[int], school_id: int) -> bool:
    """Whether the school belongs to one of the clusters today."""
    return ClusterMembership.objects.current().filter(cluster__in=cluster_ids, school=school_id).exists()


ORDER = ("officer", "chair", "coach", "leader", "stakeholder")


def homes(standing: Standing) -> list[Organisation]:
    """The organisations of a person, the one where their first page should be in front."""
    roles = sorted(standing.roles, key=lambda role: ORDER.index(role.kind))
    first = [role.organisation for role in roles] + [entry.organisation for entry in standing.staff]
    return list(dict.fromkeys([*first, *standing.organisations()]))


@dataclass(frozen=True, slots=True)
class PartnerPersonLine:
    """Somebody of a partner, and whom they coach in this network."""

    post: PartnerPerson
    coaches: list[str]


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner with its people."""

    partner: Partner
    people: list[PartnerPersonLine]


def partners(network: Organisation) -> list[Partner]:
    """The partners of a network today."""
    return list(Partner.objects.current().filter(organisation=network).order_by("name"))


def partner_lines(network: Organisation, found: list[Partner]) -> list[PartnerLine]:
    """These partners with their people of today, in two queries."""
    posts = PartnerPerson.objects.current().filter(organisation=network).select_related("person")
    by_partner: dict[int, list[PartnerPerson]] = defaultdict(list)
    for post in posts.order_by("person__name"):
        by_partner[post.partner_id].append(post)
    coached: dict[int, list[str]] = defaultdict(list)
    roles = Role.objects.current().filter(organisation=network, kind=Role.Kind.COACH)
    for role in roles.select_related("cluster", "school"):
        coached[role.person_id].append(str(role.cluster or role.school))
    return [
        PartnerLine(partner, [PartnerPersonLine(post, coached[post.person_id]) for post in by_partner[partner.pk]])
        for partner in found
    ]


def erasure_requests(member: Member, schools: list[int]) -> list[ErasureRequest]:
    """Requests of people who are on today's lists of these schools or, for the officer, hold a role in the network."""
    mine = Q(person__staff_entries__in=StaffEntry.objects.current().filter(school__in=schools))
    mine |= Q(person__roles__in=Role.objects.current().filter(kind=Role.Kind.LEADER, school__in=schools))
    if member.officer:
        mine |= Q(person__roles__in=Role.objects.current().filter(organisation=member.organisation_id))
    found = ErasureRequest.objects.filter(mine).select_related("person").distinct()
    return list(found.order_by("asked_at"))


def staff_called(network: Organisation, who: str) -> list[Person]:
    """People on today's staff lists of the network's schools with exactly this e-mail or name; by e-mail before name."""
    text = who.strip()
    schools = School.objects.in_network(network).values("pk")
    entries = StaffEntry.objects.current().filter(school__in=schools)
    by_mail = entries.filter(person__email=normal(text)) if "@" in text else entries.none()
    found = by_mail or entries.filter(name__iexact=text)
    return list({entry.person_id: entry.person for entry in found.select_related("person").order_by("pk")}.values())


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group with its members today, each with the schools of this network where they work, by name."""

    group: Group
    members: list[tuple[Person, str]]


def groups_of(network: Organisation, pk: int | None = None) -> list[GroupLine]:
    """The groups of a network by name, or one of them, with members. Three queries."""
    groups = Group.objects.filter(organisation=network).order_by("name")
    found = list(groups if pk is None else groups.filter(pk=pk))
    members = GroupMember.objects.current().filter(group__in=found).select_related("person")
    ordered = list(members.order_by("person__name", "pk"))
    places = _work_places(network, {member.person_id for member in ordered})
    return [
        GroupLine(group, [(m.person, ", ".join(places[m.person_id])) for m in ordered if m.group_id == group.pk])
        for group in found
    ]


def _work_places(network: Organisation, people: set[int]) -> dict[int, list[str]]:
    """Person → names of the network's schools where they work today."""
    inside = School.objects.in_network(network).values("pk")
    found: dict[int, list[str]] = defaultdict(list)
    entries = StaffEntry.objects.current().filter(person__in=people, school__in=inside).select_related("school")
    for entry in entries.order_by("school__name"):
        found[entry.person_id].append(entry.school.name)
    return found


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One invitation that was not accepted yet, for the page that lists them."""

    invitation: Invitation
    expired: bool


def open_invitations(member: Member, organisation: Organisation) -> list[InvitationLine]:
    """Invitations to roles that wait, or waited too long, among those that the member could have sent."""
    found = (
        Invitation.objects.filter(organisation=organisation, accepted_at=None, withdrawn_at=None)
        .exclude(kind=Invitation.Kind.STAFF)
        .select_related("cluster", "school", "organisation", "invited_by")
        .order_by("expires_at", "pk")
    )
    if not member.officer:
        found = found.filter(kind=Invitation.Kind.LEADER, school__in=_chaired(member))
    now = timezone.now()
    return [InvitationLine(invitation, invitation.state(now) == "expired") for invitation in found]


def may_invite(member: Member, invitation: Invitation) -> bool:
    """Whether the member could have sent this invitation."""
    if invitation.kind == Invitation.Kind.STAFF:
        return rules.leads(member, invitation.school_id or 0)
    if not rules.can_grant(member, invitation.kind):
        return False
    return member.officer or is_cluster_school(member.clusters_chaired, invitation.school_id or 0)


def _chaired(member: Member) -> set[int]:
    chaired = ClusterMembership.objects.current().filter(cluster__in=member.clusters_chaired)
    return set(chaired.values_list("school", flat=True))


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A colleague and their account. state: account, invited, expired, none, or no address."""

    person: Person
    name: str
    job: str
    state: str
    invitation: Invitation | None

    @property
    def may_invite(self) -> bool:
        return self.state in {"none", "expired"}


def staff_accounts(school: School) -> list[AccountLine]:
    """The staff of a school today, by name, each with what has become of their account. Two queries."""
    invited = {
        invitation.email: invitation
        for invitation in Invitation.objects.filter(
            organisation=school.organisation_id, kind=Invitation.Kind.STAFF, accepted_at=None, withdrawn_at=None
        )
    }
    entries = StaffEntry.objects.current().filter(school=school).select_related("person").order_by("name")
    return [_account_line(entry, invited.get(entry.person.email or "")) for entry in entries]


def _account_line(entry: StaffEntry, invitation: Invitation | None) -> AccountLine:
    state = "none" if entry.person.email else "no address"
    if invitation:
        state = "invited" if invitation.state(timezone.now()) == "open" else "expired"
    if entry.person.has_usable_password() or entry.person.last_login:
        state = "account"
    return AccountLine(entry.person, entry.name, entry.get_job_display(), state, invitation)


def staff_of(schools: Iterable[int]) -> list[StaffEntry]:
    """Who is on the staff lists of these schools (ids) today, by name. One query."""
    entries = StaffEntry.objects.current().filter(school__in=set(schools))
    return list(entries.select_related("person", "school__organisation").order_by("name", "pk"))


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
