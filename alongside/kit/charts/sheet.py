"""The sheet that a line of scores is drawn on: how scores fall on it, its scale, its months, and the line itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from alongside.kit.charts.draw import AIR, LETTER, LINE, Box, Places, element, room, text

PLOT_HEIGHT = 224
FOOT = 52
# The least stretch of scores that a chart shows: a fall of two points must not look like a landslide.
SPAN = 40

Spot = tuple[float, float]
Usual = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drawing, in units of its viewBox; low and high are the scores at the foot and the head of the plot."""

    width: int
    top: int
    low: int
    high: int
    count: int

    @property
    def left(self) -> int:
        return 40 if self.width > 400 else 30

    @property
    def right(self) -> int:
        return self.width - (26 if self.width > 400 else 12)

    @property
    def bottom(self) -> int:
        return self.top + PLOT_HEIGHT

    @property
    def height(self) -> int:
        return self.bottom + FOOT

    @property
    def step(self) -> float:
        return (self.right - self.left - 28) / max(self.count - 1, 1)

    def x(self, index: float) -> float:
        return self.left + 14 + index * self.step if self.count > 1 else (self.left + self.right) / 2

    def within(self, x: float, words: str) -> float:
        """The nearest middle for words that keeps them between the ends of the plot."""
        return min(max(x, self.left + room(words) / 2), self.right - room(words) / 2)

    def y(self, score: int) -> float:
        return self.bottom - (score - self.low) / (self.high - self.low) * PLOT_HEIGHT


def window(shown: Sequence[int], below: int = 6) -> tuple[int, int]:
    """Whole tens around all that is shown, at least 40 points apart, within 0 to 100.

    below: points of room under the lowest, for the words that stand there.
    """
    if not shown:
        return 0, 100
    low, high = (min(shown) - below) // 10 * 10, -(-(max(shown) + 6) // 10) * 10
    while high - low < SPAN:
        low, high = low - 10, (high if high - low + 10 >= SPAN else high + 10)
    if low < 0:
        low, high = 0, max(high, SPAN)
    return (min(low, 100 - SPAN), 100) if high > 100 else (low, high)


def line(spots: Sequence[Spot | None]) -> SafeString:
    """One line through neighbouring points; it breaks where nothing is shown."""
    path, pen_up = "", True
    for spot in spots:
        if spot:
            path += f"{'M' if pen_up else 'L'}{spot[0]:.1f} {spot[1]:.1f}"
        pen_up = spot is None
    return element(
        "path", cls="c-line", d=path, fill="none", stroke_width=2.5, stroke_linejoin="round", stroke_linecap="round"
    )


def usual_range(sheet: Sheet, usual: Usual, words: str, places: Places) -> list[SafeString]:
    """The band, its two edges, and its name where there is room."""
    if not usual:
        return []
    top, bottom = sheet.y(usual[1]), sheet.y(usual[0])
    band = element("rect", cls="c-band", x=sheet.left, y=top, width=sheet.right - sheet.left, height=bottom - top, rx=4)
    edges = [
        element("path", cls="c-edge", d=f"M{sheet.left} {y:.1f}H{sheet.right}", stroke_dasharray="4 4", fill="none")
        for y in (top, bottom)
    ]
    ends = ((sheet.left + 8, "start"), (sheet.right - 8, "end"))
    spot = places.first_free(
        words, [(x, y, side) for y in (top + 17, bottom - 7, top - 6, bottom + 17) for x, side in ends]
    )
    return [band, *edges, *([text(*spot[:2], words, cls="t-teal", anchor=spot[2])] if spot else [])]


def scale(sheet: Sheet, usual: Usual) -> list[SafeString]:
    """The ends of the usual range, or the head of the scale without one; the foot of the scale where it does not crowd them."""
    told = dict.fromkeys(usual or (sheet.high,))
    heights = {score: sheet.y(score) + 4 for score in told}
    if len(told) == 2:
        low, high = told
        apart = max(LINE - (heights[low] - heights[high]), 0) / 2
        heights = {low: heights[low] + apart, high: heights[high] - apart}
    if sheet.bottom + 4 - max(heights.values()) >= LINE:
        heights[sheet.low] = sheet.bottom + 4
    axis = element("path", cls="c-axis", d=f"M{sheet.left} {sheet.bottom}H{sheet.right}", fill="none")
    head = element("path", cls="c-grid", d=f"M{sheet.left} {sheet.top}H{sheet.right}", fill="none")
    numbers = [text(sheet.left - 8, y, str(score), anchor="end") for score, y in heights.items()]
    return [axis, *([] if usual else [head]), *numbers]


def months(sheet: Sheet, days: Sequence[tuple[str, int]]) -> list[SafeString]:
    """The month under every point that has room, the last and the first of a year before others; the year under its first.

    days: (month, year) of each point.
    """
    stride = max(-(-int(max(room(month) for month, _ in days) + LETTER) // max(int(sheet.step), 1)), 1)
    taken = Places(Box(0, 0, sheet.width, sheet.height))
    parts: list[SafeString] = []
    starts = [i for i, (_, year) in enumerate(days) if i == 0 or days[i - 1][1] != year]
    for index in dict.fromkeys([len(days) - 1, *starts, *range(len(days) - 1, -1, -stride)]):
        parts += _below(sheet, taken, index, days[index][0], sheet.bottom + 20)
    for index in reversed(starts):
        parts += _below(sheet, taken, index, str(days[index][1]), sheet.bottom + 37)
    return parts


def _below(sheet: Sheet, taken: Places, index: int, words: str, y: float) -> list[SafeString]:
    half = room(words) / 2 + AIR
    x = min(max(sheet.x(index), half), sheet.width - half)
    spot = taken.first_free(words, [(x, y, "middle")])
    return [text(*spot[:2], words)] if spot else []
