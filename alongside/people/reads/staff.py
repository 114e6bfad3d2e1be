"""Who works where, who of them is asked by mail, and who has an account."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.utils import timezone

from alongside.kit import bounces
from alongside.network.models import DatedQuerySet, NetworkMembership, Organisation, School
from alongside.network.models.dated import holds
from alongside.people.models import (
    ConfirmedDomain,
    Invitation,
    Person,
    Role,
    StaffEntry,
    normal,
)


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


def networks_of(school: School) -> DatedQuerySet[NetworkMembership]:
    """The memberships of a school in networks today."""
    return NetworkMembership.objects.current().filter(school=school)


RETURN_WITHIN = datetime.timedelta(days=30)


def _here_and_left(school: School) -> tuple[list[StaffEntry], list[StaffEntry]]:
    """Who is on the list today, by name; and who left within 30 days or will leave, the last first: their leaving can
    still be undone. One query."""
    today = datetime.date.today()
    near = Q(until__isnull=True) | Q(until__gte=today - RETURN_WITHIN)
    found = list(StaffEntry.objects.filter(near, school=school).select_related("person").order_by("name"))
    here = [entry for entry in found if holds(entry.since, entry.until, today)]
    gone = [entry for entry in found if entry.until and not entry.person.erased_at]
    return here, sorted(gone, key=lambda entry: entry.until or today, reverse=True)


def confirmed_domains(school: School) -> set[str]:
    """Mail domains that the school confirmed."""
    return set(ConfirmedDomain.objects.filter(organisation=school.organisation).values_list("domain", flat=True))


def domain(email: str) -> str:
    """What follows the @."""
    return email.rpartition("@")[2]


def invitable(
    schools: list[int], but: QuerySet[Any, int] | None = None, jobs: Collection[str] | None = None
) -> dict[int, list[int]]:
    """School id → ids of people who can be asked by mail: on its staff today, at an address that works, on a domain that
    the school confirmed. but: ids of people who are left out. jobs: of the staff list; all when None.

    A person on two staff lists counts for the school where they work most hours, then for the one that listed them first.
    """
    domains = _domains(schools)
    entries = StaffEntry.objects.current().filter(
        school__in=schools, person__email__isnull=False, person__is_active=True
    )
    if but is not None:
        entries = entries.exclude(person__in=but)
    if jobs is not None:
        entries = entries.filter(job__in=jobs)
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


def invitable_stakeholders(schools: list[int], but: QuerySet[Any, int] | None = None) -> dict[int, list[int]]:
    """School id → ids of people who are stakeholders of that school today and can be asked by mail: at an address that
    works, which they confirmed themselves (who has signed in came by a link in a letter), or which is on a domain that the
    school confirmed. but: ids left out.

    Who is a stakeholder of two schools counts for the one where they have been it for longest. Five queries.
    """
    roles = Role.objects.current().filter(
        kind=Role.Kind.STAKEHOLDER,
        organisation__school__in=schools,
        person__email__isnull=False,
        person__is_active=True,
    )
    if but is not None:
        roles = roles.exclude(person__in=but)
    found = list(roles.select_related("person", "organisation__school").order_by("since", "pk"))
    domains, own = _domains(schools), _confirmed_by_owner({role.person_id for role in found})
    failing = bounces.failing(role.person.email or "" for role in found)
    people: dict[int, list[int]] = {school: [] for school in schools}
    taken: set[int] = set()
    for role in found:
        email = role.person.email or ""
        confirmed = role.person.last_login or email in own or domain(email) in domains[role.organisation_id]
        if confirmed and email not in failing and role.person_id not in taken:
            taken.add(role.person_id)
            people[role.organisation.school.pk].append(role.person_id)
    return {school: sorted(asked) for school, asked in people.items()}


def _domains(schools: list[int]) -> dict[int, set[str]]:
    """Organisation of a school → the mail domains that it confirmed."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = ConfirmedDomain.objects.filter(organisation__school__in=schools).values_list("organisation", "domain")
    for organisation, name in rows:
        found[organisation].add(name)
    return found


def _confirmed_by_owner(people: set[int]) -> set[str]:
    """Addresses of these people to which an invitation went that they accepted, or which they confirmed when signing in."""
    accepted = Invitation.objects.filter(person__in=people, accepted_at__isnull=False).values_list("email", flat=True)
    verified = EmailAddress.objects.filter(user__in=people, verified=True).values_list("email", flat=True)
    return {normal(email) for email in [*accepted, *verified]}


def staff_called(network: Organisation, who: str) -> list[Person]:
    """People on today's staff lists of the network's schools with exactly this e-mail or name; by e-mail before name."""
    text = who.strip()
    schools = School.objects.in_network(network).values("pk")
    entries = StaffEntry.objects.current().filter(school__in=schools)
    by_mail = entries.filter(person__email=normal(text)) if "@" in text else entries.none()
    found = by_mail or entries.filter(name__iexact=text)
    return list({entry.person_id: entry.person for entry in found.select_related("person").order_by("pk")}.values())


def staff_of(schools: Iterable[int]) -> list[StaffEntry]:
    """Who is on the staff lists of these schools (ids) today, by name. One query."""
    entries = StaffEntry.objects.current().filter(school__in=set(schools))
    return list(entries.select_related("person", "school__organisation").order_by("name", "pk"))


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
