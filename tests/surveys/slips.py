"""Slips made through the product's own actions; their codes made again from the key, as the worker does."""

from __future__ import annotations

from unittest import mock

from django_ox.testing import run_tasks

from alongside.network.models import School
from alongside.people.models import Person, StaffEntry
from alongside.surveys import actions, codes, tickets
from alongside.surveys.models import SlipSheet, Wave
from tests import make


def no_link(at: School, count: int) -> list[Person]:
    """So many people on the staff list of a school who have no address, so that no letter asks them."""
    people = [Person.objects.create(email=None, name=f"Nobody Mails {number}", password="!") for number in range(count)]
    since = make.datetime.date.today() - 30 * make.DAY
    for person in people:
        StaffEntry.objects.create(
            organisation=at.organisation, school=at, person=person, name=person.name, job="site", hours=20, since=since
        )
    return people


def ordered(wave: Wave, at: School, count: int, by: Person, second: Person | None = None) -> SlipSheet:
    """A sheet that a worker makes next."""
    sheet = actions.order_slips(wave, at, count, by)
    if sheet.state == SlipSheet.State.WAITING:
        assert second, "so many slips need a second person"
        actions.decide_slips(sheet, second, confirmed=True)
    sheet.refresh_from_db()
    return sheet


def made(wave: Wave, at: School, count: int, by: Person, second: Person | None = None) -> SlipSheet:
    """A sheet that lies ready. The letters of its wave are not sent: they take much longer than the sheet."""
    sheet = ordered(wave, at, count, by, second)
    with mock.patch.object(actions, "send_invitations"):
        run_tasks()
    sheet.refresh_from_db()
    return sheet


def codes_of(sheet: SlipSheet) -> list[str]:
    """What is printed on a sheet, without the space."""
    return codes.of_sheet(tickets.read_key(sheet.wave_id), sheet.first, sheet.count)


def tokens_of(sheet: SlipSheet) -> list[str]:
    """The tokens that the codes of a sheet open."""
    key = codes.read_key(sheet.wave_id)
    return [codes.token(key, sheet.wave_id, code) for code in codes_of(sheet)]
