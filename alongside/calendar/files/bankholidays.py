"""Bank holidays as www.gov.uk/bank-holidays.json has them: by division, those of England and Wales."""

from __future__ import annotations

import datetime
import json

from alongside.calendar.files.shape import Happening, Happenings, Note
from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import clean_text

DIVISION = "england-and-wales"
LIMIT_BYTES = 1_000_000
LIMIT_EVENTS = 2_000


def read(data: bytes) -> Happenings:
    """The bank holidays of England and Wales. Raises UnreadableFile for any other JSON."""
    if len(data) > LIMIT_BYTES:
        raise UnreadableFile(f"This file has {len(data):,} bytes; {LIMIT_BYTES:,} are the limit for bank holidays.")
    try:
        events = json.loads(data)[DIVISION]["events"]
    except (ValueError, KeyError, TypeError, RecursionError):
        events = None
    if not isinstance(events, list) or len(events) > LIMIT_EVENTS:
        raise UnreadableFile("This is not the file of bank holidays that gov.uk publishes. Try an .ics file instead.")
    found = Happenings(len(events), form="bank holidays of gov.uk")
    for number, event in enumerate(events, start=1):
        try:
            day, title = datetime.date.fromisoformat(event["date"]), clean_text(str(event["title"]))[:85]
        except (ValueError, KeyError, TypeError):
            found.faults.append(Note(f"holiday {number}", "It has no title and date that can be read."))
        else:
            uid, name = (
                f"gov.uk:{DIVISION}:{day}",
                title if "bank holiday" in title.lower() else f"{title} (bank holiday)",
            )
            found.found.append(Happening(uid, 0, name, day, day, f"holiday {number}"))
    return found
