"""Text from outside about grids."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from alongside.calendar.days import SchoolDays
from alongside.evidence.actions import Hours
from alongside.evidence.forms import PlaceForm, day_field
from alongside.evidence.grids.actions import TEN, TWENTY, statements

OPEN_FOR = 5  # school days


class GridForm(PlaceForm):
    """Whom, how much, from when. One preset starts it."""

    how_many = forms.ChoiceField(
        label="How much?",
        widget=forms.RadioSelect,
        choices=[(TWENTY, "All twenty statements, three minutes"), (TEN, "One for each principle, 90 seconds")],
        help_text="The same in every round, so that you can see it over time.",
    )
    opens_on = day_field("People are asked from", "For five school days.")

    def __init__(self, data: Any = None, *, today: datetime.date, days: SchoolDays, **kwargs: Any) -> None:
        initial = {"how_many": TWENTY, "opens_on": days.on_or_after(today + datetime.timedelta(days=1))}
        super().__init__(data, initial=initial, today=today, days=days, **kwargs)
        self.fields["whom"].help_text = "Everybody who works there when it opens is asked."

    def clean_opens_on(self) -> datetime.date:
        return self.first_day(
            "opens_on",
            too_early="Choose a later day than today, so that letters reach everybody in time.",
            too_late="A grid can be planned up to a year ahead. Choose an earlier day.",
        )

    @property
    def items(self) -> list[str]:
        return statements(self.cleaned_data["how_many"])

    @property
    def hours(self) -> Hours:
        """From the morning of the first day to the evening of the last."""
        return self.open_for(self.cleaned_data["opens_on"], OPEN_FOR)
