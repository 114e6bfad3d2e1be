"""Calendar files in the dialects of those who export them: Google, Outlook, Exchange, Apple, councils, spreadsheets."""

import datetime

NEW_YORK_OF_YEAR_1 = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:00010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:00010101T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*parts: str, lines: str = "\r\n") -> bytes:
    """A calendar file with these events; RFC 5545 wants CRLF, most files have LF."""
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Ours//Tests//EN\n" + "".join(parts) + "END:VCALENDAR\n"
    return text.replace("\n", lines).encode()


def event(name: str, start: str, end: str = "", *more: str, uid: str = "", days: bool = True) -> str:
    """An event; start and end as the file writes them, a bare date by default."""
    value = ";VALUE=DATE" if days else ""
    rows = ["BEGIN:VEVENT", f"UID:{uid or name.replace(' ', '-')}@ours.example", f"SUMMARY:{name}"]
    rows.append(start if start.startswith("DTSTART") else f"DTSTART{value}:{start}")
    if end:
        rows.append(end if end.startswith(("DTEND", "DURATION")) else f"DTEND{value}:{end}")
    return "\n".join([*rows, *more, "END:VEVENT", ""])


def year(shift: int = 0) -> bytes:
    """A council's school year 2026/27, each day moved by `shift`."""

    def day(month: int, number: int, year: int = 2026) -> str:
        return f"{datetime.date(year, month, number) + datetime.timedelta(days=shift):%Y%m%d}"

    return calendar(
        event("Autumn term", day(9, 2), day(12, 19)),
        event("Half-term", day(10, 26), day(10, 31)),
        event("INSET day", day(11, 27)),
        event("Mock exams", day(11, 30), day(12, 5)),
        event("Report week", day(12, 7), day(12, 12)),
        event("Year 7 swimming", day(11, 3)),
        event("Spring term", day(1, 4, 2027), day(3, 20, 2027)),
    )
