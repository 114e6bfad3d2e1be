"""Stopping letters of pulses, from a link in each of them and without signing in.

The same link stands in invitations, reminders and nudges, and a person's link is the same in every pulse: neither the
link nor what it leaves behind tells whether its reader had answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse

from alongside.people.models import Person
from alongside.surveys.models import LettersStopped

SALT: Final = "alongside.surveys.stopping"
ALL, INVITATIONS, NONE = "all", "invitations", "none"


def stop_url(person_id: int) -> str:
    """Where a person stops reminders. Opening it stops nothing: mail scanners open links."""
    # Signed without a time, which would tell from which letter somebody came.
    token = signing.Signer(salt=SALT).sign(str(person_id))
    return settings.PUBLIC_URL + reverse("pulse_stop", kwargs={"token": token})


def headers(person_id: int) -> dict[str, str]:
    """What lets mail programs show a button for it (RFC 2369 and 8058)."""
    return {
        "List-Unsubscribe": f"<{stop_url(person_id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def person_of(token: str) -> Person | None:
    """Whose letters a link stops, also after they were merged into another; None for a link that is none of ours."""
    try:
        number = int(signing.Signer(salt=SALT).unsign(token))
    except signing.BadSignature:
        return None
    found = Person.objects.select_related("merged_into").filter(pk=number).first()
    return found and (found.merged_into or found)


def wanted(person: Person) -> str:
    """Which letters of pulses they want: ALL, INVITATIONS alone, or NONE."""
    found = LettersStopped.objects.filter(person=person).first()
    if found is None:
        return ALL
    return NONE if found.invitations_too else INVITATIONS


def choose(person: Person, letters: str) -> None:
    """Set which letters of pulses they want; whatever is none of the three stops reminders, as the link in a letter does."""
    if letters == ALL:
        LettersStopped.objects.filter(person=person).delete()
    elif letters in {INVITATIONS, NONE}:
        LettersStopped.objects.update_or_create(person=person, defaults={"invitations_too": letters == NONE})
    else:  # a mail program's button, which must not bring invitations back
        LettersStopped.objects.get_or_create(person=person)


def stopped(people: Iterable[int], *, invitations: bool = False) -> set[int]:
    """Of these people (ids), those who want no reminders, or no invitations either. One query."""
    rows = LettersStopped.objects.filter(invitations_too=True) if invitations else LettersStopped.objects.all()
    return set(people) & set(
        rows.values_list("person", flat=True)
    )  # few ever stop: cheaper than naming all who are asked


def unwilling() -> QuerySet[LettersStopped, int]:
    """Ids of people who want no invitations, as a part of another query."""
    return LettersStopped.objects.filter(invitations_too=True).values_list("person", flat=True)


def move(drop: int, keep: int) -> None:
    """Two people become one, who wants no letter that either of them did not want."""
    for row in LettersStopped.objects.filter(person=drop):
        both = LettersStopped.objects.filter(person=keep, invitations_too=True).exists() or row.invitations_too
        LettersStopped.objects.update_or_create(person_id=keep, defaults={"invitations_too": both})
        row.delete()
