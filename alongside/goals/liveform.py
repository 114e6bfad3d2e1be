"""The form that opens a vote."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from alongside.calendar.days import SchoolDays
from alongside.goals.actions import FEWEST_THINGS, MOST_THINGS
from alongside.goals.forms import CHOOSE
from alongside.goals.models import Issue
from alongside.kit.tabular import clean_text
from alongside.surveys import audiences
from alongside.surveys.actions import LONGEST
from alongside.surveys.forms import DayInput, school_day

WHOM = ("staff", "teachers", "support", "governors")
USUAL = 5  # school days


class OpenVoteForm(forms.Form):
    """Which things, of whom, until when."""

    title = forms.CharField(
        label="What is the question?",
        max_length=100,
        help_text="It stands above the list, and in the letters.",
        error_messages={"required": "Write the question that people vote on."},
    )
    audience = forms.ChoiceField(
        label="Who votes?",
        choices=[(key, audiences.audience(key).name) for key in WHOM],
        error_messages=CHOOSE,
    )
    closes_on = forms.DateField(
        label="Until which day?",
        widget=DayInput,
        help_text="It closes at six in the evening of a school day. Five school days are usual.",
        error_messages={"required": "Choose the day.", "invalid": "This is no date. Write it as 2026-09-02."},
    )

    def __init__(
        self, *args: Any, issues: list[Issue], whom: str, today: datetime.date, days: SchoolDays, **kwargs: Any
    ) -> None:
        first = {
            "title": "What should we work on first?",
            "audience": "staff",
            "closes_on": days.after(today, USUAL),
            "issues": [str(issue.pk) for issue in issues[:MOST_THINGS]],
        }
        super().__init__(*args, **{"initial": first, **kwargs})
        self.today, self.days = today, days
        self.fields["issues"] = forms.MultipleChoiceField(
            label=f"What is voted on, of the list of {whom}?",
            choices=[(str(issue.pk), issue.title) for issue in issues],
            widget=forms.CheckboxSelectMultiple,
            help_text="The list is frozen when the vote opens, in an order that lots decide.",
            error_messages={
                "required": f"Tick at least {FEWEST_THINGS} things.",
                "invalid_choice": "Tick things of this list. One of them may have been merged or closed meanwhile.",
            },
        )

    def clean_title(self) -> str:
        title = clean_text(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError("Write the question that people vote on.")
        return title

    def clean_issues(self) -> list[int]:
        chosen = [int(each) for each in self.cleaned_data["issues"]]
        if not FEWEST_THINGS <= len(chosen) <= MOST_THINGS:
            raise forms.ValidationError(f"A vote is about {FEWEST_THINGS} to {MOST_THINGS} things. Tick as many.")
        return chosen

    def clean_closes_on(self) -> datetime.date:
        day = school_day(self.cleaned_data["closes_on"], self.days)
        if day <= self.today:
            raise forms.ValidationError("A vote is open for one day at least, so that part-time colleagues can vote.")
        if day - self.today > LONGEST:
            raise forms.ValidationError("A vote is open for six weeks at most; five school days are usual.")
        return day
