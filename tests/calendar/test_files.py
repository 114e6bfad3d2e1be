"""Calendar files from outside: what is used, what is ignored and why, what is set aside and where."""

import datetime
import json
import time
from datetime import date

import pytest

from alongside.calendar import files
from alongside.calendar.files import UnreadableFile
from tests.calendars_of_ours import NEW_YORK_OF_YEAR_1, calendar, event, year

TODAY = date(2026, 11, 22)
LONDON, AUCKLAND = "Europe/London", "Pacific/Auckland"


def read(data, name="terms.ics", zone=LONDON):
    return files.read(data, name, zone, TODAY)


def days(found):
    return [(entry.kind, entry.name, entry.first, entry.last) for entry in found.entries]


def one(data, zone=LONDON):
    """First and last day of the only entry."""
    found = read(data, zone=zone)
    assert found.faults == []
    (entry,) = found.entries
    return entry.first, entry.last


def test_a_councils_year():
    found = read(year())
    assert days(found) == [
        ("term", "Autumn term", date(2026, 9, 2), date(2026, 12, 18)),
        ("closed", "Half-term", date(2026, 10, 26), date(2026, 10, 30)),
        ("closed", "INSET day", date(2026, 11, 27), date(2026, 11, 27)),
        ("exam", "Mock exams", date(2026, 11, 30), date(2026, 12, 4)),
        ("report", "Report week", date(2026, 12, 7), date(2026, 12, 11)),
        ("term", "Spring term", date(2027, 1, 4), date(2027, 3, 19)),
    ]
    assert (found.events, found.faults) == (7, [])
    assert found.ignored == [("event 6", "“Year 7 swimming”: no term, closed day, report or exam week.")]


@pytest.mark.parametrize("lines", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings(lines, encoding):
    data = calendar(event("Noël holiday", "20261221"), lines=lines).decode().encode(encoding)
    assert days(read(data)) == [("closed", "Noël holiday", date(2026, 12, 21), date(2026, 12, 21))]


@pytest.mark.parametrize(
    ("start", "end", "zone", "first", "last"),
    [
        ("20261026", "20261031", LONDON, date(2026, 10, 26), date(2026, 10, 30)),
        ("20261026", "20261026", LONDON, date(2026, 10, 26), date(2026, 10, 26)),  # an end that is no later
        ("20261026", "", LONDON, date(2026, 10, 26), date(2026, 10, 26)),
        ("DTSTART;VALUE=DATE:20261026", "DURATION:P5D", LONDON, date(2026, 10, 26), date(2026, 10, 30)),
        ("DTSTART:20261026T090000", "DTEND:20261027T000000", LONDON, date(2026, 10, 26), date(2026, 10, 26)),  # floating
        ("DTSTART:20261025T233000Z", "DTEND:20261026T120000Z", AUCKLAND, date(2026, 10, 26), date(2026, 10, 27)),
        ("DTSTART;TZID=GMT Standard Time:20260601T233000", "", LONDON, date(2026, 6, 1), date(2026, 6, 1)),  # Windows
        ('DTSTART;TZID="New Zealand Standard Time":20260601T080000', "", LONDON, date(2026, 5, 31), date(2026, 5, 31)),
        ("DTSTART;TZID=Nowhere/At all:20261026T090000", "", AUCKLAND, date(2026, 10, 26), date(2026, 10, 26)),
        ("DTSTART;TZID=Customized Time Zone:20261026T000000", "DTEND;TZID=Customized Time Zone:20261031T000000", LONDON, date(2026, 10, 26), date(2026, 10, 30)),
    ],
)  # fmt: skip
def test_days_of_an_event_where_its_reader_is(start, end, zone, first, last):
    assert one(calendar(NEW_YORK_OF_YEAR_1, event("Half-term", start, end)), zone) == (first, last)


def test_terms_that_are_given_as_their_first_and_last_days():
    data = calendar(
        event("Autumn Term begins", "20260902"),
        event("End of half-term holiday", "20261030"),
        event("Autumn Term ends", "20261218"),
        event("First day of Spring Term", "20270104"),
        event("Last day of Spring Term", "20270319"),
    )
    assert days(read(data)) == [
        ("closed", "End of half-term holiday", date(2026, 10, 30), date(2026, 10, 30)),
        ("term", "Autumn Term", date(2026, 9, 2), date(2026, 12, 18)),
        ("term", "Spring Term", date(2027, 1, 4), date(2027, 3, 19)),
    ]


def test_a_beginning_without_an_end_is_told_and_not_lost():
    data = calendar(
        event("Autumn Term begins", "20260902"),
        event("Spring Term begins", "20270104"),
        event("Spring Term ends", "20270319"),
        event("First day of Summer Term", "20270405"),
    )
    found = read(data)
    assert days(found) == [("term", "Spring Term", date(2027, 1, 4), date(2027, 3, 19))]
    assert [(note.where, note.text) for note in found.ignored] == [
        ("event 1", "“Autumn Term begins”: nothing in this file says when it ends."),
        ("event 4", "“First day of Summer Term”: nothing in this file says when it ends."),
    ]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=3", [date(2026, 12, 4), date(2026, 12, 11), date(2026, 12, 18)]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20261211", [date(2026, 12, 4), date(2026, 12, 11)]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20261211T000000", [date(2026, 12, 4), date(2026, 12, 11)]),  # not UTC, as many write
        ("RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20261211", [date(2026, 12, 4), date(2026, 12, 18)]),
        ("RDATE;VALUE=DATE:20261209", [date(2026, 12, 4), date(2026, 12, 9)]),
        ("STATUS:CANCELLED", []),
    ],
)
def test_events_that_come_again(rule, found):
    assert [entry.first for entry in read(calendar(event("INSET day", "20261204", "", rule))).entries] == found


def test_until_in_another_zone_than_the_event():
    """18:00 in Auckland is 05:00 UTC of the same day: the last one comes on 11 December, not on the 18th."""
    data = calendar(
        event(
            "School closed",
            "DTSTART;TZID=Pacific/Auckland:20261204T180000",
            "",
            "RRULE:FREQ=WEEKLY;UNTIL=20261211T050000Z",
        )
    )
    assert [entry.first for entry in read(data, zone=AUCKLAND).entries] == [date(2026, 12, 4), date(2026, 12, 11)]


def test_a_moved_repetition_takes_the_place_of_the_one_that_it_was():
    data = calendar(
        event("INSET day", "20261204", "", "RRULE:FREQ=WEEKLY;COUNT=3", uid="inset"),
        event("INSET day", "20261215", "", "RECURRENCE-ID;VALUE=DATE:20261211", uid="inset"),
    )
    assert [entry.first for entry in read(data).entries] == [date(2026, 12, 4), date(2026, 12, 15), date(2026, 12, 18)]
    assert len({entry.uid for entry in read(data).entries}) == 3


def test_of_an_event_that_is_there_twice_the_newest_counts():
    old = event("Half-term", "20261019", "20261024", "SEQUENCE:1", uid="half")
    new = event("Half-term", "20261026", "20261031", "SEQUENCE:2", uid="half")
    for parts in ((old, new), (new, old)):
        found = read(calendar(*parts))
        assert [(entry.first, entry.sequence) for entry in found.entries] == [(date(2026, 10, 26), 2)]


def test_the_same_days_under_two_names_are_used_once():
    found = read(
        calendar(event("Half-term", "20261026", "20261031"), event("Half term holiday", "20261026", "20261031"))
    )
    assert len(found.entries) == 1
    assert found.ignored == [("event 1", "“Half-term”: the same days stand in this file twice.")]


@pytest.mark.parametrize(
    ("part", "where", "said"),
    [
        (event("Half-term", "2026-10-26"), "event 1", "Its DTSTART cannot be read"),
        (event("Half-term", "20261345"), "event 1", "Its DTSTART cannot be read"),
        ("BEGIN:VEVENT\nSUMMARY:Half-term\nEND:VEVENT\n", "event 1", "It does not say when it begins"),
        (event("Half-term", "20261026", "DTEND;VALUE=DATE:soon"), "event 1", "Its DTEND cannot be read"),
        (event("Half-term", "20261026", "", "RRULE:FREQ=OFTEN"), "event 1", "Its RRULE cannot be read"),
        (event("Half-term", "20261026", "", "RRULE:FREQ=SECONDLY"), "event 1", "It comes every second; once a day is the limit"),
        (event("Half-term", "20260101", "20281231"), "event 1", "It lasts 1,094 days; 200 are the limit"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_used_is_named_and_the_others_are_read(part, where, said):
    found = read(calendar(part, event("INSET day", "20261127")))
    assert [entry.name for entry in found.entries] == ["INSET day"]
    ((at, text),) = found.faults
    assert at == where
    assert said in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "has no events"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "has no events"),
        (calendar("BEGIN:VTODO\nSUMMARY:Buy chalk\nEND:VTODO\n"), "has no events"),
        (b"BEGIN:VCALENDAR\nX\nEND:VCALENDAR\n", 'Line 2 of this calendar cannot be read: "X"'),
        (b"\x00\x01\x02" * 50, "no calendar that can be read|cannot be read|has no events"),
        (b"BEGIN:A\n" * 50_000, "no calendar|no events|nested too deeply"),
        (b"BEGIN:VCALENDAR\n" + b"X" * 2_000_001, "2,000,000 are the limit"),
        (b"BEGIN:VEVENT\nEND:VEVENT\n" * 5_001, "more than 5,000 events"),
        (calendar(*[event(f"Closed {n}", "20261204", "", "RRULE:FREQ=WEEKLY;COUNT=2") for n in range(501)]), "More than 500 events of this calendar repeat"),
        (calendar(*[event(f"Closed {n}", f"{date(2026, 1, 1) + datetime.timedelta(days=n):%Y%m%d}") for n in range(1001)]), "1,000 are the limit"),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_calendar_or_too_large_is_refused_with_a_sentence(data, said):
    with pytest.raises(UnreadableFile, match=said):
        read(data)


def test_bombs_are_over_in_seconds():
    rules = ("FREQ=SECONDLY", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY")
    bombs = [event(f"Closed {n}", "19000101", "", f"RRULE:{rules[n % 4]}") for n in range(480)]
    begin = time.perf_counter()
    found = read(calendar(*bombs))
    assert time.perf_counter() - begin < 10
    assert found.entries == []
    assert len(found.faults) == 240


# --- spreadsheets and gov.uk -----------------------------------------------------------------------------------------------


def csv(*rows, header="What,Name,First day,Last day"):
    return "\n".join([header, *rows]).encode()


def test_a_spreadsheet():
    found = read(
        csv("term,Autumn,2026-09-02,18/12/2026", ",Half-term,26.10.2026,2026-10-30", ",Swimming,2026-11-03,", "closed,Staff day,2026-11-27,"),
        "terms.csv",
    )  # fmt: skip
    assert days(found) == [
        ("term", "Autumn", date(2026, 9, 2), date(2026, 12, 18)),
        ("closed", "Half-term", date(2026, 10, 26), date(2026, 10, 30)),
        ("closed", "Staff day", date(2026, 11, 27), date(2026, 11, 27)),
    ]
    assert [note.where for note in found.ignored] == ["row 4"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("closed,,2026-11-27,", "The column Name is empty"),
        ("closed,Day,tomorrow,", 'First day: "tomorrow" is no date'),
        ("closed,Day,2026-02-30,", "is no date"),
        ("closed,Day,2026-11-27,²/²/2026", "Last day:"),
        ("closed,Day,2026-11-27,2026-11-20", "it is before the first day"),
        ("term,Day,2026-01-01,2027-01-01", "365 days after the first; 200 are the limit"),
        ("closed,Day,2026-11-27,2026-11-28,x", "5 cells"),
    ],
)
def test_a_faulty_row_is_named(row, said):
    found = read(csv("closed,Good day,2026-11-26,", row), "terms.csv")
    assert [entry.name for entry in found.entries] == ["Good day"]
    ((where, text),) = found.faults
    assert (where, said in text) == ("row 3", True)


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"PK\x03\x04zip", b"<html>", b"%PDF-1.7"])
def test_what_is_no_list_of_terms_is_refused(data):
    with pytest.raises(UnreadableFile):
        read(data, "terms.csv")


def test_bank_holidays_as_gov_uk_has_them():
    events = [{"title": "Boxing Day", "date": "2026-12-28", "notes": "Substitute day", "bunting": True}]
    events += [
        {"title": "Early May bank holiday", "date": "2027-05-03"},
        {"title": "Old", "date": "2012-01-02"},
        {"date": 5},
    ]
    divisions = {
        "england-and-wales": {"events": events},
        "scotland": {"events": [{"title": "St Andrew", "date": "2026-11-30"}]},
    }
    found = read(json.dumps(divisions).encode(), "holidays.json")
    assert days(found) == [
        ("closed", "Boxing Day (bank holiday)", date(2026, 12, 28), date(2026, 12, 28)),
        ("closed", "Early May bank holiday", date(2027, 5, 3), date(2027, 5, 3)),
    ]
    assert ([note.where for note in found.ignored], [note.where for note in found.faults]) == (
        ["holiday 3"],
        ["holiday 4"],
    )


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"england-and-wales": 5}', b"[" * 100_000, b'{"a": 1}'])
def test_other_json_is_refused(data):
    with pytest.raises(UnreadableFile, match=r"gov\.uk"):
        read(data, "holidays.json")
