"""A calendar from outside: iCalendar, CSV, or the bank holidays as gov.uk publishes them. No database is known here.

`read` says of everything in a file what it is: usable, ignored and why, or set aside and why.
"""

from __future__ import annotations

import datetime
from pathlib import PurePath

from alongside.calendar.files import bankholidays, ics, kinds, sheet
from alongside.calendar.files.shape import LIMIT_ENTRIES, Entry, Note, Read, window
from alongside.kit.rawfile import UnreadableFile

__all__ = ["Entry", "Note", "Read", "UnreadableFile", "read"]


def read(data: bytes, name: str, zone: str, today: datetime.date) -> Read:
    """All that a calendar file says.

    data: the file. name: what its owner calls it; .ics, .json and .csv decide how it is read, else its first characters.
    zone: where its reader is; moments with a zone of their own fall on that day there. Days from 400 before to three
    years after today are used. Raises UnreadableFile, with a sentence, for what is no calendar and for what is too large.
    """
    first, last = window(today)
    match _form(data, name):
        case "ics":
            found = ics.read(data, zone, first, last)
        case "json":
            found = bankholidays.read(data)
        case _:
            return _bounded(sheet.read(data, first, last))
    return _bounded(kinds.sort(found, first, last))


def _form(data: bytes, name: str) -> str:
    ending = PurePath(name.lower()).suffix
    if ending in {".ics", ".ical", ".ifb", ".icalendar"}:
        return "ics"
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    if start.startswith(b"BEGIN:"):
        return "ics"
    return "json" if ending == ".json" or start.startswith(b"{") else "csv"


def _bounded(found: Read) -> Read:
    if len(found.entries) > LIMIT_ENTRIES:
        raise UnreadableFile(
            f"This file has {len(found.entries):,} terms and closed days; {LIMIT_ENTRIES:,} are the limit. "
            "Save a shorter stretch of time and try again."
        )
    return found
