"""The portrait of a grid, from what a release prints: of a school, of several schools, or of a hall.

Principles stand in the order in which they are asked, states in the order in which they are offered: none is ranked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.safestring import SafeString

from alongside.kit.charts.bars import Share, unranked_bar
from alongside.surveys import grids
from alongside.surveys.grids import DOING, OF_NETWORK, STATES, Parts
from alongside.surveys.instruments import Item

OURS = "our schools"
WORTH_SAYING = 10  # percent more or less, from which school and network are said to differ


@dataclass(frozen=True, slots=True)
class Said:
    """What people say of one statement, of their school or of the network. before: the same in the round before."""

    parts: Parts
    of: str = ""  # "24 answers"; "" where that is said once for all
    before: Parts | None = None
    before_when: str = ""  # "March 2026"

    @property
    def drawn(self) -> SafeString:
        """The four states as one bar; nothing where none has a share."""
        shares = [Share(label, *share) for (_, label), share in zip(STATES, self.parts.states, strict=True)]
        return unranked_bar(shares) if any(share.percent for share in shares) else SafeString("")

    @property
    def named(self) -> list[tuple[str, str]]:
        """Each state and its share as printed."""
        return [(label, shown) for (_, label), (_, shown) in zip(STATES, self.parts.states, strict=True)]

    @property
    def doing(self) -> int:
        """Percent who say that it is done."""
        return self.parts.states[DOING - 1][0]

    @property
    def wanted(self) -> str:
        """What ought to be and is not, in one sentence."""
        return f"{_capital(self.parts.wanted[1])} say: we should, and don’t yet."

    @property
    def earlier(self) -> str:
        """The round before in one sentence; "" where there was none. What changed is for people to say."""
        if self.before is None:
            return ""
        states = ", ".join(f"{_small(label)} {shown}" for label, shown in Said(self.before).named)
        return f"In {self.before_when}: {states}; we should, and don’t yet {self.before.wanted[1]}."


@dataclass(frozen=True, slots=True)
class Line:
    """One statement. school, network: None where too few answered to show anything."""

    item: Item
    statement: str
    school: Said | None
    network: Said | None
    ours: str  # whom the first tap speaks of here: a school's name, or "our schools"
    where: str  # the network's name

    @property
    def difference(self) -> str:
        """How school and network differ in what is done, in one sentence; "" where one of them is not shown."""
        if self.school is None or self.network is None:
            return ""
        ours, theirs = self.school, self.network
        gap = ours.doing - theirs.doing
        if abs(gap) < WORTH_SAYING:
            return f"About as many say “we do this” of {self.ours} as of {self.where}."
        shown = f"{ours.parts.states[0][1]} and {theirs.parts.states[0][1]}"
        return f"{'More' if gap > 0 else 'Fewer'} say “we do this” of {self.ours} than of {self.where}: {shown}."


@dataclass(frozen=True, slots=True)
class Portrait:
    """All statements of a grid in one place."""

    lines: tuple[Line, ...]

    @property
    def any(self) -> bool:
        """Whether anything may be shown."""
        return any(line.school or line.network for line in self.lines)

    @property
    def principles(self) -> list[tuple[str, list[Line]]]:
        """Principle → its statements, in the order of asking."""
        return [(about, list(lines)) for about, lines in groupby(self.lines, key=lambda line: line.item.about)]

    @property
    def heading(self) -> str:
        """The finding: where most say that we should and don't yet. States are never ranked; what people want may be named."""
        wants = [(line.school.parts.wanted[0], line.item.about) for line in self.lines if line.school]
        most = max((percent for percent, _ in wants), default=0)
        named = list(dict.fromkeys(about for percent, about in wants if percent == most))
        if len(named) != 1:
            return "What we do, and what we should"
        return f"People say “we should, and don’t yet” most often of {_small(named[0])}"


def portrait(items: Sequence[Item], said: Mapping[str, Said], where: str, ours: str = OURS) -> Portrait:
    """said: id of a tap → what people say there; taps that may show nothing are not there. where: the network's name. ours:
    a school's name; else several."""
    return Portrait(tuple(_line(item, said, where, ours) for item in items))


def _line(item: Item, said: Mapping[str, Said], where: str, ours: str) -> Line:
    statement = grids.said(item.statement, where)
    return Line(item, statement, said.get(item.id), said.get(item.id + OF_NETWORK), ours, where)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text if text.startswith("I ") else text[:1].lower() + text[1:]
