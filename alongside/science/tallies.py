"""Tallies: how many people gave each answer. Tallies add up, and every statistic of Alongside is a function of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from alongside.science.errors import NotACount, NotANumber, NothingGiven, UnequalScales
from alongside.science.results import Result, counted

POINTS = 5  # answer values on the usual scale, "strongly disagree" to "strongly agree"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people gave each answer to one question.

    counts: people per answer value 1..K, lowest first, K at least 2. cant_say: people who chose "can't say", never part of n.
    Raises ValueError for fewer than two answer values and for any count that is not a whole number from 0.
    """

    counts: tuple[int, ...]
    cant_say: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", tuple(self.counts))
        if len(self.counts) < 2:
            raise UnequalScales(f"a tally needs at least two answer values, not {len(self.counts)}")
        for value, count in enumerate(self.counts, start=1):
            _require_people(f"answer {value}", count)
        _require_people("can't say", self.cant_say)

    @property
    def points(self) -> int:
        """Number of answer values on the scale, K."""
        return len(self.counts)

    @property
    def n(self) -> int:
        """People who gave an answer on the scale."""
        return sum(self.counts)

    @property
    def total(self) -> int:
        """Sum of the answers, in answer values 1..K."""
        return sum(value * count for value, count in enumerate(self.counts, start=1))

    @property
    def mean(self) -> Fraction:
        """Mean answer, 1 to K, exact. Raises ValueError when n is 0."""
        if not self.n:
            raise NothingGiven("nobody answered, so there is no mean")
        return Fraction(self.total, self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Result):
    """A tally in figures. value: the score, 0–100. mean in answer values 1..K; variance with divisor n − 1, None for one answer.

    favourable, unfavourable, shares: 0–1, exact; shares one per answer value, lowest first.
    """

    mean: Fraction
    variance: Fraction | None
    favourable: Fraction
    unfavourable: Fraction
    shares: tuple[Fraction, ...]


def from_answers(answers: Iterable[int | None], points: int = POINTS) -> Tally:
    """The tally of single answers: whole numbers in 1..points in any order, None for "can't say".

    Raises ValueError for an answer off the scale.
    """
    seen = Counter(answers)
    cant_say = seen.pop(None, 0)
    for answer in seen:
        if answer not in range(1, points + 1):
            raise NotANumber(f"answer {answer!r} is not on the scale 1 to {points}")
    return Tally(tuple(seen[value] for value in range(1, points + 1)), cant_say)


def merge(tallies: Iterable[Tally]) -> Tally:
    """The tally of all these people together: counts added value by value, "can't say" too.

    Raises ValueError for no tally at all (its scale would be unknown) and for tallies on different scales.
    """
    together = list(tallies)
    scales = sorted({tally.points for tally in together})
    if len(scales) != 1:
        raise UnequalScales(f"tallies to merge must share one scale; answer values found: {scales or 'no tally'}")
    counts = tuple(sum(column) for column in zip(*(tally.counts for tally in together), strict=True))
    return Tally(counts, sum(tally.cant_say for tally in together))


def score(tally: Tally) -> Fraction:
    """Score from 0 (all on the lowest answer) to 100 (all on the highest), exact: the mean of (answer − 1) × 100 / (K − 1).

    On five points each step counts 25. Raises ValueError when n is 0.
    """
    return (tally.mean - 1) * Fraction(100, tally.points - 1)


def variance(tally: Tally) -> Fraction | None:
    """Variance of the answers, divisor n − 1, in squared answer values, exact; None for fewer than two answers."""
    if tally.n < 2:
        return None
    squares = sum(count * value * value for value, count in enumerate(tally.counts, start=1))
    return (squares - tally.n * tally.mean**2) / (tally.n - 1)


def unfavourable(tally: Tally) -> int:
    """People who answered below the middle of the scale: 1 or 2 on five points."""
    return sum(count for value, count in enumerate(tally.counts, start=1) if 2 * value < tally.points + 1)


def summary(tally: Tally) -> Summary:
    """All that a page says of a tally by itself, exact. Raises NothingGiven when nobody answered."""
    if not tally.n:
        raise NothingGiven("nobody answered, so there is nothing to sum up")
    shares = tuple(Fraction(count, tally.n) for count in tally.counts)
    return Summary(
        value=float(score(tally)),
        n=tally.n,
        method="tally",
        sentence=f"{counted(tally.n, 'answer')}, {favourable(tally)} above the middle, {unfavourable(tally)} below.",
        reasons=("Can't say is counted apart.",),
        not_claimed=("Anything about those who did not answer.",),
        mean=tally.mean,
        variance=variance(tally),
        favourable=Fraction(favourable(tally), tally.n),
        unfavourable=Fraction(unfavourable(tally), tally.n),
        shares=shares,
    )


def favourable(tally: Tally) -> int:
    """People who answered above the middle of the scale: 4 or 5 on five points."""
    return sum(count for value, count in enumerate(tally.counts, start=1) if 2 * value > tally.points + 1)


def _require_people(what: str, count: object) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise NotACount(f"{what}: {count!r} is not a number of people")
