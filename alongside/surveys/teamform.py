"""The form of a leadership team's self-check."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.forms import BoundField

from alongside.surveys.actions.selfchecking import version
from alongside.surveys.instruments import POINTS, SCALE
from alongside.surveys.models import SelfCheck
from alongside.surveys.selfcheck import LINES, Line

NUMBERS = [(value, f"{value} · {label}") for value, label in SCALE[:POINTS]]


class SelfCheckForm(forms.Form):
    """When the meeting was, and one agreed number a line."""

    held_on = forms.DateField(
        label="When was the meeting?",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    note = forms.CharField(
        label="A note for yourselves",
        required=False,
        max_length=1200,
        help_text="If you share the numbers, the note stays with your team.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "voice"}),
    )
    change = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, check: SelfCheck | None, today: datetime.date) -> None:
        start: dict[str, object] = {"held_on": today}
        if check:
            start = {"held_on": check.held_on, "note": check.note, "change": check.pk, "seen": version(check)}
            start |= {_field(line): str(check.numbers[line.id]) for line in LINES}
        super().__init__(data, initial=start)
        self.today = today
        for line in LINES:
            self.fields[_field(line)] = forms.ChoiceField(
                label=f"{line.about}: {line.text}",
                choices=NUMBERS,
                widget=forms.RadioSelect,
                error_messages={"required": f"Agree on a number for “{line.about}”."},
            )

    @property
    def lines(self) -> list[BoundField]:
        """The six lines."""
        return [self[_field(line)] for line in LINES]

    @property
    def numbers(self) -> dict[str, int]:
        """What was agreed."""
        return {line.id: int(self.cleaned_data[_field(line)]) for line in LINES}

    def clean_held_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["held_on"]
        if day > self.today:
            raise forms.ValidationError("This day is still to come. Enter the numbers once the team has met.")
        if day < self.today - datetime.timedelta(days=366):
            raise forms.ValidationError("This is more than a year ago. Choose the day of your last meeting.")
        return day


def _field(line: Line) -> str:
    return f"line_{line.id.partition('.')[2]}"
