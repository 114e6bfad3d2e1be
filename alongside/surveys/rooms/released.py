"""Reading what was published of a session: the only source of its figures, on the screen and on the phones."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from alongside.kit.charts.bars import Share, share_bar
from alongside.surveys import grids, releases, schooldays
from alongside.surveys.grids.portrait import Portrait, Said, portrait
from alongside.surveys.instruments import SCALE, Item
from alongside.surveys.models import Room, RoomRelease


@dataclass(frozen=True, slots=True)
class Line:
    """One statement. score and shares are both there or both hidden: the same ten stand behind them."""

    item: Item
    score: int | None
    n: str
    shares: list[tuple[str, int, str]]  # what people chose, the share, as it is printed

    @property
    def bar(self) -> SafeString:
        """All answers from least to most agreement, as one bar."""
        parts = [Share(label, percent, shown) for label, percent, shown in self.shares]
        return share_bar(parts) if any(share.percent for share in parts) else SafeString("")


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a session, for everybody at once (R11)."""

    day: datetime.date
    whom: str
    answered: str | None  # None: fewer than ten
    present: int
    k: int
    lines: list[Line]
    portrait: Portrait | None = None  # of a grid, which has no scores and so no lines

    @property
    def heading(self) -> str:
        """The finding in one sentence."""
        if self.portrait and self.answered:
            return self.portrait.heading
        return releases.ends([(line.score, line.item) for line in self.lines if line.score is not None])


def of(room: Room) -> Found:
    """The release of a session that has results. One query."""
    data = json.loads(RoomRelease.objects.get(room=room).document)
    closed_at = datetime.datetime.fromisoformat(data["closed_at"])
    return Found(
        day=schooldays.local_day(closed_at, room.organisation.zone),
        whom=data["cluster"] or data["owner"],
        answered=data["answered"],
        present=data["present"],
        k=data["k"],
        lines=[] if room.pulse.is_grid else [_line(room.pulse.item(found["id"]), found) for found in data["items"]],
        portrait=_portrait(room, data) if room.pulse.is_grid else None,
    )


def _portrait(room: Room, data: dict[str, Any]) -> Portrait:
    said = {
        found["id"]: Said(grids.read(found["grid"]), f"{found['grid']['n']} answers")
        for found in data["items"]
        if found["grid"]
    }
    return portrait(room.pulse.items, said, data["owner"])


def _line(item: Item, found: dict[str, Any]) -> Line:
    labels = [label for value, label in SCALE if value != "x"]
    shares = [(label, *share) for label, share in zip(labels, found["shares"] or [], strict=False)]
    score = found["score"]
    return Line(item, score and score["score"], score["n"] if score else "", shares)
