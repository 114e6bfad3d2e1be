"""Text from outside about networks and clusters."""

from typing import Any

from django import forms

from alongside.kit import wordpacks
from alongside.network.models import Organisation, School

LONGEST_NUMBER = 18


class SearchForm(forms.Form):
    """Words to find schools by."""

    words = forms.CharField(
        label="Find schools",
        required=False,
        max_length=100,
        help_text="Name, town, area, postcode, register number or community.",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class SchoolsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Ticked schools. A number that no database could hold is no school's."""

    def clean(self, value: Any) -> Any:
        if any(len(number) > LONGEST_NUMBER for number in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class ClusterForm(forms.Form):
    """A name and the schools that belong together."""

    name = forms.CharField(label="Name of the cluster", max_length=100)
    schools = SchoolsField(
        School.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick the schools that belong to the cluster.",
            "invalid_choice": "One of these schools is not in the register any more. Search again.",
        },
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["schools"].queryset = School.objects.filter(country=country)  # type: ignore[attr-defined]


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


class ContactsForm(forms.ModelForm):  # type: ignore[type-arg]
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
