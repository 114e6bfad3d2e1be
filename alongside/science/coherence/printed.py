"""What anybody can read off printed shares: all that a map works with."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from alongside.science.disclosure import FINE_FROM, K_DISTRIBUTION
from alongside.science.errors import BadInput
from alongside.science.results import nearest
from alongside.science.tallies import Tally


def read_off(percents: Sequence[int], n: int) -> Tally:
    """The tally that anybody can read off the printed shares of n answers, and so no more than they tell.

    percents: as `shown_shares` prints them. Under 20 answers each share but the ends means one count; what is then missing
    stands among the "5% or less", next to where most answers are. From 20 on: largest remainders, of equal ones the lower
    answer. Raises BadInput for no share above 0 and for n under 10.
    """
    if n < K_DISTRIBUTION:
        raise BadInput(f"shares are printed from {K_DISTRIBUTION} answers on, not for {n}")
    if not sum(percents) or min(percents) < 0:
        raise BadInput(f"shares must not be negative, nor all 0: {list(percents)}")
    if n >= FINE_FROM:
        return Tally(_by_remainders(percents, n))
    counts = [_least(percent, n) for percent in percents]
    middle = Fraction(sum(i * c for i, c in enumerate(counts)), sum(counts) or 1)
    ends = sorted((i for i, percent in enumerate(percents) if percent <= 5), key=lambda i: (abs(i - middle), i))
    for i in ends[: max(0, n - sum(counts))]:
        counts[i] += 1
    return Tally(tuple(counts) if sum(counts) == n else _by_remainders(counts, n))


def _least(percent: int, n: int) -> int:
    """The fewest of under 20 answers that print as this share: between the ends it is the only count that does."""
    if percent <= 5:
        return 0
    return ceil(Fraction(925 * n, 1000)) if percent >= 95 else nearest(Fraction(percent * n, 100))


def _by_remainders(parts: Sequence[int], n: int) -> tuple[int, ...]:
    whole = sum(parts)
    counts = [part * n // whole for part in parts]
    rest = sorted(range(len(parts)), key=lambda i: (-(parts[i] * n % whole), i))
    for i in rest[: n - sum(counts)]:
        counts[i] += 1
    return tuple(counts)
