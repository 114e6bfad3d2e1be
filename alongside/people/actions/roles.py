"""What changes roles. Each verb is one transaction."""

import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from alongside.kit import journal
from alongside.kit.errors import Refused
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person, Role

GRANTED = journal.deed("people.role_granted", "gave a role")
ENDED = journal.deed("people.role_ended", "ended a role")


@transaction.atomic
def found_network(
    name: str, country: str, officer_name: str, officer_email: str, *, another: bool = False
) -> tuple[Organisation, str]:
    """A network of an installation and its officer; returns the path where the officer sets a password.

    another: beside those that are there. Raises Refused when there is a network already and no other was asked for, when
    there is none yet and another was, and when one is called so already.
    """
    networks = list(Organisation.objects.filter(kind=Organisation.Kind.NETWORK).order_by("pk"))
    if networks and not another:
        raise Refused(
            f"This installation has its first network already: {networks[0].name}. "
            "To found another beside it: alongside found-network."
        )
    if another and not networks:
        raise Refused("This installation has no network yet. To found the first: alongside init.")
    if any(network.name.casefold() == name.strip().casefold() for network in networks):
        raise Refused(f"A network is called {name.strip()} already. Give the new one another name.")
    network = network_actions.found_network(name, country)
    officer = Person.objects.known_as(officer_email, officer_name)
    grant_role(Role.Kind.OFFICER, network, officer_email, officer_name)
    return network, password_path(officer)


def password_path(person: Person) -> str:
    """A path that lets its holder set the password once, within three days."""
    token = default_token_generator.make_token(person)
    return reverse("set_password", kwargs={"uid": urlsafe_base64_encode(force_bytes(person.pk)), "token": token})


@transaction.atomic
def grant_role(
    kind: str,
    organisation: Organisation,
    email: str,
    name: str,
    *,
    cluster: Cluster | None = None,
    school: School | None = None,
    granted_by: Person | None = None,
) -> Role:
    """Give a person a role from today on; twice is once. A leader's role belongs to the school's own organisation."""
    person = Person.objects.known_as(email, name)
    where = network_actions.make_organisation(school) if kind == Role.Kind.LEADER and school else organisation
    role, given = Role.objects.get_or_create(
        person=person,
        kind=kind,
        organisation=where,
        cluster=cluster,
        school=school,
        until=None,
        defaults={"since": datetime.date.today(), "granted_by": granted_by},
    )
    if given:
        _record(role, GRANTED, granted_by)
    return role


@transaction.atomic
def end_role(role: Role, by: Person) -> None:
    """The role ends today. Raises Refused for the last officer's role: a network keeps one."""
    # Two officers who end each other's roles at the same moment: the second waits, and is refused.
    Organisation.objects.select_for_update().get(pk=role.organisation_id)
    others = (
        Role.objects.current().filter(organisation=role.organisation_id, kind=Role.Kind.OFFICER).exclude(pk=role.pk)
    )
    if role.kind == Role.Kind.OFFICER and not others.exists():
        raise Refused("A network keeps at least one officer. Appoint the next one first.")
    today = datetime.date.today()
    # Also one that would end by itself later; and taking a leaving back does not revive it.
    held = Role.objects.filter(Q(until__isnull=True) | Q(until__gt=today), pk=role.pk)
    if held.update(until=today, ended_with=None):
        _record(role, ENDED, by)


def _record(role: Role, deed: str, by: Person | None) -> None:
    payload = {"role": role.get_kind_display(), "where": str(role.cluster or role.school or role.organisation)}
    about = f"person:{role.person_id}"
    journal.record(role.organisation_id, deed, by=by.pk if by else None, about=about, payload=payload)
