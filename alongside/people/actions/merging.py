"""Two rows that are one human being become one, in one transaction. The other stays as an address of theirs."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import School
from alongside.people import holdings
from alongside.people.models import GroupMember, PartnerPerson, Person, Role, StaffEntry

MERGED = journal.deed("people.merged", "merged two people who are one")


@transaction.atomic
def merge(keep: Person, drop: Person, organisation: int, by: Person) -> None:
    """Everything of `drop` is `keep`'s from now on, history too; the name and address that stay are `keep`'s.

    Twice is a Conflict. Raises Refused for oneself. Rosters of waves under way stay as they were frozen: both links work
    until the wave closes, since tokens were made from both, and from the next wave on there is one.
    """
    if by.pk in {keep.pk, drop.pk}:
        raise Refused("Nobody merges themselves. Ask somebody else who looks after this list.")
    people = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in={keep.pk, drop.pk}).order_by("pk")}
    if len(people) < 2 or any(person.merged_into_id or person.erased_at for person in people.values()):
        raise Conflict("One of them was merged or erased meanwhile. Look at the list again.")
    if _signs_in(people[drop.pk]) and (people[keep.pk].email or _signs_in(people[keep.pk])):
        raise Refused(
            "The one who would go has an account, and whoever takes it over would be them. Keep that one; two people who "
            "both have accounts are not merged here."
        )
    # Staff lists of these schools wait until we are done, and then find that theirs has changed.
    touched = StaffEntry.objects.filter(person__in=people).values("school")
    list(School.objects.select_for_update().filter(pk__in=touched).order_by("pk").values_list("pk"))
    for holding in holdings.HOLDINGS:
        _move(holding, drop.pk, keep.pk)
    _close(people[keep.pk], people[drop.pk])
    journal.record(organisation, MERGED, by=by.pk, about=f"person:{keep.pk}", payload={"merged": drop.pk})


def _signs_in(person: Person) -> bool:
    """Whether somebody has or had an account: by password, code, work account or passkey."""
    known = person.has_usable_password() or person.last_login is not None
    return known or Authenticator.objects.filter(user=person.pk).exists()


def _move(holding: holdings.Holding, drop: int, keep: int) -> None:
    if holding.merged == "keep":
        return
    if move := holdings.mover(holding):
        move(drop, keep)
    else:
        holding.rows([drop]).update(**{holding.column: keep})


def _close(keep: Person, drop: Person) -> None:
    """One account stays: that of the person who stays, or the other's where they had none."""
    if drop.has_usable_password() and not keep.has_usable_password():
        keep.password, keep.last_login = drop.password, drop.last_login
    keep.last_login = keep.last_login or drop.last_login
    keep.is_active, keep.left_on = keep.is_active or drop.is_active, keep.left_on if not drop.is_active else None
    if not keep.email:
        keep.email, drop.email = drop.email, None
    drop.set_unusable_password()
    drop.merged_into, drop.is_active = keep, False
    drop.save()
    keep.save()


def move_entries(drop: int, keep: int) -> None:
    """Staff entries; where both are on one list, the older line stays, with the hours of the longer week."""
    for entry in StaffEntry.objects.filter(person=drop, until__isnull=True):
        twin = StaffEntry.objects.filter(person=keep, school=entry.school_id, until__isnull=True).first()
        if twin:
            twin.since = min(twin.since, entry.since)
            twin.hours = max((hours for hours in (twin.hours, entry.hours) if hours is not None), default=None)
            twin.save(update_fields=["since", "hours"])
            Role.objects.filter(ended_with=entry).update(ended_with=twin)
            entry.delete()
    StaffEntry.objects.filter(person=drop).update(person=keep)


def move_roles(drop: int, keep: int) -> None:
    """Roles; of one that both hold, the older stays."""
    for role in Role.objects.filter(person=drop, until__isnull=True):
        same = Q(kind=role.kind, organisation=role.organisation_id, cluster=role.cluster_id, school=role.school_id)
        if twin := Role.objects.filter(same, person=keep, until__isnull=True).first():
            Role.objects.filter(pk=twin.pk).update(since=min(twin.since, role.since))
            role.delete()
    Role.objects.filter(person=drop).update(person=keep)


def move_group_places(drop: int, keep: int) -> None:
    """Places in groups; of one that both have, the older stays."""
    for place in GroupMember.objects.filter(person=drop, until__isnull=True):
        if twin := GroupMember.objects.filter(person=keep, group=place.group_id, until__isnull=True).first():
            GroupMember.objects.filter(pk=twin.pk).update(since=min(twin.since, place.since))
            place.delete()
    GroupMember.objects.filter(person=drop).update(person=keep)


def move_addresses(drop: int, keep: int) -> None:
    """Addresses to sign in with: they lead to the one account, which keeps its own first."""
    mine = EmailAddress.objects.filter(user=keep).values("email")
    EmailAddress.objects.filter(user=drop, email__in=mine).delete()
    EmailAddress.objects.filter(user=drop).update(user=keep, primary=False)


def move_second_steps(drop: int, keep: int) -> None:
    """Second steps: those of the person who stays, or the other's where they had none; never none where there was one."""
    theirs = Authenticator.objects.filter(user=drop)
    if Authenticator.objects.filter(user=keep).exists():
        theirs.delete()
    else:
        theirs.update(user=keep)


def move_partner_posts(drop: int, keep: int) -> None:
    """Posts at partners; of one that both have, the older stays."""
    for post in PartnerPerson.objects.filter(person=drop, until__isnull=True):
        if twin := PartnerPerson.objects.filter(person=keep, partner=post.partner_id, until__isnull=True).first():
            PartnerPerson.objects.filter(pk=twin.pk).update(since=min(twin.since, post.since))
            post.delete()
    PartnerPerson.objects.filter(person=drop).update(person=keep)
