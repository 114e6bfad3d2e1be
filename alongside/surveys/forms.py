"""Text from outside about pulses."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.forms import BoundField

from alongside.calendar.days import MONDAY_TO_FRIDAY, Period, SchoolDays
from alongside.kit.words import people_date
from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys import budget, grids, schooldays
from alongside.surveys.accept import COMMENT_LIMIT
from alongside.surveys.actions import LONGEST, ReplyText
from alongside.surveys.instruments import SCALE, Instrument
from alongside.surveys.models import THEMES_AT_MOST, Reply, Rhythm
from alongside.surveys.naming import SUSPECT
from alongside.surveys.occasions import Turn
from alongside.surveys.whom_forms import WhomForm, choice_field

CHOICES = {value for value, _ in SCALE}
SHORTEST = datetime.timedelta(days=1)
AHEAD = datetime.timedelta(days=366)
SOON = datetime.timedelta(days=42)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AskForm(WhomForm):
    """Which pulse, of whom, from when to when. One preset starts it."""

    opens_on = forms.DateField(
        label="Opens on", widget=DayInput, help_text="At seven in the morning; today means at once."
    )
    closes_on = forms.DateField(
        label="Closes on",
        widget=DayInput,
        help_text="At six in the evening, on a school day. Five school days are usual.",
    )

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        clusters: list[Cluster],
        whole: bool,
        today: datetime.date,
        days: SchoolDays = MONDAY_TO_FRIDAY,
        pulse: str = "",
        **kwargs: Any,
    ) -> None:
        opens = proposed(today, days)
        start = {
            "instrument": pulse or "well",
            "audience": "staff",
            "opens_on": opens,
            "closes_on": days.after(opens, 5),
        }
        super().__init__(*args, **{"initial": start, **kwargs})
        self.organisation, self.today, self.days = organisation, today, days
        self.offer(organisation, clusters, whole, pulse)

    def clean_opens_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["opens_on"]
        if day < self.today:
            raise forms.ValidationError(f"{people_date(day).capitalize()} is over. Choose today or a later day.")
        if day > self.today + AHEAD:
            raise forms.ValidationError("A pulse can be planned up to a year ahead. Choose an earlier day.")
        return day

    def clean_closes_on(self) -> datetime.date:
        return school_day(self.cleaned_data["closes_on"], self.days)

    def warnings(self) -> list[str]:
        """What the calendar has against these days; they are kept all the same."""
        first, last = self.cleaned_data["opens_on"], self.cleaned_data["closes_on"]
        busy = [
            f"This pulse is open in {period.name}, {busy_days(period)}. People have little time then."
            for period in self.days.busy_between(first, last)
        ]
        if self.days.is_school_day(first):
            return busy
        return [f"It opens on {people_date(first)}, which is not a school day.", *busy]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens and closes and closes - opens < SHORTEST:
            self.add_error(
                "closes_on", "A pulse is open for one day at least, so that part-time colleagues can answer."
            )
        if opens and closes and closes - opens > LONGEST:
            self.add_error("closes_on", "A pulse is open for six weeks at most; five school days are usual.")
        return cleaned

    @property
    def cluster(self) -> Cluster | None:
        return self.clusters.get(self.cleaned_data["whom"])

    def opens_at(self, now: datetime.datetime) -> datetime.datetime:
        day = self.cleaned_data["opens_on"]
        return now if day == self.today else schooldays.opening(day, self.organisation.zone)

    def closes_at(self) -> datetime.datetime:
        return schooldays.closing(self.cleaned_data["closes_on"], self.organisation.zone)


def proposed(today: datetime.date, days: SchoolDays) -> datetime.date:
    """Today or the next school day, or the first after the report and exam weeks that would meet a pulse of five days."""
    day = days.on_or_after(today)
    for _ in range(10):
        busy = days.busy_between(day, days.after(day, 5))
        if not busy:
            return day
        day = days.on_or_after(max(period.last for period in busy) + SHORTEST)
    return days.on_or_after(today)


def busy_days(period: Period) -> str:
    """The days of a report or exam week in words."""
    if period.first == period.last:
        return people_date(period.first)
    return f"{people_date(period.first)} to {people_date(period.last)}"


def school_day(day: datetime.date, days: SchoolDays) -> datetime.date:
    """The day itself, or an error that names the school days around it."""
    if not datetime.date(1900, 1, 1) < day < datetime.date(9000, 1, 1):
        raise forms.ValidationError("Choose a day of this school year.")
    if days.is_school_day(day):
        return day
    before, after = days.before_or_on(day), days.after(day, 1)
    raise forms.ValidationError(
        f"{people_date(day)} is not a school day. Choose {people_date(before)} or {people_date(after)}."
    )


class ExtendForm(forms.Form):
    """A later closing day."""

    closes_on = forms.DateField(label="New closing day", widget=DayInput)

    def __init__(self, *args: Any, days: SchoolDays, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days

    def clean_closes_on(self) -> datetime.date:
        return school_day(self.cleaned_data["closes_on"], self.days)


class AddPeopleForm(forms.Form):
    """Who is added to a pulse that is open."""

    people = forms.TypedMultipleChoiceField(
        label="Who is to be asked as well?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one person.",
            "invalid_choice": "One of these people cannot be added, or a colleague has added them. Choose again.",
        },
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.TypedMultipleChoiceField, self.fields["people"]).choices = [
            (person.pk, person.name) for person in people
        ]


class AnswerForm:
    """What somebody sent from the answering page. Not a Django form: it is parsed a hundred times a second and shown from
    a page that is written once a wave."""

    def __init__(self, instrument: Instrument, data: Any) -> None:
        self.instrument = instrument
        self.choices = dict(grids.SCALE).keys() if instrument.is_grid else CHOICES
        sent = grids.given if instrument.is_grid else _given
        self.given = {tap.id: sent(data, tap.id) for tap in instrument.taps}
        self.comment = _words(data.get("comment", ""))[:COMMENT_LIMIT] if instrument.comment else ""
        self.sure = data.get("sure") == "1"

    @property
    def ratings(self) -> dict[str, int | str]:
        """Statement → 1–5, or "x", of a grid 1–8; what was left out or is no answer is absent."""
        chosen = {item: value for item, value in self.given.items() if value in self.choices}
        return {item: value if value == "x" else int(value) for item, value in chosen.items()}

    @property
    def missing(self) -> list[int]:
        """Numbers of the statements without an answer, counted from 1. Of a grid the second tap may be left out, but not a
        state beside its tick."""
        items = enumerate(self.instrument.items, start=1)
        return [number for number, item in items if not self._answered(item.id)]

    def _answered(self, item: str) -> bool:
        second = self.given.get(item + grids.OF_NETWORK, "")
        return self.given[item] in self.choices and second != grids.TICK_ALONE

    @property
    def names_somebody(self) -> bool:
        """Whether the comment seems to name a person, an address or a telephone."""
        return bool(SUSPECT.search(self.comment))

    @property
    def complete(self) -> bool:
        """Whether it can be taken as it is: nothing left out and nobody named, or sent a second time to say so."""
        if not self.ratings:
            return False
        return self.sure or not (self.missing or self.names_somebody)


def _given(data: Any, item: str) -> Any:
    return data.get(item, "")


def _words(text: str) -> str:
    # Browsers count a line end once and send it twice; PostgreSQL keeps no null characters.
    return text.replace("\r\n", "\n").replace("\0", "").strip()


class ReplyForm(forms.Form):
    """What we heard, what we will do, by when."""

    kind = forms.ChoiceField(
        label="What is your answer?", widget=forms.RadioSelect, choices=Reply.Kind.choices, initial="do"
    )
    heard = forms.CharField(
        label="What we heard",
        max_length=200,
        help_text="One sentence, in the words of the staff room. It opens the next pulse's thank-you.",
    )
    theme = forms.ChoiceField(
        label="Does it answer a theme?",
        required=False,
        help_text="Then the theme opens the next pulse's thank-you, in place of what you heard.",
    )
    text = forms.CharField(
        label="What we will do",
        max_length=1200,
        help_text="Two or three sentences, as you would say them in the staff room. No names, please.",
        widget=forms.Textarea(attrs={"rows": 5, "class": "voice"}),
    )
    moves = forms.ChoiceField(label="Which answer should it move?", required=False)
    look_on = forms.DateField(label="By when shall we look?", required=False, widget=DayInput)

    def __init__(
        self, *args: Any, instrument: Instrument, today: datetime.date, themes: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        choice_field(self, "theme").choices = [("", "None"), *((theme, theme) for theme in themes)]
        if not themes:
            del self.fields["theme"]
        choices = [
            ("", "None in particular"),
            *((item.id, f"{item.about}: {item.statement}") for item in instrument.items),
        ]
        choice_field(self, "moves").choices = choices

    def clean_look_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["look_on"]
        if day and day <= self.today:
            raise forms.ValidationError("Choose a day to come, so that there is time for something to change.")
        return day

    def words(self) -> ReplyText:
        return ReplyText(**self.cleaned_data)


class RhythmForm(WhomForm):
    """Which pulse, of whom, and when its turn comes. One preset starts it: every month, on the first Tuesday."""

    every = forms.ChoiceField(label="How often?", choices=Rhythm.Every.choices)
    week = forms.TypedChoiceField(
        label="Which one?", choices=Rhythm.Week.choices, coerce=int, help_text="Of the month or half-term."
    )
    weekday = forms.TypedChoiceField(label="Opens on a", choices=Rhythm.Weekday.choices, coerce=int)
    days = forms.IntegerField(
        label="School days it is open",
        min_value=1,
        max_value=10,
        help_text="It opens at seven in the morning and closes at six in the evening, so many school days later.",
    )

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        clusters: list[Cluster],
        whole: bool,
        today: datetime.date,
        pulse: str = "",
        **kwargs: Any,
    ) -> None:
        start = {
            "instrument": pulse or "well",
            "audience": "staff",
            "breakdown": "",
            "every": "month",
            "week": 1,
            "weekday": 2,
            "days": 5,
        }
        super().__init__(*args, **{"initial": start, **kwargs})
        self.today = today
        self.offer(organisation, clusters, whole, pulse)
        self.initial.setdefault("whom", ("whole" if whole else next(iter(self.clusters))))

    @property
    def chosen(self) -> dict[str, Any]:
        """What was given, or the preset where nothing was."""
        return dict(self.cleaned_data if self.is_bound else self.initial)

    @property
    def cluster(self) -> Cluster | None:
        return self.clusters.get(self.chosen["whom"])

    @property
    def turn(self) -> Turn:
        given = self.chosen
        return Turn(given["every"], given["week"], given["weekday"], given["days"], self.today)


class TurnForm(forms.Form):
    """Which turn of a rhythm, by the day whose turn it was."""

    turn = forms.DateField(widget=forms.HiddenInput)


class MoveForm(TurnForm):
    """Another day for it."""

    opens_on = forms.DateField(label="Opens on", widget=DayInput)


class BudgetForm(forms.Form):
    """How many statements a person a school year may ask here."""

    statements = forms.IntegerField(
        label="Statements a person may be asked in a school year",
        min_value=0,
        max_value=budget.LIMIT,
        help_text=f"{budget.LIMIT} are usual, and the most. A monthly pulse of six is about 66.",
    )


class WaiveForm(forms.Form):
    """Why a school owes no reply this time."""

    reason = forms.CharField(
        label="Why is no reply needed?",
        max_length=200,
        help_text="One sentence. The school’s leaders read it, and so does whoever chairs the cluster or runs the network.",
    )


class ThemesForm(forms.Form):
    """Up to three sentences of a leader’s own about what the comments say; names are asked about once, as in comments."""

    def __init__(self, *args: Any, themes: Sequence[str], sharing: bool, **kwargs: Any) -> None:
        start = {f"theme_{number}": text for number, text in enumerate(themes, start=1)}
        super().__init__(*args, **{**kwargs, "initial": {**start, **kwargs.get("initial", {})}})
        for number in range(1, THEMES_AT_MOST + 1):
            self.fields[f"theme_{number}"] = self._sentence(number)
        if sharing:
            self.fields["shared"] = forms.BooleanField(label="Our cluster’s chair may read these", required=False)
            self.fields["named"] = forms.BooleanField(label="… and read that they are our school’s", required=False)
        self.fields["sure"] = forms.BooleanField(label="These sentences name nobody", required=False)

    def _sentence(self, number: int) -> forms.CharField:
        box = forms.Textarea(attrs={"rows": 2, "class": "voice", "data-warn": "warn"})
        label = ("First theme", "Second theme", "Third theme")[number - 1]
        return forms.CharField(label=label, max_length=200, required=False, widget=box)

    @property
    def sentences(self) -> list[BoundField]:
        """The boxes."""
        return [self[f"theme_{number}"] for number in range(1, THEMES_AT_MOST + 1)]

    @property
    def asks_sure(self) -> bool:
        """Whether it was asked about somebody who seems to be named."""
        return self.is_bound and any(SUSPECT.search(self.data.get(bound.html_name, "")) for bound in self.sentences)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for bound in self.sentences:
            cleaned[bound.name] = " ".join(cleaned.get(bound.name, "").split())
            if SUSPECT.search(cleaned[bound.name]) and not cleaned.get("sure"):
                self.add_error(
                    bound.name,
                    "This seems to name somebody, or to hold an address or a telephone number. Take it out, or tick "
                    "below that it names nobody.",
                )
        return cleaned

    @property
    def texts(self) -> list[str]:
        """What was written, without empty boxes."""
        return [text for bound in self.sentences if (text := self.cleaned_data[bound.name])]
