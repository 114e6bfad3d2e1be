"""The run chart of one statement, and the same as a table.

Everything is placed from the printed whole numbers: two series that print alike are drawn alike, to the byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from alongside.kit.charts.draw import Box, Places, element, picture, text, whole, with_question
from alongside.kit.charts.notes import ChartNote, draw_notes, head_room, line_boxes, note_rows
from alongside.kit.charts.sheet import Sheet, Spot, Usual, line, months, scale, usual_range, window

Mark = Literal["", "watch", "confirmed", "imported"]

PHONE, COLUMN, BROAD = 328, 720, 960
# Nearer than this, only the first, last, lowest, highest and marked points carry their number.
ROOM_FOR_EVERY_NUMBER = 34


@dataclass(frozen=True, slots=True)
class RunPoint:
    """One round: its month, its year, the printed score or None where too few answered, and what the rule says of it, or that
    it was brought in from a file: such a round stands apart, off the line and outside of every rule."""

    label: str
    year: int
    score: int | None
    mark: Mark = ""

    def __post_init__(self) -> None:
        if self.score is not None:
            whole("score", self.score)
        if self.mark not in ("", "watch", "confirmed", "imported"):
            raise ValueError(f"run: unknown mark {self.mark!r}")
        if self.mark in ("watch", "confirmed") and self.score is None:
            raise ValueError("run: a point that is not shown cannot be marked")


@dataclass(frozen=True, slots=True)
class _Series:
    """All that one drawing tells, whatever its width."""

    points: Sequence[RunPoint]
    usual: Usual
    provisional: bool
    notes: Sequence[ChartNote]
    sentence: str


def run_chart(
    points: Sequence[RunPoint],
    usual: Usual,
    provisional: bool,
    notes: Sequence[ChartNote],
    sentence: str,
    *,
    question: str = "",
    broad: bool = False,
) -> SafeString:
    """The line of printed scores over time, its usual range and what happened, drawn for desktops and for phones.

    usual: the printed ends of the usual range, or None while there is none; sentence: all of it in words, for who cannot
    see it; broad: for a page with a wide sheet.
    Raises ValueError for no points, or a note outside them.
    """
    _check(points, usual, notes)
    series = _Series(points, usual, provisional, notes, sentence)
    return with_question(
        question,
        format_html('<div class="wide-only">{}</div>', _drawing(series, BROAD if broad else COLUMN)),
        format_html('<div class="narrow-only">{}</div>', _drawing(series, PHONE)),
    )


def run_table(points: Sequence[RunPoint], usual: Usual) -> SafeString:
    """The same, as a table."""
    _check(points, usual, ())
    rows = format_html_join(
        "",
        '<tr><th scope="row">{} {}</th><td class="r">{}</td><td>{}</td></tr>',
        ((p.label, p.year, "too few answers" if p.score is None else p.score, _against(p, usual)) for p in points),
    )
    return format_html(
        '<table class="table"><thead><tr><th scope="col">When</th><th scope="col" class="r">Score</th>'
        '<th scope="col">Against the usual range</th></tr></thead><tbody>{}</tbody></table>',
        rows,
    )


def _check(points: Sequence[RunPoint], usual: Usual, notes: Sequence[ChartNote]) -> None:
    if not points:
        raise ValueError("run: no points; show the empty page instead")
    if usual and whole("usual", usual[0]) > whole("usual", usual[1]):
        raise ValueError(f"run: usual range {usual} is upside down")
    if any(not 0 <= note.index < len(points) for note in notes):
        raise ValueError("run: a note outside the points")


def _against(point: RunPoint, usual: Usual) -> str:
    if point.mark == "imported":
        return "imported, not compared"
    if point.score is None:
        return "not shown"
    where = "no usual range yet"
    if usual and usual[0] <= point.score <= usual[1]:
        where = "usual"
    elif usual:
        where = "below the usual range" if point.score < usual[0] else "above the usual range"
    return where + {"watch": ", worth watching", "confirmed": ", confirmed"}.get(point.mark, "")


def _drawing(series: _Series, width: int) -> SafeString:
    points, usual = series.points, series.usual
    shown = [p.score for p in points if p.score is not None] + list(usual or ())
    low, high = window(shown, below=14 if any(p.mark for p in points) else 6)
    notes = note_rows(Sheet(width, 0, low, high, len(points)), series.notes)
    sheet = Sheet(width, head_room(notes), low, high, len(points))
    spots = [None if p.score is None else (sheet.x(i), sheet.y(p.score)) for i, p in enumerate(points)]
    places = _stood_on(sheet, spots)
    places.taken += [box for note in notes for box in note.boxes()]
    numbers = _numbers(sheet, series, spots, places)
    marks = _mark_words(sheet, series, spots, places)
    name = "usual range, provisional" if series.provisional else "usual range"
    places.taken += line_boxes(sheet, notes)
    band = usual_range(sheet, usual, name, places)
    return picture(
        width,
        sheet.height,
        series.sentence,
        *band,
        *draw_notes(sheet, notes),
        *scale(sheet, usual),
        line(_joined(points, spots)),
        *(_dot(point.mark, *spot) for point, spot in zip(points, spots, strict=True) if spot),
        *numbers,
        *marks,
        *_gaps(sheet, points, places),
        *months(sheet, [(p.label, p.year) for p in points]),
    )


def _dot(mark: Mark, x: float, y: float) -> SafeString:
    if not mark:
        return element("circle", cls="c-dot", cx=x, cy=y, r=5, stroke_width=2)
    if mark == "imported":
        square = f"M{x - 5:.1f} {y - 5:.1f}h10v10h-10z"
        return element("path", cls="c-open", d=square, stroke_width=1.5)
    diamond = f"M{x:.1f} {y - 8:.1f}l8 8-8 8-8-8z"
    return element("path", cls="c-hot" if mark == "confirmed" else "c-open", d=diamond, stroke_width=1.5)


def _joined(points: Sequence[RunPoint], spots: Sequence[Spot | None]) -> list[Spot | None]:
    """The spots that the line goes through: what was asked elsewhere is not joined to what was asked here."""
    return [None if point.mark == "imported" else spot for point, spot in zip(points, spots, strict=True)]


def _stood_on(sheet: Sheet, spots: Sequence[Spot | None]) -> Places:
    """The months, the points and the line between them are taken before any label looks for room."""
    places = Places(Box(sheet.left - 5, 0, sheet.width, sheet.height))
    places.taken.append(Box(0, sheet.bottom - 2, sheet.width, sheet.height))
    places.taken += [Box(x - 6, y - 6, x + 6, y + 6) for x, y in filter(None, spots)]
    for a, b in pairwise(spots):
        if a and b:  # though no line joins imported rounds, nothing else needs the room between them
            places.taken += _along(a, b)
    return places


def _along(a: Spot, b: Spot) -> list[Box]:
    steps = max(int((b[0] - a[0]) // 5), 1)
    middles = [(a[0] + (b[0] - a[0]) * i / steps, a[1] + (b[1] - a[1]) * i / steps) for i in range(1, steps)]
    return [Box(x - 2, y - 2, x + 2, y + 2) for x, y in middles]


def _numbers(sheet: Sheet, series: _Series, spots: Sequence[Spot | None], places: Places) -> list[SafeString]:
    parts = []
    for index in _by_weight(series.points, everyone=sheet.step >= ROOM_FOR_EVERY_NUMBER):
        spot, words = spots[index], str(series.points[index].score)
        if spot:
            found = places.first_free(words, _around(*spot, hangs=_hangs(series, index)))
            parts += [text(*found[:2], words, cls="t-strong", anchor=found[2])] if found else []
    return parts


def _around(x: float, y: float, *, hangs: bool) -> list[tuple[float, float, str]]:
    above, below = (x, y - 13, "middle"), (x, y + 23, "middle")
    sides = [(x - 12, y - 6, "end"), (x + 12, y - 6, "start")]
    return [below, above, *sides] if hangs else [above, below, *sides]


def _by_weight(points: Sequence[RunPoint], *, everyone: bool) -> list[int]:
    """Whose number is placed first: the marked, the last, the lowest, the highest, the first; then, with room, everyone."""
    scores = {i: p.score for i, p in enumerate(points) if p.score is not None}
    if not scores:
        return []
    marked = [i for i in reversed(scores) if points[i].mark]
    ends = [max(scores), min(scores, key=scores.__getitem__), max(scores, key=scores.__getitem__), min(scores)]
    return list(dict.fromkeys([*marked, *ends, *(scores if everyone else ())]))


def _hangs(series: _Series, index: int) -> bool:
    """Whether the number hangs under its point: a marked fall, or a point below the line between its neighbours."""
    here = series.points[index].score or 0
    if series.points[index].mark:
        return here < _level(series, index)
    around = [p.score for i, p in enumerate(series.points) if abs(i - index) == 1 and p.score is not None]
    return len(around) == 2 and 2 * here < sum(around)


def _mark_words(sheet: Sheet, series: _Series, spots: Sequence[Spot | None], places: Places) -> list[SafeString]:
    """The word for a mark, once, at the last point of each run of the same mark."""
    parts = []
    following = [*(p.mark for p in series.points[1:]), ""]
    for index, (point, spot) in enumerate(zip(series.points, spots, strict=True)):
        if not point.mark or point.mark == following[index] or not spot:
            continue
        confirmed = point.mark == "confirmed"
        words = {"confirmed": _confirmed(series, index), "imported": "imported"}.get(point.mark, "worth watching")
        x = sheet.within(spot[0], words)
        downs = (43, 23, 60, -31, -13, -48) if _hangs(series, index) else (-31, -13, -48, 43, 23, 60)
        spots_near = [(x, spot[1] + down, "middle") for down in downs]
        # Its halo keeps the word legible on the line, where nothing near is free.
        found = places.first_free(words, spots_near) or (x, min(spot[1] + 43, sheet.bottom - 8), "middle")
        parts.append(text(*found[:2], words, cls="t-amber" if confirmed else "t-strong"))
    return parts


def _confirmed(series: _Series, index: int) -> str:
    here, level = series.points[index].score or 0, _level(series, index)
    if here == level:
        return "confirmed change"
    return "confirmed fall" if here < level else "confirmed rise"


def _level(series: _Series, index: int) -> float:
    """What a marked round is held against: the middle of the usual range, or the last unmarked round before it."""
    if series.usual:
        return sum(series.usual) / 2
    before = [p.score for p in series.points[:index] if p.score is not None and not p.mark]
    return before[-1] if before else series.points[index].score or 0


def _gaps(sheet: Sheet, points: Sequence[RunPoint], places: Places) -> list[SafeString]:
    """A short upright stroke, and the words where there is room, at each round that may not be shown."""
    parts = []
    for x in (sheet.x(i) for i, point in enumerate(points) if point.score is None):
        found = places.first_free("too few", [(sheet.within(x, "too few"), sheet.bottom - 8, "middle")])
        parts.append(
            element("path", cls="c-inkline", d=f"M{x:.1f} {sheet.bottom - 22}v-12", fill="none", stroke_dasharray="2 3")
        )
        parts += [text(*found[:2], "too few")] if found else []
    return parts
