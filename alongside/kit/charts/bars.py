"""Parts of a whole, values with their range, and the small line for lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from alongside.kit.charts.draw import element, picture, room, text, whole, with_question
from alongside.kit.charts.sheet import line

# For 2 to 7 parts, which of the seven steps from amber through paper to teal; steps below 4 are hatched, for grey paper.
SHADES = {
    1: (5,),
    2: (2, 6),
    3: (2, 4, 6),
    4: (1, 3, 5, 7),
    5: (1, 3, 4, 6, 7),
    6: (1, 2, 3, 5, 6, 7),
    7: (1, 2, 3, 4, 5, 6, 7),
}
HATCHED_BELOW = 4
BAR_HEIGHT = 40
type Fill = tuple[int, bool]  # shade; whether it is hatched
# Parts that nobody ranks: no amber, which would say that one is worse than another.
UNRANKED: tuple[Fill, ...] = ((7, False), (5, False), (4, False), (4, True))
TREND_SPAN = 40


@dataclass(frozen=True, slots=True)
class Share:
    """One answer's share. percent: the printed whole number; shown: as printed ("5% or less"), else the number with its sign."""

    label: str
    percent: int
    shown: str = field(default="")

    def __post_init__(self) -> None:
        whole("percent", self.percent)
        if self.shown and not self.shown.startswith(f"{self.percent}%"):
            raise ValueError(f"share: {self.percent} would be drawn where {self.shown!r} is printed")

    @property
    def words(self) -> str:
        return self.shown or f"{self.percent}%"


@dataclass(frozen=True, slots=True)
class DotRow:
    """One printed value with the printed ends of its range, and the words beside it."""

    label: str
    value: int
    low: int
    high: int
    text: str


def share_bar(shares: Sequence[Share], *, question: str = "", base: str = "") -> SafeString:
    """One bar of all answers from least to most agreement, its numbers in the parts, and a legend.

    base: of whom these are shares ("94 of 100 answers"). Raises ValueError for none, more than seven, or all zero.
    """
    if len(shares) not in SHADES or not sum(share.percent for share in shares):
        raise ValueError("share: one to seven shares, not all of them zero")
    fills = [(shade, shade < HATCHED_BELOW) for shade in SHADES[len(shares)]]
    return with_question(
        question,
        format_html('<div class="wide-only">{}</div>', _bar(shares, fills, 720)),
        format_html('<div class="narrow-only">{}</div>', _bar(shares, fills, 328)),
        _legend(shares, fills),
        format_html('<p class="faint">{}</p>', base) if base else "",
    )


def unranked_bar(shares: Sequence[Share]) -> SafeString:
    """One bar of up to four parts that stand beside each other, none better than another, with their legend.

    Raises ValueError for none, more than four, or all zero.
    """
    if not 0 < len(shares) <= len(UNRANKED) or not sum(share.percent for share in shares):
        raise ValueError("unranked: one to four shares, not all of them zero")
    fills = UNRANKED[: len(shares)]
    return format_html("{}{}", _bar(shares, fills, 328), _legend(shares, fills))


def dot_interval(rows: Sequence[DotRow], *, question: str = "", ends: tuple[int, int] = (0, 100)) -> SafeString:
    """One line per row: a dot for the value, a bar for its range, words beside it; a tick at zero when the scale crosses it.

    ends: the scale, the same for all rows. Raises ValueError for a value off the scale or outside its own range.
    """
    items = format_html_join(
        "",
        '<li><span class="dots__name">{}</span>{}<span class="dots__said">{}</span></li>',
        ((row.label, _dot_row(row, ends), row.text) for row in rows),
    )
    low, high = (_signed(end) for end in ends)
    foot = format_html('<li class="dots__ends" aria-hidden="true"><span>{}</span><span>{}</span></li>', low, high)
    return with_question(question, format_html('<ul class="dots">{}{}</ul>', items, foot))


def trend_line(scores: Sequence[int | None], sentence: str) -> SafeString:
    """A small line for a list; one point of score is as high in every row of the list. The number stands beside it."""
    shown = [whole("score", score) for score in scores if score is not None]
    low, span = _trend_window(shown)
    step = 108 / max(len(scores) - 1, 1)
    spots = [None if s is None else (6 + i * step, 34 - (s - low) / span * 28) for i, s in enumerate(scores)]
    parts = [element("path", cls="c-axis", d="M6 38H114", fill="none"), line(spots)]
    parts += [
        element("circle", cls="c-dot", cx=x, cy=y, r=4, stroke_width=1.5) for x, y in list(filter(None, spots))[-1:]
    ]
    return picture(120, 40, sentence, *parts, cls="chart trend")


def _trend_window(shown: Sequence[int]) -> tuple[int, int]:
    if not shown or max(shown) - min(shown) > TREND_SPAN:
        return 0, 100
    low = (min(shown) + max(shown)) // 2 - TREND_SPAN // 2
    return min(max(low, 0), 100 - TREND_SPAN), TREND_SPAN


def _bar(shares: Sequence[Share], fills: Sequence[Fill], width: int) -> SafeString:
    total = sum(share.percent for share in shares)
    sentence = f"{', '.join(f'{share.label} {share.words}' for share in shares)}."
    parts, start = [], 0
    for share, fill in zip(shares, fills, strict=True):
        left, right = start * width / total, (start + share.percent) * width / total
        start += share.percent
        if share.percent:
            parts += _part(left, right, fill, share.words)
    parts.append(element("rect", cls="c-axis", x=0.5, y=0.5, width=width - 1, height=BAR_HEIGHT - 1, rx=4, fill="none"))
    return picture(width, BAR_HEIGHT, sentence, *parts, cls="chart shares")


def _part(left: float, right: float, fill: Fill, words: str) -> list[SafeString]:
    wide, (shade, hatched) = max(right - left, 1), fill
    parts = [element("rect", cls=f"k{shade}", x=left, y=0, width=wide, height=BAR_HEIGHT)]
    if hatched:
        parts.append(element("path", cls="c-hatch", d=_hatching(left, left + wide), fill="none", stroke_width=1))
    if left:
        parts.append(element("path", cls="c-axis", d=f"M{left:.1f} 0V{BAR_HEIGHT}", fill="none"))
    if room(words) + 8 > wide:
        return parts
    middle = left + wide / 2
    if hatched:
        half = room(words) / 2 + 3
        parts.append(element("rect", cls=f"k{shade}", x=middle - half, y=9, width=2 * half, height=22, rx=4))
    return [*parts, text(middle, 25, words, cls="t-heat")]


def _hatching(left: float, right: float, height: int = BAR_HEIGHT, gap: int = 8) -> str:
    """Strokes from lower left to upper right, cut at the edges of the part: no pattern, so no name that two charts share."""
    path = ""
    start = left - height + gap
    while start < right:
        x1, x2 = max(start, left), min(start + height, right)
        path += f"M{x1:.1f} {height - (x1 - start):.1f}L{x2:.1f} {height - (x2 - start):.1f}"
        start += gap
    return path


def _legend(shares: Sequence[Share], fills: Sequence[Fill]) -> SafeString:
    items = ((_swatch(*fill), share.label, share.words) for share, fill in zip(shares, fills, strict=True))
    return format_html('<ul class="key">{}</ul>', format_html_join("", "<li>{}<span>{} <b>{}</b></span></li>", items))


def _swatch(shade: int, hatched: bool) -> SafeString:
    parts = [element("rect", cls=f"k{shade}", width=18, height=18)]
    if hatched:
        parts.append(element("path", cls="c-hatch", d=_hatching(0, 18, 18, 6), fill="none", stroke_width=1))
    parts.append(element("rect", cls="c-axis", x=0.5, y=0.5, width=17, height=17, rx=3, fill="none"))
    return element("svg", *parts, cls="swatch", viewBox="0 0 18 18", width=18, height=18, aria_hidden="true")


def _signed(value: int) -> str:
    return str(value).replace("-", "−")


def _dot_row(row: DotRow, ends: tuple[int, int]) -> SafeString:
    low, high = ends
    for name, value in (("value", row.value), ("low", row.low), ("high", row.high)):
        whole(name, value, low, high)
    if not row.low <= row.value <= row.high:
        raise ValueError(f"dots: {row.value} lies outside {row.low}–{row.high}")

    def at(value: int) -> str:
        return f"{round((value - low) * 100 / (high - low), 1):g}%"

    zero = [element("line", cls="c-inkline", x1=at(0), y1=2, x2=at(0), y2=22)] if low < 0 < high else []
    return element(
        "svg",
        element("line", cls="c-axis", x1="0%", y1=12, x2="100%", y2=12),
        *zero,
        element("line", cls="c-line", x1=at(row.low), y1=12, x2=at(row.high), y2=12, stroke_width=4),
        *(
            element("line", cls="c-line", x1=at(end), y1=5, x2=at(end), y2=19, stroke_width=2)
            for end in (row.low, row.high)
        ),
        element("circle", cls="c-dot", cx=at(row.value), cy=12, r=5, stroke_width=1),
        cls="dots__line",
        width="100%",
        height=24,
        role="img",
        aria_label=f"{row.label}: {_signed(row.value)}, from {_signed(row.low)} to {_signed(row.high)}",
    )
