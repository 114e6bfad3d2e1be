"""Rows of a staff list, written all at once: a list of 5,000 is some dozens of statements and not 15,000."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from alongside.network.models import Organisation, School
from alongside.people.models import Person, StaffEntry

BATCH = 500

type Row = dict[str, str]


def text(hours: Decimal | float | None) -> str | None:
    """Hours as rows and previews write them: one decimal."""
    return None if hours is None else f"{Decimal(hours):.1f}"


def join(organisation: Organisation, school: School, rows: Sequence[Row], since: datetime.date) -> list[StaffEntry]:
    """New entries for these rows; a person who is known by their address stays the one they are."""
    known = _people([row for row in rows if row["email"]])
    unnamed = iter(_nameless([row for row in rows if not row["email"]]))
    entries = [
        StaffEntry(
            organisation=organisation,
            school=school,
            person_id=known[row["email"]] if row["email"] else next(unnamed),
            since=since,
            **_values(row),
        )
        for row in rows
    ]
    return StaffEntry.objects.bulk_create(entries, batch_size=BATCH)


def change(pairs: Sequence[tuple[Row, StaffEntry]]) -> None:
    """Write each row's name, job and hours into its entry, where they differ."""
    changed = []
    for row, entry in pairs:
        values = _values(row)
        if values != {"name": entry.name, "job": entry.job, "hours": entry.hours}:
            vars(entry).update(values)
            changed.append(entry)
    StaffEntry.objects.bulk_update(changed, ["name", "job", "hours"], batch_size=BATCH)


def _values(row: Row) -> dict[str, object]:
    return {"name": row["name"], "job": row["job"], "hours": Decimal(row["hours"]) if row["hours"] else None}


def _people(rows: Sequence[Row]) -> dict[str, int]:
    """Address → id of the one person who has it, made where new. Whoever had left is welcome again."""
    # In the order of their addresses, so that two lists applied at the same moment never wait for each other in a ring.
    ordered = sorted(rows, key=lambda row: row["email"])
    made = [Person(email=row["email"], name=row["name"], password=make_password(None)) for row in ordered]
    known = _ids([row["email"] for row in ordered])
    new = [person for person in made if person.email not in known]
    Person.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    Person.objects.filter(pk__in=known.values(), left_on__isnull=False).update(left_on=None, is_active=True)
    return known | _ids([str(person.email) for person in new])


def _ids(addresses: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(addresses), BATCH):
        some = Person.objects.filter(email__in=addresses[start : start + BATCH])
        found |= {str(email): merged or pk for email, pk, merged in some.values_list("email", "pk", "merged_into")}
    return found


def _nameless(rows: Sequence[Row]) -> list[int]:
    """Ids of new people who are known by name only, to one school."""
    made = [Person(name=row["name"], password=make_password(None)) for row in rows]
    return [person.pk for person in Person.objects.bulk_create(made, batch_size=BATCH)]
