"""A school's leaders say who sees its own figures in a series, and take it back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Refused
from alongside.network.models import School
from alongside.people.models import Person
from alongside.surveys.models import Series, Sharing

SHARED = journal.deed("surveys.shared", "said who sees a school's results")


@transaction.atomic
def share(series: Series, school: School, whom: set[str], by: Person) -> bool:
    """From now on exactly this holds: of Sharing.Whom. Twice is once; whether anything changed. Raises Refused for what is
    none of them. It holds for all waves of the series, those of before too, until it is taken back."""
    if unknown := whom - set(Sharing.Whom.values):
        raise Refused(f"Results cannot be shared with {', '.join(sorted(unknown))}. Choose from the list.")
    Series.objects.select_for_update().get(pk=series.pk)  # two of the school's leaders at once: one after the other
    now = timezone.now()
    current = Sharing.objects.filter(series=series, school=school, until=None)
    held = set(current.values_list("whom", flat=True))
    if held == whom or school.organisation is None:
        return False
    current.exclude(whom__in=whom).update(until=now)
    Sharing.objects.bulk_create(
        Sharing(organisation=school.organisation, series=series, school=school, whom=each, since=now, by=by)
        for each in sorted(whom - held)
    )
    _keep(series)
    payload = {"pulse": series.instrument, "school": school.name, "now": sorted(whom)}
    journal.record(school.organisation.pk, SHARED, by=by.pk, about=f"series:{series.pk}", payload=payload)
    return True


def _keep(series: Series) -> None:
    """Write beside the series what its rows say now; its lock is held."""
    found: dict[str, list[int]] = {}
    rows = Sharing.objects.filter(series=series, until=None).order_by("school_id").values_list("whom", "school_id")
    for whom, school in rows:
        found.setdefault(whom, []).append(school)
    Series.objects.filter(pk=series.pk).update(shared=found)
    series.shared = found
