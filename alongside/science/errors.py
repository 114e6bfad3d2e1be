"""What is wrong with an input, by name. All are ValueErrors, so callers may catch them one by one or together."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from math import isfinite

MOST_NAMED = 12  # rules that a message spells out


class BadInput(ValueError):
    """An input nothing can be computed from; the message says which one."""


class NotACount(BadInput):
    """A number of people that is negative, broken or no number."""


class NotANumber(BadInput):
    """A figure that is missing, infinite, NaN or out of the range it must lie in."""


class UnequalScales(BadInput):
    """Things of different length or scale that must be alike."""


class MoreThanAsked(BadInput):
    """More answers than people: n over N."""


class UnknownId(BadInput):
    """An id that is not among those given."""


class DuplicateId(BadInput):
    """An id given twice where it may stand once."""


class NothingGiven(BadInput):
    """Nothing to compute from."""


class Infeasible(BadInput):
    """No plan keeps all rules. rules: a smallest set of rules, in words, that would have to give way.

    The message names the first twelve and counts the rest; `rules` holds them all.
    """

    def __init__(self, message: str, rules: tuple[str, ...] = ()) -> None:
        more = len(rules) - MOST_NAMED
        named = [*rules[:MOST_NAMED], *([f"and {more} more"] if more > 0 else [])]
        super().__init__(f"{message}: {'; '.join(named)}" if rules else message)
        self.rules = rules


def require_counts(what: str, counts: Iterable[object]) -> tuple[int, ...]:
    """The counts as whole numbers from 0. Raises NotACount and says which one."""
    listed = tuple(counts)
    for position, count in enumerate(listed, start=1):
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise NotACount(f"{what}, number {position}: {count!r} is not a number of people")
    return tuple(count for count in listed if isinstance(count, int))


def require_numbers(what: str, values: Iterable[float], low: float = float("-inf"), high: float = float("inf")) -> None:
    """Raise NotANumber for a value that is no finite number between low and high, and say which one."""
    for position, value in enumerate(values, start=1):
        if isinstance(value, (str, bytes)) or value is None or not isfinite(value):
            raise NotANumber(f"{what}, number {position}: {value!r} is not a number")
        if not low <= value <= high:
            raise NotANumber(f"{what}, number {position}: {value!r} does not lie between {low:g} and {high:g}")


def require_once(what: str, ids: Iterable[Hashable]) -> None:
    """Raise DuplicateId for ids given more than once, naming them."""
    twice = sorted(repr(item) for item, times in Counter(ids).items() if times > 1)
    if twice:
        raise DuplicateId(f"{what} given twice: {', '.join(twice)}")


def require_known(what: str, ids: Iterable[Hashable], known: Collection[Hashable]) -> None:
    """Raise UnknownId for ids that are not known, naming them."""
    unknown = sorted({repr(item) for item in ids if item not in known})
    if unknown:
        raise UnknownId(f"unknown {what}: {', '.join(unknown)}")


def require_something(what: str, things: Collection[object], at_least: int = 1) -> None:
    """Raise NothingGiven when there are fewer things than needed."""
    if len(things) < at_least:
        raise NothingGiven(f"{what}: {len(things)} given, at least {at_least} needed")
