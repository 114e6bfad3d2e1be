"""Text from outside about visions, goals and actions."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from alongside.goals.actions import ActionWords, GoalWords
from alongside.goals.models import LONGEST_LINE, LONGEST_VISION, LONGEST_WORDS, CheckIn, Goal
from alongside.kit.tabular import clean_text

NOBODY = ("", "nobody yet")
CHOOSE = dict.fromkeys(("required", "invalid_choice"), "Choose one from the list.")
FARTHEST = datetime.timedelta(days=5 * 366)


def _words(label: str, longest: int, help_text: str = "", *, rows: int = 2, required: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(required),
        widget=forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput(),
        help_text=help_text,
        error_messages={"required": required} if required else {},
    )


class Seen(forms.Form):
    """A form that says which version its writer saw; its words are cleaned."""

    seen = forms.CharField(required=False, max_length=18, widget=forms.HiddenInput)

    def clean_seen(self) -> int:
        seen: str = self.cleaned_data["seen"]
        return int(seen) if seen.isascii() and seen.isdigit() else 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return {name: clean_text(value) if isinstance(value, str) else value for name, value in cleaned.items()}

    def again(self, version: int, said: str) -> None:
        """Keep the words and let them be of the version that stands now, with a sentence on why they were not stored."""
        self.data = {name: self.data[name] for name in self.data} | {"seen": str(version)}
        self.add_error(None, said)


class Dated(Seen):
    """A form with one day that lies ahead."""

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def day(self, name: str) -> datetime.date:
        """A day from today on, five years at most; the one that stood there before may stay."""
        day: datetime.date = self.cleaned_data[name]
        if day != self.initial.get(name) and not self.today <= day <= self.today + FARTHEST:
            raise forms.ValidationError("Choose today or a later day, five years ahead at most.")
        return day

    def _chosen(self, name: str) -> int | None:
        found = self.cleaned_data.get(name, "")
        return int(found) if found else None


def _day(label: str, help_text: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=help_text,
        error_messages={"required": "Choose the day.", "invalid": "This is no date. Write it as 2026-09-02."},
    )


def _one_of(label: str, choices: list[tuple[str, str]], help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, help_text=help_text, error_messages=CHOOSE)


class GoalForm(Dated):
    """A goal: what, how we shall know, whose, when we look again; then what it serves and its three sentences."""

    title = _words(
        "What do we want to reach?",
        LONGEST_LINE,
        "A few words that a colleague would understand.",
        rows=1,
        required="Say in a few words what you want to reach.",
    )
    measure = _words(
        "How shall we know?", LONGEST_WORDS, "What will be seen, heard or counted. You may leave it empty."
    )
    review_on = _day("When do we look at it again?", "A day on which you will talk about it.")
    lens_serves = _words("Which goals of the cluster does it serve, hinder or leave aside?", LONGEST_WORDS)
    lens_least = _words("What does it do for the children who have least or are losing heart?", LONGEST_WORDS)
    lens_gives = _words("What gives way for it?", LONGEST_WORDS)

    def __init__(self, *args: Any, owners: list[tuple[int, str]], wider: list[Goal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = _one_of("Whose goal is it?", [NOBODY, *((str(pk), name) for pk, name in owners)])
        if wider:
            choices = [("", "none of these"), *((str(goal.pk), f"{goal.title} ({goal.place})") for goal in wider)]
            said = "People of the cluster or network then see the title of your goal beside theirs."
            self.fields["serves"] = _one_of("Which wider goal does it serve?", choices, said)

    def clean_review_on(self) -> datetime.date:
        return self.day("review_on")

    @property
    def words(self) -> GoalWords:
        """What was written."""
        given = self.cleaned_data
        lens = (given["lens_serves"], given["lens_least"], given["lens_gives"])
        return GoalWords(
            given["title"], given["measure"], self._chosen("owner"), given["review_on"], self._chosen("serves"), *lens
        )


class ActionForm(Dated):
    """An action: what, whose, by when, and which goal it serves."""

    title = _words(
        "What will be done?",
        LONGEST_LINE,
        "One thing that one person can see through.",
        rows=1,
        required="Say in a few words what will be done.",
    )
    due_on = _day("By when?", "The end of term, if nothing else fits better.")

    def __init__(self, *args: Any, owners: list[tuple[int, str]], goals: list[Goal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = _one_of("Who sees to it?", [NOBODY, *((str(pk), name) for pk, name in owners)])
        if goals:
            choices = [("", "none of these"), *((str(goal.pk), goal.title) for goal in goals)]
            self.fields["goal"] = _one_of("Which goal does it serve?", choices)

    def clean_due_on(self) -> datetime.date:
        return self.day("due_on")

    @property
    def words(self) -> ActionWords:
        """What was written."""
        given = self.cleaned_data
        return ActionWords(given["title"], self._chosen("owner"), given["due_on"], self._chosen("goal"))


class VisionForm(Seen):
    """One paragraph, and what it was written from."""

    text = _words(
        "Where do we want to be?",
        LONGEST_VISION,
        "One paragraph that anybody who works here could say in their own words.",
        rows=6,
        required="Write the vision in a few sentences.",
    )
    sources = _words(
        "What is it written from?", LONGEST_WORDS, "Who was asked, which talks, which results. You may leave it empty."
    )


class CheckInForm(forms.Form):
    """One tap, and perhaps a sentence."""

    how = forms.ChoiceField(
        choices=CheckIn.How.choices, error_messages=dict.fromkeys(("required", "invalid_choice"), "Press one of these.")
    )
    text = _words("In a sentence, if you like", LONGEST_WORDS)

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])
