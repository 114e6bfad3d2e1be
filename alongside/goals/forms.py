"""Text from outside about what there is to work on."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms

from alongside.goals.models import LONGEST_TEXT, LONGEST_TITLE, LONGEST_WHY, Issue, Vote
from alongside.goals.reads import Place
from alongside.kit.tabular import clean_text, shown
from alongside.network.models import Cluster

CHOOSE = dict.fromkeys(("required", "invalid_choice"), "Choose one from the list.")


class IssueForm(forms.Form):
    """Something to work on. Where there is one place only, nothing is asked about it."""

    title = forms.CharField(
        label="What should we work on?",
        max_length=LONGEST_TITLE,
        help_text=f"A few words, {LONGEST_TITLE} characters at most.",
        error_messages={"required": "Say in a few words what there is to work on."},
    )
    why = forms.CharField(
        label="Why?",
        max_length=LONGEST_WHY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you see, and for whom it matters. You may leave it empty.",
    )
    sure = forms.BooleanField(label="This names nobody", required=False)

    def __init__(self, *args: Any, places: list[Place], names: Callable[[str], list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.names, self.asks_sure = places, names, False
        if len(places) > 1:
            choices = [(place.value, place.name) for place in places]
            self.fields["where"] = forms.ChoiceField(label="For whom?", choices=choices, error_messages=CHOOSE)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("title", "why"):
            cleaned[name] = clean_text(cleaned.get(name, ""))
        found = self.names(f"{cleaned['title']}. {cleaned['why']}")
        if found:
            self.asks_sure = True
            if not cleaned.get("sure"):
                self.add_error("title", _named(found[0]))
        return cleaned

    @property
    def cluster(self) -> Cluster | None:
        """The cluster that was chosen; None for the whole school or network."""
        wanted = self.cleaned_data.get("where", self.places[0].value)
        return next(place.cluster for place in self.places if place.value == wanted)


def _named(what: str) -> str:
    return (
        f"This may name somebody, or hold an address: {shown(what)}. Say what it is about and not who, or tick below that "
        "it names nobody."
    )


class MergeForm(forms.Form):
    """Into which other one."""

    into = forms.ChoiceField(label="Into which one?", error_messages=CHOOSE)

    def __init__(self, *args: Any, others: list[Issue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"] = forms.ChoiceField(
            label="Into which one?",
            choices=[(str(issue.pk), issue.title) for issue in others],
            help_text="Its words stay on the list; these are kept under it.",
            error_messages=CHOOSE,
        )


class ForwardForm(forms.Form):
    """To which cluster, or to which network as a whole."""

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        self.fields["to"] = forms.ChoiceField(
            label="To whom?", choices=[(place.value, place.name) for place in places], error_messages=CHOOSE
        )

    @property
    def place(self) -> Place:
        """What was chosen."""
        return next(place for place in self.places if place.value == self.cleaned_data["to"])


class VoteFileForm(forms.Form):
    """A file with a vote that was cast elsewhere."""

    title = forms.CharField(
        label="What was voted on?",
        max_length=100,
        required=False,
        help_text="As it should stand above the result. Empty: as the file calls it.",
    )
    file = forms.FileField(
        label="File with the votes",
        help_text="A CSV list as in the template, or a PrefLib file (.soc, .soi, .toc, .toi).",
        error_messages={
            "required": "Choose the file first.",
            "empty": "This file is empty. Export the votes again and choose it once more.",
        },
    )

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        if len(places) > 1:
            choices = [(place.value, place.name) for place in places]
            self.fields["where"] = forms.ChoiceField(label="Who voted?", choices=choices, error_messages=CHOOSE)

    def clean_title(self) -> str:
        return clean_text(self.cleaned_data["title"])

    @property
    def cluster(self) -> Cluster | None:
        """The cluster that was chosen; None for the whole school or network."""
        wanted = self.cleaned_data.get("where", self.places[0].value)
        return next(place.cluster for place in self.places if place.value == wanted)


def _amount(label: str, digits: int, places: int) -> forms.DecimalField:
    wrong = f"{label}: write a number from 0, such as 12 or 12.5."
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=digits,
        decimal_places=places,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits"), wrong
        ),
    )


class FitForm(forms.Form):
    """Hours and money that there are, and what each issue costs."""

    def __init__(self, *args: Any, vote: Vote, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hours"] = _amount("Hours that there are", 8, 1)
        self.fields["money"] = _amount("Money that there is", 12, 2)
        self.initial.update(hours=vote.hours, money=vote.money)
        for issue, _ in enumerate(vote.issues):
            self.fields[f"hours_{issue}"] = _amount("Hours", 8, 1)
            self.fields[f"money_{issue}"] = _amount("Money", 12, 2)
            hours, money = vote.costs.get(str(issue), ("", ""))
            self.initial.update({f"hours_{issue}": hours, f"money_{issue}": money})
        self.issues = list(vote.issues)

    @property
    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each issue with its two fields."""
        return [(title, self[f"hours_{issue}"], self[f"money_{issue}"]) for issue, title in enumerate(self.issues)]

    def amount(self, name: str) -> Decimal:
        """What was written; 0 for nothing."""
        return self.cleaned_data[name] or Decimal(0)

    @property
    def costs(self) -> dict[int, tuple[Decimal, Decimal]]:
        """Issues with a cost above 0."""
        found = {each: (self.amount(f"hours_{each}"), self.amount(f"money_{each}")) for each in range(len(self.issues))}
        return {each: cost for each, cost in found.items() if any(cost)}


class ChoiceForm(forms.Form):
    """What is taken on, why, who saw it otherwise, who decided and when."""

    seen = forms.CharField(required=False, max_length=18, widget=forms.HiddenInput)
    reasons = forms.CharField(
        label="Why these?",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why these, in a sentence or two."},
    )
    dissent = forms.CharField(
        label="What was said against it?",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What was said, not who said it. Leave it empty if nobody objected.",
    )
    decided_by = forms.CharField(
        label="Who decided?",
        max_length=150,
        help_text="In words: “the seven heads of Avon cluster”.",
        error_messages={"required": "Say who decided."},
    )
    decided_on = forms.DateField(
        label="On which day?",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the day.", "invalid": "This is no date. Write it as 2026-09-02."},
    )

    def __init__(self, *args: Any, vote: Vote, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["taken"] = forms.MultipleChoiceField(
            label="What is taken on?",
            choices=[(str(issue), title) for issue, title in enumerate(vote.issues)],
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "Tick at least one thing to take on.",
                "invalid_choice": "Tick things of this list.",
            },
        )

    def clean_decided_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["decided_on"]
        if not datetime.date(2000, 1, 1) <= day <= self.today:
            raise forms.ValidationError("A choice is recorded once it was made: choose today or an earlier day.")
        return day

    def clean_seen(self) -> int | None:
        seen: str = self.cleaned_data["seen"]
        return int(seen) if seen.isascii() and seen.isdigit() else None

    @property
    def taken(self) -> list[int]:
        """Places in the vote's issues."""
        return [int(each) for each in self.cleaned_data["taken"]]
