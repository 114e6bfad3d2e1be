"""What an event of somebody's calendar is to a school, by the words that calendars use."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from alongside.calendar.files.shape import LONGEST_SPAN, Entry, Happening, Happenings, Note, Read

SHORTEST_TERM = 14  # days

OPEN = re.compile(r"\b(school open|saturday school|make-?up day)\b", re.I)
CLOSED = re.compile(
    r"\b(holidays?|half[ -]?term|in-?set|teacher[ -]only|(pupil|student|child)[ -]free|staff (development|training|only)"
    r"|training day|bank holiday|clos(ed|ure)|(mid-?term|school|spring|summer|winter|autumn|easter|christmas) break"
    r"|vacation|no school|non[ -]pupil day|good friday|easter monday|christmas day|boxing day|new year.?s day"
    r"|(king|queen).?s birthday|anzac day|waitangi day|matariki|labour day|australia day|ferien|schulfrei)\b"
    r"|\w+ferien\b",
    re.I,
)
REPORT = re.compile(r"\b(reports? (week|due|home|out|deadline|to parents)|report(ing)? week|data drop)\b", re.I)
EXAM = re.compile(
    r"\b(exam(s|ination|inations)?|gcses?|a[ -]levels?|ncea|naplan|sats|mocks?|hsc|vce|assessment week)\b", re.I
)
TERM = re.compile(r"\b(term|semester|trimester)\b", re.I)
BEGINS = re.compile(r"\b(begins?|starts?|commences|first day|opens)\b", re.I)
ENDS = re.compile(r"\b(ends?|finish(es)?|last day|closes|breaks? up)\b", re.I)


def sort(found: Happenings, first: datetime.date, last: datetime.date) -> Read:
    """Every happening in its place: used, or ignored and why."""
    read = Read(found.form, found.events, ignored=found.ignored, faults=found.faults)
    seen: set[tuple[str, datetime.date, datetime.date]] = set()
    for each, entry in _entries(found.found, read.ignored, first, last):
        days = entry.kind, entry.first, entry.last
        if days in seen:
            read.ignored.append(Note(each.where, f"{_quoted(each)}: the same days stand in this file twice."))
        else:
            seen.add(days)
            read.entries.append(entry)
    return read


def _entries(
    happenings: list[Happening], ignored: list[Note], first: datetime.date, last: datetime.date
) -> Iterator[tuple[Happening, Entry]]:
    """What each happening makes; of two that say when a term begins and ends, the second one does."""
    opened: Happening | None = None
    for each in happenings:
        edge = _edge(each)
        if each.last < first or each.first > last:
            ignored.append(Note(each.where, f"{_quoted(each)}: over for long, or more than three years away."))
        elif edge == "begins":
            ignored += _never_ended(opened)
            opened = each
        elif edge == "ends" and opened and 0 < (each.last - opened.first).days <= LONGEST_SPAN:
            yield each, _entry(opened, "term", _term_name(opened), each.last)
            opened = None
        elif kind := kind_of(each):
            yield each, _entry(each, kind, each.name, each.last)
        else:
            ignored.append(Note(each.where, f"{_quoted(each)}: no term, closed day, report or exam week."))
    ignored += _never_ended(opened)


def _entry(begun: Happening, kind: str, name: str, last: datetime.date) -> Entry:
    return Entry(begun.uid, begun.sequence, kind, name, begun.first, last, begun.where)


def _never_ended(opened: Happening | None) -> list[Note]:
    return [Note(opened.where, f"{_quoted(opened)}: nothing in this file says when it ends.")] if opened else []


def kind_of(each: Happening) -> str | None:
    """term, closed, open, report or exam; None for what else a calendar holds."""
    for kind, words in (("open", OPEN), ("exam", EXAM), ("report", REPORT), ("closed", CLOSED)):
        if words.search(each.name):
            return kind
    long = (each.last - each.first).days >= SHORTEST_TERM
    return "term" if long and TERM.search(each.name) else None


def _edge(each: Happening) -> str:
    """Whether a single day says that a term begins or ends."""
    if (each.last - each.first).days > 1 or not TERM.search(each.name) or CLOSED.search(each.name):
        return ""
    if BEGINS.search(each.name):
        return "begins"
    return "ends" if ENDS.search(each.name) else ""


def _term_name(each: Happening) -> str:
    """ "Autumn term" of "Autumn term begins"."""
    name = BEGINS.sub("", each.name).strip(" :–-,.")
    return " ".join(re.sub(r"^(of|for)\b|\b(of|for)$", "", name).split()) or "Term"


def _quoted(each: Happening) -> str:
    return f"“{each.name[:60]}”" if each.name else "An event without a name"
