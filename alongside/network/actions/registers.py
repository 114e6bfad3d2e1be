"""What changes the reference register. Each verb is one transaction."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from alongside.kit import journal
from alongside.kit.tabular import Fault
from alongside.network.models import (
    Community,
    Organisation,
    RegisterImport,
    RegisterNumber,
    School,
)
from alongside.network.registers import RegisterFile, SchoolRow, read_register

IMPORTED = journal.deed("network.register_imported", "Register of schools brought up to date")
BATCH = 2000

COPIED = [
    "name",
    "country",
    "phase",
    "kind",
    "status",
    "opened_on",
    "closed_on",
    "street",
    "town",
    "postcode",
    "area",
    "latitude",
    "longitude",
    "easting",
    "northing",
    "roll",
    "low_age",
    "high_age",
    "website",
    "facts",
]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What a register file says against what we have. `applied` is False for a preview."""

    register: RegisterFile
    new: int
    changed: int
    unchanged: int
    open: int
    faults: list[Fault]
    applied: bool

    @property
    def lines(self) -> list[str]:
        """One line for each fault, by row and column."""
        return [f"row {fault.row}, {fault.column}: {fault.text}" for fault in self.faults]

    @property
    def summary(self) -> str:
        """The last line that `alongside import-register` prints."""
        parts = [f"{len(self.register.schools):,} schools ({self.open:,} open)"]
        if self.register.communities:
            parts.append(
                f"in {len(self.register.communities):,} communities with {len(self.register.members):,} members"
            )
        verb = "Imported" if self.applied else "Preview, nothing changed:"
        counts = f"{self.new:,} new, {self.changed:,} changed, {self.unchanged:,} as before, {len(self.faults):,} rows set aside"
        return f"{verb} {' '.join(parts)} from {self.register.layout}. {counts}."


def import_register(path: Path, *, preview: bool = False) -> ImportSummary:
    """Bring the reference register up to date with a file, in one transaction; faulty rows are set aside and listed.

    The same file twice changes nothing. Raises a Refused when the file cannot be read at all.
    """
    register = read_register(path)
    with transaction.atomic():
        summary = _apply(register, preview=preview)
        if not preview:
            _record(path, register, summary)
    return summary


def _apply(register: RegisterFile, *, preview: bool) -> ImportSummary:
    numbers = _known_numbers(register)
    schools = School.objects.in_bulk(list(numbers.values()))
    new, changed, same = [], [], 0
    for row in register.schools:
        school = schools.get(numbers.get(row.number, 0))
        if school is None:
            new.append(row)
        elif _differs(school, values := _values(row, register.country.lower())):
            changed.append(_with(school, values))
        else:
            same += 1
    if not preview:
        numbers |= _create(new, register)
        School.objects.bulk_update(changed, COPIED, batch_size=100)
        _rename_organisations(changed)
        _set_communities(register, numbers)
    opened = sum(row.status in {"open", "closing"} for row in register.schools)
    return ImportSummary(register, len(new), len(changed), same, opened, register.faults, not preview)


def _known_numbers(register: RegisterFile) -> dict[str, int]:
    rows = RegisterNumber.objects.filter(register=register.register).values_list("number", "school_id")
    wanted = {row.number for row in register.schools}
    return {number: school for number, school in rows if number in wanted}


def _values(row: SchoolRow, country: str) -> dict[str, object]:
    return {
        "name": row.name,
        "country": country,
        "phase": row.phase,
        "kind": row.kind,
        "status": row.status,
        "opened_on": row.opened,
        "closed_on": row.closed,
        "street": row.street,
        "town": row.town,
        "postcode": row.postcode,
        "area": row.area,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "easting": row.easting,
        "northing": row.northing,
        "roll": row.roll,
        "low_age": row.low_age,
        "high_age": row.high_age,
        "website": row.website,
        "facts": row.facts,
    }


def _differs(school: School, values: dict[str, object]) -> bool:
    return any(getattr(school, name) != value for name, value in values.items())


def _with(school: School, values: dict[str, object]) -> School:
    for name, value in values.items():
        setattr(school, name, value)
    return school


def _rename_organisations(schools: list[School]) -> None:
    """A school that is renamed is called so everywhere; its address stays."""
    named = [Organisation(pk=school.organisation_id, name=school.name) for school in schools if school.organisation_id]
    Organisation.objects.bulk_update(named, ["name"], batch_size=100)


def _create(rows: list[SchoolRow], register: RegisterFile) -> dict[str, int]:
    schools = School.objects.bulk_create(
        [School(**_values(row, register.country.lower())) for row in rows],
        batch_size=BATCH,
    )
    made = {row.number: school.pk for row, school in zip(rows, schools, strict=True)}
    RegisterNumber.objects.bulk_create(
        [RegisterNumber(register=register.register, number=number, school_id=pk) for number, pk in made.items()],
        batch_size=BATCH,
    )
    return made


def _set_communities(register: RegisterFile, numbers: dict[str, int]) -> None:
    """Name the register's own gatherings and say who is in them; a school that left one is taken out."""
    communities = {
        number: Community.objects.update_or_create(register=register.register, number=number, defaults={"name": name})[
            0
        ].pk
        for number, name in register.communities.items()
    }
    links = Community.schools.through
    wanted = {(communities[community], numbers[school]) for school, community in register.members}
    known = set(
        links.objects.filter(community__register=register.register, school__in=numbers.values()).values_list(
            "community_id", "school_id"
        )
    )
    links.objects.bulk_create(
        [links(community_id=community, school_id=school) for community, school in sorted(wanted - known)],
        batch_size=BATCH,
    )
    for community, school in known - wanted:
        links.objects.filter(community_id=community, school_id=school).delete()


def _record(path: Path, register: RegisterFile, summary: ImportSummary) -> None:
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    counts = {"new": summary.new, "changed": summary.changed, "faults": len(summary.faults)}
    RegisterImport.objects.create(register=register.register, layout=register.layout, digest=digest, summary=counts)
    # The register belongs to nobody: each network is told.
    networks = Organisation.objects.filter(kind=Organisation.Kind.NETWORK).order_by("pk")
    for network in networks.values_list("pk", flat=True):
        journal.record(network, IMPORTED, by=None, payload={"register": register.register, **counts})
