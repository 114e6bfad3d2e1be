"""The method of equal shares: every voice spends its own part of the hours on what it backed."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from alongside.science.errors import NotANumber, require_known, require_once, require_something
from alongside.science.results import Result, by_id, counted, in_words

LARGEST = 2**62  # voices up to this fit into machine numbers
MOST_RAISES = 1_000  # steps of 1% by which endowments are raised to complete

type Money = int | float | Fraction
type Paid = list[tuple[int, Fraction]]  # row of the voter, and what was paid per unit of voice
type Utility = Literal["cost", "cardinality"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding[Project: Hashable, Voter: Hashable](Result):
    """What is funded. value: spent, in the unit of the budget. n: voters.

    funded: in the order chosen. payments: project → voter → paid, exact; empty for what completion added by backing alone.
    completed: those that equal shares alone did not reach. left: unspent. endowments: what each voter had to spend.
    """

    funded: tuple[Project, ...]
    payments: dict[Project, dict[Voter, Fraction]]
    completed: tuple[Project, ...]
    left: Fraction
    endowments: dict[Voter, Fraction]


def equal_shares[Project: Hashable, Voter: Hashable](
    cost: Mapping[Project, Money],
    budget: Money,
    approvals: Mapping[Voter, Collection[Project]],
    weights: Mapping[Voter, Money] | None = None,
    utility: Utility = "cost",
    complete: bool = False,
) -> Funding[Project, Voter]:
    """Choose projects within a budget so that every voice gets its share. All in fractions.

    weights: share of the budget each voter holds, equal if not given; only their ratios count. utility "cost": an hour is
    worth an hour; "cardinality": a project a project. complete: raise all endowments by 1% of the budget at a time while the
    result stays affordable, then add by backing per cost. Ties: the cheaper, then by name.
    Raises NothingGiven, UnknownId, DuplicateId, NotANumber. Source: Peters, Pierczyński & Skowron (2021).
    """
    prices = {project: _money(f"cost of {project!r}", price) for project, price in cost.items()}
    total = _money("budget", budget)
    held = _endowments(prices, approvals, weights)
    voters = sorted(approvals, key=by_id)
    whole = lcm(*(share.denominator for share in held.values()))
    exact = np.array([int(held[voter] * whole) for voter in voters], dtype=np.int64 if whole < LARGEST else object)
    rows = {p: np.array([i for i, voter in enumerate(voters) if p in approvals[voter]], dtype=np.intp) for p in prices}
    backing = {p: backers for p, backers in rows.items() if len(backers) and exact[backers].any()}
    market = _Market(prices, exact, backing, {p: repr(p) for p in prices}, utility)
    purse, bought = total / whole, market.shares(total / whole)
    plain, funded = tuple(bought), tuple(bought)
    if complete:
        purse, bought = market.raised(total, bought)
        funded = market.filled_up(tuple(bought), total)
    spent = sum((prices[project] for project in funded), Fraction(0))
    return Funding(
        value=float(spent),
        n=len(approvals),
        method="method of equal shares" + (", completed" if complete else ""),
        sentence=_sentence(len(funded), len(prices), spent, total),
        reasons=("Each voice spent its own share on what it backed.", "Ties go to the cheaper, then by name."),
        not_claimed=("That what was not funded is unwanted.",),
        funded=funded,
        payments={p: {voters[row]: int(exact[row]) * part for row, part in paid} for p, paid in bought.items()},
        completed=tuple(project for project in funded if project not in plain),
        left=total - spent,
        endowments={voter: int(exact[row]) * purse for row, voter in enumerate(voters)},
    )


@dataclass(frozen=True, slots=True)
class _Market[Project: Hashable]:
    """Who backs what. Money is counted per unit of voice: people of like history then hold like sums, and few sums are left.

    voices: whole numbers, one row per voter; backing: project → rows, none empty; names: what breaks a tie.
    """

    prices: Mapping[Project, Fraction]
    voices: NDArray[np.int64]
    backing: Mapping[Project, NDArray[np.intp]]
    names: Mapping[Project, str]
    utility: Utility

    def shares(self, purse: Fraction) -> dict[Project, Paid]:
        """Buy the project with the smallest ρ, again and again; what each backer paid per unit of voice.

        ρ only grows as purses empty, so an old one is a lower bound and most need not be worked out again.
        """
        sums, holds = [purse], np.zeros(len(self.voices), dtype=np.intp)
        bought: dict[Project, Paid] = {}
        waiting = {p: Fraction(0) for p in self.backing}
        fresh: set[Project] = set()
        while waiting:
            project = min(waiting, key=lambda p: (waiting[p], self.prices[p], self.names[p]))
            if project in fresh:
                bought[project] = self._pay(project, waiting.pop(project), sums, holds)
                fresh.clear()
                continue
            rho = self._rho(project, sums, holds)
            if rho is None:
                waiting.pop(project)
            else:
                waiting[project] = rho
                fresh.add(project)
        return bought

    def raised(self, total: Fraction, bought: dict[Project, Paid]) -> tuple[Fraction, dict[Project, Paid]]:
        """Endowments raised 1% of the budget at a time; the last result that is still affordable."""
        purse = per_voice = total / int(self.voices.sum())
        for step in range(1, MOST_RAISES + 1):
            if len(bought) == len(self.backing):
                break
            more = per_voice * (1 + Fraction(step, 100))
            found = self.shares(more)
            if sum(self.prices[project] for project in found) > total:
                break
            purse, bought = more, found
        return purse, bought

    def filled_up(self, funded: tuple[Project, ...], total: Fraction) -> tuple[Project, ...]:
        """What is still affordable, by backing per cost."""
        left = total - sum(self.prices[project] for project in funded)
        rest = [project for project in self.backing if project not in funded]
        for project in sorted(rest, key=lambda p: (-self._voice(p) / self.prices[p], self.prices[p], self.names[p])):
            if self.prices[project] <= left:
                funded, left = (*funded, project), left - self.prices[project]
        return funded

    def _voice(self, project: Project) -> Fraction:
        return Fraction(int(self.voices[self.backing[project]].sum()))

    def _worth(self, project: Project) -> Fraction:
        return self.prices[project] if self.utility == "cost" else Fraction(1)

    def _rho(self, project: Project, sums: list[Fraction], holds: NDArray[np.intp]) -> Fraction | None:
        """Smallest ρ with Σ voice · min(held, ρ · worth) = price; None when the backers cannot pay."""
        backers = self.backing[project]
        by_sum = np.zeros(len(sums), dtype=self.voices.dtype)
        np.add.at(by_sum, holds[backers], self.voices[backers])
        voice = {int(each): int(by_sum[each]) for each in np.flatnonzero(by_sum)}
        due, together = self.prices[project], sum(voice.values())
        for each in sorted(voice, key=lambda i: sums[i]):
            if sums[each] * together >= due:
                return due / together / self._worth(project)
            due, together = due - sums[each] * voice[each], together - voice[each]
        return None

    def _pay(self, project: Project, rho: Fraction, sums: list[Fraction], holds: NDArray[np.intp]) -> Paid:
        """Take it from the backers; who paid how much per unit of voice, as rows and sums."""
        most, backers = rho * self._worth(project), self.backing[project]
        before, place = np.unique(holds[backers], return_inverse=True)
        parts = [min(sums[each], most) for each in before]
        holds[backers] = len(sums) + place
        sums.extend(sums[each] - part for each, part in zip(before, parts, strict=True))
        return [(int(row), parts[each]) for row, each in zip(backers, place, strict=True)]


def _endowments[Project: Hashable, Voter: Hashable](
    prices: Mapping[Project, Fraction],
    approvals: Mapping[Voter, Collection[Project]],
    weights: Mapping[Voter, Money] | None,
) -> dict[Voter, Fraction]:
    require_something("projects", prices)
    require_something("voters", approvals)
    for voter, backed in approvals.items():
        require_once(f"project backed by {voter!r}", list(backed))
        require_known("project", backed, prices)
    if weights is None:
        return dict.fromkeys(approvals, Fraction(1, len(approvals)))
    require_known("voter", approvals, weights)
    exact = {voter: _money(f"weight of {voter!r}", weights[voter]) for voter in approvals}
    together = sum(exact.values(), Fraction(0))
    return {voter: weight / together for voter, weight in exact.items()}


def _money(what: str, amount: Money) -> Fraction:
    try:
        exact = amount if isinstance(amount, Fraction) else Fraction(str(amount))
    except ValueError as error:
        raise NotANumber(f"{what}: {amount!r} is not a number") from error
    if exact <= 0:
        raise NotANumber(f"{what}: {amount!r} is not above 0")
    return exact


def _sentence(funded: int, asked: int, spent: Fraction, total: Fraction) -> str:
    return (
        f"{funded} of {counted(asked, 'project')} funded with {in_words(float(spent))} of {in_words(float(total))}; "
        "each voice's share was spent on what it backed."
    )
