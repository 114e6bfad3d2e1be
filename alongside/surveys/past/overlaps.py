"""Two sums over overlapping schools would show what lies between them: what stands, or was published, of the same school
and the same statement in the same weeks.

A day is what somebody typed, and a statement may be linked in one file and apart in the next. So rounds within NEAR are
compared, by the statement's id and by its words, with earlier results and with our own releases, of the same organisation:
what others asked is theirs to know.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from alongside.kit.errors import Conflict
from alongside.kit.tabular import shown
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Past, PastWave, Release
from alongside.surveys.past.standing import Standing
from alongside.surveys.schooldays import local_day

NEAR: Final = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Round:
    """What was asked of which schools. asked: every id and wording of a statement → how it is quoted."""

    day: datetime.date
    schools: frozenset[str]
    asked: Mapping[str, str]
    source: str  # as a sentence goes on
    way_out: str


def require_none(past: Past, found: list[Standing]) -> None:
    """Raises Conflict, with the school, the statement and what to do, for the first overlap."""
    mine = [_of_past(each.document, each.day, "", "", past) for each in found]
    first, last = (pick(each.day for each in mine) for pick in (min, max))
    for other in [*_standing(past, first, last), *_released(past, first, last)]:
        for each in mine:
            if abs(each.day - other.day) <= NEAR:
                _compare(each, other, found)


def _compare(mine: Round, other: Round, found: list[Standing]) -> None:
    schools, asked = mine.schools & other.schools, mine.asked.keys() & other.asked.keys()
    if schools and asked:
        document = next(each.document for each in found if each.day == mine.day)
        name = document["schools"][min(schools, key=int)]["name"]
        statement = shown(min(mine.asked[key] for key in asked))
        when = f"for {other.day}" if mine.day == other.day else f"for {other.day}, within 30 days of {mine.day}"
        raise Conflict(f"{name} has answers to {statement} {when} already, {other.source}. {other.way_out}")


def _standing(past: Past, first: datetime.date, last: datetime.date) -> Iterator[Round]:
    rows = PastWave.objects.filter(organisation=past.organisation_id, day__range=(first - NEAR, last + NEAR))
    for row in rows.select_related("past").order_by("day", "pk"):
        way_out = "Take that back first, or leave the statement or the school out."
        yield _of_past(json.loads(row.document), row.day, f"from {shown(row.past.name)}", way_out, row.past)


def _of_past(document: Mapping[str, Any], day: datetime.date, source: str, way_out: str, past: Past) -> Round:
    asked: dict[str, str] = {}
    for item in document["items"]:
        asked[_words(item["text"])] = item["text"]
        if item["linked"]:
            ours = instrument(past.instrument).item(item["id"]).statement
            asked |= {item["id"]: item["text"], _words(ours): item["text"]}
    return Round(day, frozenset(document["schools"]), asked, source, way_out)


def _released(past: Past, first: datetime.date, last: datetime.date) -> Iterator[Round]:
    zone = past.organisation.zone
    around = (first - NEAR - datetime.timedelta(days=1), last + NEAR + datetime.timedelta(days=1))
    rows = Release.objects.filter(organisation=past.organisation_id, wave__closes_at__date__range=around)
    for text in rows.order_by("pk").values_list("document", flat=True):
        document = json.loads(text)
        pulse = instrument(document["instrument"])
        asked: dict[str, str] = {}
        for item in document["items"]:
            if item["scores"]:
                statement = pulse.item(item["id"]).statement
                asked |= {item["id"]: statement, _words(statement): statement}
        day = local_day(datetime.datetime.fromisoformat(document["closes_at"]), zone)
        source = f"from the pulse “{pulse.name}”"
        yield Round(day, frozenset(document["schools"]), asked, source, "Leave the statement or the school out.")


def _words(text: str) -> str:
    """A statement as it is compared: its letters and digits, in whatever case and with whatever marks between."""
    return " ".join("".join(each if each.isalnum() else " " for each in text.casefold()).split())
