"""A staff list on its way in: brought, shown, applied exactly so or dropped. Each verb is one transaction."""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.db import transaction

from alongside.kit import bounces, journal
from alongside.kit.errors import Conflict, Refused
from alongside.kit.rawfile import Source
from alongside.kit.tabular import Fault
from alongside.network import actions as network_actions
from alongside.network.models import NetworkMembership, Organisation, RegisterNumber, School
from alongside.people.actions import leaving, staff_rows
from alongside.people.models import Person, Role, StaffEntry, StaffImport, normal
from alongside.people.oneroster import Asked
from alongside.people.stafffile import read_staff_file
from alongside.people.stafflist import StaffList, StaffRow

type Row = dict[str, str]

DROPPED = journal.deed("people.staff_list_dropped", "dropped a staff list")


AGAIN = journal.deed("people.mail_again", "had failing addresses tried again")
APPLIED = journal.deed("people.staff_list_applied", "applied a staff list")


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
    """What applying a staff list would do, the rows that were set aside, and notes on the file."""

    changes: list[Change]
    faults: list[Fault]
    seen: str
    notes: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]

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
    data: Source, school: School, *, by: Person | None, network: Organisation | None = None, called: str = ""
) -> StaffImport:
    """Read a staff list and keep it beside the school's own until somebody applies it.

    called: what a OneRoster file calls the school, where that differs. Raises a Refused for a file that cannot be read.
    """
    numbers = frozenset(RegisterNumber.objects.filter(school=school).values_list("number", flat=True))
    found = read_staff_file(data, Asked(school.name, numbers, called.strip()))
    organisation = network_actions.make_organisation(school)
    entries = _entries(school)
    clear, alike = _apart(found.rows)
    faults = [asdict(fault) for fault in sorted([*found.faults, *alike], key=lambda fault: fault.row)]
    return StaffImport.objects.create(
        organisation=organisation,
        network=network,
        school=school,
        uploaded_by=by,
        rows=[*map(_as_row, clear), *_leaving(found, entries)],
        faults=faults,
        notes=found.notes,
        complete=found.complete,
        seen=_digest(entries),
    )


def _as_row(row: StaffRow) -> dict[str, str | None]:
    return {"name": row.name, "email": row.email, "job": row.job, "hours": staff_rows.text(row.hours)}


def _leaving(found: StaffList, entries: list[StaffEntry]) -> list[dict[str, str | None]]:
    """Rows for those who are said to leave, as far as they are on the list: nobody else's address is kept."""
    here = {entry.person.email: entry for entry in entries}
    said = [here[email] for email in dict.fromkeys(found.leaving) if email in here]
    return [{"name": entry.name, "email": entry.person.email, "leaves": "yes"} for entry in said]


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
    return _preview(staff_import, _entries(staff_import.school))


def _preview(staff_import: StaffImport, entries: list[StaffEntry]) -> Preview:
    changes = list(_changes(staff_import, entries))
    faults = [Fault(**fault) for fault in staff_import.faults]
    return Preview(changes, faults, _digest(entries), staff_import.notes)


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
    done = _preview(staff_import, entries)
    _apply(staff_import, entries)
    # The rows are on the staff list now; a second copy of names and addresses serves nobody.
    StaffImport.objects.filter(pk=staff_import.pk).update(rows=[], faults=[], notes=[])
    counts = {"joined": done.joins, "changed": done.changed, "left": done.leaves}
    about = f"school:{staff_import.school_id}"
    journal.record(staff_import.organisation_id, APPLIED, by=by.pk if by else None, about=about, payload=counts)
    return done


@transaction.atomic
def drop_staff_list(staff_import: StaffImport, by: Person | None = None) -> None:
    """Forget a list that was brought in, with every name in it. Raises Conflict when it was applied or dropped meanwhile."""
    ready = StaffImport.objects.filter(pk=staff_import.pk, state=StaffImport.State.READY)
    if not ready.update(state=StaffImport.State.DROPPED, rows=[], faults=[], notes=[]):
        raise Conflict("This list was applied or dropped already. Nothing more was changed.")
    about = f"staff_import:{staff_import.pk}"
    journal.record(staff_import.organisation_id, DROPPED, by=by.pk if by else None, about=about)


@transaction.atomic
def mail_again(school: School, by: Person) -> int:
    """Letters go to the school's failing addresses once more; how many there were. by: who says that they work."""
    emails = StaffEntry.objects.current().filter(school=school, person__email__isnull=False)
    count = bounces.forget(email for email in emails.values_list("person__email", flat=True) if email)
    if count and school.organisation_id:
        journal.record(school.organisation_id, AGAIN, by=by.pk, payload={"addresses": count})
    return count


def import_people(
    path: Path, number: str, *, preview_only: bool = False, agreed_by: str = "", called: str = ""
) -> tuple[str, Preview]:
    """What `alongside import-people` does: bring a staff list in for the school of that register number, and apply it.

    agreed_by: address of a leader of the school, needed where it belongs to several networks. Raises Refused without.
    """
    school = _school_by_number(number)
    with transaction.atomic():
        by = None if preview_only else _agreed(school, agreed_by)
        staff_import = bring_staff_list(Path(path), school, by=by, called=called)
        found = preview(staff_import)
        if preview_only:
            drop_staff_list(staff_import)
        else:
            apply_staff_list(staff_import, by)
    return school.name, found


def _agreed(school: School, address: str) -> Person | None:
    """The leader who agrees, None where nobody needs to. Raises Refused where somebody must and does not."""
    leaders = Role.objects.current().filter(kind=Role.Kind.LEADER, school=school).select_related("person")
    found = next((role.person for role in leaders if address and role.person.email == normal(address)), None)
    networks = NetworkMembership.objects.current().filter(school=school).count()
    if address and found is None:
        raise Refused(f"{address} is not the address of a leader of {school.name}. Nothing was changed.")
    if networks > 1 and found is None:
        raise Refused(
            f"{school.name} belongs to {networks} networks, so one of its own leaders must agree: add "
            "--agreed-by with their e-mail address, once they have seen the preview."
        )
    return found


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
    lines = [f"{e.person_id}|{e.name}|{e.person.email}|{e.job}|{staff_rows.text(e.hours)}|{e.until}" for e in entries]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _key(email: str | None, name: str) -> str:
    # Somebody without an address is known by their name within one school.
    return email or f"name:{name.casefold()}"


def _compared(
    staff_import: StaffImport, entries: list[StaffEntry]
) -> tuple[list[tuple[Row, StaffEntry | None]], list[StaffEntry]]:
    """Each row of the file with the entry it speaks of, and the entries of those who leave.

    The preview and its applying both come from here.
    """
    known: dict[str, list[StaffEntry]] = defaultdict(list)
    for entry in entries:
        known[_key(entry.person.email, entry.name)].append(entry)
    _know_other_addresses(known, entries)
    said = [row for row in staff_import.rows if row.get("leaves")]
    gone = [entry for row in said if (here := known[_key(row["email"], row["name"])]) for entry in [here.pop(0)]]
    pairs = [
        (row, here.pop(0) if (here := known[_key(row["email"], row["name"])]) else None)
        for row in staff_import.rows
        if not row.get("leaves")
    ]
    # While rows are set aside nobody is taken off the list: one of them may be the row that could not be read.
    sure = staff_import.complete and not staff_import.faults
    missing = {entry.pk: entry for here in known.values() for entry in here} if sure else {}
    return pairs, gone + list(missing.values())


def _know_other_addresses(known: dict[str, list[StaffEntry]], entries: list[StaffEntry]) -> None:
    """Somebody who was merged from two people is known by both addresses: one entry, found once."""
    by_person = {entry.person_id: entry for entry in entries}
    schools = {entry.school_id for entry in entries}
    merged = Person.objects.filter(merged_into__staff_entries__school__in=schools, email__isnull=False)
    for address, person in merged.values_list("email", "merged_into"):
        if person in by_person:
            known[str(address)] = known[_key(by_person[person].person.email, by_person[person].name)]


def _changes(staff_import: StaffImport, entries: list[StaffEntry]) -> Iterable[Change]:
    pairs, gone = _compared(staff_import, entries)
    yield from (_line(row, entry) for row, entry in pairs)
    for entry in gone:
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
            ("hours", staff_rows.text(entry.hours) or "none", row["hours"] or "none"),
        )
        if old != new
        for text in [f"{text}: {old} → {new}"]
    ]
    return Change("changes" if differences else "stays", row["name"], row["email"], job, "; ".join(differences))


def _apply(staff_import: StaffImport, entries: list[StaffEntry]) -> None:
    today = datetime.date.today()
    pairs, gone = _compared(staff_import, entries)
    staff_rows.change([(row, entry) for row, entry in pairs if entry])
    joining = [row for row, entry in pairs if entry is None]
    staff_rows.join(staff_import.organisation, staff_import.school, joining, today)
    leaving.leave(gone, today)
