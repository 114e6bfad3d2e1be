"""Text from outside with which a cluster is formed."""

from typing import Any, cast

from django import forms

from alongside.network.models import School

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
    near = forms.CharField(
        label="Or the schools nearest to",
        required=False,
        max_length=100,
        help_text="A town, or the name of a school.",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    count = forms.TypedChoiceField(
        label="How many",
        coerce=int,
        required=False,
        initial=12,
        choices=[(count, str(count)) for count in (8, 12, 20, 30)],
    )


class SchoolsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic to the type checker only
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
        cast(SchoolsField, self.fields["schools"]).queryset = School.objects.filter(country=country)
