"""A chair or the officer waives a school's reply, and takes that back."""

from django.db import transaction
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import School
from alongside.people.models import Person
from alongside.surveys.models import Owed, Reply, Series, Wave

WAIVED = journal.deed("surveys.waived", "waived a school's reply")
UNWAIVED = journal.deed("surveys.unwaived", "took the waiving of a school's reply back")


def waive(wave: Wave, school: School, reason: str, by: Person) -> Owed:
    """The school owes no reply to this wave any more. Raises Refused where it owes none, and Conflict when it was posted or
    waived meanwhile. A wave of the series that opens at the same moment waits for it."""
    with transaction.atomic():
        row = _row(wave, school)
        if Reply.objects.filter(wave=wave, school=school, posted_at__isnull=False).exists():
            raise Conflict(f"{school} has posted its reply meanwhile, so there is nothing to waive.")
        if row.waived_at:
            raise Conflict("A colleague has waived this reply already. Their reason is shown below.")
        row.waived_at, row.waived_by, row.reason = timezone.now(), by, reason
        row.save(update_fields=["waived_at", "waived_by", "reason"])
        _record(WAIVED, wave, school, by)
    return row


def unwaive(wave: Wave, school: School, by: Person) -> None:
    """The school owes its reply again, by the day on which it was due before. Twice is once."""
    with transaction.atomic():
        row = _row(wave, school)
        if row.waived_at:
            row.waived_at, row.waived_by, row.reason = None, None, ""
            row.save(update_fields=["waived_at", "waived_by", "reason"])
            _record(UNWAIVED, wave, school, by)


def _row(wave: Wave, school: School) -> Owed:
    Series.objects.select_for_update().get(pk=wave.series_id)
    row = Owed.objects.select_for_update().filter(wave=wave, school=school).first()
    if row is None:
        raise Refused(f"{school} owes no reply to this pulse: it has no figures of its own in it.")
    return row


def _record(deed: str, wave: Wave, school: School, by: Person) -> None:
    # The reason may name somebody: it stands in the row, where erasing a person finds it, and not here.
    payload = {"pulse": wave.pulse.name, "school": school.name}
    journal.record(wave.organisation_id, deed, by=by.pk, about=f"wave:{wave.pk}", payload=payload)
