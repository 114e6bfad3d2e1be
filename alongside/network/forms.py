"""Text from outside about networks and clusters."""

from typing import Any, cast

from django import forms

from alongside.kit import wordpacks
from alongside.network import topics
from alongside.network.models import LONGEST_NAME, Cluster, Organisation, School
from alongside.network.partners import RANGES
from alongside.network.profile import LONGEST


class WordsForm(forms.Form):
    """A network's own words; empty: the country's."""

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = wordpacks.words(organisation.country)
        for number, (name, meaning) in enumerate(wordpacks.MEANINGS.items()):
            self.fields[f"word_{number}"] = forms.CharField(
                label=usual[name].capitalize(),
                help_text=f"{meaning.capitalize()}. Empty: {usual[name]}.",
                max_length=wordpacks.LONGEST,
                required=False,
                initial=organisation.words.get(name, ""),
            )

    def own(self) -> dict[str, str]:
        """Word → what this network says instead, for those that it gave."""
        given = {name: self.cleaned_data[f"word_{n}"] for n, name in enumerate(wordpacks.MEANINGS)}
        return {name: said for name, said in given.items() if said}


class ContactsForm(forms.ModelForm):  # type: ignore[type-arg]  # generic to the type checker only
    """Whom people can turn to; printed on every answering page."""

    class Meta:
        model = Organisation
        fields = ["safeguarding_contact", "outside_contact", "support_line"]
        labels = {
            "safeguarding_contact": "When someone may be at risk",
            "outside_contact": "Outside the school",
            "support_line": "Support for staff themselves",
        }
        help_texts = {
            "safeguarding_contact": "As in “go to … today”: a role and a telephone number.",
            "outside_contact": "As in “or to … today”.",
            "support_line": "A line that is free and confidential.",
        }


class DayInput(forms.DateInput):
    """A day, in the form that browsers want it."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class RegisterFileForm(forms.Form):
    """One file of a register."""

    file = forms.FileField(
        label="Register file",
        help_text="As the authority hands it out: CSV, or JSON from a data portal, packed with gzip or not. Up to 200 MB.",
        error_messages={
            "required": "Choose the file first.",
            "empty": "This file is empty. Fetch it again and choose it once more.",
        },
    )


class RenameForm(forms.Form):
    """What a cluster is called."""

    name = forms.CharField(label="Name of the cluster", max_length=100)


class AddSchoolForm(forms.Form):
    """A school of the register and the day on which it joins."""

    number = forms.CharField(
        label="School", max_length=120, help_text="Its register number, or its name exactly as the register writes it."
    )
    since = forms.DateField(label="From", widget=DayInput())


class RemoveSchoolForm(forms.Form):
    """A school of the cluster and its last day there."""

    school = forms.ChoiceField(label="School")
    last_day = forms.DateField(label="Last day", widget=DayInput())

    def __init__(self, *args: Any, schools: list[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["school"]).choices = [(str(school.pk), school.name) for school in schools]


class AnswerForm(forms.Form):
    """One answer of a cluster's profile. seen: the version that the author had before them."""

    text = forms.CharField(
        label="Our answer",
        max_length=LONGEST,
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="About 120 words. Several people may write; nothing that was written is lost.",
    )
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class OffersForm(forms.Form):
    """Up to three strengths and up to three wishes."""

    strengths = forms.MultipleChoiceField(
        label="We are strong in",
        required=False,
        choices=list(topics.TOPICS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    wishes = forms.MultipleChoiceField(
        label="We look for help with",
        required=False,
        choices=list(topics.TOPICS.items()),
        widget=forms.CheckboxSelectMultiple,
    )


class PartnersForm(forms.Form):
    """How far to look, and among which schools."""

    km = forms.TypedChoiceField(
        label="As the crow flies",
        coerce=int,
        required=False,
        choices=[(km, f"up to {km} km") for km in RANGES],
    )
    phase = forms.ChoiceField(
        label="Phase", required=False, choices=[("", "any phase"), ("same", "the same phase as ours")]
    )


class JoinForm(forms.Form):
    """Where a school asks to belong, with a sentence."""

    to = forms.ChoiceField(label="Where we ask to belong")
    words = forms.CharField(label="A sentence with it", max_length=300, required=False)

    def __init__(self, *args: Any, networks: list[Organisation], clusters: list[Cluster], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.networks = {f"network-{network.pk}": network for network in networks}
        self.clusters = {f"cluster-{cluster.pk}": cluster for cluster in clusters}
        cast(forms.ChoiceField, self.fields["to"]).choices = [
            *((key, cluster.name) for key, cluster in self.clusters.items()),
            *((key, network.name) for key, network in self.networks.items()),
        ]

    def chosen(self) -> tuple[Organisation, Cluster | None]:
        """The network, and the cluster where one was asked."""
        cluster = self.clusters.get(self.cleaned_data["to"])
        return (cluster.organisation, cluster) if cluster else (self.networks[self.cleaned_data["to"]], None)


class YesOrNoForm(forms.Form):
    """An answer with a sentence."""

    answer = forms.ChoiceField(label="Our answer", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect)
    words = forms.CharField(label="A sentence with it", max_length=300, required=False)


class InviteForm(forms.Form):
    """A school that is invited, to the network or to one of its clusters."""

    school = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, error_messages={"required": "Choose the school that you invite."}
    )
    to = forms.ChoiceField(label="To")
    words = forms.CharField(label="A sentence with it", max_length=300, required=False)

    def __init__(self, *args: Any, network: Organisation | None, clusters: list[Cluster], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clusters = {f"cluster-{cluster.pk}": cluster for cluster in clusters}
        own = [("network", network.name)] if network else []
        gathered = ((key, each.name) for key, each in self.clusters.items())
        cast(forms.ChoiceField, self.fields["to"]).choices = [*own, *gathered]


class LeaveForm(forms.Form):
    """What a school leaves, and its last day there."""

    what = forms.RegexField(r"^(network|cluster)-[0-9]{1,18}$")
    last_day = forms.DateField(label="Last day", widget=DayInput())


class FlowForm(forms.Form):
    """How many students went on from one school to another in a year."""

    source = forms.ChoiceField(label="From")
    target = forms.ChoiceField(label="To")
    year = forms.IntegerField(label="Year", min_value=1990, max_value=2100)
    students = forms.IntegerField(
        label="Children", min_value=0, max_value=9999, help_text="0 takes a figure away. Under five is never shown."
    )

    def __init__(self, *args: Any, schools: list[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schools = {str(school.pk): school for school in schools}
        for name in ("source", "target"):
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [(key, school.name) for key, school in self.schools.items()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("source") and cleaned.get("source") == cleaned.get("target"):
            self.add_error("target", "A school cannot send children to itself. Choose two schools.")
        return cleaned


class FlowsFileForm(forms.Form):
    """One CSV file."""

    file = forms.FileField(
        label="Many at once, as a CSV file",
        help_text="The columns From, To, Year and Students; schools by name or register number.",
        error_messages={"required": "Choose the file first.", "empty": "This file is empty. Choose it once more."},
    )


class GroupingForm(forms.Form):
    """What a grouping is called, and the schools of the network that it holds."""

    name = forms.CharField(
        label="Name of the grouping",
        max_length=LONGEST_NAME,
        help_text="As it is said aloud: Primary schools, Schools by the coast.",
    )
    schools = forms.MultipleChoiceField(
        label="Schools",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick the schools that belong to it, two at least.",
            "invalid_choice": "One of these schools is not in the network. Choose among those on the page.",
        },
    )

    def __init__(self, *args: Any, among: list[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among = {str(school.pk): school for school in among}
        cast(forms.MultipleChoiceField, self.fields["schools"]).choices = [
            (key, f"{school.name}{_whereabouts(school)}") for key, school in self.among.items()
        ]

    def chosen(self) -> list[School]:
        """The schools that were ticked, as often as they were."""
        return [self.among[key] for key in self.cleaned_data["schools"]]


def _whereabouts(school: School) -> str:
    said = ", ".join(filter(None, [school.phase, school.town]))
    return f" ({said})" if said else ""
