"""Votes that are cast here, made through the product's own actions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from alongside.goals import actions
from alongside.goals.models import Vote
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys import actions as surveys_actions
from alongside.surveys import releases
from alongside.surveys.accept import accept
from tests import make

OPENS = "opens@riverway.example"
DAYS = datetime.timedelta(days=7)
TITLES = ("Time to plan", "Fewer returns", "Calm starts", "Children’s say", "Reading", "Attendance", "Wellbeing")


def opened(owner: Organisation, cluster: Cluster | None = None, things: int | Sequence[str] = 3, **more: str) -> Vote:
    """A vote that takes votes now, about things that are put on the list for it. Its letters are not sent."""
    titles = TITLES[:things] if isinstance(things, int) else things
    by = Person.objects.filter(email=OPENS).first() or make.person(OPENS)
    known = {issue.title: issue.pk for issue in owner.issues.live().filter(cluster=cluster)}
    ids = [known.get(t) or actions.propose(owner, cluster, t, "", by=by.pk).pk for t in titles]
    vote = actions.open_vote(owner, cluster, "What first?", ids, timezone.now() + DAYS, by=by, **more)
    surveys_actions.open_wave(vote.wave_id)
    return Vote.objects.select_related("wave__ballot").get(pk=vote.pk)


def places(vote: Vote, order: Iterable[int | Iterable[int]]) -> dict[str, int]:
    """An order of things by number, (0, (1, 2)): what the form takes of it."""
    items = vote.wave.ballot.items
    tiers = [[tier] if isinstance(tier, int) else list(tier) for tier in order]
    return {items[number]: place for place, tier in enumerate(tiers, start=1) for number in tier}


def cast(vote: Vote, given: Mapping[School, Sequence[Iterable[int]]]) -> None:
    """People of each school send these orders, one each, in their turn."""
    for school, orders in given.items():
        for token, order in zip(make.tokens(vote.wave, school), orders, strict=False):
            accept(vote.wave_id, token, places(vote, order))


def closed(vote: Vote) -> releases.Document:
    """The closing time comes; the release."""
    make.close(vote.wave)
    vote.wave.refresh_from_db()
    return releases.of(vote.wave)
