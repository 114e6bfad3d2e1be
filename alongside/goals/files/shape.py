"""What is read of a file with votes, and its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import FaultList, clean_text
from alongside.surveys.counting import Order

MOST_BYTES: Final = 5_000_000
MOST_ISSUES: Final = 60
MOST_VOTERS: Final = 20_000
LONGEST_NAME: Final = 80


@dataclass(slots=True)
class ReadVote:
    """A vote as its file tells it. layout: its name for people. blank: how many put nothing before anything.

    ignored: columns that were passed over. faults: what was set aside, by row and column.
    """

    layout: str
    title: str
    issues: list[str]
    tally: Counter[Order] = field(default_factory=Counter)
    blank: int = 0
    ignored: list[str] = field(default_factory=list)
    faults: FaultList = field(default_factory=FaultList)

    @property
    def voters(self) -> int:
        """Votes that say something."""
        return sum(self.tally.values())

    @property
    def orders(self) -> list[tuple[int, Order]]:
        """Each distinct order with its number of voters, the same whatever the order of the file's rows."""
        return sorted(((count, order) for order, count in self.tally.items()), key=lambda pair: (-pair[0], pair[1]))

    def add(self, tiers: Iterable[Iterable[int]], count: int) -> None:
        """Count so many voters of one order. Raises UnreadableFile beyond MOST_VOTERS."""
        order = tuple(tuple(sorted(tier)) for tier in tiers)
        if sum(map(len, order)) == len(self.issues):
            order = order[:-1]  # who is last beside nobody is last beside all that are not named
        if order:
            self.tally[order] += count
        else:
            self.blank += count
        if self.voters + self.blank > MOST_VOTERS:
            raise UnreadableFile(f"This file holds more than {MOST_VOTERS:,} votes, the limit. Ask for an extract.")


def names(given: Sequence[str], fallback: str = "Issue") -> list[str]:
    """Names as they are shown, each once: a second of the same name carries its number.

    Raises UnreadableFile for fewer than two, or more than MOST_ISSUES.
    """
    if not 2 <= len(given) <= MOST_ISSUES:
        raise UnreadableFile(not_so_many(len(given)))
    plain = [clean_text(name)[:LONGEST_NAME] or f"{fallback} {number}" for number, name in enumerate(given, start=1)]
    twice = {name for name, times in Counter(plain).items() if times > 1}
    return [f"{name} ({number})" if name in twice else name for number, name in enumerate(plain, start=1)]


def not_so_many(count: int) -> str:
    """The sentence for too few or too many things to choose among."""
    return (
        f"This is no vote that can be counted: {count:,} things to choose among are named, and from 2 to {MOST_ISSUES} are needed. "
        "Choose a PrefLib file of orders, or fill in the template."
    )
