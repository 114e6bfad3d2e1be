"""How far two groups see one thing apart, and whether chance alone would part them as far."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from statistics import NormalDist, fmean

import numpy as np

from alongside.science.coherence.index import _cumulative, _distance
from alongside.science.errors import UnequalScales, require_numbers, require_something
from alongside.science.permutation import sign_flip
from alongside.science.results import Result, counted, in_words
from alongside.science.tallies import Tally, merge

MOST_WORK = 8_000  # smaller group × all answers up to which every deal is counted
DRAWS = 200_000
SURE, LIKELY = 0.01, 0.05
FEW_SCHOOLS = 20  # up to so many every pattern of signs is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Result):
    """Two groups apart. value: mean of the first less that of the second, in steps of the scale. n: answers of both.

    steps: how far answers would have to move to become alike (Wasserstein). shape: whether steps exceed the gap of means, so
    that the groups differ in shape too. energy: twice the area of squared gaps. points: what the pair loses of 100.
    """

    steps: float
    shape: bool
    energy: float
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GapTest(Result):
    """Whether chance alone parts two groups as far. value: Σ of squared gaps of the cumulative shares. p: 0–1.

    least_p: the smallest p these sizes can reach. exact: every deal counted.
    """

    p: float
    least_p: float
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolGap(Result):
    """A gap over several schools. value: its mean, in the unit given. n: schools. same: of these, how many point the way of
    the mean. p: 0–1."""

    p: float
    same: int


def gap(ours: Tally, theirs: Tally, names: tuple[str, str] = ("The first group", "the second")) -> Gap:
    """How far two groups' answers lie apart. names: as they stand in the sentence. Raises NothingGiven, UnequalScales.

    Source: Wasserstein distance W₁ = Σ|F − G|; energy distance (Székely & Rizzo).
    """
    one, other = _pair(ours, theirs)
    signed = ours.mean - theirs.mean
    steps = sum((abs(a - b) for a, b in zip(one, other, strict=True)), Fraction(0))
    squares = _distance(one, other)
    return Gap(
        value=float(signed),
        n=ours.n + theirs.n,
        method="difference of means and Wasserstein distance",
        sentence=_gap_sentence(signed, steps, names),
        reasons=("Groups with one mean can still differ in shape.",) if abs(signed) < steps else (),
        not_claimed=("That the gap is more than chance: `gap_test` says that.", "Who is right."),
        steps=float(steps),
        shape=abs(signed) < steps,
        energy=float(2 * squares),
        points=float(Fraction(100, len(one)) * squares),
    )


def gap_test(ours: Tally, theirs: Tally, seed: int = 7) -> GapTest:
    """How often dealing all these answers at random into groups of these sizes parts them as far or further.

    Every deal is counted while that is quick, else 200,000 deals are drawn, the same for the same seed. A single leader
    against t others can never reach less than 1/(t + 1). Raises NothingGiven, UnequalScales.
    Source: permutation test on Σ(F − G)², conditional on the pooled tally.
    """
    one, other = _pair(ours, theirs)
    pooled = merge([ours, theirs])
    exact = min(ours.n, theirs.n) * pooled.n <= MOST_WORK
    p = _exact_p(ours, pooled) if exact else _drawn_p(ours, pooled, seed)
    return GapTest(
        value=float(_distance(one, other)),
        n=pooled.n,
        method="permutation test on cumulative shares" + (", exact" if exact else f", {DRAWS:,} deals"),
        sentence=_test_sentence(p, min(ours.n, theirs.n)),
        reasons=(
            "The same answers, dealt at random into two groups of these sizes, were compared with what was seen.",
        ),
        not_claimed=("Why the groups differ.",),
        p=p,
        least_p=1 / comb(pooled.n, ours.n),
        exact=exact,
    )


def certainties(p: Sequence[float]) -> tuple[str, ...]:
    """How sure we are of each of several gaps: "sure" up to 1 in 100, "likely" up to 1 in 20, else "cannot tell".

    p: of all gaps that were looked at, not of the shown ones alone. Raises NotANumber unless each is 0–1.
    Source: Benjamini & Hochberg (1995); the limits are conventions.
    """
    require_numbers("p", p, 0, 1)
    adjusted, least = [1.0] * len(p), 1.0
    for rank, i in sorted(enumerate(sorted(range(len(p)), key=lambda i: p[i]), start=1), reverse=True):
        least = adjusted[i] = min(least, p[i] * len(p) / rank)
    return tuple("sure" if each <= SURE else "likely" if each <= LIKELY else "cannot tell" for each in adjusted)


def gap_over_schools(gaps: Sequence[float]) -> SchoolGap:
    """One gap, seen in several schools, each with one voice: its mean, in how many it points the same way, and whether
    chance alone would turn so many. gaps: signed, one a school, in any unit.

    Exact up to 20 schools. Raises NothingGiven, NotANumber. Source: sign-flip test, Fisher (1935); beyond 20 the normal
    distribution with the same variance, Σ gap².
    """
    require_something("gaps", gaps)
    require_numbers("gaps", gaps)
    mean, squares = fmean(gaps), sum(each * each for each in gaps)
    if len(gaps) <= FEW_SCHOOLS:
        p = sign_flip(gaps).p_two_sided
    else:
        p = 2 * NormalDist().cdf(-abs(sum(gaps)) / squares**0.5) if squares else 1.0
    same = sum(each * mean > 0 for each in gaps)
    return SchoolGap(
        value=mean,
        n=len(gaps),
        method="sign-flip test over schools" + (", exact" if len(gaps) <= FEW_SCHOOLS else ""),
        sentence=f"In {same} of {counted(len(gaps), 'school')} it points the same way.",
        reasons=("Each school has one voice.",),
        not_claimed=("Why the groups differ.", "That it is so in every school."),
        p=p,
        same=same,
    )


def _pair(ours: Tally, theirs: Tally) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    if ours.points != theirs.points:
        raise UnequalScales(f"groups to compare must share one scale: {ours.points} and {theirs.points} answer values")
    return _cumulative(ours), _cumulative(theirs)


def _exact_p(ours: Tally, pooled: Tally) -> float:
    """Deals by cumulative count and sum of (N·c − n·T)², answer value by answer value; past the sum seen, all deals count."""
    n, everyone = ours.n, pooled.n
    seen = _sum_of_squares(ours.counts, pooled.counts)
    ways: dict[tuple[int, int], int] = {(0, 0): 1}
    far, below = 0, 0
    for count in pooled.counts[:-1]:
        below += count
        grown: dict[tuple[int, int], int] = {}
        for (taken, squares), deals in ways.items():
            for more in range(max(0, n - taken - (everyone - below)), min(count, n - taken) + 1):
                reached = squares + (everyone * (taken + more) - n * below) ** 2
                here = deals * comb(count, more)
                if reached >= seen:
                    far += here * comb(everyone - below, n - taken - more)
                else:
                    key = (taken + more, reached)
                    grown[key] = grown.get(key, 0) + here
        ways = grown
    return float(Fraction(far, comb(everyone, n)))


def _sum_of_squares(counts: tuple[int, ...], pooled: tuple[int, ...]) -> int:
    n, everyone = sum(counts), sum(pooled)
    taken = below = squares = 0
    for ours, all_of_them in zip(counts[:-1], pooled[:-1], strict=True):
        taken, below = taken + ours, below + all_of_them
        squares += (everyone * taken - n * below) ** 2
    return squares


def _drawn_p(ours: Tally, pooled: Tally, seed: int) -> float:
    draws = np.random.default_rng(seed).multivariate_hypergeometric(pooled.counts, ours.n, size=DRAWS)
    taken = draws.cumsum(axis=1)[:, :-1].astype(np.float64)
    below = np.cumsum(pooled.counts)[:-1].astype(np.float64)
    squares = ((pooled.n * taken - ours.n * below) ** 2).sum(axis=1)
    hits = int((squares >= _sum_of_squares(ours.counts, pooled.counts) * (1 - 1e-12)).sum())
    return (hits + 1) / (DRAWS + 1)


def _gap_sentence(signed: Fraction, steps: Fraction, names: tuple[str, str]) -> str:
    ours, theirs = names
    if signed == 0:
        alike = "answer alike" if steps == 0 else "have the same mean, but another spread"
        return f"{ours} and {theirs} {alike}."
    size = in_words(float(abs(signed)))
    unit = f"{size} of a step" if abs(signed) < 1 and size != "1" else f"{size} step{'' if size == '1' else 's'}"
    return f"{ours} rate this {unit} {'higher' if signed > 0 else 'lower'} than {theirs}."


def _test_sentence(p: float, smaller: int) -> str:
    if smaller == 1:
        return "One person against many: look at the gap, a test cannot say more."
    often = "more than" if p > 0.05 else "at most"
    return f"Chance alone parts the groups as far {often} once in twenty times."
