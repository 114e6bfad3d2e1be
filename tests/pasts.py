"""Earlier results in the small world: for each network, each of its clusters and each school one file that waits and one that
is applied, every text with the network's mark."""

from __future__ import annotations

import datetime

from django.utils import timezone

from alongside.kit.tabular import write_csv
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys.models import Past
from alongside.surveys.past import actions, overlaps, standing
from alongside.surveys.past.matching import Choices
from alongside.surveys.past.tallyfile import COLUMNS

FIRST = datetime.date(2020, 1, 10)
APART = overlaps.NEAR + datetime.timedelta(days=1)  # nearer rounds of the same statements are refused
TALLY_LABELS = ["1", "2", "3", "4", "5", "x"]


def add(
    organisation: Organisation,
    by: Person,
    words: str,
    schools: list[School],
    cluster: Cluster | None = None,
    *,
    day: int = 0,
) -> dict[str, int]:
    """A file that is applied and one that is decided and waits: state → its number. words: with a mark."""
    found = {}
    for state, moved in (("applied", 0), ("ready", 1)):
        on = FIRST + (2 * day + moved) * APART
        rows = [
            (school.numbers.get().number, "", f"Earlier {words}", on.isoformat(), 1, 2, 3, 4, 2, 0)
            for school in schools
        ]
        past = actions.bring(
            write_csv([COLUMNS, *rows]), f"{words}.csv", organisation, by, instrument="lead", day=None, cluster=cluster
        )
        choices = Choices(["apart"], past.choices["schools"], [TALLY_LABELS])
        seen = standing.digest(actions.decide(past, choices))
        if state == "applied":
            actions.apply(past, seen, by.pk)
            Past.objects.filter(pk=past.pk).update(applied_at=timezone.now() - datetime.timedelta(days=10))
        found[state] = past.pk
    return found
