"""Who came after whom, followed to the end: chains of schools, and where they run in circles or part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape[T: Hashable]:
    """What a set of links looks like as a whole.

    forks: those with more than one successor. circles: those whose chain runs into a circle. longest: steps of the
    longest chain that ends.
    """

    forks: list[T]
    circles: list[T]
    longest: int


def successors[T: Hashable](links: Iterable[tuple[T, T]]) -> dict[T, list[T]]:
    """Earlier -> later ones, each once, in the order of the links."""
    found: dict[T, dict[T, None]] = defaultdict(dict)
    for earlier, later in links:
        found[earlier][later] = None
    return {earlier: list(later) for earlier, later in found.items()}


def heirs[T: Hashable](start: T, after: Mapping[T, list[T]]) -> list[T]:
    """The last of every chain that begins here, without `start`; each is visited once, so that a circle ends."""
    seen, ends, waiting = {start}, list[T](), list(after.get(start, ()))
    while waiting:
        one = waiting.pop(0)
        if one in seen:
            continue
        seen.add(one)
        further = after.get(one, [])
        if not further:
            ends.append(one)
        waiting += further
    return ends


def shape[T: Hashable](after: Mapping[T, list[T]]) -> Shape[T]:
    """Forks, circles and the longest chain; each school is looked at once."""
    lengths = _lengths(after)
    forks = [one for one, later in after.items() if len(later) > 1]
    circles = [one for one, length in lengths.items() if length is None]
    return Shape(forks, circles, max((length for length in lengths.values() if length), default=0))


def _lengths[T: Hashable](after: Mapping[T, list[T]]) -> dict[T, int | None]:
    """Steps to the end of the longest chain from each; None where a chain runs into a circle.

    From the ends backwards: what is never reached has a circle ahead of it.
    """
    before: dict[T, list[T]] = defaultdict(list)
    open_ends = {one: len(later) for one, later in after.items()}
    for one, later in after.items():
        for next_one in later:
            before[next_one].append(one)
    lengths: dict[T, int | None] = {}
    ready = [one for one in before if one not in after]
    while ready:
        one = ready.pop()
        lengths[one] = max(((lengths[later] or 0) + 1 for later in after.get(one, ())), default=0)
        for earlier in before.get(one, ()):
            open_ends[earlier] -= 1
            if not open_ends[earlier]:
                ready.append(earlier)
    return lengths | {one: None for one in after if one not in lengths}
