"""How often rounding fails: the sum of a block of five to nine found exactly from a total and the other blocks' answers.

Blocks of ten and more show shares, from which a reader gets their counts exactly; what hides a smaller block of the same
total is the rounding of its own score and of the total's.
"""

import random

from alongside.science.disclosure import K_DISTRIBUTION, K_SCORE, TOTAL_FINE_FROM, shown_score
from alongside.science.tallies import Tally, merge

FINEST = (TOTAL_FINE_FROM, 250)  # answers from which a total is in whole points: the least allowed, and what pulses use
SIZES = (20, 49, 50, 100, 249, 250, 500)
OPTIONS = 5  # of an answer


def simulate(seed: int, times: int) -> None:
    """Print, for totals in whole points from so many answers, how often only one sum of the small block fits both figures."""
    for fine_from in FINEST:
        found = [f"{size}: {found_exactly(size, fine_from, random.Random(seed), times):.1%}" for size in SIZES]
        print(
            f"rounding, whole points from {fine_from}: the sum of a block of 5 to 9 found in totals of {', '.join(found)}"
        )


def found_exactly(size: int, fine_from: int, rnd: random.Random, times: int) -> float:
    """The share of `times` random totals of `size` answers."""
    return sum(len(possible(size, fine_from, rnd)) == 1 for _ in range(times)) / times


def possible(size: int, fine_from: int, rnd: random.Random) -> list[int]:
    """Sums of steps up the scale that a random small block of a random total may have, for who knows the rest exactly."""
    n = rnd.randint(K_SCORE, K_DISTRIBUTION - 1)
    small, rest = _drawn(n, rnd), _drawn(size - n, rnd)
    seen = _both(small, rest, fine_from)
    return [steps for steps in range((OPTIONS - 1) * n + 1) if _both(_with(steps, n), rest, fine_from) == seen]


def _both(small: Tally, rest: Tally, fine_from: int) -> tuple[object, object]:
    return shown_score(small), shown_score(merge([small, rest]), K_SCORE, True, fine_from)


def _with(steps: int, n: int) -> Tally:
    """Answers of n people that lie so many steps above the lowest together."""
    each, over = divmod(steps, n)
    return _counts([each] * (n - over) + [each + 1] * over)


def _drawn(n: int, rnd: random.Random) -> Tally:
    return _counts(rnd.choices(range(OPTIONS), [rnd.random() for _ in range(OPTIONS)], k=n))


def _counts(given: list[int]) -> Tally:
    return Tally(tuple(given.count(value) for value in range(OPTIONS)))
