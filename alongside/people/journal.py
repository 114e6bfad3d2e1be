"""The journal of one organisation as people read it: deeds in words, names beside them, newest first."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from alongside.kit import journal, words
from alongside.kit.models import JournalAnchor, JournalEntry
from alongside.network import topics
from alongside.people.models import Person

LINES = 50
BATCH = 1000
ITSELF, GONE = "Alongside itself", "somebody who is no longer here"
NAMING = {"person", "merged"}  # payloads hold ids of people under these, never names
OF_TOPICS = {"strengths", "wishes"}
LARGEST = 2**62
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[\d:.]*(Z|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Line:
    """One deed. facts: name and value in turn, as the journal keeps them, with people by their names."""

    number: int
    at: datetime.datetime
    who: str
    deed: str
    facts: list[tuple[str, object]]
    erased: bool

    @property
    def details(self) -> list[tuple[str, str]]:
        """Name and value in turn, as a page prints them."""
        return [(name, _spoken(name, value)) for name, value in self.facts]

    @property
    def exact(self) -> str:
        """The facts as one text for a sheet: as they are kept."""
        return "; ".join(f"{name}: {value}" for name, value in self.facts)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a journal. older: the number that the next page goes on from; None on the last."""

    lines: list[Line]
    older: int | None
    kinds: list[tuple[str, str]]
    kind: str
    removed_before: datetime.date | None


def page(organisation: int, *, kind: str = "", before: int | None = None) -> Page:
    """The entries below that number, of that kind or of all."""
    found = list(_entries(organisation, kind, before)[: LINES + 1])
    anchor = JournalAnchor.objects.filter(organisation=organisation).order_by("number").last()
    older = found[LINES - 1].number if len(found) > LINES else None
    return Page(_lines(found[:LINES]), older, kinds(organisation), kind, anchor.before if anchor else None)


def kinds(organisation: int) -> list[tuple[str, str]]:
    """The kinds of deeds that stand in this journal, with their words, in the order of the words."""
    names = JournalEntry.objects.filter(organisation=organisation).order_by().values_list("deed", flat=True).distinct()
    return sorted(((name, _words(name).capitalize()) for name in names), key=lambda pair: pair[1])


def every_line(organisation: int, kind: str = "", before: int | None = None) -> Iterator[Line]:
    """The entries below that number, of that kind or of all, newest first, a batch at a time."""
    while batch := list(_entries(organisation, kind, before)[:BATCH]):
        yield from _lines(batch)
        before = batch[-1].number


def _entries(organisation: int, kind: str, before: int | None) -> QuerySet[JournalEntry]:
    found = JournalEntry.objects.filter(organisation=organisation).order_by("-number")
    found = found.filter(deed=kind) if kind else found
    return found.filter(number__lt=min(before, LARGEST)) if before is not None else found


def _lines(entries: Sequence[JournalEntry]) -> list[Line]:
    ids = {entry.by for entry in entries if entry.by} | {pk for entry in entries if (pk := _person(entry.about))}
    ids |= {value for entry in entries for name, value in (entry.payload or {}).items() if name in NAMING}
    names = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [_line(entry, names) for entry in entries]


def _line(entry: JournalEntry, names: dict[int, str]) -> Line:
    facts: list[tuple[str, object]] = [("person", names.get(person, GONE))] if (person := _person(entry.about)) else []
    for name, value in (entry.payload or {}).items():
        if value is not None:
            facts.append((name.replace("_", " "), names.get(value, GONE) if name in NAMING else value))
    who = ITSELF if entry.by is None else names.get(entry.by, GONE)
    return Line(entry.number, entry.at, who, _words(entry.deed), facts, entry.payload is None)


def _spoken(name: str, value: object) -> str:
    """Lists, days and moments as people say them; a topic by its words."""
    if isinstance(value, list):
        known = topics.TOPICS if name in OF_TOPICS else {}
        return words.people_list(known.get(str(each)) or _spoken("", each) for each in value) or "none"
    text = str(value)
    try:
        if DAY.fullmatch(text):
            return words.people_date(datetime.date.fromisoformat(text))
        if MOMENT.fullmatch(text):
            moment = timezone.localtime(datetime.datetime.fromisoformat(text))
            return f"{words.people_date(moment)}, {moment:%H:%M}"
    except ValueError:  # a text that only looks like a day: a file may be called anything
        pass
    return text


def _words(deed: str) -> str:
    # A kind that this version no longer knows keeps its own name.
    return journal.DEEDS.get(deed, deed)


def _person(about: str) -> int | None:
    kind, _, number = about.partition(":")
    return int(number) if kind == "person" and number.isdecimal() and len(number) < 19 else None
