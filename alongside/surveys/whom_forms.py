"""Text from outside about whom a pulse asks, and for whom slips are."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from alongside.network.models import Cluster, Organisation
from alongside.surveys import audiences
from alongside.surveys.actions import not_for
from alongside.surveys.audiences import Audience
from alongside.surveys.instruments import Instrument
from alongside.surveys.offered import choosable


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """A field of a form whose choices are known only when it is shown."""
    return cast(forms.ChoiceField, form.fields[name])


class WhomForm(forms.Form):
    """Which pulse, at which schools, which people there, and whether results are shown by kind of job as well."""

    instrument = forms.ChoiceField(label="Pulse", widget=forms.RadioSelect)
    whom = forms.ChoiceField(label="Which schools do we ask?", help_text="Those that belong there when it opens.")
    audience = forms.ChoiceField(
        label="Whom do we ask there?",
        help_text="Each pulse suits some of these.",
        required=False,
    )
    breakdown = forms.ChoiceField(
        label="Shown by kind of job as well?",
        required=False,
        choices=[
            ("", "No, or as it has been before"),
            (audiences.JOB, "Yes: leaders, teachers, support staff"),
        ],
        help_text="For all staff alone. Fixed for good when a pulse first opens; kinds with few answers count together.",
    )

    clusters: dict[str, Cluster]
    pulses: dict[str, Instrument]

    def offer(self, organisation: Organisation, clusters: list[Cluster], whole: bool, wanted: str = "") -> None:
        """What there is to choose from: pulses (own ones too once `wanted` is one), schools, and the audiences that some
        pulse suits."""
        self.clusters = {f"cluster-{cluster.pk}": cluster for cluster in clusters}
        self.pulses = choosable(organisation, self.data.get("instrument", "") or wanted)
        if self.initial["instrument"] not in self.pulses:
            self.initial["instrument"] = "well"
        pulses = self.pulses.values()
        choice_field(self, "instrument").choices = [(i.id, f"{i.name}: “{i.question}”") for i in pulses]
        everyone = [("whole", organisation.name)] if whole else []
        choice_field(self, "whom").choices = everyone + [(key, cluster.name) for key, cluster in self.clusters.items()]
        suited = {key for pulse in pulses for key in pulse.audiences}
        choice_field(self, "audience").choices = [
            (a.key, a.name) for a in audiences.AUDIENCES.values() if a.key in suited
        ]

    def clean_audience(self) -> str:
        return self.cleaned_data["audience"] or audiences.STAFF.key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pulse, whom = cleaned.get("instrument"), cleaned.get("audience")
        if pulse and whom and whom not in self.pulses[pulse].audiences:
            self.add_error("audience", not_for(pulse, audiences.audience(whom)))
        if cleaned.get("breakdown") and whom and whom != audiences.STAFF.key:
            self.add_error("breakdown", "A breakdown by kind of job is for all staff. Choose No, or ask all staff.")
        return cleaned

    @property
    def asks(self) -> Audience:
        """Whom it asks, as far as that is known."""
        given = getattr(self, "cleaned_data", {}) if self.is_bound else self.initial
        return audiences.audience(given.get("audience") or audiences.STAFF.key)


class SlipsForm(forms.Form):
    """How many slips a school wants, and of students and parents for which class."""

    group = forms.CharField(
        label="Class",
        max_length=40,
        help_text="As the school calls it. It is printed on the sheet alone.",
        required=False,
    )

    count = forms.IntegerField(
        label="How many slips", min_value=1, max_value=9999, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )


def slips_form(whom: Audience, data: Any = None) -> SlipsForm:
    """The form for slips of these people."""
    form = SlipsForm(data)
    if whom.by_slips:
        form.fields["group"].required = True
        form.fields["count"].label = "Students on its roll"
    else:
        del form.fields["group"]
    return form
