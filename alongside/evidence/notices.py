"""What coherence rounds would tell a person: that leaders are asked how they see their school. Never what anybody said."""

from __future__ import annotations

import datetime

from django.urls import reverse

from alongside.evidence import reads
from alongside.kit.notices import Notice
from alongside.kit.words import people_date
from alongside.people.reads import Standing


def notices(standing: Standing, since: datetime.datetime) -> list[Notice]:
    """Schools that I lead and have not said how I see them, while a round asks. One query, four where one does."""
    places = standing.organisations()
    members = [member for place in places if (member := standing.member(place))]
    led = {school for member in members for school in member.schools_led}
    return [
        Notice(
            max(since, each.round.started_at),
            f"How do you see {each.school}? {len(each.round.statements)} statements, until {people_date(each.until)}.",
            reverse(
                "map_mine",
                kwargs={
                    "kind": each.round.organisation.kind,
                    "slug": each.round.organisation.slug,
                    "pk": each.round.pk,
                    "school": each.school.slug,
                },
            ),
            each.round.organisation_id,
            needs_me=True,
        )
        for each in reads.wanted(standing.person.pk, [place.pk for place in places], led)
    ]
