"""Leaving a school: the staff entry ends, with it the roles in that school; the account only when nothing is left."""

import datetime
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from alongside.people.models import Person, Role, StaffEntry

BATCH = 500


@transaction.atomic
def leave(entries: Sequence[StaffEntry], until: datetime.date) -> None:
    """These people are on their schools' lists no longer from that day on; somebody who leads another school still does."""
    for start in range(0, len(entries), BATCH):
        some = entries[start : start + BATCH]
        StaffEntry.objects.filter(pk__in=[entry.pk for entry in some]).update(until=until)
        _end_roles(some, until)
        close_accounts({entry.person_id for entry in some})


def _end_roles(entries: Sequence[StaffEntry], until: datetime.date) -> None:
    by_post = {(entry.person_id, entry.school_id): entry for entry in entries}
    held = Role.objects.filter(Q(until__isnull=True) | Q(until__gt=until), person__in=[e.person_id for e in entries])
    for role in held.filter(school__in={entry.school_id for entry in entries}):
        if entry := by_post.get((role.person_id, role.school_id or 0)):
            role.until, role.ended_with = max(until, role.since), entry
            role.save(update_fields=["until", "ended_with"])


def come_back(entry: StaffEntry) -> None:
    """Undo a leaving, with the roles that ended with it."""
    StaffEntry.objects.filter(pk=entry.pk).update(until=None)
    Role.objects.filter(ended_with=entry).update(until=None, ended_with=None)
    Person.objects.filter(pk=entry.person_id, left_on__isnull=False).update(left_on=None, is_active=True)


def close_accounts(people: Collection[int] | None = None) -> int:
    """Close the accounts of those, or of all, who were on a list or held a role and have nothing any more; how many.

    A closed account is signed in nowhere from the next request on.
    """
    open_accounts = Person.objects.filter(left_on__isnull=True, is_active=True)
    if people is not None:
        open_accounts = open_accounts.filter(pk__in=people)
    today = datetime.date.today()
    mine = {"person": OuterRef("pk")}
    now_or_later = Q(until__isnull=True) | Q(until__gt=today)
    left = open_accounts.filter(
        Exists(StaffEntry.objects.filter(**mine)) | Exists(Role.objects.filter(**mine)),
        ~Exists(StaffEntry.objects.filter(now_or_later, **mine)),
        ~Exists(Role.objects.filter(now_or_later, **mine)),
    )
    return left.update(left_on=today, is_active=False)
