"""Exact permutation tests, on two tallies and on pairs: how often chance alone would part them as far. docs/science/permutation.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, comb, erfc, gcd, sqrt

from alongside.science.errors import NothingGiven, require_numbers, require_something
from alongside.science.results import Result, counted
from alongside.science.tallies import Tally, merge

MOST_SUMS = 2_000_000
NO_CAUSE = "That the programme alone made the difference."
MOST_WORK = 40_000  # smaller group × all answers, up to which counting every deal takes some 30 ms at most


@dataclass(frozen=True, slots=True)
class Tails:
    """Chances (0–1) under "nothing changed": a sum as far from the expected as seen, at least as large, at most as large.

    exact: whether every deal was counted; otherwise a normal approximation.
    """

    two_sided: float
    at_least: float
    at_most: float
    exact: bool


def tails(now: Tally, before: Tally) -> Tails:
    """How often dealing the pooled answers at random into groups of these sizes gives a sum "now" as extreme as the one seen.

    Every deal is counted while smaller group × all answers is at most 40,000, and approximated beyond. Raises NothingGiven when
    one has no answers, UnequalScales. Source: Fisher–Pitman permutation test, conditional on the pooled tally.
    """
    pooled = merge([now, before])
    if not now.n or not before.n:
        raise NothingGiven(f"no answers {'before' if now.n else 'now'}: nothing to compare")
    return _exact_tails(now, before) if min(now.n, before.n) * pooled.n <= MOST_WORK else _normal_tails(now, before)


def _exact_tails(now: Tally, before: Tally) -> Tails:
    """Counted in whole numbers over all deals."""
    pooled = tuple(a + b for a, b in zip(now.counts, before.counts, strict=True))
    flipped = before.n < now.n  # count the deals of the smaller group; its low sums are the other's high ones
    drawn = before if flipped else now
    everyone, size = sum(pooled), drawn.n
    ways = _ways_by_sum(pooled, size)
    seen = drawn.total - size
    all_sum = sum(value * count for value, count in enumerate(pooled))
    far = abs(everyone * seen - size * all_sum)
    deals = comb(everyone, size)
    two_sided = sum(w for s, w in enumerate(ways) if abs(everyone * s - size * all_sum) >= far)
    above, below = sum(ways[seen:]) / deals, sum(ways[: seen + 1]) / deals
    at_least, at_most = (below, above) if flipped else (above, below)
    return Tails(two_sided / deals, at_least, at_most, exact=True)


def _ways_by_sum(pooled: Sequence[int], size: int) -> list[int]:
    """ways[s]: in how many ways `size` of the pooled answers, valued 0..K−1, sum to s.

    A row is a polynomial in the sum packed into one big whole number, a slot of bytes per coefficient, so that one big
    multiplication does the work of thousands of small ones. The scale is split in two halves, joined at the end.
    """
    slot = (comb(sum(pooled), size).bit_length() + 7) // 8
    half = (len(pooled) + 1) // 2
    lower, upper = _packed(pooled[:half], size, 8 * slot), _packed(pooled[half:], size, 8 * slot)
    packed = sum(
        (row * lower[size - taken]) << (8 * slot * half * taken)
        for taken, row in enumerate(upper)
        if size - taken < len(lower)
    )
    sums = size * (len(pooled) - 1) + 1
    raw = packed.to_bytes(sums * slot, "little")
    return [int.from_bytes(raw[s * slot : (s + 1) * slot], "little") for s in range(sums)]


def _packed(counts: Sequence[int], size: int, bits: int) -> list[int]:
    """rows[c]: packed numbers of ways to take c of these answers, valued 0, 1, 2 … in order, by their sum."""
    rows = [comb(counts[0], taken) for taken in range(min(counts[0], size) + 1)]
    for value, count in enumerate(counts[1:], start=1):
        grown = [0] * (min(size, len(rows) - 1 + count) + 1)
        for more in range(min(count, size) + 1):
            weight, shift = comb(count, more), bits * value * more
            for taken in range(min(len(rows), len(grown) - more)):
                grown[taken + more] += (rows[taken] * weight) << shift
        rows = grown
    return rows


def _normal_tails(now: Tally, before: Tally) -> Tails:
    """From the permutation distribution's exact mean, variance and lattice, with continuity correction."""
    pooled = merge([now, before])
    spread = sum(count * (value - pooled.mean) ** 2 for value, count in enumerate(pooled.counts, start=1))
    sd = sqrt(Fraction(now.n * before.n, pooled.n * (pooled.n - 1)) * spread)
    if sd == 0:
        return Tails(1.0, 1.0, 1.0, exact=False)
    used = [value for value, count in enumerate(pooled.counts) if count]
    step = gcd(*(value - used[0] for value in used))  # sums of one size lie this far apart
    off = now.total - now.n * pooled.mean
    far = ceil(2 * abs(off) / step) * step - abs(off)  # first sum on the other side that is at least as far out

    def beyond(distance: Fraction) -> float:
        return erfc((distance - Fraction(step, 2)) / sd / sqrt(2)) / 2

    return Tails(min(1.0, beyond(abs(off)) + beyond(far)), beyond(off), beyond(-off), exact=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignFlip(Result):
    """Pairs. value: sum of the differences. n: pairs. at_least: sign patterns with a sum as large, of `patterns`."""

    at_least: int
    patterns: int
    p_one_sided: float
    p_two_sided: float


def sign_flip(differences: Sequence[float]) -> SignFlip:
    """Pairs: how often turning the sign of each difference by lot gives a sum as large. Decimals are taken exactly.

    Raises NotANumber, NothingGiven, also when the sums are too many to count. Source: Fisher (1935), The Design of Experiments.
    """
    require_something("differences", differences)
    require_numbers("differences", differences)
    exact = [Fraction(str(each)) for each in differences]
    sums: dict[Fraction, int] = {Fraction(0): 1}
    for each in sorted(map(abs, exact)):
        grown: dict[Fraction, int] = {}
        for total, ways in sums.items():
            for step in (each, -each):
                grown[total + step] = grown.get(total + step, 0) + ways
        sums = grown
        require_something("room to count: too many different sums", range(MOST_SUMS - len(sums)))
    seen, patterns = sum(exact, Fraction(0)), 2 ** len(exact)
    at_least = sum(ways for total, ways in sums.items() if total >= seen)
    both = sum(ways for total, ways in sums.items() if abs(total) >= abs(seen))
    return SignFlip(
        value=float(seen),
        n=len(exact),
        method="sign-flip test, exact",
        sentence=f"{counted(at_least, 'pattern')} of {patterns} give a sum as large.",
        reasons=("Without a difference each sign is as likely as the other.",),
        not_claimed=(NO_CAUSE,),
        at_least=at_least,
        patterns=patterns,
        p_one_sided=at_least / patterns,
        p_two_sided=both / patterns,
    )
