"""One row of a calendar at a time."""

import datetime

from django.db import transaction

from alongside.calendar.models import Span
from alongside.kit import journal
from alongside.network.models import Organisation

ADDED = journal.deed("calendar.added", "added days to the calendar")
REMOVED = journal.deed("calendar.removed", "took days out of the calendar")


@transaction.atomic
def add_span(
    organisation: Organisation, kind: str, name: str, first: datetime.date, last: datetime.date, by: int
) -> Span:
    """Add some days by hand; the same ones twice are once. by: id of a person."""
    span, created = Span.objects.get_or_create(
        organisation=organisation, kind=kind, name=name, starts_on=first, ends_on=last
    )
    if created:
        journal.record(organisation.pk, ADDED, by=by, about=f"span:{span.pk}", payload=_said(span))
    return span


@transaction.atomic
def remove_span(span: Span, by: int) -> bool:
    """Take a row out; False when it is gone already. by: id of a person."""
    deleted, _ = Span.objects.filter(pk=span.pk, organisation=span.organisation_id).delete()
    if deleted and span.organisation_id is not None:
        journal.record(span.organisation_id, REMOVED, by=by, about=f"span:{span.pk}", payload=_said(span))
    return bool(deleted)


def _said(span: Span) -> dict[str, str]:
    days = span.starts_on.isoformat(), span.ends_on.isoformat()
    return {"kind": span.kind, "name": span.name, "first": days[0], "last": days[1]}
