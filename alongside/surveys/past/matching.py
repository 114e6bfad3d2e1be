"""What somebody decides about a file of earlier results: which statement is which, which school, which answer.

Nothing is taken for something else by itself: what is certain to the letter is proposed, all else is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from alongside.kit.errors import Refused
from alongside.kit.tabular import shown
from alongside.network.models import RegisterNumber, School
from alongside.science.tallies import Tally, merge
from alongside.surveys.instruments import Instrument
from alongside.surveys.past import columns
from alongside.surveys.past.counts import CANT_SAY, Counts

LEFT_OUT: Final = "-"
APART: Final = "apart"
ANSWERS: Final = ("1", "2", "3", "4", "5", CANT_SAY, LEFT_OUT)
MOST_UNKNOWN: Final = 60  # schools that a page asks about


@dataclass(frozen=True, slots=True)
class Unknown:
    """A school of the file that is none of ours to the letter. near: the name of one that is nearly so."""

    index: int
    label: str
    near: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Decisions. statements: APART, LEFT_OUT or the id of ours, one each. schools: ids, 0 for left out. answers: of each scale
    and label, one of ANSWERS; a scale that nothing uses may be empty."""

    statements: list[str]
    schools: list[int]
    answers: list[list[str]]

    def stored(self) -> dict[str, Any]:
        return {"statements": self.statements, "schools": self.schools, "answers": self.answers}


def from_stored(data: Mapping[str, Any]) -> Choices:
    return Choices(data["statements"], data["schools"], data["answers"])


def school_index(schools: Iterable[School]) -> dict[str, int]:
    """Names and register numbers, as they are compared → school; a name that two schools have is nobody's."""
    listed = list(schools)
    found: dict[str, set[int]] = defaultdict(set)
    for school in listed:
        found[columns.plain(school.name)].add(school.pk)
    numbers = RegisterNumber.objects.filter(school__in=[school.pk for school in listed])
    for number, pk in numbers.values_list("number", "school_id"):
        found[number.casefold()].add(pk)
    return {label: next(iter(pks)) for label, pks in found.items() if len(pks) == 1}


def schools_by_label(labels: Sequence[str], schools: Sequence[School]) -> tuple[list[int], list[Unknown]]:
    """The school of each label where that is certain, 0 elsewhere; and those to ask about. "" is the one school there is.

    Raises Refused when there are too many to ask about.
    """
    index = school_index(schools)
    if labels == [""] and len(schools) == 1:
        return [schools[0].pk], []
    names = {columns.plain(school.name): school.name for school in schools}
    found = [index.get(columns.plain(label), 0) for label in labels]
    unknown = [
        Unknown(place, label, _near(label, names))
        for place, (label, pk) in enumerate(zip(labels, found, strict=True))
        if not pk
    ]
    if len(unknown) > MOST_UNKNOWN:
        first = ", ".join(shown(each.label) for each in unknown[:3])
        raise Refused(
            f"{len(unknown)} schools of this file are not known here (the first: {first}). Write their register numbers or "
            "their names as they are here, and bring the file again."
        )
    return found, unknown


def _near(label: str, names: Mapping[str, str]) -> str:
    found = get_close_matches(columns.plain(label), names, n=1, cutoff=0.8)
    return names[found[0]] if found else ""


def proposed_answers(labels: Sequence[str]) -> list[str]:
    """What is certain of a scale: all five of our answers, or nothing. "" is to be decided."""
    numbers = {columns.number_of(label) for label in labels}
    if numbers == {1, 2, 3, 4, 5} and all(label.isdigit() for label in labels):
        return list(labels)
    found = [columns.answer_of(label) for label in labels]
    return found if {"1", "2", "3", "4", "5"} <= set(found) else [""] * len(labels)


def twin(text: str, pulse: Instrument) -> str:
    """The id of our statement with the same words to the letter, or of its id; "" for none. Only ever a hint."""
    wanted = columns.plain(text).rstrip(".")
    return next((i.id for i in pulse.items if wanted in {columns.plain(i.statement).rstrip("."), i.id}), "")


def tallies(counts: Counts, choices: Choices) -> dict[int, dict[int, dict[int, Tally]]]:
    """Day → statement → school → tally, all by place but schools by id, as decided.

    Raises Refused when two rows of tallies are the same school, or two statements the same of ours.
    """
    _require_once(counts, choices)
    found: dict[int, dict[int, dict[int, Tally]]] = defaultdict(lambda: defaultdict(dict))
    for (school, statement, day), numbers in sorted(counts.cells.items()):
        pk = choices.schools[school]
        if not pk or choices.statements[statement] == LEFT_OUT:
            continue
        tally = _tally(numbers, choices.answers[counts.scale_of[statement]])
        here = found[day][statement]
        if pk in here and counts.kind == "tallies":
            raise Refused(
                f"{shown(counts.schools[school])} and another row are the same school, with {shown(counts.statements[statement])} "
                f"on {counts.days[day]} in both. Leave one of them out, or it would count twice."
            )
        here[pk] = merge([here[pk], tally]) if pk in here else tally
    return found


def _require_once(counts: Counts, choices: Choices) -> None:
    same = [choice for choice in choices.statements if choice not in {APART, LEFT_OUT}]
    doubled = next((choice for choice in same if same.count(choice) > 1), "")
    if doubled:
        both = [
            shown(text) for text, choice in zip(counts.statements, choices.statements, strict=True) if choice == doubled
        ]
        raise Refused(f"{both[0]} and {both[1]} cannot both be the same statement. Choose one of them.")


def _tally(numbers: Sequence[int], answers: Sequence[str]) -> Tally:
    to = dict.fromkeys(ANSWERS, 0)
    for people, answer in zip(numbers, answers, strict=True):
        to[answer] += people
    return Tally(tuple(to[answer] for answer in ANSWERS[:5]), to[CANT_SAY])
