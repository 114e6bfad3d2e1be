"""What happened, written above a line of scores: words on the side with room, a dotted line down to its day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from alongside.kit.charts.draw import LINE, Box, element, room, text
from alongside.kit.charts.sheet import Sheet


@dataclass(frozen=True, slots=True)
class ChartNote:
    """Something that happened after the round before point `index` and before that point (0: before the first)."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A note in its rows: x of its dotted line, first row, the side its words start from, its lines."""

    x: float
    row: int
    anchor: str
    lines: tuple[str, ...]

    def words(self) -> list[tuple[float, float, str]]:
        """Where each of its lines stands: x, baseline, words."""
        x = self.x - 6 if self.anchor == "end" else self.x + 6
        return [(x, 12 + (self.row + i) * LINE, line) for i, line in enumerate(self.lines)]

    def boxes(self) -> list[Box]:
        """What its words cover."""
        return [Box.of_text(x, y, line, self.anchor) for x, y, line in self.words()]


def note_rows(sheet: Sheet, notes: Sequence[ChartNote]) -> list[Placed]:
    """Where the words of each note stand above the plot; no two of them meet."""
    placed: list[Placed] = []
    for note in sorted(notes, key=lambda each: each.index, reverse=True):
        x = sheet.x(max(note.index - 0.5, 0))
        anchor = "end" if x > sheet.width / 2 else "start"
        lines = _wrap(note.text, (x if anchor == "end" else sheet.width - x) - 8)
        placed.append(_in_free_row(placed, Placed(x, 0, anchor, lines)))
    return placed


def head_room(placed: Sequence[Placed]) -> int:
    """Units above the plot that the words need."""
    return 14 + int(max((note.row + len(note.lines) for note in placed), default=0) * LINE)


def line_boxes(sheet: Sheet, placed: Sequence[Placed]) -> list[Box]:
    """What the dotted lines cover, for words that had rather not be crossed."""
    return [Box(note.x - 2, note.row * LINE, note.x + 2, sheet.bottom) for note in placed]


def draw_notes(sheet: Sheet, placed: Sequence[Placed]) -> list[SafeString]:
    """Dotted lines first, all words after them, so that no line runs through words."""
    lines = [
        element(
            "path",
            cls="c-inkline",
            d=f"M{note.x:.1f} {note.row * LINE + 2:.1f}V{sheet.bottom}",
            stroke_dasharray="1 4",
            stroke_linecap="round",
            fill="none",
        )
        for note in placed
    ]
    return lines + [text(*spot, cls="t-note", anchor=note.anchor) for note in placed for spot in note.words()]


def _in_free_row(placed: Sequence[Placed], note: Placed) -> Placed:
    taken = [box for other in placed for box in other.boxes()]
    while any(box.meets(other) for box in note.boxes() for other in taken):
        note = replace(note, row=note.row + 1)
    return note


def _wrap(words: str, width: float) -> tuple[str, ...]:
    """Lines of whole words, none wider than the room, unless one word alone is."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if room(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
