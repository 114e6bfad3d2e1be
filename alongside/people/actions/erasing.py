"""Erasing a person: name, address and what was written of them go from every table and file (TRUST 7).

The row of the person stays, without a name, as long as something must point at it: a roster that is frozen until its wave
closes, a reply that they wrote for their school, the number in an entry of a journal.
"""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alongside.kit import bounces, database, journal, mail
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network.models import NetworkMembership, Organisation
from alongside.people import holdings
from alongside.people.models import ErasureRequest, Invitation, Person, Role, StaffEntry, StaffImport

ERASED = journal.deed("people.erased", "erased a person")
ASKED = journal.deed("people.erasure_asked", "asked to be erased")
NAMELESS = "a former colleague"
MASKED = "▒▒▒"


@dataclass(frozen=True, slots=True)
class Gone:
    """Who is erased: every name and address under which they were known, their ids, and where they had a part."""

    names: list[str]
    addresses: list[str]
    people: list[int]
    organisations: list[int]


def obliged(person: Person) -> bool:
    """Whether something still needs them: a place on a staff list or a role. Then somebody else confirms."""
    entries, roles = StaffEntry.objects.current(), Role.objects.current()
    return entries.filter(person=person).exists() or roles.filter(person=person).exists()


@transaction.atomic
def ask_to_be_erased(person: Person) -> bool:
    """Erase the person, or keep their request until somebody confirms it where they still have a part; whether it is done.

    Raises Refused for the last officer of a network.
    """
    _refuse_last_officer(person)
    if obliged(person):
        ErasureRequest.objects.get_or_create(person=person)
        return False
    erase(person, by=person.pk)
    return True


@transaction.atomic
def confirm_erasure(request: ErasureRequest, by: Person) -> None:
    """Erase somebody who asked for it. Raises Refused for one's own request: a second person looks at it."""
    if request.person_id == by.pk:
        raise Refused("Your own request is confirmed by somebody else: another leader, or the network's officer.")
    erase(request.person, by=by.pk)


@transaction.atomic
def take_request_back(person: Person) -> None:
    """They stay after all."""
    ErasureRequest.objects.filter(person=person).delete()


@transaction.atomic
def erase(person: Person, by: int | None) -> None:
    """Erase a person. Twice is a Conflict. Raises Refused for the last officer of a network."""
    here = Person.objects.select_for_update().filter(pk=person.pk, erased_at__isnull=True, merged_into__isnull=True)
    found = here.first()
    if found is None:
        raise Conflict("They were erased already. Nothing more was changed.")
    person = found
    _refuse_last_officer(person)
    gone = _gone(person)
    for eraser in holdings.erasers():
        eraser(gone)
    for holding in holdings.HOLDINGS:
        _erase_rows(holding, gone.people)
    for text in holdings.TEXTS:
        _mask(text, gone)
    Person.objects.filter(pk__in=gone.people).update(
        name=NAMELESS,
        email=None,
        password=make_password(None),
        last_login=None,
        is_active=False,
        erased_at=timezone.now(),
        merged_into=None,
    )
    for organisation in gone.organisations:
        journal.record(organisation, ERASED, by=None if by in gone.people else by, about=f"person:{person.pk}")
    # What was overwritten still stands in SQLite's log until it is emptied; the nightly job does so too.
    transaction.on_commit(lambda: database.empty_log(tries=20))


def _refuse_last_officer(person: Person) -> None:
    held = Role.objects.current().filter(person=person, kind=Role.Kind.OFFICER)
    for network in Organisation.objects.select_for_update().filter(pk__in=held.values("organisation")).order_by("pk"):
        others = Role.objects.current().filter(organisation=network, kind=Role.Kind.OFFICER).exclude(person=person)
        if not others.exists():
            raise Refused(f"{network.name} keeps at least one officer. Appoint the next one first.")


def _gone(person: Person) -> Gone:
    people = [person, *Person.objects.filter(merged_into=person)]
    ids = [each.pk for each in people]
    entries = StaffEntry.objects.filter(person__in=ids)
    roles = Role.objects.filter(person__in=ids)
    networks = NetworkMembership.objects.filter(school__in=entries.values("school")).values_list("network", flat=True)
    organisations = {
        *entries.values_list("organisation", flat=True),
        *roles.values_list("organisation", flat=True),
        *networks,
    }
    names = {each.name for each in people} | set(entries.values_list("name", flat=True))
    return Gone(
        # One word alone may be any word: it is no name to search texts for.
        sorted(name for name in names if len(name.split()) > 1 and name != NAMELESS),
        [each.email for each in people if each.email],
        ids,
        sorted(organisations),
    )


def _erase_rows(holding: holdings.Holding, people: list[int]) -> None:
    match holding.erased:
        case "delete":
            holding.rows(people).delete()
        case "empty":
            holding.rows(people).update(**{holding.column: None})
        case "keep":
            pass


def _mask(text: holdings.Text, gone: Gone) -> None:
    """Mask names in the texts of the places where they had a part, and addresses in all."""
    table = text.table()
    place = "pk" if table is Organisation else "organisation"
    sought = _pattern(gone)
    for column in text.columns:
        about_them = Q(**{f"{place}__in": gone.organisations}) & _contains(column, gone.names)
        rows = table._default_manager.filter(about_them | _contains(column, gone.addresses))
        for pk, value in list(rows.values_list("pk", column)):
            masked = sought.sub(MASKED, value)
            if masked != value:
                table._default_manager.filter(pk=pk).update(**{column: masked})


def _contains(column: str, words: Iterable[str]) -> Q:
    found = Q(pk__isnull=True)
    for word in words:
        found |= Q(**{f"{column}__icontains": word})
    return found


def _pattern(gone: Gone) -> re.Pattern[str]:
    """Whole names and addresses, in any case; a name of one word only as it is written, since many are words as well."""
    parts = [
        rf"(?<!\w){re.escape(word)}(?!\w)"
        if " " not in word and "@" not in word
        else rf"(?i:(?<!\w){re.escape(word)}(?!\w))"
        for word in sorted({*gone.names, *gone.addresses}, key=len, reverse=True)
    ]
    return re.compile("|".join(parts) or r"(?!)")


def _names_them(value: object, gone: Gone) -> bool:
    return bool(_pattern(gone).search(json.dumps(value, ensure_ascii=False)))


def drop_waiting_lists(gone: Gone) -> None:
    """Staff lists that wait to be applied and name them, or are of a school where they were: nobody needs to guess."""
    ready = StaffImport.objects.filter(state=StaffImport.State.READY)
    meant = [
        one.pk
        for one in ready
        if one.organisation_id in gone.organisations or any(row.get("email") in gone.addresses for row in one.rows)
    ]
    StaffImport.objects.filter(pk__in=meant).update(state=StaffImport.State.DROPPED, rows=[], faults=[], notes=[])


def drop_invitations(gone: Gone) -> None:
    """Invitations to an address of theirs, whoever sent them and whatever became of them."""
    Invitation.objects.filter(email__in=gone.addresses).delete()


def forget_bounces(gone: Gone) -> None:
    """That letters to an address of theirs came back."""
    bounces.forget(gone.addresses)


def end_sessions(gone: Gone) -> None:
    """Whoever is signed in as them is not, from the next request on."""
    people = {str(person) for person in gone.people}
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") in people:
            session.delete()


def forget_letters(gone: Gone) -> None:
    """Letters in the demo's mailbox."""
    mail.forget(gone.addresses, gone.names)


def empty_journals(gone: Gone) -> None:
    """Payloads of entries about them, by them, or with their name in it; the entries stay."""
    for person in gone.people:
        journal.erase_everywhere(f"person:{person}", by=None)
    for organisation, numbers in _entries_that_name(gone).items():
        journal.erase(organisation, by=None, numbers=numbers)


def _entries_that_name(gone: Gone) -> dict[int, Collection[int]]:
    found: dict[int, list[int]] = {}
    holding = JournalEntry.objects.filter(Q(organisation__in=gone.organisations) | Q(by__in=gone.people)).exclude(
        salt=""
    )
    for entry in holding.iterator():
        if entry.by in gone.people or _names_them(entry.payload, gone):
            found.setdefault(entry.organisation, []).append(entry.number)
    return dict(found)
