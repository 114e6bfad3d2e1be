"""What a pulse of one's own says: its statements while they are written, what is missing, and what would read better.

Plain Python: a wording is what the builder's form sends, what a file was read into, and what a row holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import gettext_noop

from alongside.surveys.instruments import MOST, OF_ADULTS, Instrument, Item

STATEMENTS: Final = 30  # in a bank; more are a survey and no pulse
LONGEST: Final = 240  # characters of a statement or question
NAME: Final = 60
ABOUT: Final = 24
SHORT: Final = 7  # fits a column of the heatmap
LONG: Final = 110  # characters from which a statement is hard to take in on a phone
THINK: Final = (
    gettext_noop("Think of the past month"),
    gettext_noop("Think of the past week"),
    gettext_noop("Think of this term"),
    gettext_noop("Think of this school year"),
)
SECONDS: Final = 7  # for one statement, and eight times as long for a comment
COMMENT_SECONDS: Final = 56
NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six")

_TWO_IDEAS = re.compile(r"\b(and|as well as|and/or)\b", re.I)
_NEGATION = re.compile(r"\b(not|never|no|none|nobody|nothing|hardly|rarely|without|cannot)\b|n[’']t\b", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One statement. about: a word or two for tables; "" takes the statement's first words. always: of a bank, asked every
    time."""

    statement: str = ""
    about: str = ""
    always: bool = False

    @property
    def heading(self) -> str:
        """What tables call it."""
        return self.about or shortened(self.statement.rstrip("."), ABOUT)


@dataclass(frozen=True, slots=True)
class Wording:
    """All that is written of a pulse. Texts may be blank while it is written."""

    name: str = ""
    question: str = ""
    think: str = THINK[0]
    comment: str = ""
    lines: tuple[Line, ...] = field(default_factory=tuple)

    @property
    def written(self) -> tuple[Line, ...]:
        """The statements that say something."""
        return tuple(line for line in self.lines if line.statement)

    @property
    def is_bank(self) -> bool:
        """Whether it holds more statements than one pulse may ask."""
        return len(self.written) > MOST

    @property
    def minutes(self) -> int:
        """About how long it takes to answer, reckoned from what one pulse asks."""
        asked = min(len(self.written), MOST)
        seconds = asked * SECONDS + (COMMENT_SECONDS if self.comment else 0)
        return max(1, round(seconds / 60))

    @property
    def missing(self) -> list[str]:
        """What is to be done before it can be asked, in sentences; nothing for one that is whole."""
        return [sentence for sentence, holds in _MISSING if holds(self)]

    def instrument(self, code: str) -> Instrument:
        """The same as pages and figures use it, under that id. Blank statements are left out."""
        lines = self.written
        ids = [f"{code}.{number}" for number in range(1, len(lines) + 1)]
        items = tuple(
            Item(id_, line.heading, shortened(line.heading, SHORT, "."), line.statement)
            for id_, line in zip(ids, lines, strict=True)
        )
        return Instrument(
            code,
            self.name or "A pulse without a name",
            self.question or self.name or "How are things?",
            _intro(min(len(items), MOST)),
            self.think,
            "For all staff, in any role.",
            self.minutes,
            items,
            self.comment,
            tuple(id_ for id_, line in zip(ids, lines, strict=True) if line.always) if self.is_bank else (),
            OF_ADULTS,
        )

    def stored(self) -> dict[str, Any]:
        """As a row holds it."""
        lines = [{"statement": line.statement, "about": line.about, "always": line.always} for line in self.lines]
        return {
            "name": self.name,
            "question": self.question,
            "think": self.think,
            "comment": self.comment,
            "lines": lines,
        }


def _intro(count: int) -> str:
    noun = "statement" if count == 1 else "statements"
    return f"{NUMBERS[count]} {noun} for everyone who works here, in any role."


def _doubled(wording: Wording) -> bool:
    said = [line.statement.casefold() for line in wording.written]
    return len(set(said)) < len(said)


_MISSING: Final[tuple[tuple[str, Callable[[Wording], bool]], ...]] = (
    ("Give it a name.", lambda wording: not wording.name),
    ("Write the question that stands above it.", lambda wording: not wording.question),
    ("Write at least one statement.", lambda wording: not wording.written),
    ("Two statements are the same. Take one out.", _doubled),
    (
        "Of a bank, at most five statements are asked every time, so that the others get their turn.",
        lambda wording: wording.is_bank and sum(line.always for line in wording.written) >= MOST,
    ),
)


def read(stored: Mapping[str, Any]) -> Wording:
    """The wording that a row holds."""
    lines = tuple(Line(line["statement"], line["about"], line["always"]) for line in stored["lines"])
    return Wording(stored["name"], stored["question"], stored["think"], stored["comment"], lines)


def of(pulse: Instrument) -> Wording:
    """The wording of a pulse that is there, to start from or to write into a file."""
    lines = tuple(Line(item.statement, _given(item), item.id in pulse.core) for item in pulse.items)
    return Wording(pulse.name, pulse.question, pulse.think, pulse.comment, lines)


def _given(item: Item) -> str:
    """What somebody wrote for tables; "" where it is the statement's own first words."""
    return "" if item.about == Line(item.statement).heading else shortened(item.about, ABOUT)


def moved(wording: Wording, place: int, by: int) -> Wording:
    """The statement at that place (from 0) further up or down; the same where there is nowhere to go."""
    lines = list(wording.lines)
    if 0 <= place < len(lines) and 0 <= place + by < len(lines):
        lines.insert(place + by, lines.pop(place))
    return replace(wording, lines=tuple(lines))


def without(wording: Wording, place: int) -> Wording:
    """Without the statement at that place (from 0)."""
    return replace(wording, lines=wording.lines[:place] + wording.lines[place + 1 :])


def advice(statement: str) -> list[str]:
    """What would make a statement easier to answer, in sentences. Advice: nothing is refused for it."""
    said = []
    if _TWO_IDEAS.search(statement):
        said.append("“And” often joins two ideas: somebody who agrees with one of them cannot answer. Split it?")
    if _NEGATION.search(statement):
        said.append(
            "A statement with “not” or “never” is easily misread, and higher must be better. Say what is wished for?"
        )
    if len(statement) > LONG:
        said.append(f"It has {len(statement)} letters; under {LONG} it fits a phone without scrolling.")
    if statement.endswith("?"):
        said.append("It is a question, and people answer with how far they agree. Make it a statement?")
    return said


def shortened(text: str, most: int, end: str = "…") -> str:
    """The text, or as many of its first words as fit, or letters where not even one word does."""
    if len(text) <= most:
        return text
    cut = text[: most - len(end) + 1].rpartition(" ")[0].rstrip(" ,;:")
    return (cut or text[: most - len(end)]) + end
