"""What may stand of earlier results: the same blocks, totals and rounding as of our own (TRUST R2 to R6), made once.

A document: owner, day, clusters, schools (as in a release), and items, each with id, text, linked (it is a statement of ours,
as somebody has said), scale (label and what it was taken for), scores and shares by place.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alongside.network.models import ClusterMembership, School
from alongside.science import disclosure
from alongside.science.tallies import Tally
from alongside.surveys import publish
from alongside.surveys.models import Past
from alongside.surveys.past.counts import Counts
from alongside.surveys.past.matching import APART, LEFT_OUT, Choices, tallies


@dataclass(frozen=True, slots=True)
class Standing:
    """One earlier round as it would stand."""

    day: datetime.date
    document: dict[str, Any]

    @property
    def text(self) -> str:
        return publish.canonical(self.document)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def standings(past: Past, counts: Counts, choices: Choices, schools: Sequence[School]) -> list[Standing]:
    """Every round of a file, oldest first; rounds in which nothing may be shown are left out. Raises Refused as `tallies`."""
    homes = _homes(past, schools)
    known = {school.pk: school for school in schools}
    found = tallies(counts, choices)
    made = [_standing(past, counts, choices, day, found[day], homes, known) for day in found]
    return sorted((each for each in made if each.document["items"]), key=lambda each: each.day)


def digest(found: Sequence[Standing]) -> str:
    """Of all that would stand: what was looked at is what is applied."""
    return hashlib.sha256("".join(each.sha256 for each in found).encode()).hexdigest()


def _homes(past: Past, schools: Sequence[School]) -> dict[int, ClusterMembership]:
    """School → where it is at home today in this network: one cluster each, so that schools fall into a partition (R2)."""
    current = ClusterMembership.objects.current().filter(cluster__organisation=past.organisation_id)
    rows = (
        current.filter(school__in=[school.pk for school in schools]).select_related("cluster").order_by("since", "pk")
    )
    return {row.school_id: row for row in rows}


def _standing(
    past: Past,
    counts: Counts,
    choices: Choices,
    day: int,
    found: Mapping[int, Mapping[int, Tally]],
    homes: Mapping[int, ClusterMembership],
    known: Mapping[int, School],
) -> Standing:
    here = sorted({pk for by_school in found.values() for pk in by_school})
    home: dict[str, list[str]] = {}
    for pk in here:
        home.setdefault(_home(homes, pk), []).append(str(pk))
    items = [
        made
        for statement in sorted(found)
        if (made := item(counts, choices, statement, {str(pk): tally for pk, tally in found[statement].items()}, home))[
            "scores"
        ]
    ]
    return Standing(
        counts.days[day],
        {
            "owner": past.cluster.name if past.cluster else past.organisation.name,
            "day": counts.days[day].isoformat(),
            "clusters": {
                f"cluster:{row.cluster_id}": {"name": row.cluster.name, "slug": row.cluster.slug}
                for pk in here
                if (row := homes.get(pk))
            },
            "schools": {
                str(pk): {"name": known[pk].name, "slug": known[pk].slug, "cluster": _home(homes, pk)} for pk in here
            },
            "items": items,
        },
    )


def _home(homes: Mapping[int, ClusterMembership], pk: int) -> str:
    return f"cluster:{homes[pk].cluster_id if pk in homes else 0}"


def item(
    counts: Counts, choices: Choices, statement: int, found: dict[str, Tally], home: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """One statement as it would stand. found: school → tally; home: cluster → its schools, a partition; ids as texts."""
    choice, scale = choices.statements[statement], counts.scale_of[statement]
    taken = zip(counts.scales[scale], choices.answers[scale], strict=True)
    return {
        "id": f"past.{statement}" if choice == APART else choice,
        "text": counts.statements[statement],
        "linked": choice != APART,
        "scale": [[label, answer] for label, answer in taken if answer != LEFT_OUT],
        **_shown(found, home),
    }


def _shown(found: Mapping[str, Tally], home: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    published = disclosure.publication(home, {pk: tally.n for pk, tally in found.items()})
    return publish.figures(found, published, disclosure.K_SCORE, disclosure.K_DISTRIBUTION)
