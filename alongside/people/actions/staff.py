"""What changes staff lists. Each verb is one transaction."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from alongside.kit import bounces, journal
from alongside.kit.errors import Conflict, Refused
from alongside.kit.tabular import Fault
from alongside.network import actions as network_actions
from alongside.network.models import Organisation, RegisterNumber, School
from alongside.people.models import ConfirmedDomain, Person, StaffEntry, StaffImport, normal
from alongside.people.stafflist import StaffRow, read_staff_list

APPLIED = journal.deed("people.staff_list_applied", "Staff list applied")
DROPPED = journal.deed("people.staff_list_dropped", "Staff list dropped")
AGAIN = journal.deed("people.mail_again", "Failing addresses tried again")
DOMAIN = journal.deed("people.domain_confirmed", "Mail domain confirmed")
# Anyone may have an address there: confirming such a domain would let a stranger answer for a school.
PUBLIC_DOMAINS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "hotmail.co.uk",
        "live.com",
        "live.co.uk",
        "msn.com",
        "yahoo.com",
        "yahoo.co.uk",
        "icloud.com",
        "me.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "gmx.net",
        "mail.com",
        "btinternet.com",
        "sky.com",
        "xtra.co.nz",
        "bigpond.com",
    ]
)


@transaction.atomic
def confirm_domain(school: School, name: str, by: Person | None) -> None:
    """People with an address on this domain may be asked. Raises Refused for domains where anyone may have one."""
    domain = normal(name)
    if domain in PUBLIC_DOMAINS:
        raise Refused(
            f"Anyone can have an address at {domain}, so it cannot stand for {school.name}. Use the school's own domain."
        )
    organisation = network_actions.make_organisation(school)
    _, new = ConfirmedDomain.objects.get_or_create(
        organisation=organisation, domain=domain, defaults={"confirmed_by": by}
    )
    if new:
        journal.record(organisation.pk, DOMAIN, by=by.pk if by else None, payload={"domain": domain})


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a preview. `kind` is joins, changes, leaves or stays."""

    kind: str
    name: str
    email: str | None
    job: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What applying a staff list would do, and the rows that were set aside."""

    changes: list[Change]
    faults: list[Fault]
    seen: str

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)

    @property
    def joins(self) -> int:
        return self.count("joins")

    @property
    def leaves(self) -> int:
        return self.count("leaves")

    @property
    def changed(self) -> int:
        return self.count("changes")

    @property
    def stays(self) -> int:
        return self.count("stays")

    @property
    def summary(self) -> str:
        return (
            f"{self.joins} join, {self.changed} change, {self.leaves} leave, {self.stays} stay as they are, "
            f"{len(self.faults)} rows set aside."
        )


def bring_staff_list(
    data: bytes, school: School, *, by: Person | None, network: Organisation | None = None
) -> StaffImport:
    """Read a staff list and keep it beside the school's own until somebody applies it. Raises a Refused for a file that
    cannot be read at all."""
    found = read_staff_list(data)
    organisation = network_actions.make_organisation(school)
    clear, alike = _apart(found.rows)
    rows = [{"name": row.name, "email": row.email, "job": row.job, "hours": _text(row.hours)} for row in clear]
    faults = [asdict(fault) for fault in sorted([*found.faults, *alike], key=lambda fault: fault.row)]
    return StaffImport.objects.create(
        organisation=organisation,
        network=network,
        school=school,
        uploaded_by=by,
        rows=rows,
        faults=faults,
        seen=_digest(_entries(school)),
    )


def _apart(rows: list[StaffRow]) -> tuple[list[StaffRow], list[Fault]]:
    """Rows that can be told apart, and a fault for each that cannot: without an address a person is known by name only."""
    clear: dict[str, StaffRow] = {}
    faults = []
    for row in rows:
        first = clear.setdefault(_key(row.email, row.name), row)
        if first is not row:
            text = f"Row {first.row} has the same name and no e-mail either. Add an e-mail or a middle initial to one of them."
            faults.append(Fault(row.row, "Name", text))
    return list(clear.values()), faults


def preview(staff_import: StaffImport) -> Preview:
    """What applying this list to the school's staff would do, line by line."""
    entries = _entries(staff_import.school)
    changes = list(_changes(staff_import, entries))
    faults = [Fault(**fault) for fault in staff_import.faults]
    return Preview(changes, faults, _digest(entries))


@transaction.atomic
def apply_staff_list(staff_import: StaffImport, by: Person | None = None) -> Preview:
    """Do exactly what the preview said, in one transaction. Applying twice is applying once.

    Raises Conflict when the staff list has changed since the preview was made.
    """
    ready = StaffImport.objects.filter(pk=staff_import.pk, state=StaffImport.State.READY)
    if not ready.update(state=StaffImport.State.APPLIED):
        raise Conflict("This list was applied or dropped already. Nothing more was changed.")
    # Two lists for one school: the second waits here, and then finds that the staff list has changed.
    School.objects.select_for_update().get(pk=staff_import.school_id)
    entries = _entries(staff_import.school)
    if _digest(entries) != staff_import.seen:
        raise Conflict(
            "The staff list was changed by someone else since this preview. Bring the file in again to see what is new."
        )
    done = preview(staff_import)
    _apply(staff_import, entries)
    # The rows are on the staff list now; a second copy of names and addresses serves nobody.
    StaffImport.objects.filter(pk=staff_import.pk).update(rows=[], faults=[])
    counts = {"join": done.joins, "change": done.changed, "leave": done.leaves}
    _record(APPLIED, staff_import, by, counts)
    return done


def _record(deed: str, staff_import: StaffImport, by: Person | None, counts: dict[str, int]) -> None:
    about = f"staff_list:{staff_import.pk}"
    journal.record(staff_import.organisation_id, deed, by=by.pk if by else None, about=about, payload=counts)


@transaction.atomic
def drop_staff_list(staff_import: StaffImport, by: Person | None = None) -> None:
    """Forget a list that was brought in, with every name in it. Raises Conflict when it was applied or dropped meanwhile."""
    ready = StaffImport.objects.filter(pk=staff_import.pk, state=StaffImport.State.READY)
    if not ready.update(state=StaffImport.State.DROPPED, rows=[], faults=[]):
        raise Conflict("This list was applied or dropped already. Nothing more was changed.")
    _record(DROPPED, staff_import, by, {})


@transaction.atomic
def mail_again(school: School, by: Person) -> int:
    """Letters go to the school's failing addresses once more; how many there were. by: who says that they work."""
    emails = StaffEntry.objects.current().filter(school=school, person__email__isnull=False)
    count = bounces.forget(email for email in emails.values_list("person__email", flat=True) if email)
    if count and school.organisation_id:
        journal.record(school.organisation_id, AGAIN, by=by.pk, payload={"addresses": count})
    return count


def import_people(path: Path, number: str, *, preview_only: bool = False) -> tuple[str, Preview]:
    """What `alongside import-people` does: bring a staff list in for the school of that register number, and apply it."""
    school = _school_by_number(number)
    with transaction.atomic():
        staff_import = bring_staff_list(Path(path).read_bytes(), school, by=None)
        found = preview(staff_import)
        if preview_only:
            drop_staff_list(staff_import)
        else:
            apply_staff_list(staff_import)
    return school.name, found


def _school_by_number(number: str) -> School:
    numbers = list(RegisterNumber.objects.filter(number=number).select_related("school"))
    if not numbers:
        raise Refused(f"No school has the register number {number}. Import its register first.")
    if len(numbers) > 1:
        known = ", ".join(f"{found.register} ({found.school.name})" for found in numbers)
        raise Refused(
            f"Several registers have a school with the number {number}: {known}. Remove the one that is not meant."
        )
    return numbers[0].school


def _entries(school: School) -> list[StaffEntry]:
    return list(StaffEntry.objects.current().filter(school=school).select_related("person").order_by("pk"))


def _digest(entries: Iterable[StaffEntry]) -> str:
    lines = [f"{e.person_id}|{e.name}|{e.job}|{_text(e.hours)}" for e in entries]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _text(hours: Decimal | float | None) -> str | None:
    return None if hours is None else f"{Decimal(hours):.1f}"


def _key(email: str | None, name: str) -> str:
    # Somebody without an address is known by their name within one school.
    return email or f"name:{name.casefold()}"


type Row = dict[str, str]


def _compared(
    staff_import: StaffImport, entries: list[StaffEntry]
) -> tuple[list[tuple[Row, StaffEntry | None]], list[StaffEntry]]:
    """Each row of the file with the entry it speaks of, and the entries of those who leave.

    The preview and its applying both come from here.
    """
    known: dict[str, list[StaffEntry]] = defaultdict(list)
    for entry in entries:
        known[_key(entry.person.email, entry.name)].append(entry)
    pairs = [
        (row, here.pop(0) if (here := known[_key(row["email"], row["name"])]) else None) for row in staff_import.rows
    ]
    # While rows are set aside nobody is taken off the list: one of them may be the row that could not be read.
    sure = staff_import.complete and not staff_import.faults
    return pairs, [entry for here in known.values() for entry in here] if sure else []


def _changes(staff_import: StaffImport, entries: list[StaffEntry]) -> Iterable[Change]:
    pairs, leaving = _compared(staff_import, entries)
    yield from (_line(row, entry) for row, entry in pairs)
    for entry in leaving:
        yield Change("leaves", entry.name, entry.person.email, entry.get_job_display())


def _line(row: Row, entry: StaffEntry | None) -> Change:
    job = StaffEntry.Job(row["job"]).label
    if entry is None:
        return Change("joins", row["name"], row["email"], job)
    differences = [
        text
        for text, old, new in (
            ("name", entry.name, row["name"]),
            ("job", entry.get_job_display(), job),
            ("hours", _text(entry.hours) or "none", row["hours"] or "none"),
        )
        if old != new
        for text in [f"{text}: {old} → {new}"]
    ]
    return Change("changes" if differences else "stays", row["name"], row["email"], job, "; ".join(differences))


def _apply(staff_import: StaffImport, entries: list[StaffEntry]) -> None:
    today = datetime.date.today()
    pairs, leaving = _compared(staff_import, entries)
    for row, entry in pairs:
        _save_row(staff_import, row, entry, today)
    StaffEntry.objects.filter(pk__in=[entry.pk for entry in leaving]).update(until=today)


def _save_row(staff_import: StaffImport, row: Row, entry: StaffEntry | None, today: datetime.date) -> None:
    hours = Decimal(row["hours"]) if row["hours"] else None
    if entry is None:
        person = (
            Person.objects.known_as(row["email"], row["name"])
            if row["email"]
            else Person.objects.without_address(row["name"])
        )
        entry = StaffEntry(
            organisation=staff_import.organisation, school=staff_import.school, person=person, since=today
        )
    entry.name, entry.job, entry.hours = row["name"], row["job"], hours
    entry.save()
