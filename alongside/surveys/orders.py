"""What the release of a vote holds: how many voted, one order, and what fits. Nothing of a school, of a block or of a person.

Called by `publish` alone, with rows in memory. docs/decisions/0079 says why it holds no more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from alongside.science import disclosure
from alongside.surveys import counting
from alongside.surveys.counting import Order
from alongside.surveys.models import Ballot, Wave

type Ratings = Mapping[str, Any]


def order(ratings: Ratings, items: Sequence[str]) -> Order:
    """A ballot's places as tiers of numbers of things; all that have no place are tied last, and so left out."""
    tiers: dict[int, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        if item in ratings:
            tiers[int(ratings[item])].append(number)
    found = tuple(tuple(tiers[place]) for place in sorted(tiers))
    return found[:-1] if sum(map(len, found)) == len(items) else found


def counted(
    wave: Wave, blocks: Mapping[str, Sequence[str]], ratings: Mapping[str, Sequence[Ratings]]
) -> dict[str, Any] | None:
    """The result as it may be told; None where nobody may be told anything. blocks: voice → schools. ratings: school → rows."""
    if not blocks:
        return None
    ballot = wave.ballot
    items = ballot.items
    tallies = [_tally([row for school in schools for row in ratings[school]], items) for schools in blocks.values()]
    smallest = min(len(rows) for rows in ratings.values() if rows)
    told = counting.told(len(items), tallies, smallest, wave.k_shares)
    voters = sum(times for tally in tallies for times, _ in tally)
    return {
        "n": disclosure.shown_n(voters),
        "outcome": told.outcome.stored() if told.outcome else None,
        "tiers": told.tiers,
        "voices": told.voices,
        "blocks": len(blocks),
        "lopsided": told.lopsided,
        "fit": _fit(ballot, counting.together(tallies)) if told.outcome else None,
    }


def _tally(rows: Sequence[Ratings], items: Sequence[str]) -> list[tuple[int, Order]]:
    found = Counter(order(row, items) for row in rows)
    return sorted((times, each) for each, times in found.items())


def _fit(ballot: Ballot, tally: counting.Tally) -> dict[str, Any] | None:
    """What fits into the hours and the money that were said before the vote closed."""
    if not ballot.costs:
        return None
    costs = {int(number): (Decimal(hours), Decimal(money)) for number, (hours, money) in ballot.costs.items()}
    hours, money = ballot.hours or Decimal(0), ballot.money or Decimal(0)
    return counting.fit(len(ballot.things), tally, costs, hours, money).stored()
