"""Scores side by side: a real table, which becomes lines of cells on a phone and prints as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from alongside.kit.charts.draw import whole

Word = Literal["", "sure", "watch"]
Direction = Literal[-1, 0, 1]

# A line of a phone holds seven cells; with more columns each cell carries its own label.
CELLS_IN_A_LINE = 7
FIRST_SCORES = (40, 50, 60, 70, 80, 90)
TOLD = {
    ("sure", -1): ("▼", "fell"),
    ("sure", 1): ("▲", "rose"),
    ("watch", -1): ("▽", "watch"),
    ("watch", 1): ("△", "watch"),
}
KEYS = {
    ("sure", -1): ("sw sw-sure", "▼ a fall, confirmed"),
    ("sure", 1): ("sw sw-sure", "▲ a rise, confirmed"),
    ("watch", -1): ("sw sw-watch", "▽ lower, worth watching"),
    ("watch", 1): ("sw sw-watch", "△ higher, worth watching"),
}


@dataclass(frozen=True, slots=True)
class HeatColumn:
    """One statement: its label, and a short one for phones."""

    label: str
    short: str


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One printed score, 0 to 100, or None where too few answered. why: one sentence for who cannot see the frame or the hatching."""

    score: int | None
    word: Word = ""
    direction: Direction = 0
    url: str | None = None
    why: str = ""

    def __post_init__(self) -> None:
        if self.score is not None:
            whole("score", self.score)
        if self.word and (self.word, self.direction) not in TOLD:
            raise ValueError(f"heat: no sign for {self.word!r} with direction {self.direction!r}")
        if self.word and self.score is None:
            raise ValueError("heat: a cell that is not shown cannot have changed")


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One block or total. note: how many answered, as TRUST allows it to be said."""

    name: str
    note: str
    cells: Sequence[HeatCell]
    is_total: bool = False
    url: str | None = None


def heat_step(score: int) -> int:
    """Which of the seven colours: 1 under 40, 2 from 40, 3 from 50, 4 from 60, 5 from 70, 6 from 80, 7 from 90."""
    return 1 + sum(whole("score", score) >= first for first in FIRST_SCORES)


def heat_table(
    columns: Sequence[HeatColumn], rows: Sequence[HeatRow], caption: str, corner: str = "School"
) -> SafeString:
    """Rows × columns of scores; its key is heat_key(rows).

    caption says what the figures are and which way is better. Totals stand apart below.
    Raises ValueError when a row has not one cell per column.
    """
    if any(len(row.cells) != len(columns) for row in rows):
        raise ValueError("heat: one cell per column in every row")
    many = len(columns) > CELLS_IN_A_LINE
    heads = format_html_join(
        "", '<th scope="col" role="columnheader">{}</th>', ((_head(each, many),) for each in columns)
    )
    return format_html(
        '<table class="heat {}" role="table"><caption>{}</caption>'
        '<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">{}</th>{}</tr></thead>'
        '<tbody role="rowgroup">{}</tbody></table>',
        "heat--many" if many else f"heat--{len(columns)}",
        caption,
        corner,
        heads,
        _body(columns, rows, many),
    )


def heat_key(rows: Sequence[HeatRow]) -> SafeString:
    """What the colours mean, and each sign that occurs in these rows."""
    cells = [cell for row in rows for cell in row.cells]
    seen = {(cell.word, cell.direction) for cell in cells}
    signs = [KEYS[sign] for sign in KEYS if sign in seen]
    if any(cell.score is None for cell in cells):
        signs.append(("sw sw-few", "too few answers to show"))
    ramp = format_html_join("", '<i class="q{}"></i>', ((step,) for step in range(1, 8)))
    items = format_html_join("", '<li><span class="{}" aria-hidden="true"></span>{}</li>', signs)
    return format_html(
        '<ul class="key"><li><span class="ramp" aria-hidden="true">{}</span>under 40 to 90 and over</li>{}</ul>',
        ramp,
        items,
    )


def _head(column: HeatColumn, many: bool) -> SafeString:
    if many:
        return format_html('<span class="vh">{}</span><span aria-hidden="true">{}</span>', column.label, column.short)
    return format_html(
        '<span class="wide-only">{}</span><span class="narrow-only">{}</span>', column.label, column.short
    )


def _body(columns: Sequence[HeatColumn], rows: Sequence[HeatRow], many: bool) -> SafeString:
    parts, above = SafeString(""), False
    for row in rows:
        if row.is_total and above:
            parts += format_html('<tr class="gap" aria-hidden="true"><th colspan="{}"></th></tr>', len(columns) + 1)
        above = not row.is_total
        parts += _row(columns, row, many)
    return parts


def _row(columns: Sequence[HeatColumn], row: HeatRow, many: bool) -> SafeString:
    name = format_html('<a href="{}">{}</a>', row.url, row.name) if row.url else row.name
    labels = [column.short if many else "" for column in columns]
    return format_html(
        '<tr role="row"{}><th scope="row" role="rowheader"><span>{}</span><small>{}</small></th>{}</tr>',
        SafeString(' class="sum"') if row.is_total else "",
        name,
        row.note,
        SafeString("".join(_cell(cell, label) for cell, label in zip(row.cells, labels, strict=True))),
    )


def _cell(cell: HeatCell, label: str) -> SafeString:
    name = format_html('<span class="heat__l narrow-only" aria-hidden="true">{}</span>', label) if label else ""
    why = format_html('<span class="vh">. {}</span>', cell.why) if cell.why else ""
    if cell.score is None:
        return format_html('<td role="cell" class="few">{}<span>too few</span>{}</td>', name, why)
    css = f"q{heat_step(cell.score)} {cell.word}".strip()
    said = format_html("{}{}", cell.score, _sign(cell))
    if cell.url:
        said = format_html('<a href="{}">{}</a>', cell.url, said)
    return format_html('<td role="cell" class="{}">{}{}{}</td>', css, name, said, why)


def _sign(cell: HeatCell) -> SafeString:
    if not cell.word:
        return SafeString("")
    shape, word = TOLD[cell.word, cell.direction]
    return format_html('<small><span aria-hidden="true">{}</span> {}</small>', shape, word)
