"""What is found in a survey file, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import clean_text, shown

__all__ = ["MOST_QUESTIONS", "MOST_TEXT", "Found", "Left", "Question", "UnreadableFile", "from_stored"]

MOST_QUESTIONS: Final = 2_000  # in one file: beyond it, it is no survey that people answer
MOST_TEXT: Final = 2_000  # characters of one text that are kept


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a pulse could ask. where: as its file names it. texts: language → words. doubts: what somebody has to
    decide before it is taken; none for one that fits as it is."""

    where: str
    texts: dict[str, str]
    about: str = ""
    always: bool = False
    doubts: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        """Its words in a language; "" where it has none."""
        return self.texts.get(language, "")


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was not read, and why."""

    where: str
    why: str


@dataclass(slots=True)
class Found:
    """All that was found. languages: codes, the file's own first. comment: questions for which words are written."""

    kind: str
    languages: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)  # by language
    questions: list[Question] = field(default_factory=list)
    comments: list[Question] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    above: str = ""  # the question that stands above the statements
    think: str = ""

    def leave(self, where: str, why: str) -> None:
        """Note what is not read."""
        self.left.append(Left(where, why))

    def stored(self) -> dict[str, Any]:
        """As a row holds it while it waits."""
        return asdict(self)


def from_stored(stored: Mapping[str, Any]) -> Found:
    """What was found, from the row that holds it."""
    own = dict(stored)
    own["questions"] = [_question(each) for each in stored["questions"]]
    own["comments"] = [_question(each) for each in stored["comments"]]
    own["left"] = [Left(**each) for each in stored["left"]]
    return Found(**own)


def _question(stored: Mapping[str, Any]) -> Question:
    return Question(**{**stored, "doubts": tuple(stored["doubts"])})


def named(name: str, text: str) -> str:
    """How a question is called in a sentence: its name in the file and its first words."""
    words = shown(text) if text else ""
    return " ".join(part for part in (clean_text(name)[:60], words) if part) or "a question without a name"


def some(values: Sequence[str], most: int = 6) -> str:
    """The first of them, in quotation marks, and how many more there are."""
    said = ", ".join(shown(value) for value in values[:most])
    return f"{said} and {len(values) - most} more" if len(values) > most else said
