"""Text from outside about terms and closed days."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from alongside.calendar.actions.years import Year
from alongside.calendar.files.shape import LONGEST_SPAN
from alongside.calendar.models import Span
from alongside.calendar.presets import Slot
from alongside.kit.words import people_date

KINDS = [choice for choice in Span.Kind.choices if choice[0] != Span.Kind.WEEK]
LONGEST = datetime.timedelta(days=LONGEST_SPAN)
FARTHEST = datetime.timedelta(days=5 * 366)
NO_DATE = "This is no date. Choose a day, or write it as 2026-09-02."


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    """A day, whose errors say what to do."""
    messages = {"required": f"{label}: choose a day.", "invalid": f"{label}: {NO_DATE}"}
    return forms.DateField(label=label, required=required, widget=DayInput, error_messages=messages)


class SpanForm(forms.Form):
    """A closed day, a report week, or whatever else is added by hand."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=KINDS,
        initial="closed",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose what it is from the list."),
    )
    name = forms.CharField(label="Its name", max_length=100, help_text="As your calendar calls it: “Training day”.")
    starts_on = day_field("First day")
    ends_on = day_field("Last day", required=False)

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["ends_on"].help_text = "Empty for one day."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first = cleaned.get("starts_on")
        last = cleaned["ends_on"] = cleaned.get("ends_on") or first
        if first and last:
            self._check(first, last)
        return cleaned

    def _check(self, first: datetime.date, last: datetime.date) -> None:
        if abs(first - self.today) > FARTHEST:
            self.add_error("starts_on", "First day: choose a day within five years from today.")
        elif last < first:
            self.add_error("ends_on", f"Last day: {people_date(last)} is before the first day. Exchange the two.")
        elif last - first > LONGEST:
            self.add_error("ends_on", f"Last day: {LONGEST.days} days are the longest. Enter it in parts.")


class YearForm(forms.Form):
    """The terms of one school year, proposed from what is there or from what is typical. Empty dates: there is none."""

    def __init__(self, data: Any, *, slots: list[Slot]) -> None:
        start = {f"{slot.key}_first": slot.first for slot in slots} | {f"{slot.key}_last": slot.last for slot in slots}
        super().__init__(data, initial=start)
        self.slots = slots
        for slot in slots:
            self.fields[f"{slot.key}_first"] = day_field(f"{slot.name}, first day", required=False)
            self.fields[f"{slot.key}_last"] = day_field(f"{slot.name}, last day", required=False)

    def lines(self) -> list[tuple[Slot, forms.BoundField, forms.BoundField]]:
        """Each line of the form with its two fields."""
        return [(slot, self[f"{slot.key}_first"], self[f"{slot.key}_last"]) for slot in self.slots]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        before: tuple[Slot, datetime.date] | None = None
        for slot in self.slots:
            first, last = cleaned.get(f"{slot.key}_first"), cleaned.get(f"{slot.key}_last")
            self._check(slot, first, last)
            if slot.kind == "term" and first and last:
                if before and first <= before[1]:
                    self.add_error(f"{slot.key}_first", f"{slot.name} begins before {before[0].name} has ended.")
                before = slot, last
        return cleaned

    def _check(self, slot: Slot, first: datetime.date | None, last: datetime.date | None) -> None:
        name = f"{slot.key}_last"
        if (first is None) != (last is None):
            missing = f"{slot.key}_first" if first is None else name
            if missing not in self.errors:
                self.add_error(missing, f"{slot.name}: enter both days, or leave both empty.")
        elif first and last and last < first:
            self.add_error(name, f"{slot.name}: it ends before it begins. Exchange the two days.")
        elif first and last and (last - first > LONGEST or abs(first - slot.first) > datetime.timedelta(days=366)):
            self.add_error(name, f"{slot.name}: these days are not in this school year. Look at the years.")

    def year(self) -> Year:
        """Slot → its days; None where there is none."""
        given = {
            slot: (self.cleaned_data[f"{slot.key}_first"], self.cleaned_data[f"{slot.key}_last"]) for slot in self.slots
        }
        return {slot: days if days[0] else None for slot, days in given.items()}


class CalendarFileForm(forms.Form):
    """One calendar file."""

    file = forms.FileField(
        label="Calendar file",
        help_text="An .ics file as Google, Outlook and councils export it, or a CSV list.",
        error_messages={
            "required": "Choose the file first. If you did, it was larger than 5 MB: a calendar of terms is not.",
            "empty": "This file is empty. Export the calendar again and choose it once more.",
        },
    )
