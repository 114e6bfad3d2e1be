"""What the nightly job clears away, one function for each kind of data. Each is safe twice and returns how many."""

import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone

from alongside.kit import database, journal
from alongside.kit.errors import Refused
from alongside.kit.models import JournalEntry
from alongside.people import holdings
from alongside.people.actions import erasing, leaving
from alongside.people.models import Invitation, Person, RememberedDevice, StaffEntry, StaffImport

LEAVER = datetime.timedelta(days=30)
INVITED = datetime.timedelta(days=30)
WAITING = datetime.timedelta(days=14)
JOURNAL = datetime.timedelta(days=365)
BATCH = 1_000
JOURNAL_TABLE = "kit.JournalEntry"  # keeps the number of whoever did it, and no name


def drop_leavers() -> int:
    """Lines of people who left a school 30 days ago; first, accounts of whom nothing is left since today are closed."""
    leaving.close_accounts()
    gone, _ = StaffEntry.objects.filter(until__lte=datetime.date.today() - LEAVER).delete()
    return gone


def erase_closed_accounts() -> int:
    """People who have had no part anywhere for 30 days."""
    closed = Person.objects.filter(
        left_on__lte=datetime.date.today() - LEAVER, erased_at__isnull=True, merged_into__isnull=True
    )
    return sum(_erased(person) for person in closed)


def _erased(person: Person) -> bool:
    try:
        erasing.erase(person, by=None)
    except Refused:  # erased or needed again meanwhile
        return False
    return True


def drop_old_sessions() -> int:
    """Sessions that have ended."""
    gone, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return gone


def drop_old_devices() -> int:
    """Devices whose 30 days are over."""
    gone, _ = RememberedDevice.objects.filter(expires_at__lt=timezone.now()).delete()
    return gone


def drop_old_invitations() -> int:
    """Invitations that were accepted, withdrawn or ran out 30 days ago."""
    then = timezone.now() - INVITED
    over = Q(accepted_at__lt=then) | Q(withdrawn_at__lt=then) | Q(accepted_at=None, expires_at__lt=then)
    gone, _ = Invitation.objects.filter(over).delete()
    return gone


def drop_old_imports() -> int:
    """Staff lists that nobody applied within 14 days."""
    old = StaffImport.objects.filter(state=StaffImport.State.READY, uploaded_at__lt=timezone.now() - WAITING)
    return old.update(state=StaffImport.State.DROPPED, rows=[], faults=[], notes=[])


def empty_old_journal_entries() -> int:
    """Payloads of entries older than 12 months; the entries and their chain stay."""
    old = JournalEntry.objects.filter(at__lt=timezone.now() - JOURNAL).exclude(salt="")
    done = 0
    for organisation in list(old.values_list("organisation", flat=True).distinct().order_by("organisation")):
        while numbers := list(old.filter(organisation=organisation).values_list("number", flat=True)[:BATCH]):
            done += journal.erase(organisation, by=None, numbers=numbers)
    return done


def drop_empty_people() -> int:
    """Rows of erased people at which nothing points any more."""
    return sum(_dropped(person) for person in Person.objects.filter(erased_at__isnull=False))


def _dropped(person: Person) -> bool:
    with transaction.atomic():
        if any(holding.rows([person.pk]).exists() for holding in holdings.HOLDINGS if holding.model != JOURNAL_TABLE):
            return False
        try:
            Person.objects.filter(pk=person.pk).delete()
        except ProtectedError:
            return False
    return True


def empty_log() -> int:
    """SQLite's log, in which deleted rows could still be read."""
    return int(database.empty_log(tries=20))
