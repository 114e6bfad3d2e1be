"""Where 100 points go: shared, lost inside groups, lost between them; and groups on one line from 0 to 100."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from alongside.kit.charts.draw import element, whole

HEIGHT = 28
WIDEST = 720  # units that a bar may be wide: hatching reaches as far
ROOM_FROM = 6  # percent of the narrowest bar that a number of two digits needs
MARKS = ("c-s1", "c-s2", "c-s3")
PARTS = (("c-p1", "one view"), ("c-p2", "we differ inside a group"), ("c-p3", "groups differ from each other"))


@dataclass(frozen=True, slots=True)
class Mark:
    """One group on the line: its place among the groups of the page, which gives its shape, and its score."""

    shape: int
    score: int


def coherence_bar(shared: int, inside: int, between: int) -> SafeString:
    """One bar of 100 points. Raises ValueError unless the three make 100."""
    for name, points in (("shared", shared), ("inside", inside), ("between", between)):
        whole(name, points)
    if shared + inside + between != 100:
        raise ValueError(f"coherence: {shared}, {inside} and {between} do not make 100")
    sentence = f"{shared} points shared, {inside} lost inside groups, {between} lost between groups"
    return element(
        "svg",
        *_part(0, shared, "c-p1", "b1"),
        *_part(shared, inside, "c-p2", "b2", hatched=True),
        *_part(shared + inside, between, "c-p3", "b3"),
        cls="bar",
        width="100%",
        height=HEIGHT,
        role="img",
        aria_label=sentence,
    )


def _part(left: int, wide: int, css: str, words: str, *, hatched: bool = False) -> list[SafeString]:
    if not wide:
        return []
    parts = [element("rect", cls=css, x=f"{left}%", width=f"{wide}%", height=HEIGHT)]
    if hatched:
        strokes = element("path", cls="c-hatch", d=_strokes(), fill="none", stroke_width=1)
        parts.append(element("svg", strokes, x=f"{left}%", width=f"{wide}%", height=HEIGHT))
    if wide >= ROOM_FROM:
        parts.append(element("text", str(wide), cls=words, x=f"{left + wide / 2:g}%", y=19, text_anchor="middle"))
    return parts


def _strokes() -> str:
    return "".join(f"M{x} {HEIGHT}L{x + HEIGHT} 0" for x in range(-HEIGHT, WIDEST, 7))


def coherence_key() -> SafeString:
    """What the three parts of a bar are."""
    return format_html('<ul class="key">{}</ul>', format_html_join("", "<li>{}{}</li>", map(_swatch, PARTS)))


def _swatch(part: tuple[str, str]) -> tuple[SafeString, str]:
    css, words = part
    drawn = [element("rect", cls=css, width=18, height=18)]
    if css == "c-p2":
        drawn.append(element("path", cls="c-hatch", d="M-4 18L14 0M4 18L22 0M-12 18L6 0", fill="none", stroke_width=1))
    drawn.append(element("rect", cls="c-axis", x=0.5, y=0.5, width=17, height=17, rx=3, fill="none"))
    return element("svg", *drawn, cls="swatch", viewBox="0 0 18 18", width=18, height=18, aria_hidden="true"), words


def mark_key(names: Sequence[str]) -> SafeString:
    """Which shape is which group, for up to three."""
    items = ((_alone(shape), name) for shape, name in enumerate(names))
    return format_html('<ul class="key key--s">{}</ul>', format_html_join("", "<li>{}{}</li>", items))


def _alone(shape: int) -> SafeString:
    return element("svg", _shape(shape), viewBox="-8 0 16 16", width=14, height=14, aria_hidden="true")


def strip(marks: Sequence[Mark]) -> SafeString:
    """Groups on a line from 0 to 100. Hidden from screen readers: their scores stand in words above it."""
    ends = (element("line", cls="c-axis", x1=x, y1=4, x2=x, y2=12) for x in ("0.5", "100%"))
    # The first group stands on top where two have one score.
    shown = (
        element("svg", _shape(mark.shape), x=f"{whole('score', mark.score)}%", overflow="visible")
        for mark in sorted(marks, key=lambda mark: -mark.shape)
    )
    return element(
        "svg",
        element("line", cls="c-axis", x1=0, y1=8, x2="100%", y2=8),
        *ends,
        *shown,
        cls="strip",
        width="100%",
        height=16,
        overflow="visible",
        aria_hidden="true",
    )


def _shape(shape: int) -> SafeString:
    css = MARKS[shape]
    if shape == 0:
        return element("circle", cls=css, cx=0, cy=8, r=6)
    if shape == 1:
        return element("rect", cls=css, x=-5, y=3, width=10, height=10, stroke_width=1.5)
    return element("path", cls=css, d="M0 2L6.5 13.5H-6.5Z", stroke_width=1)
