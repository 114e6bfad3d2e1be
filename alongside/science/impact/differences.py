"""Those who took part against those who did not, and how often chance alone would part them as far."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from statistics import fmean

import numpy as np

from alongside.science.errors import require_counts, require_numbers, require_something
from alongside.science.permutation import NO_CAUSE
from alongside.science.results import Result, counted, in_words

MOST_RELABELLINGS = 200_000
DRAWS = 200_000
HAIR = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastP(Result):
    """What p can be reached at all. value: the smallest, 0–1. n: schools."""

    reaches_one_in_twenty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Result):
    """Difference in differences, in the unit given. value: change of those who took part less that of the others."""

    treated_change: float
    comparison_change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTest(Result):
    """Schools that took part against others. value: difference of mean changes. n: schools.

    p: two-sided, 0–1; least_p: the smallest p these numbers of schools can reach; relabellings: ways to choose who took part.
    """

    p: float
    least_p: float
    relabellings: int
    exact: bool


def difference_in_differences(treated: tuple[float, float], comparison: tuple[float, float]) -> Difference:
    """Change of those who took part less the change of the others. Each: (before, after). Raises NotANumber.

    Source: Card & Krueger (1994) as an example.
    """
    require_numbers("before and after", [*treated, *comparison])
    ours, theirs = treated[1] - treated[0], comparison[1] - comparison[0]
    return Difference(
        value=ours - theirs,
        n=2,
        method="difference in differences",
        sentence=(
            f"Those who took part changed by {in_words(ours, 2)}, the others by {in_words(theirs, 2)}: "
            f"a difference of {in_words(ours - theirs, 2)}."
        ),
        reasons=("What happened everywhere is taken out.",),
        not_claimed=(NO_CAUSE, "That both would have changed alike without it: that is supposed."),
        treated_change=ours,
        comparison_change=theirs,
    )


def smallest_p(treated: int, comparison: int) -> LeastP:
    """The smallest p that so many schools can reach at all: 1 / C(n, k). Below 5% one school needs 19 others.

    Raises NotACount, NothingGiven for none on a side.
    """
    value = _least_p(treated, comparison)
    within = "can" if value <= 0.05 else "cannot"
    return LeastP(
        value=value,
        n=treated + comparison,
        method="1 in all choices of who took part",
        sentence=(
            f"{counted(treated + comparison, 'school')} {within} tell a change from chance at 1 in 20: "
            f"at best 1 in {round(1 / value):,}."
        ),
        reasons=("One school that took part needs 19 to compare with.",) if value > 0.05 else (),
        not_claimed=("That there was no effect, where no p could be small enough.",),
        reaches_one_in_twenty=value <= 0.05,
    )


def _least_p(treated: int, comparison: int) -> float:
    require_counts("schools", [treated, comparison])
    require_something("schools that took part", range(treated))
    require_something("schools to compare with", range(comparison))
    return 1 / comb(treated + comparison, treated)


def group_test(treated: Sequence[float], comparison: Sequence[float], seed: int = 3) -> GroupTest:
    """How often choosing at random who took part gives mean changes as far apart. Changes per school, in any order.

    All choices are tried up to 200,000, else as many drawn, the same for the same seed. Counts |difference| at least as large;
    doubling one tail is another test. Raises NotANumber, NothingGiven. Source: Fisher's permutation test.
    """
    least = _least_p(len(treated), len(comparison))
    require_numbers("changes of those who took part", treated)
    require_numbers("changes of the others", comparison)
    ours, theirs = sorted(treated), sorted(comparison)
    value, ways = fmean(ours) - fmean(theirs), comb(len(ours) + len(theirs), len(ours))
    exact = ways <= MOST_RELABELLINGS
    p = _all_choices(ours, theirs) if exact else _drawn_choices(ours, theirs, seed)
    return GroupTest(
        value=value,
        n=len(ours) + len(theirs),
        method="permutation over who took part" + ("" if exact else f", {DRAWS:,} draws"),
        sentence=_group_sentence(value, p, least),
        reasons=(f"The smallest p that these schools can reach is {least:.3g}.",),
        not_claimed=(NO_CAUSE, "That there was no effect, where none was seen."),
        p=p,
        least_p=least,
        relabellings=ways,
        exact=exact,
    )


def _all_choices(ours: Sequence[float], theirs: Sequence[float]) -> float:
    changes = [*ours, *theirs]
    k, n, total = len(ours), len(changes), sum(changes)
    seen = abs(fmean(ours) - fmean(theirs)) - HAIR
    hits = sum(
        abs(part / k - (total - part) / (n - k)) >= seen
        for part in (sum(chosen) for chosen in combinations(changes, k))
    )
    return hits / comb(n, k)


def _drawn_choices(ours: Sequence[float], theirs: Sequence[float], seed: int) -> float:
    changes, k = np.array([*ours, *theirs]), len(ours)
    rng = np.random.default_rng(seed)
    parts = np.array([changes[rng.permutation(len(changes))[:k]].sum() for _ in range(DRAWS)])
    gaps = np.abs(parts / k - (changes.sum() - parts) / (len(changes) - k))
    return (int((gaps >= abs(fmean(ours) - fmean(theirs)) - HAIR).sum()) + 1) / (DRAWS + 1)


def _group_sentence(value: float, p: float, least: float) -> str:
    if least > 0.05:
        return "Too few schools to tell this from chance, whatever the figures."
    side = "more" if value > 0 else "less"
    if p <= 0.05:
        return f"Those who took part gained {in_words(abs(value), 2)} {side}; chance alone does that at most once in twenty."
    return f"Those who took part gained {in_words(abs(value), 2)} {side}, which chance alone may do."
