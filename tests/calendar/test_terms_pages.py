"""The pages of terms: a school year in a minute, a file with its preview, and what asking a pulse makes of them."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from alongside.calendar import actions
from alongside.calendar.models import CalendarImport, Span
from alongside.surveys.models import Release, Wave
from tests import make
from tests.calendars_of_ours import year
from tests.doors.test_doors import Place

pytestmark = pytest.mark.django_db
N, S = "/n/harbour-trust/", "/s/ashmead/"


@pytest.fixture
def place(time_machine):
    time_machine.move_to("2026-11-23T09:00:00+00:00")  # a Monday
    return Place().settle()


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return response.content.decode()


def values(page):
    """The fields of a form with what stands in them."""
    return dict(re.findall(r'<input type="date" name="(\w+)"(?: value="([^"]*)")?', page))


def test_a_school_year_is_entered_by_looking_and_pressing_once(place):
    client = signed_in(place.officer)
    assert "Enter a school year" in text_of(client.get(f"{N}terms/"))
    page = text_of(client.get(f"{N}terms/years/2026/"))
    given = values(page)
    assert (len(given), given["autumn_first"]) == (12, "2026-09-01")
    response = client.post(f"{N}terms/years/2026/", given, follow=True)
    said = text_of(response)
    assert "Autumn term, until Friday 18 December" in said
    assert said.count("Typical, please check") == 6
    assert "From Harbour Trust" in text_of(signed_in(place.head).get(f"{S}terms/"))


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"autumn_last": ""}, "Autumn term: enter both days, or leave both empty."),
        ({"autumn_first": "2026-12-20"}, "Autumn term: it ends before it begins."),
        ({"spring_first": "2026-12-01"}, "Spring term begins before Autumn term has ended."),
        ({"autumn_first": "1999-09-01", "autumn_last": "1999-12-01"}, "these days are not in this school year"),
        ({"may_first": "soon"}, "May half-term, first day: This is no date."),
    ],
)
def test_a_school_year_that_cannot_be_is_said_at_its_line(place, changed, wrong):
    client = signed_in(place.officer)
    given = values(text_of(client.get(f"{N}terms/years/2026/")))
    response = client.post(f"{N}terms/years/2026/", given | changed)
    assert response.status_code == 400
    assert wrong in text_of(response)
    assert Span.objects.count() == 0


def test_a_file_is_looked_at_applied_and_taken_back(place):
    client = signed_in(place.head)
    file = SimpleUploadedFile("council.ics", year(), "text/calendar")
    response = client.post(f"{S}terms/files/", {"file": file}, follow=True)
    page = text_of(response)
    assert "6 new, 0 changed" in page
    assert "Year 7 swimming" in page
    brought = CalendarImport.objects.get()
    assert "council.ics" in text_of(client.get(f"{S}terms/"))
    client.post(f"{S}terms/files/{brought.pk}/apply/")
    assert Span.objects.of(place.ashmead.organisation.pk).count() == 6
    assert "The calendar is as it was before." in text_of(
        client.post(f"{S}terms/files/{brought.pk}/undo/", follow=True)
    )
    assert Span.objects.count() == 0


def test_a_file_that_is_none_is_refused_on_the_page(place):
    file = SimpleUploadedFile("x.ics", b"BEGIN:VCALENDAR\nX\n", "text/calendar")
    response = signed_in(place.head).post(f"{S}terms/files/", {"file": file})
    assert response.status_code == 400
    assert "Line 2 of this calendar cannot be read" in text_of(response)


def test_a_pulse_is_proposed_for_days_with_school_and_away_from_busy_weeks(place):
    actions.add_span(place.network, "report", "Report week", date(2026, 11, 23), date(2026, 11, 27), 1)
    actions.add_span(place.network, "closed", "Trust day", date(2026, 11, 30), date(2026, 11, 30), 1)
    page = text_of(signed_in(place.officer).get(f"{N}ask/new/"))
    assert values(page) == {"opens_on": "2026-12-01", "closes_on": "2026-12-08"}
    assert "Better not to ask then: Report week, Monday 23 November to Friday 27 November." in page


def test_asking_in_a_report_week_is_warned_of_and_done(place):
    actions.add_span(place.network, "report", "Report week", date(2026, 11, 23), date(2026, 11, 27), 1)
    form = {"instrument": "well", "whom": "whole", "opens_on": "2026-11-23", "closes_on": "2026-11-26"}
    response = signed_in(place.officer).post(f"{N}ask/new/", form, follow=True)
    assert "This pulse is open in Report week, Monday 23 November to Friday 27 November." in text_of(response)
    assert Wave.objects.count() == 1


def test_a_closing_day_on_a_closed_day_names_the_school_days_around_it(place):
    actions.add_span(place.network, "closed", "Trust day", date(2026, 11, 27), date(2026, 11, 27), 1)
    form = {"instrument": "well", "whom": "whole", "opens_on": "2026-11-23", "closes_on": "2026-11-27"}
    response = signed_in(place.officer).post(f"{N}ask/new/", form)
    assert "Choose Thursday 26 November or Monday 30 November." in text_of(response)


@pytest.mark.parametrize(("closed", "status"), [(False, 200), (True, 403)])
def test_staff_see_results_two_school_days_later_and_a_closed_day_is_none(place, time_machine, closed, status):
    wave = place.close(make.open_wave(place.network, "well"))
    released = timezone.now()
    Release.objects.filter(wave=wave).update(published_at=released)
    if closed:
        actions.add_span(place.network, "closed", "Trust day", date(2026, 11, 24), date(2026, 11, 24), 1)
    time_machine.move_to(released + 2 * make.DAY + make.DAY / 1000)
    path = f"{N}waves/{wave.pk}/results/"
    response = signed_in(place.teacher).get(path)
    assert response.status_code == status
    if closed:
        assert "from Thursday 26 November on" in text_of(response)
    assert signed_in(place.head).get(path).status_code == 200


def test_closed_days_keep_results_from_staff_for_sixty_days_at_most(place, time_machine):
    wave = place.close(make.open_wave(place.network, "well"))
    released = timezone.now()
    Release.objects.filter(wave=wave).update(published_at=released)
    for first, last in ((date(2026, 11, 24), date(2027, 3, 31)),):
        actions.add_span(place.network, "closed", "Closed for ever", first, last, 1)
    path = f"{N}waves/{wave.pk}/results/"
    for days, status in ((59, 403), (60.01, 200)):
        time_machine.move_to(released + days * make.DAY)
        assert signed_in(place.teacher).get(path).status_code == status


def test_a_pause_until_the_end_of_term(place):
    actions.add_span(place.network, "term", "Autumn term", date(2026, 9, 2), date(2026, 12, 18), 1)
    response = signed_in(place.head).post(f"{S}schools/ashmead/pause/", {"how_long": "term"}, follow=True)
    assert "Ashmead is paused until Friday 18 December." in text_of(response)
