"""What every chart is drawn with: elements, colours, and a place for each label.

Colours stand twice: a class, which follows the tokens and dark mode on screen, and an attribute, for mail, PDF and a page
without its sheet. No number finer than what is printed may reach a coordinate, so whole numbers are insisted on.
"""

from dataclasses import dataclass, field

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

# class: what its rule in pictures.css says in the light; a test compares the two.
PAINTS = {
    "c-band": {"fill": "#e0eeeb"},
    "c-edge": {"stroke": "#3f918b"},
    "c-axis": {"stroke": "#8b8475"},
    "c-grid": {"stroke": "#e2dcd0"},
    "c-inkline": {"stroke": "#4d5854"},
    "c-line": {"stroke": "#0d5f5b"},
    "c-dot": {"fill": "#0d5f5b", "stroke": "#fffefb"},
    "c-hot": {"fill": "#e39a2b", "stroke": "#1c2523"},
    "c-open": {"fill": "#fffefb", "stroke": "#1c2523"},
    "c-hatch": {"stroke": "#7d6a45"},
    "c-p1": {"fill": "#17706b"},
    "c-p2": {"fill": "#e9b25a"},
    "c-p3": {"fill": "#ddd6c9"},
    "c-s1": {"fill": "#0d5f5b"},
    "c-s2": {"fill": "#fffefb", "stroke": "#1c2523"},
    "c-s3": {"fill": "#e39a2b", "stroke": "#1c2523"},
    "b1": {"fill": "#fff"},
    "b2": {"fill": "#2a1900", "stroke": "#e9b25a"},
    "b3": {"fill": "#33302a"},
    # Words that a line may cross: a halo of paper under them.
    "t-note": {"fill": "#4d5854", "stroke": "#fffefb", "stroke-width": "4", "paint-order": "stroke"},
    "t-plain": {"fill": "#4d5854"},
    "t-strong": {"fill": "#1c2523"},
    "t-amber": {"fill": "#8a4b00", "stroke": "#fffefb", "stroke-width": "4", "paint-order": "stroke"},
    "t-teal": {"fill": "#0d5f5b"},
    "t-heat": {"fill": "#17201e"},
    "k1": {"fill": "#eda94d"},
    "k2": {"fill": "#f4c785"},
    "k3": {"fill": "#f9e2bd"},
    "k4": {"fill": "#f6f2e9"},
    "k5": {"fill": "#d5e9e5"},
    "k6": {"fill": "#a9d3cd"},
    "k7": {"fill": "#79bab2"},
}
# Half of the system fonts are wider than the other half: labels are given the room of a wide one.
LETTER = 7.8
LINE = 16.0
AIR = 3.0


def whole(name: str, value: int, low: int = 0, high: int = 100) -> int:
    """The value, when it is a whole number from low to high. Raises TypeError or ValueError otherwise."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number as printed, not {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name} must lie in {low}–{high}, not {value}")
    return value


def element(name: str, *content: str, cls: str = "", **attributes: object) -> SafeString:
    """One element. Attributes keep their order; `stroke_width` becomes `stroke-width`; what is not safe is escaped."""
    painted = {"class": cls, **PAINTS.get(cls, {})} if cls else {}
    pairs = [f' {key.replace("_", "-")}="{_value(value)}"' for key, value in {**painted, **attributes}.items()]
    inner = "".join(conditional_escape(part) for part in content)
    return mark_safe(f"<{name}{''.join(pairs)}>{inner}</{name}>")  # noqa: S308 - every part is escaped


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{round(value, 1):g}"
    return conditional_escape(str(value))


def picture(width: int, height: int, sentence: str, *parts: str, cls: str = "chart") -> SafeString:
    """An SVG that a screen reader reads as one sentence. Sizes are in units of its own viewBox: 1 unit = 1 px at full width."""
    return element(
        "svg",
        *parts,
        cls=cls,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=sentence,
        font_family="sans-serif",
        font_size=13,
    )


def text(x: float, y: float, words: str, *, cls: str = "t-plain", anchor: str = "middle") -> SafeString:
    """One line of words; y is its baseline."""
    return element("text", words, cls=cls, x=x, y=y, text_anchor=anchor)


def with_question(question: str, *parts: str) -> SafeString:
    """A chart under the question that it answers. Without one, the heading of the page is the question."""
    asked = format_html('<p class="question">{}</p>', question) if question else SafeString("")
    return format_html('<div class="figure">{}{}</div>', asked, SafeString("".join(parts)))


def room(words: str) -> float:
    """Units of width that a line of words needs, on the safe side."""
    return len(words) * LETTER


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    @classmethod
    def of_text(cls, x: float, y: float, words: str, anchor: str) -> "Box":
        """What a line of words covers, y being its baseline, with a little air on both sides."""
        wide = room(words)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        return cls(left - AIR, y - 11, left + wide + AIR, y + 3)


@dataclass(slots=True)
class Places:
    """Where something stands already, and the frame that nothing may leave."""

    frame: Box
    taken: list[Box] = field(default_factory=list)

    def free(self, box: Box) -> bool:
        inside = self.frame.left <= box.left and box.right <= self.frame.right
        inside = inside and self.frame.top <= box.top and box.bottom <= self.frame.bottom
        return inside and not any(box.meets(other) for other in self.taken)

    def first_free(self, words: str, spots: list[tuple[float, float, str]]) -> tuple[float, float, str] | None:
        """The first (x, baseline, anchor) where the words fit, and takes it."""
        for x, y, anchor in spots:
            box = Box.of_text(x, y, words, anchor)
            if self.free(box):
                self.taken.append(box)
                return x, y, anchor
        return None
