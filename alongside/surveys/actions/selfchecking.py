"""A leadership team's self-check: kept at the end of a meeting, changed until the next one, shared and taken back."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.kit.words import people_date
from alongside.network.actions import make_organisation
from alongside.network.models import School
from alongside.surveys.models import SelfCheck
from alongside.surveys.selfcheck import LINES

KEPT = journal.deed("surveys.self_check_kept", "kept the leadership team's self-check")
CHANGED = journal.deed("surveys.self_check_changed", "changed the leadership team's self-check")
SHARED = journal.deed(
    "surveys.self_check_shared", "shared the leadership team's self-check beside the school's results"
)
UNSHARED = journal.deed("surveys.self_check_unshared", "took the leadership team's shared self-check back")
MEANWHILE = "A colleague has entered or changed a self-check meanwhile. Look at it as it is now."


@transaction.atomic
def keep_self_check(
    school: School, held_on: datetime.date, numbers: Mapping[str, int], note: str, *, by: int, seen: str = ""
) -> SelfCheck:
    """Keep what a team agreed. seen: `version` of the last one, to change that; "" for another meeting, later than the last.

    Raises Refused for a day that is not after the meeting before, and Conflict when a colleague was faster.
    """
    if set(numbers) != {line.id for line in LINES} or not all(1 <= number <= 5 for number in numbers.values()):
        raise Refused("Agree on a number from 1 to 5 for each of the six lines.")
    organisation = make_organisation(school)  # holds the school: two who enter at once come one after the other
    newest: list[SelfCheck | None] = [*SelfCheck.objects.filter(school=school).order_by("-held_on", "-pk")[:2]]
    last, before, *_ = [*newest, None, None]
    if seen and (last is None or version(last) != seen):
        raise Conflict(MEANWHILE)
    earlier = before if seen else last
    if earlier and held_on <= earlier.held_on:
        raise Refused(
            f"The meeting before was held on {people_date(earlier.held_on)}. This one comes after it; what was said "
            "earlier stays as it was said."
        )
    check = last if seen and last else SelfCheck(organisation=organisation, school=school)
    check.held_on, check.numbers, check.note, check.changed_at = held_on, dict(numbers), note, timezone.now()
    check.save()
    _record(check, CHANGED if seen else KEPT, by)
    return check


def version(check: SelfCheck) -> str:
    """What tells whether a self-check was changed since it was looked at."""
    return f"{check.pk}-{check.changed_at.timestamp():.6f}"


@transaction.atomic
def share_self_check(check: SelfCheck, *, shared: bool, by: int) -> None:
    """Let whoever sees the school's results see it beside them, or take that back. Safe twice."""
    rows = SelfCheck.objects.filter(pk=check.pk, shared_at__isnull=shared)
    if rows.update(shared_at=timezone.now() if shared else None):
        _record(check, SHARED if shared else UNSHARED, by)


def _record(check: SelfCheck, deed: str, by: int) -> None:
    journal.record(
        check.organisation_id, deed, by=by, about=f"selfcheck:{check.pk}", payload={"held": f"{check.held_on}"}
    )
