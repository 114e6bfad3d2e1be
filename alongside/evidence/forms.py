"""Text from outside about coherence rounds."""

from __future__ import annotations

import datetime
from typing import Any, cast

from django import forms
from django.forms import BoundField

from alongside.calendar.days import SchoolDays
from alongside.evidence.actions import Hours
from alongside.evidence.models import LeaderView, MapRound
from alongside.evidence.statements import STATEMENTS, STUDENTS, TEAMS, USUAL, Statement
from alongside.kit.words import people_date
from alongside.network.models import Cluster, Organisation
from alongside.surveys import schooldays
from alongside.surveys.instruments import SCALE

TEAMS_DAYS, STUDENTS_DAYS = 5, 10  # school days
AHEAD = datetime.timedelta(days=366)


class PlaceForm(forms.Form):
    """Whom to ask, of the places that the asker may, and a first day that is a school day."""

    whom = forms.ChoiceField(label="Which schools?", help_text="Those that belong there when it opens.")

    def __init__(
        self,
        data: Any,
        *,
        initial: dict[str, Any],
        organisation: Organisation,
        clusters: list[Cluster],
        whole: bool,
        today: datetime.date,
        days: SchoolDays,
    ) -> None:
        super().__init__(data, initial=initial)
        self.organisation, self.today, self.days = organisation, today, days
        self.clusters = {f"cluster-{cluster.pk}": cluster for cluster in clusters}
        everyone = [("whole", organisation.name)] if whole else []
        choices = everyone + [(key, cluster.name) for key, cluster in self.clusters.items()]
        cast(forms.ChoiceField, self.fields["whom"]).choices = choices

    def first_day(self, name: str, *, too_early: str, too_late: str) -> datetime.date:
        """A school day after today and within a year."""
        day: datetime.date = self.cleaned_data[name]
        if day <= self.today:
            raise forms.ValidationError(too_early)
        if day > self.today + AHEAD:
            raise forms.ValidationError(too_late)
        if not self.days.is_school_day(day):
            after = self.days.after(day, 1)
            raise forms.ValidationError(f"{people_date(day)} is not a school day. Choose {people_date(after)}.")
        return day

    @property
    def cluster(self) -> Cluster | None:
        return self.clusters.get(self.cleaned_data["whom"])

    def open_for(self, first: datetime.date, count: int) -> Hours:
        """From the morning of a day to the evening of the last of so many school days after it."""
        zone = self.organisation.zone
        return schooldays.opening(first, zone), schooldays.closing(self.days.after(first, count), zone)


def day_field(label: str, help_text: str) -> forms.DateField:
    """A day, as a browser's calendar gives it."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, help_text=help_text)


class StartForm(PlaceForm):
    """Whom, about what, from when. One preset starts it."""

    about = forms.ChoiceField(
        label="About what?",
        widget=forms.RadioSelect,
        choices=[("usual", "The usual eight things"), ("all", "All ten")],
        help_text="The same in every round, so that you can see it over time.",
    )
    teams_on = day_field(
        "Teams are asked from",
        "For five school days. Until they close, leaders say for themselves how they see it, each alone.",
    )
    students = forms.BooleanField(
        label="Ask students too, after the teams",
        required=False,
        help_text="By slips for each class, for ten school days. Once a term at most.",
    )

    def __init__(self, data: Any = None, *, today: datetime.date, days: SchoolDays, **kwargs: Any) -> None:
        initial = {"about": "usual", "teams_on": days.on_or_after(today + datetime.timedelta(days=7))}
        super().__init__(data, initial=initial, today=today, days=days, **kwargs)

    def clean_teams_on(self) -> datetime.date:
        return self.first_day(
            "teams_on",
            too_early="Leaders need a day or more before the teams are asked. Choose a later day.",
            too_late="A round can be planned up to a year ahead. Choose an earlier day.",
        )

    @property
    def statements(self) -> list[str]:
        chosen = STATEMENTS if self.cleaned_data["about"] == "all" else STATEMENTS[:USUAL]
        return [statement.id for statement in chosen]

    @property
    def hours(self) -> dict[str, Hours]:
        """Seat → when it is asked: teams first, students from the next school day."""
        first = self.cleaned_data["teams_on"]
        found = {TEAMS: self.open_for(first, TEAMS_DAYS)}
        if self.cleaned_data["students"]:
            last = self.days.after(first, TEAMS_DAYS)
            found[STUDENTS] = self.open_for(self.days.after(last, 1), STUDENTS_DAYS)
        return found


class ViewForm(forms.Form):
    """How one leader sees the school, and who may see that."""

    agreed = forms.BooleanField(
        label="My answers may stand on the map beyond our leadership team",
        required=False,
        help_text="They are shown there only if each of us agrees, together and without names. You can change your mind at any time.",
    )

    def __init__(self, data: Any = None, *, asked: MapRound, mine: LeaderView | None) -> None:
        start: dict[str, object] = {"agreed": mine.agreed} if mine else {}
        start |= {_field(s): str(mine.ratings.get(s.id, "")) for s in asked.asks} if mine else {}
        super().__init__(data, initial=start)
        self.asked = asked
        for statement in asked.asks:
            self.fields[_field(statement)] = forms.ChoiceField(
                label=statement.leader,
                choices=SCALE,
                widget=forms.RadioSelect,
                error_messages={"required": f"Say something to “{statement.about}”; “I can’t say” is an answer too."},
            )

    @property
    def lines(self) -> list[BoundField]:
        """The statements."""
        return [self[_field(statement)] for statement in self.asked.asks]

    @property
    def ratings(self) -> dict[str, int | str]:
        """Statement → 1 to 5, or x."""
        given = {statement.id: self.cleaned_data[_field(statement)] for statement in self.asked.asks}
        return {key: rating if rating == "x" else int(rating) for key, rating in given.items()}


class NoteForm(forms.Form):
    """What came of the talk with one's own team."""

    text = forms.CharField(
        label="A note of the talk with your team",
        required=False,
        max_length=1200,
        help_text="What did you hear? Without names. The leaders of your school read it.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "voice"}),
    )


def _field(statement: Statement) -> str:
    return f"line_{statement.id.partition('.')[2]}"
