"""Invitations: sent to one address, open for 14 days, spent once by whoever holds that address. Each verb is one transaction."""

import datetime
import hashlib
import secrets

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster, Organisation, School
from alongside.people import reads
from alongside.people.actions.roles import grant_role
from alongside.people.models import Invitation, Person, Role, normal

DAYS = 14
SENT = journal.deed("people.invitation_sent", "invited somebody to a role")
ACCEPTED = journal.deed("people.invitation_accepted", "accepted an invitation")
WITHDRAWN = journal.deed("people.invitation_withdrawn", "withdrew an invitation")


def invitation_path(token: str) -> str:
    """The path that a letter leads to."""
    return reverse("invitation", kwargs={"token": token})


def token_digest(token: str) -> str:
    """What the database keeps of a token: SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    kind: str,
    organisation: Organisation,
    email: str,
    name: str,
    *,
    by: Person,
    cluster: Cluster | None = None,
    school: School | None = None,
) -> tuple[Invitation, str]:
    """Invite an address to a role, or a colleague to an account; returns the token for the letter, "" when the same
    invitation is open already: two who invite at once, and one who presses twice, make one invitation.

    Raises Refused when they hold that role.
    """
    email = normal(email)
    if holds(kind, email, organisation, cluster, school):
        raise Refused(f"{email} has this role already.")
    token, now = secrets.token_urlsafe(32), timezone.now()
    invitation, made = Invitation.objects.get_or_create(
        organisation=organisation,
        email=email,
        kind=kind,
        place=_place(cluster, school),
        accepted_at=None,
        withdrawn_at=None,
        defaults={
            "name": name,
            "cluster": cluster,
            "school": school,
            "invited_by": by,
            "digest": token_digest(token),
            "sent_at": now,
            "expires_at": now + datetime.timedelta(days=DAYS),
        },
    )
    if not made and invitation.state(now) == "open":
        return invitation, ""
    if not made:
        return invitation, send_again(invitation, by)
    _record(invitation, SENT, by)
    return invitation, token


def holds(kind: str, email: str, organisation: Organisation, cluster: Cluster | None, school: School | None) -> bool:
    """Whether the person with that address holds that role there today. An account is no role."""
    roles = Role.objects.current().filter(person__email=email, kind=kind, cluster=cluster, school=school)
    return (roles if kind == Role.Kind.LEADER else roles.filter(organisation=organisation)).exists()


@transaction.atomic
def send_again(invitation: Invitation, by: Person) -> str:
    """Another 14 days and another token: the link of the letter before leads nowhere from now on.

    Raises Conflict when it was accepted or withdrawn meanwhile.
    """
    token, now = secrets.token_urlsafe(32), timezone.now()
    values = {"digest": token_digest(token), "sent_at": now, "expires_at": now + datetime.timedelta(days=DAYS)}
    values |= {"invited_by": by}
    if not _open(invitation).update(**values):
        raise Conflict("This invitation was accepted or withdrawn meanwhile.")
    for field, value in values.items():
        setattr(invitation, field, value)
    _record(invitation, SENT, by)
    return token


@transaction.atomic
def withdraw(invitation: Invitation, by: Person) -> None:
    """The invitation is over; withdrawing twice is withdrawing once. Raises Conflict when it was accepted meanwhile."""
    if _open(invitation).update(withdrawn_at=timezone.now()):
        _record(invitation, WITHDRAWN, by)
    elif Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=False).exists():
        raise Conflict("This invitation was accepted meanwhile. End the role instead.")


@transaction.atomic
def accept_invitation(invitation: Invitation, digest: str) -> Person:
    """Spend the invitation: from today on the person with its address has what it offers.

    digest: of the token that was shown. Raises Conflict when it was accepted, withdrawn or sent again meanwhile, or is over.
    """
    now = timezone.now()
    inviter = invitation.invited_by
    member = reads.standing(inviter).member(invitation.organisation) if inviter.is_active else None
    if member is None or not reads.may_invite(member, invitation):
        raise Conflict("Whoever invited you may no longer do so. Ask your network’s officer for a new invitation.")
    if not _open(invitation).filter(digest=digest, expires_at__gt=now).update(accepted_at=now):
        raise Conflict("This invitation was accepted, withdrawn or sent again meanwhile.")
    person = Person.objects.known_as(invitation.email, invitation.name)
    Invitation.objects.filter(pk=invitation.pk).update(person=person)
    _record(invitation, ACCEPTED, person)
    if invitation.kind != Invitation.Kind.STAFF:
        grant_role(
            invitation.kind,
            invitation.organisation,
            invitation.email,
            invitation.name,
            cluster=invitation.cluster,
            school=invitation.school,
            granted_by=invitation.invited_by,
        )
    return person


def _open(invitation: Invitation) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, withdrawn_at__isnull=True)


def _place(cluster: Cluster | None, school: School | None) -> str:
    if cluster:
        return f"cluster-{cluster.pk}"
    return f"school-{school.pk}" if school else "network"


def _record(invitation: Invitation, deed: str, by: Person) -> None:
    payload = {"role": invitation.get_kind_display(), "where": invitation.where}
    journal.record(invitation.organisation_id, deed, by=by.pk, about=f"invitation:{invitation.pk}", payload=payload)
