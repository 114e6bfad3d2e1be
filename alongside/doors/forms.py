"""Text from outside about the doors."""

import datetime
from typing import Any, cast

from django import forms

from alongside.kit.words import people_date

HOW_LONG = [
    ("week", "For a week"),
    ("term", "Until the end of term"),
    ("day", "Until a day that I choose"),
    ("open", "Until somebody lifts the pause"),
]


CHOOSE = dict.fromkeys(("required", "invalid_choice"), "Choose one of the answers that are offered.")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PauseForm(forms.Form):
    """How long a school is left in peace. There is no field for why."""

    how_long = forms.ChoiceField(
        label="How long?", widget=forms.RadioSelect, choices=HOW_LONG, initial="week", error_messages=CHOOSE
    )
    last_day = forms.DateField(
        label="The last day of the pause", required=False, widget=DayInput, help_text="Only for a day that you choose."
    )

    def __init__(
        self, *args: Any, today: datetime.date, end_of_term: datetime.date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.days = {"week": today + datetime.timedelta(days=7), "term": end_of_term, "open": None}
        offered = [(key, self._label(key, label)) for key, label in HOW_LONG if key != "term" or end_of_term]
        cast(forms.ChoiceField, self.fields["how_long"]).choices = offered

    def _label(self, key: str, label: str) -> str:
        day = self.days.get(key)
        return f"{label}, to {people_date(day)}" if day else label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("how_long") == "day" and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Choose the last day of the pause, or how long it is to be.")
        return cleaned

    @property
    def until(self) -> datetime.date | None:
        """The last day; None until it is lifted."""
        chosen: str = self.cleaned_data["how_long"]
        day: datetime.date | None = self.cleaned_data["last_day"] if chosen == "day" else self.days[chosen]
        return day
