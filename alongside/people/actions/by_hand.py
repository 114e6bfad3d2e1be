"""One person of a staff list, by hand: added, corrected, marked as left, taken back. Each verb is one transaction."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.kit.words import people_date
from alongside.network import actions as network_actions
from alongside.network.models import School
from alongside.people.actions import leaving
from alongside.people.models import PartnerPerson, Person, Role, StaffEntry
from alongside.people.reads import RETURN_WITHIN

ADDED = journal.deed("people.staff_added", "put somebody on the staff list")
CORRECTED = journal.deed("people.staff_corrected", "corrected a line of the staff list")
LEFT = journal.deed("people.staff_left", "marked somebody as left")
RETURNED = journal.deed("people.staff_returned", "took a leaving back")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a staff list, checked by the form."""

    name: str
    email: str | None
    job: str
    hours: Decimal | None


@transaction.atomic
def add_person(school: School, line: Line, by: Person) -> StaffEntry:
    """Somebody is on the list from today on. Raises Refused when they are on it already."""
    School.objects.select_for_update().get(pk=school.pk)
    _refuse_twice(school, line)
    person = Person.objects.known_as(line.email, line.name) if line.email else Person.objects.without_address(line.name)
    entry = StaffEntry.objects.create(
        organisation=network_actions.make_organisation(school),
        school=school,
        person=person,
        name=line.name,
        job=line.job,
        hours=line.hours,
        since=datetime.date.today(),
    )
    journal.record(entry.organisation_id, ADDED, by=by.pk, about=f"person:{person.pk}", payload={"job": line.job})
    return entry


def _refuse_twice(school: School, line: Line, but: StaffEntry | None = None) -> None:
    others = StaffEntry.objects.current().filter(school=school).exclude(pk=but.pk if but else 0)
    if line.email and others.filter(person__email=line.email).exists():
        raise Refused(f"Somebody with the address {line.email} is on this list already. Correct their line instead.")
    if not line.email and others.filter(person__email__isnull=True, name__iexact=line.name).exists():
        raise Refused(
            f"{line.name} is on this list already, without an e-mail. Add an e-mail or a middle initial to one of them."
        )


@transaction.atomic
def correct(entry: StaffEntry, line: Line, by: Person) -> None:
    """Write a line anew. Raises Refused for an address that is not this school's to change, Conflict when they have left."""
    entry = _current(entry)
    _refuse_twice(entry.school, line, but=entry)
    if line.email != entry.person.email:
        _change_address(entry, line.email)
    changed = [key for key in ("name", "job", "hours") if getattr(entry, key) != getattr(line, key)]
    StaffEntry.objects.filter(pk=entry.pk).update(name=line.name, job=line.job, hours=line.hours)
    said = {"changed": changed + (["e-mail"] if line.email != entry.person.email else [])}
    journal.record(entry.organisation_id, CORRECTED, by=by.pk, about=f"person:{entry.person_id}", payload=said)


def _current(entry: StaffEntry) -> StaffEntry:
    """The entry as it stands, while nobody else changes this list."""
    School.objects.select_for_update().get(pk=entry.school_id)
    found = StaffEntry.objects.current().filter(pk=entry.pk).select_related("person", "school").first()
    if found is None:
        raise Conflict("They are on this staff list no longer. Nothing was changed.")
    return found


def _change_address(entry: StaffEntry, email: str | None) -> None:
    """An address is how somebody signs in: a school changes it only while it is nothing else."""
    person = Person.objects.select_for_update().get(pk=entry.person_id)
    elsewhere = StaffEntry.objects.filter(person=person).exclude(school=entry.school_id).exists()
    account = person.has_usable_password() or person.last_login is not None
    posts = Role.objects.filter(person=person).exists() or PartnerPerson.objects.filter(person=person).exists()
    if account or elsewhere or posts:
        raise Refused(
            f"{entry.name} has an account or works elsewhere too, so only they change their address. Ask them, or the "
            "network's officer."
        )
    if email and Person.objects.filter(email=email).exclude(pk=person.pk).exists():
        raise Refused(
            f"Somebody with the address {email} is known already. Mark {entry.name} as left and add them with that "
            "address."
        )
    Person.objects.filter(pk=person.pk).update(email=email)


@transaction.atomic
def mark_left(entry: StaffEntry, last_day: datetime.date, by: Person) -> None:
    """They work here up to that day, and their roles in this school end with it.

    Raises Refused for a day before they came, Conflict when they have left already.
    """
    entry = _current(entry)
    until = last_day + datetime.timedelta(days=1)
    if until < entry.since:
        raise Refused(f"{entry.name} is on this list since {people_date(entry.since)}. Choose that day or a later one.")
    leaving.leave([entry], until)
    journal.record(
        entry.organisation_id, LEFT, by=by.pk, about=f"person:{entry.person_id}", payload={"until": until.isoformat()}
    )


@transaction.atomic
def take_back(entry: StaffEntry, by: Person) -> None:
    """They have not left after all; roles that ended with the leaving hold again. Raises Conflict when it is too late."""
    School.objects.select_for_update().get(pk=entry.school_id)
    found = StaffEntry.objects.filter(
        pk=entry.pk, until__gte=datetime.date.today() - RETURN_WITHIN, person__erased_at__isnull=True
    ).first()
    again = StaffEntry.objects.filter(Q(until__isnull=True), school=entry.school_id, person=entry.person_id)
    if found is None or again.exists():
        raise Conflict(
            "This leaving cannot be taken back any more: they are on the list again, or it was too long ago."
        )
    leaving.come_back(found)
    journal.record(found.organisation_id, RETURNED, by=by.pk, about=f"person:{found.person_id}")
