"""A school's scores by kind of job, as the release has them: the one breakdown of a series (R4)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import capfirst

from alongside.surveys import audiences
from alongside.surveys.instruments import Item
from alongside.surveys.releases import Score
from alongside.surveys.results.seen import View

TOO_FEW = "too few answers to show"
ELSEWHERE = "counted with others"


@dataclass(frozen=True, slots=True)
class KindCell:
    """One group's score on one statement, or in words why there is none. column: whose."""

    column: str
    score: int | None
    note: str


@dataclass(frozen=True, slots=True)
class KindTable:
    """Statement by statement, one column for each group of kinds that is shown for any of them; no column: none is."""

    columns: list[str]
    rows: list[tuple[Item, list[KindCell]]]

    @property
    def fewest(self) -> str:
        """How many people each kind that is shown by itself holds at least, in words."""
        return audiences.fewest()


def kind_table(seen: View, place: str) -> KindTable | None:
    """The breakdown of a school (school:<id>) that counts alone; None for a wave without one. No query."""
    if not seen.document.breakdown:
        return None
    shown = {item.id: dict(seen.document.cut(item.id, place)) for item in seen.pulse.items}
    groups = list(dict.fromkeys(kinds for each in shown.values() for kinds in each))
    order = list(audiences.KINDS)
    groups.sort(key=lambda kinds: ([order.index(kind) for kind in kinds], len(kinds)))
    names = {kinds: capfirst(audiences.kinds_named(kinds)) for kinds in groups}
    rows = [
        (item, [_cell(names[kinds], shown[item.id].get(kinds), bool(shown[item.id])) for kinds in groups])
        for item in seen.pulse.items
    ]
    return KindTable(list(names.values()), rows)


def _cell(column: str, score: Score | None, cut: bool) -> KindCell:
    if score is None:
        return KindCell(column, None, ELSEWHERE if cut else TOO_FEW)
    return KindCell(column, score.score, f"{score.n} answered")
