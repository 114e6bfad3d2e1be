"""A tally of orders counted, and what of it fits: everything by `science.ballots`, here only put into words and rounded.

Results are plain lists and numbers, stored once when a vote closes or is applied: pages read them and count nothing again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from alongside.kit.words import people_list
from alongside.science import ballots
from alongside.science.results import nearest

SECONDS: Final = 3.0  # of the solver’s work, for the proof that no other order contradicts fewer voices
SECONDS_HERE: Final = 1.0  # the same of a vote that was cast here, counted within five seconds
TOP: Final = 3  # places whose certainty is told
DRAWS, MANY_DRAWS_UP_TO = 1_000, 6_000
FEWER_DRAWS: Final = 200
SURE, LIKELY = 0.95, 0.8
WHOLE_FROM: Final = 20  # votes; below it shares are told to the nearest 5 (TRUST R5)
BACKED: Final = 5  # first places of an order that count as backing
BACKING_AT_MOST = Fraction(1, 2)  # of the issues

# Tiers, best first, of places in the list of issues; those not named are tied last.
type Order = tuple[tuple[int, ...], ...]
type Tally = Sequence[tuple[int, Order]]


@dataclass(frozen=True, slots=True)
class Standing:
    """One issue in the result. issue: its place in the list; share: wins in 100, as shown; close: another count differs.

    position: 1 for the first, shared by those who tie. certain: sure, likely or cannot tell, of being among the first.
    """

    issue: int
    position: int
    share: int
    certain: str
    close: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A counted vote. standings: best first. by_paths: Schulze's tiers. least: every order that contradicts fewest voices.

    unique: None when it was not proven in time. winner: beats every other one by one. top: places whose certainty is told; first: how sure the first place is.
    step: of a vote that was cast here, what shares are rounded to; those that are equal then tie. 0: cast elsewhere.
    """

    voters: int
    top: int
    standings: list[Standing]
    by_paths: list[list[int]]
    least: list[list[int]]
    unique: bool | None
    winner: int | None
    close: bool
    first: str
    step: int = 0

    def stored(self) -> dict[str, Any]:
        """As it lies in the database."""
        return asdict(self)


def outcome_of(stored: Mapping[str, Any]) -> Outcome:
    """What `Outcome.stored` wrote."""
    return Outcome(**{**stored, "standings": [Standing(**each) for each in stored["standings"]]})


def count(issues: int, tally: Tally, seconds: float = SECONDS, *, step: int = 0) -> Outcome:
    """Count a vote: win share, how sure, and two other ways of counting beside it. The same for any order of the tally.

    issues: how many there are. step: shares are rounded to it, kept off both ends, and what is equal then ties; the orders by
    other ways of counting are told from WHOLE_FROM votes only. Raises NothingGiven for fewer than two issues, or for no votes.
    """
    every = list(range(issues))
    tally = sorted(tally)
    found = ballots.rank(every, [_ballot(order, times) for times, order in tally], seconds)
    each = [one for times, order in tally for one in [_ballot(order)] * times]
    voters = len(each)
    top = min(TOP, issues - 1)
    sure, alone = _among_first(every, each, top), _among_first(every, each, 1)
    shares = {issue: _shown(found.shares[issue], voters, step) for issue in every}
    tiers = ballots.tiers_by(shares) if step else found.tiers
    first = _word(min(alone[issue] for issue in tiers[0]))
    now = _first(tiers, top)
    close = _contested(found, tiers)
    standings = []
    position = 1
    told = not step or voters >= WHOLE_FROM
    for tier in tiers:
        for issue in tier:
            word = _word(sure[issue] if issue in now else 1 - sure[issue])
            standings.append(Standing(issue, position, shares[issue], word, issue in close or word == "cannot tell"))
        position += len(tier)
    return Outcome(
        voters=voters,
        top=top,
        standings=standings,
        by_paths=[list(tier) for tier in found.schulze.tiers] if told else [],
        least=[list(order) for order in found.kemeny.orders] if told else [],
        unique=found.kemeny.unique,
        winner=found.winner_of_all_pairs,
        close=found.close_call or first == "cannot tell" or (bool(step) and len(tiers[0]) > 1),
        first=first,
        step=step,
    )


def _among_first(every: list[int], each: list[ballots.Ballot[int]], top: int) -> dict[int, float]:
    draws = DRAWS if len(each) <= MANY_DRAWS_UP_TO else FEWER_DRAWS
    return ballots.certainty(every, each, [0] * len(each), top, draws).among_first


def _ballot(order: Order, times: int = 1) -> ballots.Ballot[int]:
    return ballots.ballot([list(tier) for tier in order], times)


def _first(tiers: Sequence[Sequence[int]], top: int) -> set[int]:
    """Those in the first places; a tie over the edge counts whole."""
    found: set[int] = set()
    for tier in tiers:
        if len(found) >= top:
            break
        found |= set(tier)
    return found


def _contested(found: ballots.Ranking[int], tiers: Sequence[Sequence[int]]) -> set[int]:
    """Issues that stand otherwise to some other issue by Schulze's paths, or in an order that contradicts fewest voices."""
    ours, paths = _ranks(tiers), _ranks(found.schulze.tiers)
    orders = [paths, *(_ranks([[issue] for issue in order]) for order in found.kemeny.orders)]
    return {
        issue
        for ranks in orders
        for a in ours
        for b in ours
        if ours[a] < ours[b] and ranks[a] > ranks[b]
        for issue in (a, b)
    }


def _ranks(tiers: Sequence[Sequence[int]]) -> dict[int, int]:
    return {issue: place for place, tier in enumerate(tiers) for issue in tier}


def _word(share: float) -> str:
    return "sure" if share >= SURE else "likely" if share >= LIKELY else "cannot tell"


def _shown(share: float, voters: int, step: int = 0) -> int:
    if step > 1:
        return min(100 - step, max(step, nearest(share, step)))
    return nearest(share, 1 if voters >= WHOLE_FROM else 5)


# --- what fits -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fit:
    """What fits into the hours and the money. taken: in the order chosen; spent and left in hours and in money, as text.

    uncosted: issues without a cost, which took no part. backing: how many first places of an order count as backing.
    """

    taken: list[int]
    hours: str
    money: str
    uncosted: list[int]
    backing: int

    def stored(self) -> dict[str, Any]:
        """As it lies in the database."""
        return asdict(self)


def fit(
    issues: int,
    tally: Tally,
    costs: Mapping[int, tuple[Decimal, Decimal]],
    hours: Decimal,
    money: Decimal,
) -> Fit:
    """Choose what fits so that each voter's part goes to what they backed (method of equal shares).

    costs: issue → hours and money, at least one of them above 0. What an issue costs is the larger of its shares of the hours
    and of the money there are, so that what is chosen fits into both. What costs more than there is of either is not chosen.
    """
    backing = max(1, min(BACKED, int(issues * BACKING_AT_MOST)))
    share = {issue: _share(cost, hours, money) for issue, cost in costs.items()}
    prices = {issue: price for issue, price in share.items() if price is not None and price <= 1}
    tally = sorted(tally)
    approvals = {row: _backed(order, backing) & prices.keys() for row, (_, order) in enumerate(tally)}
    taken: list[int] = []
    if prices:
        weights = {row: times for row, (times, _) in enumerate(tally)}
        taken = list(ballots.equal_shares(prices, 1, approvals, weights, complete=True).funded)
    spent = [sum((costs[issue][part] for issue in taken), Decimal(0)) for part in (0, 1)]
    return Fit(taken, str(spent[0]), str(spent[1]), [each for each in range(issues) if each not in costs], backing)


def _share(cost: tuple[Decimal, Decimal], hours: Decimal, money: Decimal) -> Fraction | None:
    """The larger share of what there is; None where something is needed of which there is nothing."""
    parts = [
        Fraction(part) / Fraction(whole) for part, whole in zip(cost, (hours, money), strict=True) if part and whole
    ]
    short = any(part and not whole for part, whole in zip(cost, (hours, money), strict=True))
    return None if short or not parts else max(parts)


def _backed(order: Order, backing: int) -> set[int]:
    """The first places of an order: whole ties only, so that nobody is backed for the place in a list."""
    found: set[int] = set()
    for tier in order:
        if len(found) + len(tier) > backing:
            break
        found |= set(tier)
    return found


def heading(outcome: Outcome, issues: Sequence[str]) -> str:
    """The finding in a sentence."""
    first = [issues[each.issue] for each in outcome.standings if each.position == 1]
    names = people_list(f"“{name}”" for name in first)
    if len(first) > 1:
        return f"{names} share the first place"
    return f"{names} comes first, and it is a close call" if outcome.close else f"{names} comes first"


# --- a vote that was cast here: what may be told of it (docs/decisions/0079) ------------------------------------------

STEPS: Final = (1, 5, 10, 20)
ONE_VOICE: Final = 100  # points by which one voice of n may move a share, n times over
FEW, A_FEW = 10, 5  # a school under FEW voters: what is left without another one may be so many people
LOPSIDED: Final = 25  # times one weight may be of another, untold
VOICES_FROM: Final = 3  # of two, either would follow from both results
VOICES_STEP: Final = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a vote that was cast here. outcome: None under the number from which figures are told; tiers: then the
    order alone, in words. voices: win shares by one voice a block, in the issues' own order; None where there are too few.

    lopsided: in that count one person weighs more than 25 times another.
    """

    outcome: Outcome | None
    tiers: list[list[int]]
    voices: list[int] | None
    lopsided: bool


def step_for(voters: int, smallest: int) -> int:
    """What shares are rounded to: so coarse that one voice more moves none by more than a step, nor, where the smallest
    school has fewer than ten voters, five. smallest: voters of the school with fewest, 0 for none."""
    wanted = ONE_VOICE * (A_FEW if smallest < FEW else 1)
    return next((step for step in STEPS if step * voters >= wanted), STEPS[-1])


def told(issues: int, blocks: Sequence[Tally], smallest: int, numbers_from: int, seconds: float = SECONDS_HERE) -> Told:
    """Count what was cast here. blocks: the tally of each block, which has one voice. smallest: as `step_for` wants it.

    numbers_from: voters under which the order is told in words alone. Raises as `count`.
    """
    tally = together(blocks)
    sizes = [sum(times for times, _ in block) for block in blocks]
    step = step_for(sum(sizes), smallest)
    if sum(sizes) < numbers_from:
        return Told(None, _coarse_tiers(issues, tally), None, lopsided=False)
    outcome = count(issues, tally, seconds, step=step)
    lopsided = max(sizes) > LOPSIDED * min(sizes)
    if len(blocks) < VOICES_FROM:
        return Told(outcome, [], None, lopsided=False)
    return Told(outcome, [], _voices(issues, blocks, max(step, VOICES_STEP)), lopsided)


def together(blocks: Sequence[Tally]) -> list[tuple[int, Order]]:
    """One tally of several."""
    found = Counter[Order]()
    for block in blocks:
        for times, order in block:
            found[order] += times
    return sorted((times, order) for order, times in found.items())


def _coarse_tiers(issues: int, tally: Tally) -> list[list[int]]:
    shares = _exact_shares(issues, tally)
    step = STEPS[-1]
    return [list(tier) for tier in ballots.tiers_by({each: nearest(share, step) for each, share in shares.items()})]


def _voices(issues: int, blocks: Sequence[Tally], step: int) -> list[int]:
    every = [_exact_shares(issues, block) for block in blocks]
    means = [sum((shares[issue] for shares in every), Fraction(0)) / len(every) for issue in range(issues)]
    return [min(100 - step, max(step, nearest(mean, step))) for mean in means]


def _exact_shares(issues: int, tally: Tally) -> dict[int, Fraction]:
    return ballots.win_shares(list(range(issues)), [_ballot(order, times) for times, order in tally])
