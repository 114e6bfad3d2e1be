"""Text from outside about a session in a hall."""

from __future__ import annotations

from typing import Any

from django import forms

from alongside.network.models import Cluster, Organisation
from alongside.surveys import audiences
from alongside.surveys.actions.rooms import PRESENT_AT_LEAST, PRESENT_AT_MOST
from alongside.surveys.instruments import GRID_TASTE, Instrument, instrument, instruments
from alongside.surveys.whom_forms import choice_field


class RoomForm(forms.Form):
    """Which pulse, of whom, and how many people sit there."""

    instrument = forms.ChoiceField(label="Pulse", widget=forms.RadioSelect)
    whom = forms.ChoiceField(label="Who is in the room?", help_text="It names the results; nobody is looked up.")
    present = forms.IntegerField(
        label="How many people are present?",
        min_value=PRESENT_AT_LEAST,
        max_value=PRESENT_AT_MOST,
        help_text="Count them: this many answers are taken and not one more. Ten at least.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "min_value": "Fewer than ten cannot be asked in a room: single answers could be worked out. Talk instead.",
            "max_value": f"{PRESENT_AT_MOST:,} people at most can be asked in one room.",
        },
    )

    def __init__(
        self, *args: Any, organisation: Organisation, clusters: list[Cluster], whole: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": {"instrument": "well"}, **kwargs})
        self.clusters = {f"cluster-{cluster.pk}": cluster for cluster in clusters}
        choice_field(self, "instrument").choices = [(i.id, f"{i.name}: “{i.question}”") for i in _for(organisation)]
        everyone = [("whole", organisation.name)] if whole else []
        choice_field(self, "whom").choices = everyone + [(key, found.name) for key, found in self.clusters.items()]

    @property
    def cluster(self) -> Cluster | None:
        return self.clusters.get(self.cleaned_data["whom"])


def _for(organisation: Organisation) -> list[Instrument]:
    """What a hall of this organisation can be asked; a grid speaks of a network, so a school has none of its own."""
    pulses = [found for found in instruments().values() if audiences.STAFF.key in found.audiences]
    return [*pulses, instrument(GRID_TASTE)] if organisation.kind == Organisation.Kind.NETWORK else pulses
