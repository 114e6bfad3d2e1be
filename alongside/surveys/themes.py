"""Themes: what leaders wrote about comments. A school's own are for its leaders; shared ones for its cluster's chairs (R7)."""

from __future__ import annotations

from dataclasses import dataclass

from alongside.surveys.models import Theme, Wave
from alongside.surveys.results import View


def of_place(wave: Wave, place: str) -> list[Theme]:
    """The themes of school:<id> or cluster:<id>, for those who write them and who reply there. One query."""
    kind, _, key = place.partition(":")
    return list(Theme.objects.filter(wave=wave, **{kind: int(key)}).order_by("position"))


@dataclass(frozen=True, slots=True)
class SharedTheme:
    """A theme as the chair reads it; whose: the school's name only where its leaders agreed."""

    text: str
    whose: str


def shared_with(seen: View, cluster: str) -> list[SharedTheme]:
    """What the schools of a cluster (cluster:<id>) shared, in the order of the alphabet, which says nothing of whose it is or
    what stood beside it. One query."""
    schools = [school for school in seen.document.school_ids() if seen.document.cluster_of(school) == cluster]
    rows = Theme.objects.filter(wave=seen.wave, school__in=schools, shared_at__isnull=False)
    found = [
        SharedTheme(text, seen.document.school_name(school) if named else "")
        for text, named, school in rows.values_list("text", "named", "school_id")
    ]
    return sorted(found, key=lambda theme: (theme.text.casefold(), theme.text, theme.whose))
