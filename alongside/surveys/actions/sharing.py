"""A school's leaders say who sees its own figures in a series, and take it back."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Refused
from alongside.network.models import Organisation, School
from alongside.people.models import Person
from alongside.surveys import sharing
from alongside.surveys.models import Series, Sharing

SHARED = journal.deed("surveys.shared", "said who sees a school's results")


@transaction.atomic
def share(series: Series, school: School, whom: set[str], by: Person, networks: Collection[Organisation] = ()) -> bool:
    """From now on exactly this holds: of Sharing.Whom, and of the networks that a series of the school's own is lent to. Twice
    is once; whether anything changed. Raises Refused for what is none of them, for a series that is not the school's own,
    and for a network in which it is not. It holds for all waves of the series, those of before too, until it is taken back.
    """
    if unknown := whom - set(Sharing.Whom.values):
        raise Refused(f"Results cannot be shared with {', '.join(sorted(unknown))}. Choose from the list.")
    _check_networks(series, school, networks)
    Series.objects.select_for_update().get(pk=series.pk)  # two of the school's leaders at once: one after the other
    now = timezone.now()
    current = Sharing.objects.filter(series=series, school=school, until=None)
    held = {(row.whom, row.network_id): row.pk for row in current}
    wanted = {(each, None) for each in whom} | {(Sharing.Whom.NETWORK.value, network.pk) for network in networks}
    if held.keys() == wanted or school.organisation is None:
        return False
    current.filter(pk__in=[pk for key, pk in held.items() if key not in wanted]).update(until=now)
    Sharing.objects.bulk_create(
        Sharing(
            organisation=school.organisation,
            series=series,
            school=school,
            whom=each,
            network_id=network,
            since=now,
            by=by,
        )
        for each, network in sorted(wanted - held.keys(), key=str)
    )
    _keep(series)
    lent = {"lent": sorted(network.name for network in networks)} if networks else {}
    payload = {"pulse": series.instrument, "school": school.name, "now": sorted(whom), **lent}
    journal.record(school.organisation.pk, SHARED, by=by.pk, about=f"series:{series.pk}", payload=payload)
    return True


def _check_networks(series: Series, school: School, networks: Collection[Organisation]) -> None:
    if networks and series.organisation_id != school.organisation_id:
        raise Refused(f"This pulse is not one of {school.name}’s own: its network has it already.")
    own = {network.pk for network in sharing.networks_of(school.pk)}
    if others := [network.name for network in networks if network.pk not in own]:
        raise Refused(f"{school.name} is not in {others[0]}. Choose among its networks.")


def _keep(series: Series) -> None:
    """Write beside the series what its rows say now; its lock is held."""
    found: dict[str, list[int]] = {}
    rows = (
        Sharing.objects.filter(series=series, until=None, network=None)
        .order_by("school_id")
        .values_list("whom", "school_id")
    )
    for whom, school in rows:
        found.setdefault(whom, []).append(school)
    Series.objects.filter(pk=series.pk).update(shared=found)
    series.shared = found
