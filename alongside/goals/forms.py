"""Text from outside about what there is to work on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from alongside.goals.models import LONGEST_TITLE, LONGEST_WHY, Issue
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
