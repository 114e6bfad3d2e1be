"""A calendar file from the preview to Apply and back: exactly what was shown, in one transaction, safe twice."""

from argparse import Namespace
from datetime import date

import pytest

from alongside import commands
from alongside.calendar import actions, presets
from alongside.calendar.actions.years import slots
from alongside.calendar.models import CalendarImport, Span
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from tests import make
from tests.calendars_of_ours import calendar, event, year
from tests.surveys.threads import together

BY = 5


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to("2026-11-22T09:00:00+00:00")


@pytest.fixture
def network(db):
    return make.network()


@pytest.fixture
def officer(network):
    return make.officer(network)


def rows(network):
    found = Span.objects.of(network.pk).order_by("starts_on", "name")
    return [(span.kind, span.name, span.starts_on, span.ends_on) for span in found]


def bring(network, officer, data, name="terms.ics"):
    return actions.bring_calendar(data, name, network, officer)


def counts(preview):
    return len(preview.new), len(preview.changed), preview.left_count, len(preview.faults)


def test_nothing_changes_before_apply_and_then_exactly_what_was_shown(network, officer):
    brought = bring(network, officer, year())
    shown = actions.preview(brought)
    assert (counts(shown), rows(network)) == ((6, 0, 1, 0), [])
    done = actions.apply_calendar(brought, BY)
    assert done == shown
    assert rows(network) == [(c.entry.kind, c.entry.name, c.entry.first, c.entry.last) for c in shown.new]
    brought.refresh_from_db()
    assert brought.state == CalendarImport.State.APPLIED
    assert list(JournalEntry.objects.filter(deed__startswith="calendar.").values_list("deed", "by", "payload")) == [
        ("calendar.applied", BY, {"file": "terms.ics", "new": 6, "changed": 0})
    ]


def test_the_same_file_again_changes_nothing(network, officer):
    actions.apply_calendar(bring(network, officer, year()), BY)
    assert counts(actions.preview(bring(network, officer, year()))) == (0, 0, 7, 0)


def test_a_newer_file_changes_the_rows_that_it_knows_by_their_ids(network, officer):
    actions.apply_calendar(bring(network, officer, year()), BY)
    again = bring(network, officer, year(shift=1))
    shown = actions.preview(again)
    assert counts(shown) == (0, 6, 1, 0)
    assert shown.changed[0].text == "was “Autumn term”, Wednesday 2 September to Friday 18 December"
    actions.apply_calendar(again, BY)
    assert rows(network)[0] == ("term", "Autumn term", date(2026, 9, 3), date(2026, 12, 19))
    assert len(rows(network)) == 6


def test_an_older_version_of_an_event_is_left_alone(network, officer):
    new, old = (calendar(event("INSET", day, "", f"SEQUENCE:{n}")) for day, n in (("20261127", 3), ("20261120", 2)))
    actions.apply_calendar(bring(network, officer, new), BY)
    shown = actions.preview(bring(network, officer, old))
    assert (counts(shown), shown.left[0].text) == ((0, 0, 1, 0), "“INSET”: the calendar has a newer version of it.")


def test_undo_takes_back_what_was_new_and_what_was_changed(network, officer):
    actions.apply_calendar(bring(network, officer, year()), BY)
    before = rows(network)
    second = calendar(event("Autumn term", "20260907", "20261212"), event("Easter holiday", "20270322", "20270402"))
    brought = bring(network, officer, second)
    actions.apply_calendar(brought, BY)
    assert len(rows(network)) == 7
    actions.undo_calendar(brought, BY)
    assert rows(network) == before
    with pytest.raises(Conflict, match="Only the file that was applied last"):
        actions.undo_calendar(brought, BY)
    first = CalendarImport.objects.order_by("pk")[0]
    actions.undo_calendar(first, BY)
    assert rows(network) == []


def test_only_the_newest_file_is_taken_back(network, officer):
    first = bring(network, officer, year())
    actions.apply_calendar(first, BY)
    actions.apply_calendar(bring(network, officer, calendar(event("Fair holiday", "20270607"))), BY)
    with pytest.raises(Conflict):
        actions.undo_calendar(first, BY)
    assert len(rows(network)) == 7


def test_apply_refuses_when_the_calendar_has_changed_since(network, officer):
    brought = bring(network, officer, year())
    actions.add_span(network, "closed", "Snow", date(2026, 12, 1), date(2026, 12, 1), BY)
    with pytest.raises(Conflict, match="has changed since this file was read"):
        actions.apply_calendar(brought, BY)
    assert len(rows(network)) == 1


def test_applied_or_dropped_twice_is_a_conflict(network, officer):
    brought = bring(network, officer, year())
    actions.apply_calendar(brought, BY)
    for again in (lambda: actions.apply_calendar(brought, BY), lambda: actions.drop_calendar(brought)):
        with pytest.raises(Conflict, match="applied or dropped already"):
            again()
    assert len(rows(network)) == 6


@pytest.mark.django_db(transaction=True)
def test_two_people_applying_at_once_apply_once():
    network = make.network()
    brought = bring(network, make.officer(network), year())
    outcomes = together(2, lambda _: _applied(brought))
    assert sorted(outcomes) == ["applied", "conflict"]
    assert len(rows(network)) == 6


def _applied(brought):
    try:
        actions.apply_calendar(brought, BY)
    except Conflict:
        return "conflict"
    return "applied"


def test_a_calendar_has_its_limit(network, officer, monkeypatch):
    monkeypatch.setattr("alongside.calendar.actions.imports.LIMIT", 5)
    with pytest.raises(Refused, match="5 rows; with this file it would have more"):
        actions.apply_calendar(bring(network, officer, year()), BY)
    assert rows(network) == []


def test_a_spreadsheet_again_changes_its_own_rows(network, officer):
    def sheet(last):
        return f"What,Name,First day,Last day\nterm,Autumn,2026-09-02,{last}\nclosed,INSET,2026-11-27,\nclosed,INSET,2026-12-04,\n".encode()

    actions.apply_calendar(bring(network, officer, sheet("2026-12-18"), "terms.csv"), BY)
    shown = actions.preview(bring(network, officer, sheet("2026-12-16"), "terms.csv"))
    assert counts(shown) == (0, 1, 2, 0)


def test_what_is_usual_in_a_country_belongs_to_nobody_and_is_brought_once(network):
    assert actions.bring_country(year(), "gb.ics", "gb", "Europe/London") == 6
    assert actions.bring_country(year(), "gb.ics", "gb", "Europe/London") == 0
    assert list(Span.objects.values_list("organisation", "country").distinct()) == [(None, "gb")]


# --- one screen ------------------------------------------------------------------------------------------------------------


def test_a_school_year_is_kept_twice_as_once_and_a_changed_line_is_no_longer_typical(network):
    typical = presets.typical("gb", 2026)
    given = {slot: (slot.first, slot.last) for slot in typical}
    given[typical[0]] = (date(2026, 9, 7), date(2026, 12, 18))
    given[typical[5]] = None
    for _ in range(2):
        assert actions.save_year(network, 2026, given, typical, BY) == 5
    found = Span.objects.of(network.pk).order_by("starts_on")
    assert [(span.name, span.typical) for span in found] == [
        ("Autumn term", False),
        ("October half-term", True),
        ("Spring term", True),
        ("February half-term", True),
        ("Summer term", True),
    ]
    again = slots(network, 2026, typical)
    assert (again[0].first, again[1].first) == (date(2026, 9, 7), typical[1].first)


def test_a_country_is_brought_in_by_a_command(db, tmp_path, capsys):
    file = tmp_path / "holidays.ics"
    file.write_bytes(year())
    for made in (6, 0):
        commands.import_calendar(Namespace(file=file, country="GB"))
        assert capsys.readouterr().out.startswith(f"United Kingdom: {made} new for every school and network.")
