"""Text from outside about grids."""

from __future__ import annotations

import datetime
from typing import Any, cast

from django import forms

from alongside.calendar.days import SchoolDays
from alongside.evidence.forms import AHEAD
from alongside.evidence.grids.actions import TEN, TWENTY, statements
from alongside.kit.words import people_date
from alongside.network.models import Cluster, Organisation
from alongside.surveys import schooldays

OPEN_FOR = 5  # school days


class GridForm(forms.Form):
    """Whom, how much, from when. One preset starts it."""

    whom = forms.ChoiceField(label="Which schools?", help_text="Everybody who works there when it opens is asked.")
    how_many = forms.ChoiceField(
        label="How much?",
        widget=forms.RadioSelect,
        choices=[(TWENTY, "All twenty statements, three minutes"), (TEN, "One for each principle, 90 seconds")],
        help_text="The same in every round, so that you can see it over time.",
    )
    opens_on = forms.DateField(
        label="People are asked from",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="For five school days.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        organisation: Organisation,
        clusters: list[Cluster],
        whole: bool,
        today: datetime.date,
        days: SchoolDays,
    ) -> None:
        proposed = days.on_or_after(today + datetime.timedelta(days=1))
        super().__init__(data, initial={"how_many": TWENTY, "opens_on": proposed})
        self.organisation, self.today, self.days = organisation, today, days
        self.clusters = {f"cluster-{cluster.pk}": cluster for cluster in clusters}
        everyone = [("whole", organisation.name)] if whole else []
        choices = everyone + [(key, cluster.name) for key, cluster in self.clusters.items()]
        cast(forms.ChoiceField, self.fields["whom"]).choices = choices

    def clean_opens_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["opens_on"]
        if day <= self.today:
            raise forms.ValidationError("Choose a later day than today, so that letters reach everybody in time.")
        if day > self.today + AHEAD:
            raise forms.ValidationError("A grid can be planned up to a year ahead. Choose an earlier day.")
        if not self.days.is_school_day(day):
            after = self.days.after(day, 1)
            raise forms.ValidationError(f"{people_date(day)} is not a school day. Choose {people_date(after)}.")
        return day

    @property
    def cluster(self) -> Cluster | None:
        return self.clusters.get(self.cleaned_data["whom"])

    @property
    def items(self) -> list[str]:
        return statements(self.cleaned_data["how_many"])

    @property
    def hours(self) -> tuple[datetime.datetime, datetime.datetime]:
        """From the morning of the first day to the evening of the last."""
        first, zone = self.cleaned_data["opens_on"], self.organisation.zone
        return schooldays.opening(first, zone), schooldays.closing(self.days.after(first, OPEN_FOR), zone)
