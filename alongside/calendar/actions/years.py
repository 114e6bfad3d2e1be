"""A school year's terms from one screen."""

import datetime
from collections.abc import Mapping

from django.db import transaction

from alongside.calendar.models import Span
from alongside.calendar.presets import Slot
from alongside.kit import journal
from alongside.network.models import Organisation

SAVED = journal.deed("calendar.year_saved", "entered the terms of a school year")
type Year = Mapping[Slot, tuple[datetime.date, datetime.date] | None]


def uid(year: int, key: str) -> str:
    """What a line of the form keeps its row by, year for year."""
    return f"form:{year}:{key}"


def slots(organisation: Organisation, year: int, typical: list[Slot]) -> list[Slot]:
    """The lines of the form: the days that were entered before, else the typical ones. One query."""
    known = {span.uid: span for span in Span.objects.of(organisation.pk).filter(uid__startswith=f"form:{year}:")}
    return [
        slot._replace(first=span.starts_on, last=span.ends_on) if (span := known.get(uid(year, slot.key))) else slot
        for slot in typical
    ]


@transaction.atomic
def save_year(organisation: Organisation, year: int, given: Year, typical: list[Slot], by: int) -> int:
    """Keep the terms of a school year as the form says; a line without days takes its row away. Twice is once.

    typical: the lines as they were proposed; one that is kept unchanged is marked so. Returns how many lines have days.
    by: id of a person.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    usual = {slot.key: (slot.first, slot.last) for slot in typical}
    for slot, days in given.items():
        own = uid(year, slot.key)
        if days is None:
            Span.objects.of(organisation.pk).filter(uid=own).delete()
            continue
        first, last = days
        values = {"kind": slot.kind, "name": slot.name, "starts_on": first, "ends_on": last}
        values["typical"] = days == usual.get(slot.key)
        Span.objects.update_or_create(organisation=organisation, uid=own, defaults=values)
    kept = sum(days is not None for days in given.values())
    journal.record(organisation.pk, SAVED, by=by, about=f"year:{year}", payload={"lines": kept})
    return kept
