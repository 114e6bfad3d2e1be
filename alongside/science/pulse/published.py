"""What published figures say together, and no more: computed from what was printed alone, so that anyone could have done it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from alongside.science.errors import BadInput, MoreThanAsked
from alongside.science.pulse.shares import round_outwards

HIGHEST = 100
STEP = 5  # of every range here: a range finer than that would promise what rounding has taken away


@dataclass(frozen=True, slots=True)
class Printed:
    """A score (0–100) as it was printed: rounded to step, from n answers ("5–9", or a number)."""

    score: int
    step: int
    n: str

    def __post_init__(self) -> None:
        if not 0 <= self.score <= HIGHEST or self.step < 1:
            raise BadInput(f"no printed score: {self.score!r}, to the nearest {self.step!r}")

    @property
    def people(self) -> tuple[int, int]:
        """The fewest and the most answers that it may be from. Raises BadInput for what is no printed count."""
        low, _, high = self.n.partition("–")
        if not (low.isdecimal() and (high.isdecimal() or not high)) or int(low) < 1:
            raise BadInput(f"no printed count of answers: {self.n!r}")
        return int(low), int(high or low)

    @property
    def range(self) -> tuple[Fraction, Fraction]:
        """All scores that print so. The first and last step also hold what was kept within the scale (R5)."""
        half = Fraction(self.step, 2)
        kept = self.step if self.step > 1 else 0
        low = Fraction(0) if self.score <= kept else max(Fraction(0), self.score - half)
        high = Fraction(HIGHEST) if self.score >= HIGHEST - kept else min(Fraction(HIGHEST), self.score + half)
        return low, high


def everyone(printed: Printed, invited: int) -> tuple[int, int]:
    """Between which scores the mean of everyone who was invited must lie, whatever the silent would have said (0–100).

    Rounded outwards to 5. Manski's bounds for a mean, over all answers that print so. Raises MoreThanAsked when more must
    have answered than were invited.
    """
    fewest, most = printed.people
    if fewest > invited:
        raise MoreThanAsked(f"{fewest} answers of {invited} people invited")
    low, high = printed.range
    counts = {fewest, min(most, invited)}
    lows = [n * low / invited for n in counts]
    highs = [(n * high + (invited - n) * HIGHEST) / Fraction(invited) for n in counts]
    return _outwards(lows, highs)


def rest(total: Printed, part: Printed) -> tuple[int, int] | None:
    """Between which scores the rest of a total lies without one of its parts (0–100), rounded outwards to 5.

    None when no range follows: when all may be the part's, or when what was printed does not fit together.
    """
    found = [
        (n * whole - m * own) / Fraction(n - m)
        for (n, m) in product(total.people, part.people)
        for (whole, own) in product(total.range, part.range)
        if n > m
    ]
    if not found or total.people[0] <= part.people[1]:
        return None
    low, high = max(Fraction(0), min(found)), min(Fraction(HIGHEST), max(found))
    return _outwards([low], [high]) if low <= high else None


def fewer_than_half(printed: Printed, invited: int) -> bool:
    """Whether fewer than half of those invited have answered for certain."""
    return 2 * printed.people[1] < invited


def _outwards(lows: Iterable[Fraction], highs: Iterable[Fraction]) -> tuple[int, int]:
    low, high = round_outwards(min(lows), max(highs), STEP)
    return max(0, low), min(HIGHEST, high)
