"""Text from outside about earlier results."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.forms import BoundField

from alongside.kit.rawfile import Source
from alongside.network.models import Cluster, Organisation, School
from alongside.surveys.forms import DayInput
from alongside.surveys.instruments import Instrument, instruments
from alongside.surveys.past import columns, matching
from alongside.surveys.past.counts import TALLY_LABELS, Counts
from alongside.surveys.past.matching import ANSWERS, APART, LEFT_OUT, Choices
from alongside.surveys.past.tallyfile import FIRST_DAY
from alongside.surveys.whom_forms import choice_field

WORDS = {
    "1": "1, the lowest (strongly disagree)",
    "2": "2 (disagree)",
    "3": "3 (in between)",
    "4": "4 (agree)",
    "5": "5, the highest (strongly agree)",
    "x": "Can’t say",
    LEFT_OUT: "Leave these answers out",
}


class PastFileForm(forms.Form):
    """A file, whose it is, and what an export does not say itself."""

    file = forms.FileField(
        label="File with earlier results",
        help_text="Our own form filled in (Excel or CSV), or responses as LimeSurvey or Qualtrics export them (CSV).",
        error_messages={
            "required": "Choose the file first.",
            "empty": "This file is empty. Save it again and choose it once more.",
        },
    )
    instrument = forms.ChoiceField(
        label="Which pulse is nearest to it?",
        help_text="Statements with the same wording can be shown beside that pulse. All others stand by themselves.",
    )
    whom = forms.ChoiceField(label="Whose results are they?")
    day = forms.DateField(
        label="Last day of the survey",
        required=False,
        widget=DayInput,
        help_text="For responses from LimeSurvey or Qualtrics, which count as one round. Our own form says it row by row.",
        error_messages={"invalid": "This is no date. Choose a day, or write it as 2025-03-14."},
    )
    school_column = forms.CharField(
        label="Column that says which school",
        required=False,
        max_length=300,
        help_text="Only where it is not called “School” and holds neither names nor numbers that are known here.",
    )
    one_school = forms.ChoiceField(label="Or all of it is from one school", required=False)

    def __init__(
        self, *args: Any, organisation: Organisation, clusters: list[Cluster], whole: bool, schools: Sequence[School],
        today: datetime.date, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.today = today
        self.clusters = {f"cluster-{cluster.pk}": cluster for cluster in clusters}
        choice_field(self, "instrument").choices = [(i.id, i.name) for i in instruments().values()]
        everyone = [("whole", organisation.name)] if whole else []
        choice_field(self, "whom").choices = everyone + [(key, found.name) for key, found in self.clusters.items()]
        choice_field(self, "one_school").choices = [
            ("", "No, the file says it"),
            *((str(s.pk), s.name) for s in schools),
        ]

    def clean_day(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["day"]
        if day and not FIRST_DAY <= day <= self.today:
            raise forms.ValidationError("Choose a day in the past, from 1990 on.")
        return day

    @property
    def cluster(self) -> Cluster | None:
        return self.clusters.get(self.cleaned_data["whom"])

    def source(self) -> Source:
        """The file's bytes, or where they lie."""
        file = self.cleaned_data["file"]
        return Path(file.temporary_file_path()) if hasattr(file, "temporary_file_path") else file.read()


@dataclass(frozen=True, slots=True)
class ScalePart:
    """One scale of the file, as the page asks about it."""

    number: int
    statements: list[str]
    fields: list[BoundField]


class MatchForm(forms.Form):
    """Which statement, which school and which answer is which; made from what the file holds."""

    def __init__(
        self,
        *args: Any,
        counts: Counts,
        pulse: Instrument,
        schools: Sequence[School],
        before: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.counts, self.pulse = counts, pulse
        self.found: list[int] = before["schools"]
        self.unknown: list[matching.Unknown] = []
        if counts.schools != [""]:  # a file of one school says so nowhere: whoever brought it did
            self.found, self.unknown = matching.schools_by_label(counts.schools, schools)
        self.proposed = [matching.proposed_answers(labels) for labels in counts.scales]
        self._statements()
        self._schools(schools)
        self._answers()
        for name, value in self._before(before).items():
            if name in self.fields:
                self.fields[name].initial = value

    def _statements(self) -> None:
        apart = [(APART, "Show it by itself"), (LEFT_OUT, "Leave it out")]
        same = [(item.id, f"It is the same as “{item.statement}”") for item in self.pulse.items]
        for index, text in enumerate(self.counts.statements):
            certain = all(self.proposed[self.counts.scale_of[index]])
            twin = matching.twin(text, self.pulse)
            self.fields[f"statement_{index}"] = forms.ChoiceField(
                label=text,
                choices=[*apart, *same],
                initial=APART if certain else LEFT_OUT,
                help_text="Its words are those of a statement of ours. Say so only if it was asked in the same way."
                if twin
                else "",
                error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose what becomes of this statement."),
            )

    def _schools(self, schools: Sequence[School]) -> None:
        choices = [
            ("", "Choose"),
            ("0", "Leave its answers out"),
            *((str(school.pk), school.name) for school in schools),
        ]
        for each in self.unknown:
            self.fields[f"school_{each.index}"] = forms.ChoiceField(
                label=f"“{each.label}” in the file",
                choices=choices,
                help_text=f"It looks like {each.near}. Is it?" if each.near else "No school here is called so.",
                error_messages=dict.fromkeys(
                    ("required", "invalid_choice"), f"Choose the school that “{each.label}” is."
                ),
            )

    def _answers(self) -> None:
        if self.counts.kind == "tallies":  # our own form counts our own answers
            return
        choices = [("", "Choose"), *((value, WORDS[value]) for value in ANSWERS)]
        for scale, labels in enumerate(self.counts.scales):
            for place, label in enumerate(labels):
                near = columns.alike(label, labels)
                self.fields[f"answer_{scale}_{place}"] = forms.ChoiceField(
                    label=f"“{label}”",
                    choices=choices,
                    required=False,
                    initial=self.proposed[scale][place],
                    help_text=f"It looks like “{near}”. Is it the same? Nothing is put together unless you say so."
                    if near
                    else "",
                    error_messages={"invalid_choice": f"Choose what “{label}” was."},
                )

    def _before(self, before: dict[str, Any]) -> dict[str, str]:
        """What was decided earlier, when somebody comes back from the preview."""
        if "statements" not in before:
            return {}
        found = {f"statement_{index}": choice for index, choice in enumerate(before["statements"])}
        found |= {f"school_{each.index}": str(before["schools"][each.index]) for each in self.unknown}
        return found | {
            f"answer_{scale}_{place}": answer
            for scale, answers in enumerate(before["answers"])
            for place, answer in enumerate(answers)
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for index, choice in enumerate(self._chosen(cleaned)):
            if choice != LEFT_OUT and self.counts.kind != "tallies":
                self._require_decided(cleaned, self.counts.scale_of[index])
        return cleaned

    def _chosen(self, cleaned: dict[str, Any]) -> list[str]:
        return [cleaned.get(f"statement_{index}", LEFT_OUT) for index in range(len(self.counts.statements))]

    def _require_decided(self, cleaned: dict[str, Any], scale: int) -> None:
        for place, label in enumerate(self.counts.scales[scale]):
            name = f"answer_{scale}_{place}"
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, f"Choose what “{label}” was, or leave these answers out.")

    def choices(self) -> Choices:
        """What was decided, whole."""
        schools = list(self.found)
        for each in self.unknown:
            schools[each.index] = int(self.cleaned_data[f"school_{each.index}"])
        return Choices(self._chosen(self.cleaned_data), schools, self._decided())

    def _decided(self) -> list[list[str]]:
        if self.counts.kind == "tallies":
            return [list(TALLY_LABELS)]
        return [
            [self.cleaned_data.get(f"answer_{scale}_{place}") or LEFT_OUT for place in range(len(labels))]
            for scale, labels in enumerate(self.counts.scales)
        ]

    def statement_fields(self) -> list[BoundField]:
        return [self[f"statement_{index}"] for index in range(len(self.counts.statements))]

    def school_fields(self) -> list[BoundField]:
        return [self[f"school_{each.index}"] for each in self.unknown]

    def scale_parts(self) -> list[ScalePart]:
        """The scales that somebody must decide or may change; that of our own form is ours already."""
        if self.counts.kind == "tallies":
            return []
        return [
            ScalePart(
                scale + 1,
                [text for text, own in zip(self.counts.statements, self.counts.scale_of, strict=True) if own == scale],
                [self[f"answer_{scale}_{place}"] for place in range(len(labels))],
            )
            for scale, labels in enumerate(self.counts.scales)
        ]
