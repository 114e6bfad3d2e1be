"""What coherence rounds would tell a person: that leaders are asked how they see their school. Never what anybody said."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Subquery

from alongside.evidence import reads
from alongside.kit.notices import Notice
from alongside.kit.words import people_date
from alongside.people.reads import Standing
from alongside.surveys.models import Wave


def read_along(standing: Standing) -> dict[str, Subquery]:
    """What the waves of `notices` are read with."""
    members = [member for place in standing.organisations() if (member := standing.member(place))]
    return reads.read_along(standing.person.pk, {school for member in members for school in member.schools_led})


def notices(waves: Iterable[Wave], since: datetime.datetime) -> list[Notice]:
    """Schools that I lead and have not said how I see them, while a round asks. waves: open or planned ones. No query."""
    return [
        Notice(
            since,
            f"How do you see {each.name}? {each.statements} statements, until {people_date(each.until)}.",
            each.url,
            each.organisation.pk,
            needs_me=True,
        )
        for wave in waves
        if (each := reads.wanted_by(wave))
    ]
