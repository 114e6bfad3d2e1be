"""Bringing a vote in, counting it, what fits, and what was chosen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from pathlib import PurePath

from django.db import IntegrityError, transaction

from alongside.goals import files
from alongside.goals.models import Choice, Vote
from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.kit.rawfile import Source
from alongside.kit.tabular import clean_text
from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys import counting

APPLIED = journal.deed("goals.vote_applied", "brought a vote in that was cast elsewhere")
FITTED = journal.deed("goals.vote_fitted", "said what hours and money there are after a vote")
CHOSEN = journal.deed("goals.chosen", "recorded what was chosen")
FEWEST = 10  # votes; under it an order could tell whose it is (TRUST R8)
GONE = "This file was applied or dropped already. The list shows how things stand."
OTHER = "Somebody recorded another choice meanwhile. Look at it, and change it if it must be changed."
SHOWN = 300  # faults that are kept


def bring_vote(
    data: Source, name: str, title: str, organisation: Organisation, cluster: Cluster | None, by: Person
) -> Vote:
    """Read a file and keep its tally until somebody applies it. Raises UnreadableFile, Refused with fewer than FEWEST votes."""
    read = files.read(data)
    if read.voters < FEWEST:
        first = f" The first thing set aside, in row {read.faults[0].row}: {read.faults[0].text}" if read.faults else ""
        raise Refused(
            f"This file holds {read.voters} votes that can be counted; with fewer than {FEWEST} one could tell whose they are."
            f"{first}"
        )
    return Vote.objects.create(
        organisation=organisation,
        cluster=cluster,
        title=title or read.title or "A vote",
        name=PurePath(clean_text(name)).name[:100] or "votes",
        layout=read.layout,
        uploaded_by=by,
        issues=read.issues,
        orders=[[count, order] for count, order in read.orders],
        voters=read.voters,
        blank=read.blank,
        ignored=[clean_text(column)[:80] for column in read.ignored],
        faults=[[fault.row, fault.column[:80], fault.text] for fault in read.faults[:SHOWN]],
    )


def tally(vote: Vote) -> list[tuple[int, files.Order]]:
    """The orders of a vote as counting wants them."""
    return [(count, tuple(tuple(tier) for tier in order)) for count, order in vote.orders]


def apply_vote(vote: Vote, *, by: int) -> None:
    """Count it, once: from now on everybody in the place sees the result. Raises Conflict when it was applied or dropped."""
    if vote.state != Vote.State.READY:
        raise Conflict(GONE)
    result = counting.count(len(vote.issues), tally(vote)).stored()  # before the transaction: it may take seconds
    with transaction.atomic():
        ready = Vote.objects.filter(pk=vote.pk, state=Vote.State.READY)
        if not ready.update(state=Vote.State.APPLIED, result=result, faults=[]):
            raise Conflict(GONE)
        _record(vote, APPLIED, by, votes=vote.voters)


def drop_vote(vote: Vote) -> None:
    """Forget a file that waits. Raises Conflict when it was applied or dropped meanwhile."""
    ready = Vote.objects.filter(pk=vote.pk, state=Vote.State.READY)
    if not ready.update(state=Vote.State.DROPPED, orders=[], faults=[], issues=[], ignored=[]):
        raise Conflict(GONE)


def fit_vote(
    vote: Vote, hours: Decimal, money: Decimal, costs: Mapping[int, tuple[Decimal, Decimal]], *, by: int
) -> None:
    """Say what there is and what each costs, and keep what fits. Raises Refused for nothing at all."""
    if not hours and not money:
        raise Refused("Say how many hours or how much money there is.")
    if not costs:
        raise Refused("Say for at least one thing what it costs, in hours or in money.")
    found = counting.fit(len(vote.issues), tally(vote), costs, hours, money).stored()
    kept = {str(issue): [str(part) for part in cost] for issue, cost in costs.items()}
    with transaction.atomic():
        Vote.objects.filter(pk=vote.pk).update(hours=hours, money=money, costs=kept, fit=found)
        _record(vote, FITTED, by, hours=str(hours), money=str(money))


def choose(
    vote: Vote,
    seen: int | None,
    taken: list[int],
    reasons: str,
    dissent: str,
    decided_by: str,
    decided_on: datetime.date,
    *,
    by: int,
) -> Choice:
    """Record what was chosen; what stood before stays readable. seen: the choice that stood when the form was opened.

    Raises Conflict when another was recorded meanwhile, Refused for nothing taken.
    """
    if not taken:
        raise Refused("Tick at least one thing to take on.")
    if seen is not None and not Choice.objects.filter(pk=seen, vote=vote).exists():
        raise Conflict(OTHER)
    made = Choice(organisation_id=vote.organisation_id, vote=vote, taken=sorted(set(taken)), reasons=reasons)
    made.dissent, made.decided_by, made.decided_on = dissent, decided_by, decided_on
    made.replaces_id, made.recorded_by_id = seen, by
    with transaction.atomic():
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:
            raise Conflict(OTHER) from None
        _record(vote, CHOSEN, by, taken=[vote.issues[issue] for issue in made.taken])
    return made


def _record(vote: Vote, deed: str, by: int, **payload: object) -> None:
    about = f"vote:{vote.pk}"
    journal.record(vote.organisation_id, deed, by=by, about=about, payload={"title": vote.title, **payload})
