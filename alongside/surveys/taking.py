"""What was read of a file, as a page shows it, and the wording that comes of what somebody chose of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from alongside.kit.errors import Refused
from alongside.surveys import naming
from alongside.surveys.definitions.parts import Found, Left, Question, from_stored
from alongside.surveys.instruments import MOST
from alongside.surveys.models import ReadFile
from alongside.surveys.wording import ABOUT, LONGEST, NAME, STATEMENTS, THINK, Line, Wording, advice, shortened


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be taken. chosen: whether it is unless somebody says otherwise: nothing doubtful is."""

    key: str
    text: str
    where: str
    doubts: tuple[str, ...]
    advice: list[str]

    @property
    def chosen(self) -> bool:
        return not self.doubts


@dataclass(frozen=True, slots=True)
class FilePage:
    """All that the preview of a file shows."""

    read: ReadFile
    kind: str
    name: str
    language: str
    languages: list[str]
    statements: list[Choice]
    comments: list[Choice]
    comment: str  # the key of the first that needs no decision
    left: list[Left]
    notes: list[str]

    @property
    def doubtful(self) -> int:
        """How many statements wait for a decision."""
        return sum(not choice.chosen for choice in self.statements)

    @property
    def bank(self) -> bool:
        """Whether so many are ticked that they would be asked in turn."""
        return sum(choice.chosen for choice in self.statements) > MOST


def file_page(read: ReadFile, language: str = "") -> FilePage:
    """What was read, in one of the file's languages; its first for any other."""
    found = from_stored(read.found)
    spoken = language if language in found.languages else found.languages[0]
    people = naming.known_in(read.organisation)
    comments = _choices(found, "c", found.comments, spoken, people)
    return FilePage(
        read,
        found.kind,
        found.titles.get(spoken) or next(iter(found.titles.values()), ""),
        spoken,
        found.languages if len(found.languages) > 1 else [],
        _choices(found, "s", found.questions, spoken, people),
        comments,
        next((choice.key for choice in comments if choice.chosen), ""),
        [*found.left, *_unspoken(found, spoken)],
        [*found.notes, *_notes(found, spoken)],
    )


def _choices(found: Found, letter: str, questions: list[Question], language: str, people: naming.Known) -> list[Choice]:
    return [
        Choice(
            f"{letter}{number}",
            text,
            question.where.partition(' "')[0],
            (*question.doubts, *naming.doubts(text, people)),
            advice(text),
        )
        for number, question in enumerate(questions)
        if (text := question.text(language))
    ]


def _unspoken(found: Found, language: str) -> list[Left]:
    missing = [question for question in [*found.questions, *found.comments] if not question.text(language)]
    return [Left(question.where, "it has no words in the language that is chosen") for question in missing]


def _notes(found: Found, language: str) -> list[str]:
    others = [code for code in found.languages if code != language]
    said = []
    if others:
        said.append(
            f"It is read in “{language or 'its first language'}”. The wordings in {', '.join(map(repr, others))} are left: a "
            "translation is a pulse of its own until its people have read it."
        )
    if len(found.comments) > 1:
        said.append("A pulse has one question for comments at most. Choose which.")
    return said


def chosen(read: ReadFile, keys: Collection[str], comment: str, language: str) -> Wording:
    """The wording of what was chosen. Raises Refused for nothing, and for more than a bank holds."""
    found = from_stored(read.found)
    page = file_page(read, language)
    picked = [found.questions[int(choice.key[1:])] for choice in page.statements if choice.key in keys]
    if not picked:
        raise Refused("Tick at least one statement, or leave the file.")
    if len(picked) > STATEMENTS:
        raise Refused(f"{len(picked)} statements are ticked, and a bank holds {STATEMENTS} at most. Leave some out.")
    lines = [
        Line(question.text(page.language), shortened(question.about, ABOUT), question.always) for question in picked
    ]
    think = found.think if found.think in THINK else THINK[0]
    words = {choice.key: choice.text for choice in page.comments}
    above = found.above[:LONGEST]
    return Wording(shortened(page.name, NAME), above, think, words.get(comment, ""), tuple(lines))
