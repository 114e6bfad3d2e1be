"""The form in which a pulse of one's own is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms import BoundField

from alongside.surveys.whom_forms import choice_field
from alongside.surveys.wording import ABOUT, LONGEST, NAME, STATEMENTS, THINK, Line, Wording, moved, without

FIELDS = ("statement", "about", "always")


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one statement."""

    number: int
    statement: BoundField
    about: BoundField
    always: BoundField


def _words(label: str, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, **more)


class WordingForm(forms.Form):
    """Its name, the question above, so many statements, and a question for comments or none. All may be blank for now."""

    name = _words("Name", NAME, help_text="As leaders see it in lists: “How we meet”.")
    question = _words("The question above it", LONGEST, help_text="What people read first: “How were our meetings?”")
    think = forms.ChoiceField(label="What time do they think of?", choices=[(each, each) for each in THINK])
    comment = _words(
        "One question for comments, if you like",
        LONGEST,
        help_text="Offered where ten or more are asked, and read by the school’s own leaders. Blank: no box.",
    )

    def __init__(self, data: Any = None, *, wording: Wording, **kwargs: Any) -> None:
        count = _count(data) if data is not None else len(wording.lines)
        super().__init__(data, initial=_initial(wording), **kwargs)
        self.count = count
        for number in range(1, count + 1):
            box = forms.Textarea(attrs={"rows": 2, "class": "voice"})
            self.fields[f"statement_{number}"] = _words(f"Statement {number}", LONGEST, widget=box)
            self.fields[f"about_{number}"] = _words(f"Statement {number} in a word or two", ABOUT)
            self.fields[f"always_{number}"] = forms.BooleanField(label="Asked every time", required=False)

    @property
    def rows(self) -> list[Row]:
        """The statements."""
        return [Row(number, *(self[f"{name}_{number}"] for name in FIELDS)) for number in range(1, self.count + 1)]

    def wording(self) -> Wording:
        """What was sent."""
        name, question, think, comment = (
            " ".join(self.cleaned_data[field].split()) for field in ("name", "question", "think", "comment")
        )
        return Wording(name, question, think, comment, tuple(self._lines()))

    def _lines(self) -> Iterator[Line]:
        for number in range(1, self.count + 1):
            statement, about, always = (self.cleaned_data[f"{name}_{number}"] for name in FIELDS)
            yield Line(" ".join(statement.split()), " ".join(about.split()), always)


def _count(data: Any) -> int:
    """How many statements were sent, from the highest number among the fields."""
    numbers = (key.partition("_")[2] for key in data if key.startswith("statement_"))
    found = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 3]
    return min(max(found, default=0), STATEMENTS)


def _initial(wording: Wording) -> dict[str, object]:
    start: dict[str, object] = {
        "name": wording.name,
        "question": wording.question,
        "think": wording.think,
        "comment": wording.comment,
    }
    for number, line in enumerate(wording.lines, start=1):
        start |= {f"statement_{number}": line.statement, f"about_{number}": line.about, f"always_{number}": line.always}
    return start


def done(wording: Wording, verb: str) -> tuple[Wording, str]:
    """The wording after a button was pressed ("add", "up-2", "down-2", "remove-2", or anything else to keep it), and the
    part of the page to go on at."""
    what, _, number = verb.partition("-")
    place = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 3 else -1
    if what == "add" and len(wording.lines) < STATEMENTS:
        return replace(wording, lines=(*wording.lines, Line())), f"statement-{len(wording.lines) + 1}"
    if what in {"up", "down"} and place >= 0:
        by = -1 if what == "up" else 1
        there = min(max(place + by, 0), len(wording.lines) - 1)
        return moved(wording, place, by), f"statement-{there + 1}"
    if what == "remove" and 0 <= place < len(wording.lines):
        return without(wording, place), f"statement-{max(place, 1)}"
    return wording, ""


class TakeForm(forms.Form):
    """What is taken of a file: the statements that are ticked, a question for comments, the language."""

    statements = forms.MultipleChoiceField(required=False)
    comment = forms.ChoiceField(required=False)
    language = forms.CharField(required=False, max_length=100)

    def __init__(self, data: Any, *, statements: list[str], comments: list[str]) -> None:
        super().__init__(data)
        choice_field(self, "statements").choices = [(key, key) for key in statements]
        choice_field(self, "comment").choices = [("", ""), *((key, key) for key in comments)]


class SurveyFileForm(forms.Form):
    """A file with a survey."""

    file = forms.FileField(
        label="A file with a survey",
        help_text="LimeSurvey’s structure (.lss), an XLSForm workbook (.xlsx), or a table (.csv). Up to 5 MB.",
        error_messages={
            "required": "Choose the file first. If you did, it was larger than 5 MB: a survey without its answers is not.",
            "empty": "This file is empty. Export the survey again and choose it once more.",
        },
    )
