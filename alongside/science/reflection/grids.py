"""The statement grid: what schools say, do and intend, and where one could help another."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Literal

from alongside.science.errors import (
    MoreThanAsked,
    NothingGiven,
    UnequalScales,
    require_counts,
    require_something,
)
from alongside.science.results import Result, counted, in_words

type State = Literal["practised", "talked about", "not done", "unseen"]


@dataclass(frozen=True, slots=True)
class Grid:
    """How many people say of one statement: never thought of it, we don't, we talk of it, we do it.

    should: of the first three, how many say that we should. Raises NotACount, MoreThanAsked.
    """

    never: int
    dont: int
    talk: int
    do: int
    should_never: int = 0
    should_dont: int = 0
    should_talk: int = 0

    def __post_init__(self) -> None:
        require_counts("grid", (*self.steps, *self.should))
        for name, should, people in zip(("never", "dont", "talk"), self.should, self.steps, strict=False):
            if should > people:
                raise MoreThanAsked(f"should of {name}: {should} of {people} people")

    @property
    def steps(self) -> tuple[int, int, int, int]:
        """People per step of the ladder, lowest first."""
        return self.never, self.dont, self.talk, self.do

    @property
    def should(self) -> tuple[int, int, int]:
        """People who say that we should, per step not doing."""
        return self.should_never, self.should_dont, self.should_talk

    @property
    def n(self) -> int:
        """People who answered."""
        return sum(self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Result):
    """One statement of a school. value: practice, the share (0–1) that does it. n: people.

    talk_do_gap: of those who talk or do, the share that talks; None when nobody does either. blind_spot: share that never
    thought of it. appetite: of those not doing, the share that says we should; None when all do. intent_gap: share of all that
    says we should and does not. agreement: 0–100 on the four steps. state: the step most people are on.
    """

    talk_do_gap: float | None
    blind_spot: float
    appetite: float | None
    intent_gap: float
    agreement: float
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Result):
    """Two schools on the same statements. value: similarity, 0–100. n: statements.

    distances: per statement, 0–1. ours_help, theirs_help: chance (0–1) that one of ours does it and one of theirs should and
    does not, and the other way round.
    """

    distances: tuple[float, ...]
    ours_help: tuple[float, ...]
    theirs_help: tuple[float, ...]


def profile(grid: Grid) -> Profile:
    """What a school does, talks of and intends, for one statement. Raises NothingGiven when nobody answered.

    Source: our own definitions on the ladder never < don't < talk < do; agreement as in `coherence`.
    """
    if not grid.n:
        raise NothingGiven("nobody answered, so there is no profile")
    idle, active, should = grid.n - grid.do, grid.talk + grid.do, sum(grid.should)
    practice, gap = Fraction(grid.do, grid.n), Fraction(grid.talk, active) if active else None
    return Profile(
        value=float(practice),
        n=grid.n,
        method="statement grid",
        sentence=_profile_sentence(grid, idle, should),
        reasons=("Never thought of it counts as further away than we don't: our reading.",),
        not_claimed=("That what people say they do is done.",),
        talk_do_gap=None if gap is None else float(gap),
        blind_spot=grid.never / grid.n,
        appetite=should / idle if idle else None,
        intent_gap=should / grid.n,
        agreement=float(_agreement(grid.steps)),
        state=_state(grid),
    )


def compare(ours: Sequence[Grid], theirs: Sequence[Grid]) -> Comparison:
    """How alike two schools are over the same statements in the same order, and where one could help the other.

    Raises UnequalScales for different numbers of statements, NothingGiven for none or one nobody answered.
    Source: Wasserstein distance on four steps, divided by its greatest value 3.
    """
    if len(ours) != len(theirs):
        raise UnequalScales(f"{len(ours)} statements against {len(theirs)}")
    require_something("statements", ours)
    pairs = list(zip(ours, theirs, strict=True))
    for number, (a, b) in enumerate(pairs, 1):
        if not a.n or not b.n:
            raise NothingGiven(f"statement {number}: nobody answered in one of the schools")
    distances = [_distance(a, b) for a, b in pairs]
    similarity = 100 * (1 - sum(distances, Fraction(0)) / len(distances))
    return Comparison(
        value=float(similarity),
        n=len(pairs),
        method="Wasserstein distance on four steps",
        sentence=f"Over {counted(len(pairs), 'statement')} the two schools are {in_words(float(similarity), 0)} of 100 alike.",
        reasons=("Where one does what the other wants to do, a visit is worth while.",),
        not_claimed=("That schools alike are good partners.",),
        distances=tuple(float(distance) for distance in distances),
        ours_help=tuple(_helps(a, b) for a, b in pairs),
        theirs_help=tuple(_helps(b, a) for a, b in pairs),
    )


def _agreement(steps: Sequence[int]) -> Fraction:
    n, points = sum(steps), len(steps)
    shares = [Fraction(count, n) for count in accumulate(steps[:-1])]
    return 100 * (1 - Fraction(4, points - 1) * sum((f * (1 - f) for f in shares), Fraction(0)))


def _state(grid: Grid) -> State:
    """The step most people stand on; of equal ones the higher."""
    names: tuple[State, ...] = ("unseen", "not done", "talked about", "practised")
    return max(zip(grid.steps, range(4), names, strict=True))[2]


def _distance(a: Grid, b: Grid) -> Fraction:
    ours, theirs = accumulate(a.steps[:-1]), accumulate(b.steps[:-1])
    gaps = (abs(Fraction(x, a.n) - Fraction(y, b.n)) for x, y in zip(ours, theirs, strict=True))
    return sum(gaps, Fraction(0)) / 3


def _helps(giver: Grid, taker: Grid) -> float:
    return float(Fraction(giver.do, giver.n) * Fraction(sum(taker.should), taker.n))


def _profile_sentence(grid: Grid, idle: int, should: int) -> str:
    doing = f"{grid.do} of {grid.n} say we do this"
    if not idle:
        return f"{doing}."
    return f"{doing}; of the {idle} others {should} say we should."
