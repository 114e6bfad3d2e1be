"""A vote that is cast here: opened with the same letters, tickets and seal as a pulse; nothing about it is built twice."""

from __future__ import annotations

import datetime
import random
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from alongside.goals.actions.votes import FITTED
from alongside.goals.models import Issue, Vote
from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys import actions as surveys_actions
from alongside.surveys.models import Ballot, Wave

OPENED = journal.deed("goals.vote_opened", "opened a vote on what comes first")
BALLOT = "ballot"  # the instrument
FEWEST_THINGS, MOST_THINGS = 2, 40
UNDER_WAY = "A vote of these people is open already. The next one can follow when it has closed."


@transaction.atomic
def open_vote(
    organisation: Organisation,
    cluster: Cluster | None,
    title: str,
    issues: Collection[int],
    closes_at: datetime.datetime,
    *,
    by: Person,
    audience: str = "staff",
) -> Vote:
    """Ask people to put these things (ids) in order; a worker opens it and sends the letters. The list is frozen from here on.

    Raises Conflict where one of them was merged or closed meanwhile, or a vote of these people is under way, Refused for fewer
    than two things or more than 40, and as `surveys.actions.ask` does.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not FEWEST_THINGS <= len(set(issues)) <= MOST_THINGS:
        raise Refused(f"A vote is about {FEWEST_THINGS} to {MOST_THINGS} things. Tick as many.")
    here = Issue.objects.live().filter(organisation=organisation, cluster=cluster, pk__in=issues)
    things = list(here.select_for_update().order_by("pk"))
    if len(things) != len(set(issues)):
        raise Conflict("Something that you ticked was merged or closed meanwhile. The list shows how things stand.")
    if Vote.objects.filter(organisation=organisation, cluster=cluster, wave__state__in=_UNDER_WAY).exists():
        raise Conflict(UNDER_WAY)
    ballot = Ballot.objects.create(
        organisation=organisation, title=title, things=[[issue.title, issue.why] for issue in things]
    )
    ballot.wave = _asked(ballot, cluster, closes_at, by, audience)
    ballot.save(update_fields=["wave"])
    made = Vote.objects.create(
        organisation=organisation,
        cluster=cluster,
        title=title,
        state=Vote.State.LIVE,
        uploaded_by=by,
        issues=[issue.title for issue in things],
        wave=ballot.wave,
    )
    payload = {"title": title, "things": len(things)}
    journal.record(organisation.pk, OPENED, by=by.pk, about=f"vote:{made.pk}", payload=payload)
    return made


_UNDER_WAY = [Wave.State.PLANNED, Wave.State.OPEN, Wave.State.CLOSED]


def _asked(ballot: Ballot, cluster: Cluster | None, closes_at: datetime.datetime, by: Person, audience: str) -> Wave:
    """In an order that nobody chose, the same on every phone: a page is kept for all, and a place in a list sways people."""
    items = random.SystemRandom().sample(ballot.items, len(ballot.items))
    now = timezone.now()
    return surveys_actions.ask(
        ballot.organisation, BALLOT, now, closes_at, cluster=cluster, by=by, audience=audience, items=items
    )


@transaction.atomic
def say_costs(
    vote: Vote, hours: Decimal, money: Decimal, costs: Mapping[int, tuple[Decimal, Decimal]], *, by: int
) -> None:
    """Say what there is and what each thing costs, while the vote is open: what fits is then worked out once, at the close.

    Raises Refused for nothing at all, Conflict once it has closed: who could ask again and again would learn who backs what.
    """
    if not hours and not money:
        raise Refused("Say how many hours or how much money there is.")
    if not costs:
        raise Refused("Say for at least one thing what it costs, in hours or in money.")
    wave = Wave.objects.select_for_update().get(vote=vote)
    if wave.state not in {Wave.State.PLANNED, Wave.State.OPEN} or wave.closes_at <= timezone.now():
        raise Conflict("This vote has closed, and what fits was worked out then. The next vote can say it beforehand.")
    kept = {str(issue): [str(part) for part in cost] for issue, cost in costs.items()}
    Ballot.objects.filter(wave=wave).update(hours=hours, money=money, costs=kept)
    Vote.objects.filter(pk=vote.pk).update(hours=hours, money=money, costs=kept)
    payload = {"title": vote.title, "hours": str(hours), "money": str(money)}
    journal.record(vote.organisation_id, FITTED, by=by, about=f"vote:{vote.pk}", payload=payload)
