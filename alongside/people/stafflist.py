"""A school's staff list from outside: a table with a name, a role and, where there is one, an e-mail address on each row.

What a file says is read here; who these people are and what changes is another matter. Texts of faults quote the
list, so they are for whoever uploaded it and belong in no log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal, get_args

from alongside.kit.tabular import (
    Fault,
    FaultList,
    Row,
    Source,
    Table,
    UnreadableFile,
    clean_text,
    looks_like_formula,
    read_table,
    shown,
    write_csv,
)

type Job = Literal["head", "deputy", "leader", "teacher", "assistant", "support", "office", "site", "other"]

JOBS: Final[tuple[Job, ...]] = get_args(Job.__value__)
MAX_ROWS: Final = 5_000
MAX_BYTES: Final = 10_000_000  # what an upload may be (kit.uploads)
MAX_NAME: Final = 150
MAX_HOURS: Final = 60

_EXAMPLE: Final = "delete.this.row@example.org"
COLUMNS: Final = ("Name", "E-mail", "Role", "Hours a week")
TEMPLATE_ROWS: Final = [COLUMNS, ("Example Person (delete this row)", _EXAMPLE, "Teacher", 32.5)]
TEMPLATE_CSV: Final = write_csv(TEMPLATE_ROWS)

# Spellings of the columns, as `_key` leaves them.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "full name", "staff name", "staff member", "display name", "employee", "employee name"),
    "first": ("first name", "firstname", "forename", "given name", "preferred name"),
    "last": ("last name", "lastname", "surname", "family name"),
    "email": (
        "e mail",
        "email",
        "mail",
        "e mail address",
        "email address",
        "work email",
        "work e mail",
        "school email",
    ),
    "job": ("role", "job", "job title", "job role", "position", "post", "staff role"),
    "hours": ("hours", "hours a week", "hours per week", "hours week", "weekly hours", "contracted hours"),
}

# Assistant heads lead but do not stand in as deputies do: "leader", as are special-needs coordinators. Cover
# supervisors work with classes: "assistant". Who keeps books, data or appointments is "office", whoever else helps
# children or lessons without a class is "support".
_WORDS: dict[Job, tuple[str, ...]] = {
    "head": (
        *("head", "headteacher", "head teacher", "headmaster", "headmistress", "principal", "head of school", "ht"),
        *("executive head", "executive headteacher", "executive principal", "acting head", "acting headteacher"),
        *("acting principal", "interim headteacher", "co head", "co headteacher", "co principal", "tumuaki"),
    ),
    "deputy": (
        *("deputy", "deputy head", "deputy headteacher", "deputy head teacher", "deputy principal", "vice principal"),
        *("associate principal", "associate head", "deputy head of school", "acting deputy head", "dht", "dp"),
    ),
    "leader": (
        *(
            "leader",
            "senior leader",
            "middle leader",
            "assistant head",
            "assistant headteacher",
            "assistant head teacher",
        ),
        *("assistant principal", "aht", "senco", "sendco", "senior teacher", "phase leader", "subject leader"),
        *("head of department", "head of year", "dean", "designated safeguarding lead"),
    ),
    "teacher": ("teacher", "class teacher", "ect", "early career teacher", "nqt", "tutor", "lecturer", "kaiako"),
    "assistant": (
        *("assistant", "ta", "teaching assistant", "hlta", "higher level teaching assistant", "lsa"),
        *("learning support assistant", "learning assistant", "teacher aide", "teachers aide", "teacher assistant"),
        *("classroom assistant", "education assistant", "special needs assistant", "sna", "kaiawhina"),
        *("nursery nurse", "nursery assistant", "early years practitioner", "cover supervisor"),
    ),
    "support": (
        *("support", "support staff", "librarian", "technician", "learning mentor", "counsellor", "school counsellor"),
        *("nurse", "school nurse", "family support worker", "pastoral support", "welfare officer", "social worker"),
        *("lunchtime supervisor", "midday supervisor", "midday assistant", "cook", "catering assistant", "chaplain"),
        *("breakfast club", "after school club", "network manager"),
    ),
    "office": (
        *("office", "office staff", "office manager", "admin", "administrator", "admin assistant", "admin officer"),
        *("administration", "business manager", "school business manager", "sbm", "bursar", "finance officer"),
        *("finance manager", "receptionist", "secretary", "school secretary", "clerk", "registrar", "data manager"),
        *("exams officer", "attendance officer", "hr officer", "hr manager", "executive officer", "pa"),
    ),
    "site": (
        *("site", "site staff", "site team", "site manager", "caretaker", "premises", "premises manager"),
        *("premises officer", "cleaner", "groundskeeper", "groundsman", "grounds", "janitor", "custodian"),
        *("property manager", "facilities manager"),
    ),
    "other": ("other", "volunteer", "coach", "sports coach", "visiting staff"),
}
_JOBS: dict[str, Job] = {word: job for job, words in _WORDS.items() for word in words}
_PATTERNS: tuple[tuple[re.Pattern[str], Job], ...] = (
    (re.compile(r"((deputy|assistant) )?head of .+"), "leader"),
    (re.compile(r".+ (leader|lead|coordinator|co ordinator)"), "leader"),
    (re.compile(r"(?!.*\b(head|deputy)\b).+ teacher"), "teacher"),
    (re.compile(r"teacher (of|year|y|room) ?.+"), "teacher"),
    (re.compile(r".+ (teaching assistant|learning support assistant|teacher aide)"), "assistant"),
    (re.compile(r".+ technician"), "support"),
    (re.compile(r".+ (administrator|receptionist|secretary)"), "office"),
)
_KNOWN = "head, deputy, leader, teacher, assistant, support, office, site, other"
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_HOURS = re.compile(r"([0-9]{1,2}(?:[.,][0-9]{1,2})?)\s*(?:h|hrs?|hours?)?", re.I)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")


class UnknownStaffList(UnreadableFile):
    """The file is a table, but has no column for the name or none for the role."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person on a list. row: in the spreadsheet. email: small letters. hours: a week, to one decimal."""

    row: int
    name: str
    email: str | None
    job: Job
    hours: float | None


@dataclass(frozen=True, slots=True)
class StaffList:
    """What a staff list says. faults: rows set aside, with every reason. without_email: readable rows that have none.

    complete: whoever is missing has left. leaving: addresses of people who are said to leave. notes: sentences for
    whoever brings the list in.
    """

    rows: list[StaffRow]
    faults: list[Fault]
    rows_read: int
    without_email: int
    complete: bool = True
    leaving: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_staff_list(data: Source, *, max_bytes: int = MAX_BYTES, max_rows: int = MAX_ROWS) -> StaffList:
    """Read a staff list: columns in any order, under the usual names. A row with a fault is set aside.

    Raises UnreadableFile for what is no table or beyond the limits, UnknownStaffList when a needed column is missing.
    """
    return staff_of(read_table(data, max_bytes=max_bytes, max_rows=max_rows))


def staff_of(table: Table, notes: list[str] | None = None) -> StaffList:
    """The staff of a table with a heading of ours. Raises UnknownStaffList when a needed column is missing."""
    reader = RowReader(table, _places(table.header, table.faults))
    rows = [person for row in table.rows if (person := reader.person(row))]
    return StaffList(
        rows=rows,
        faults=sorted(table.faults, key=lambda fault: fault.row),
        rows_read=table.rows_read,
        without_email=sum(person.email is None for person in rows),
        notes=notes or [],
    )


def is_heading(cells: list[str]) -> bool:
    """Whether a row names the columns of a staff list: one for the name and one for the role."""
    found = {name for cell in cells if (name := _field(cell))}
    return "job" in found and ("name" in found or {"first", "last"} <= found)


def places_of_people() -> dict[str, int]:
    """Where the fields stand in a row of given name, family name, e-mail and role."""
    return {"first": 0, "last": 1, "email": 2, "job": 3}


def job_of(words: str) -> Job | None:
    """The job that a role's title stands for, None when it is not known. What stands in brackets is passed over."""
    key = _key(re.sub(r"\([^()]*\)", " ", words))
    if key in _JOBS:
        return _JOBS[key]
    return next((job for pattern, job in _PATTERNS if pattern.fullmatch(key)), None)


def _key(words: str) -> str:
    """Small letters and digits with single spaces between: "Head-Teacher" and "head teacher" are alike."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9']+", " ", plain).replace("'", "").split())


class RowReader:
    """Reads the rows of one list, and remembers the addresses it has seen. places: where each field stands."""

    def __init__(self, table: Table, places: Mapping[str, int]) -> None:
        self.header, self.faults, self.places = table.header, table.faults, places
        self.first_rows: dict[str, int] = {}

    def person(self, row: Row) -> StaffRow | None:
        """The person in this row, None when the row has a fault."""
        before = len(self.faults)
        email = self._email(row)
        if email == _EXAMPLE:
            self.faults.add(row.number, "", "This is the example from the template. Delete the row.")
            return None
        name, job, hours = self._name(row), self._job(row), self._hours(row)
        return StaffRow(row.number, name, email or None, job, hours) if job and len(self.faults) == before else None

    def _cell(self, row: Row, field: str) -> str:
        """The text of a cell, "" when blank or noted as a fault because a spreadsheet would run it."""
        place = self.places.get(field)
        value = clean_text(row.cells[place]) if place is not None else ""
        if looks_like_formula(value):
            self._fault(row, field, f"{shown(value)} looks like a formula. Write plain text.")
            return ""
        return value

    def _fault(self, row: Row, field: str, text: str) -> None:
        self.faults.add(row.number, self.header[self.places[field]], text)

    def _name(self, row: Row) -> str:
        parts = ("name",) if "name" in self.places else ("first", "last")
        before = len(self.faults)
        name = " ".join(part for part in (self._cell(row, field) for field in parts) if part)
        if len(self.faults) == before:
            if not any(letter.isalpha() for letter in name):
                self._fault(row, parts[-1], "There is no name here. Write it, or delete the row.")
            elif len(name) > MAX_NAME:
                self._fault(row, parts[-1], f"{shown(name)} has more than {MAX_NAME} characters. Shorten it.")
        return name

    def _email(self, row: Row) -> str:
        before = len(self.faults)
        email = self._cell(row, "email").lower().removeprefix("mailto:")
        if not email or len(self.faults) > before:
            return ""
        if len(email) > 254 or not _EMAIL.fullmatch(email) or email.index("@") > 64:
            self._fault(row, "email", f"{shown(email)} is not an e-mail address. Correct it, or leave it blank.")
            return ""
        first = self.first_rows.setdefault(email, row.number)
        if first != row.number:
            self._fault(
                row,
                "email",
                f"{shown(email)} is already in row {first}. Give each person their own, or delete one row.",
            )
        return email

    def _job(self, row: Row) -> Job | None:
        before = len(self.faults)
        words = self._cell(row, "job")
        job = job_of(words)
        if job is None and len(self.faults) == before:
            said = f"{shown(words)} is not a role that is known" if words else "There is no role here"
            self._fault(row, "job", f"{said}. Write one of: {_KNOWN}.")
        return job

    def _hours(self, row: Row) -> float | None:
        value = self._cell(row, "hours")
        if not value:
            return None
        hours = _hours(value)
        if hours is None or hours > MAX_HOURS:
            self._fault(
                row,
                "hours",
                f"{shown(value)} is not a number of hours a week from 0 to {MAX_HOURS}. Correct it, or leave it blank.",
            )
            return None
        return float(hours.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _hours(value: str) -> Decimal | None:
    """Hours from "32.5", "32,5 h" or "32:30"; None for anything else."""
    if clock := _CLOCK.fullmatch(value):
        return Decimal(clock[1]) + Decimal(clock[2]) / 60
    found = _HOURS.fullmatch(value)
    return Decimal(found[1].replace(",", ".")) if found else None


def _field(title: str) -> str | None:
    return next((field for field, spellings in _COLUMNS.items() if _key(title) in spellings), None)


def _places(header: list[str], faults: FaultList) -> dict[str, int]:
    """Where each field stands. Raises UnknownStaffList without a column for the name or the role."""
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        field = _field(title)
        if field and field not in places:
            places[field] = place
        elif field and header[places[field]] != title:
            faults.add(
                1, title, f'There is a column "{header[places[field]]}" too; only that one is read. Delete one of them.'
            )
    if "name" not in places and not {"first", "last"} <= places.keys():
        raise UnknownStaffList(_lacks("Name", header))
    if "job" not in places:
        raise UnknownStaffList(_lacks("Role", header))
    return places


def _lacks(column: str, header: list[str]) -> str:
    found = ", ".join(shown(title) for title in header[:8] if title)
    return (
        f'The first row names no column "{column}" (it says {found}); '
        "name the columns Name, E-mail, Role and Hours a week, as the template does."
    )
