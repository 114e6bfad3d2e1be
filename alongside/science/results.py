"""The form of every result: a number with what it needs to be read."""

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from math import floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A number with what it needs to be read: its range, the people behind it, how it was made and what it does not say.

    value, low, high: in the unit that the subclass names; None where there is none. n: answers; N: people asked, None where
    the target is a process and not these people.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    N: int | None = None
    method: str
    sentence: str
    reasons: tuple[str, ...] = ()
    not_claimed: tuple[str, ...] = ()


def nearest(value: Fraction | float, step: int = 1) -> int:
    """The multiple of step nearest to a value, halves up; a float's last digits, which are noise, decide nothing."""
    exact = value if isinstance(value, Fraction) else Fraction(value).limit_denominator(10**6)
    return floor(exact / step + Fraction(1, 2)) * step


def in_words(value: float, digits: int = 1) -> str:
    """A figure as it stands in a sentence: rounded half up, a true minus sign, no trailing zeros."""
    scaled = round(abs(value) * 10**digits + 1e-9)
    whole, part = divmod(scaled, 10**digits)
    tail = f".{part:0{digits}d}".rstrip("0") if part else ""
    return f"{'−' if value < 0 and scaled else ''}{whole}{tail}"


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 school", "3 schools": a number with its noun in the right form."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def by_id(item: Hashable) -> tuple[str, int, str]:
    """Sort key for ids of any kind: whole numbers by size, then words. The order given must never decide anything."""
    return type(item).__name__, item if isinstance(item, int) else 0, str(item)
