"""iCalendar files (RFC 5545) as schools, councils, Outlook and Google write them."""

from __future__ import annotations

import datetime
import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from alongside.calendar.files import recurrence
from alongside.calendar.files.kinds import kind_of
from alongside.calendar.files.shape import LONGEST_SPAN, Happening, Happenings, Note
from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import clean_text, shown

LIMIT_BYTES = 2_000_000
LIMIT_EVENTS = 5_000
LIMIT_REPETITIONS = 5_000
LIMIT_REPEATING = 500  # events with a rule
DAY = datetime.timedelta(days=1)
QUOTED = re.compile(r"Content line could not be parsed into parts: '(.*?)':", re.DOTALL)


def read(data: bytes, zone: str, first: datetime.date, last: datetime.date) -> Happenings:
    """The events of an iCalendar file that touch these days. zone: where its reader is.

    Raises UnreadableFile for what is no calendar, has no events, or has more of them than any school.
    """
    if len(data) > LIMIT_BYTES:
        raise UnreadableFile(
            f"This calendar has {len(data):,} bytes; {LIMIT_BYTES:,} are the limit. Save a shorter stretch of time."
        )
    text = _text(data)
    if text.upper().count("BEGIN:VEVENT") > LIMIT_EVENTS:
        raise UnreadableFile(f"This calendar has more than {LIMIT_EVENTS:,} events. Save a shorter stretch of time.")
    events = [event for part in _parsed(text) for event in _events(part)]
    if sum(1 for event in events if event.get("RRULE")) > LIMIT_REPEATING:
        raise UnreadableFile(f"More than {LIMIT_REPEATING} events of this calendar repeat, which is the limit.")
    if not events:
        raise UnreadableFile("This calendar has no events in it. Choose the file that your calendar exports.")
    found = Happenings(len(events))
    here = ZoneInfo(zone)
    for group in _newest(enumerate(events, start=1)):
        _follow(group, found, here, first, last)
    found.found.sort(key=lambda each: (each.first, each.last, each.name))
    return found


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


def _parsed(text: str) -> list[Component]:
    """The file as its library reads it. Whatever goes wrong in there becomes a sentence: files are hostile, and a broken
    line, zone or nesting raises anything from ValueError to RecursionError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of zones that it had to guess
            return list(Calendar.from_ical(text, multiple=True))
    except Exception as problem:  # see above: its library names no errors of its own
        raise UnreadableFile(_sentence(text, problem)) from None


def _sentence(text: str, problem: Exception) -> str:
    broken = QUOTED.search(str(problem))
    start = broken[1][:40] if broken else ""
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if start and line.startswith(start)]
    if lines:
        return f"Line {lines[0]} of this calendar cannot be read: {shown(start)}. Mend or delete it and try again."
    return f"This is no calendar that can be read: {clean_text(str(problem))[:120]}. Export it again and try once more."


def _events(part: Component) -> list[Component]:
    try:
        return list(part.walk("VEVENT"))
    except RecursionError:
        raise UnreadableFile("This calendar is nested too deeply to be read. Export it again.") from None


type Numbered = tuple[int, Component]


def _newest(events: Iterable[Numbered]) -> list[list[Numbered]]:
    """Events by their UID, of the same one (or of the same moved repetition) only the newest: the highest SEQUENCE, then
    the last in the file."""
    newest: dict[tuple[str, str], Numbered] = {}
    for number, event in events:
        uid = _uid(event) or f"\0{number}"
        key = uid, str(_raw(event, "RECURRENCE-ID") or "")
        if key not in newest or _sequence(event) >= _sequence(newest[key][1]):
            newest[key] = number, event
    groups: dict[str, list[Numbered]] = {}
    for (uid, _), numbered in newest.items():
        groups.setdefault(uid, []).append(numbered)
    return list(groups.values())


def _follow(
    group: list[Numbered], found: Happenings, here: ZoneInfo, first: datetime.date, last: datetime.date
) -> None:
    """Every time that one event and its moved repetitions come."""
    moved = {day for _, event in group if (day := _moved_from(event, here))}
    for number, event in group:
        where = f"event {number}"
        try:
            found.found += list(_happenings(event, where, moved, found, here, first, last))
        except recurrence.TooOften as reason:
            notes = found.faults if _matters(event) else found.ignored
            notes.append(Note(where, f"{_named(event)}: {reason}"))
        except recurrence.NotFollowed as reason:
            found.faults.append(Note(where, f"{_named(event)}: {reason}"))
        except (ValueError, TypeError, AttributeError, LookupError, OverflowError) as problem:
            # A value that its library handed over and that is none, or a day that no calendar has.
            said = clean_text(str(problem))[:100] or type(problem).__name__
            found.faults.append(Note(where, f"{_named(event)}: its dates cannot be read ({said})."))


def _matters(event: Component) -> bool:
    """Whether it would be a term or a closed day: a lesson that comes every day is none, and no fault."""
    return kind_of(Happening("", 0, _name(event), datetime.date.min, datetime.date.max, "")) is not None


def _happenings(
    event: Component,
    where: str,
    moved: set[datetime.date],
    found: Happenings,
    here: ZoneInfo,
    first: datetime.date,
    last: datetime.date,
) -> Iterator[Happening]:
    begin, end = _span(event, here)
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    if (end - begin).days > LONGEST_SPAN:
        raise recurrence.NotFollowed(f"It lasts {(end - begin).days:,} days; {LONGEST_SPAN} are the limit.")
    uid = _uid(event) or hashlib.sha256(f"{_named(event)} {begin}".encode()).hexdigest()[:32]
    own = _moved_from(event, here)
    days = [begin] if own else _days(event, begin, end, moved, found, here, first, last)
    for day in days:
        stop = day + (end - begin)
        if stop >= first and day <= last:
            key = f"{uid}#{own or day}" if own or event.get("RRULE") or event.get("RDATE") else uid
            yield Happening(_short(key), _sequence(event), _name(event), day, stop, where)


def _days(
    event: Component,
    begin: datetime.date,
    end: datetime.date,
    moved: set[datetime.date],
    found: Happenings,
    here: ZoneInfo,
    first: datetime.date,
    last: datetime.date,
) -> list[datetime.date]:
    """The first days of all repetitions that touch the window, but for those that were taken out or moved."""
    if broken := [name for name, _ in event.errors if name in {"RRULE", "RDATE", "EXDATE"}]:
        raise recurrence.NotFollowed(f"Its {broken[0]} cannot be read.")
    every = {begin} if not event.get("RRULE") else set()
    for values in _listed(event.get("RRULE")):
        found_so_far = sum(1 for each in found.found if "#" in each.uid)
        if found_so_far > LIMIT_REPETITIONS:
            raise recurrence.TooOften(f"The file has more than {LIMIT_REPETITIONS:,} repetitions, which is the limit.")
        rule = recurrence.rule(values, begin, _until(event, values, here))
        every |= set(rule.days(first - (end - begin), last))
    every |= set(_dates(event, "RDATE", here))
    return sorted(every - set(_dates(event, "EXDATE", here)) - moved)


def _until(event: Component, values: Any, here: ZoneInfo) -> datetime.date | None:
    """The last day on which a rule may come: a moment before the event's own hour shuts its day out."""
    given = values.get("UNTIL")
    until = given[0] if isinstance(given, list) else given
    if until is None:
        return None
    if not isinstance(until, datetime.datetime):
        return until if isinstance(until, datetime.date) else None
    start = _value(event, "DTSTART")
    if not isinstance(start, datetime.datetime):
        return until.date()
    local = until.astimezone(start.tzinfo) if until.tzinfo and start.tzinfo else until
    day = local.date() if local.time() >= start.time() else local.date() - DAY
    return day + (_day(start, here) - start.date())


def _span(event: Component, here: ZoneInfo) -> tuple[datetime.date, datetime.date]:
    """First and last day where the reader is. A day's end at midnight is the day before."""
    if broken := [name for name, _ in event.errors if name in {"DTSTART", "DTEND", "DURATION"}]:
        raise recurrence.NotFollowed(f"Its {broken[0]} cannot be read.")
    start = _value(event, "DTSTART")
    if start is None:
        raise recurrence.NotFollowed("It does not say when it begins.")
    end, lasts = _value(event, "DTEND"), _value(event, "DURATION")
    if end is None and isinstance(lasts, datetime.timedelta):
        end = start + lasts
    begin = _day(start, here)
    if not isinstance(end, datetime.date):
        return begin, begin
    stop = _day(end, here)
    whole = not isinstance(end, datetime.datetime)
    midnight = isinstance(end, datetime.datetime) and _local(end, here).time() == datetime.time()
    return begin, max(begin, stop - DAY if whole or midnight else stop)


def _local(moment: datetime.datetime, here: ZoneInfo) -> datetime.datetime:
    """Where the reader is; a time without a zone, or with one that nobody knows, is meant as it is written."""
    return moment.astimezone(here) if moment.tzinfo else moment


def _day(when: datetime.date, here: ZoneInfo) -> datetime.date:
    return _local(when, here).date() if isinstance(when, datetime.datetime) else when


def _moved_from(event: Component, here: ZoneInfo) -> datetime.date | None:
    """The day on which a moved repetition would have come."""
    try:
        day = _value(event, "RECURRENCE-ID")
        return _day(day, here) if isinstance(day, datetime.date) else None
    except (OverflowError, ValueError):
        return None


def _dates(event: Component, name: str, here: ZoneInfo) -> Iterator[datetime.date]:
    for each in _listed(event.get(name)):
        for one in getattr(each, "dts", ()):
            value = one.dt[0] if isinstance(one.dt, tuple) else one.dt
            if isinstance(value, datetime.date):
                yield _day(value, here)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _raw(event: Component, name: str) -> Any:
    value = _listed(event.get(name))
    return value[0].to_ical() if value and hasattr(value[0], "to_ical") else None


def _value(event: Component, name: str) -> Any:
    """The moment or the length of a property; the first of several; None where there is none that could be read."""
    value = _listed(event.get(name))
    return getattr(value[0], "dt", getattr(value[0], "td", None)) if value else None


def _sequence(event: Component) -> int:
    try:
        return min(2**31 - 1, max(0, int(str(event.get("SEQUENCE", 0)))))
    except ValueError:
        return 0


def _uid(event: Component) -> str:
    return clean_text(str(_listed(event.get("UID"))[0])) if event.get("UID") else ""


def _name(event: Component) -> str:
    return clean_text(str(_listed(event.get("SUMMARY"))[0]))[:100] if event.get("SUMMARY") else ""


def _named(event: Component) -> str:
    return shown(_name(event)) if _name(event) else "An event without a name"


def _short(key: str) -> str:
    return key if len(key) <= 255 else hashlib.sha256(key.encode()).hexdigest()
