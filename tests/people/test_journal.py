"""The deeds that stand in the journals, what never stands there, and the page on which people read them."""

import csv
import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from alongside.kit import journal
from alongside.kit.models import JournalEntry
from alongside.network import actions as network_actions
from alongside.network.models import Organisation
from alongside.network.topics import TOPICS
from alongside.people import actions
from alongside.people import journal as journals
from alongside.people.models import Person
from alongside.surveys import actions as surveys
from alongside.surveys.instruments import instrument
from tests import make, smtp
from tests.registers_of_ours import nz_directory, nz_school

pytestmark = pytest.mark.django_db
TRIED = journal.deed("tests.tried", "Something tried")


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"


def deeds(organisation):
    entries = JournalEntry.objects.filter(organisation=organisation.pk).order_by("number")
    return [(entry.deed, entry.payload) for entry in entries]


@pytest.fixture
def world():
    network = make.network()
    schools = [make.school("Ashmead"), make.school("Birch")]
    make.cluster(network, "Avon", schools)
    people = [person for school in schools for person in make.staff(school, 8)]
    return network, schools, people


# --- what stands there ---------------------------------------------------------------------------------------------------------


def test_deeds_of_a_network(world, client):
    network, _, _ = world
    officer = make.officer(network)
    client.force_login(officer)
    address = {"kind": "network", "slug": network.slug}
    client.post(reverse("contacts", kwargs=address), {"safeguarding_contact": "The office"})
    role = actions.grant_role("stakeholder", network, "anna@lowe.example", "Anna Lowe", granted_by=officer)
    actions.grant_role("stakeholder", network, "anna@lowe.example", "Anna Lowe", granted_by=officer)
    actions.end_role(role, officer)
    actions.end_role(role, officer)
    assert deeds(network) == [
        ("network.founded", {"name": "Riverway Trust"}),
        ("network.cluster_formed", {"name": "Avon", "schools": 2, "asked": 0}),
        ("people.role_granted", {"role": "network officer", "where": "Riverway Trust"}),
        ("network.contacts_changed", {}),
        ("people.role_granted", {"role": "stakeholder", "where": "Riverway Trust"}),
        ("people.role_ended", {"role": "stakeholder", "where": "Riverway Trust"}),
    ]
    by = JournalEntry.objects.filter(organisation=network.pk).order_by("number").values_list("by", "about")
    assert list(by)[3:] == [
        (officer.pk, ""),
        (officer.pk, f"person:{role.person_id}"),
        (officer.pk, f"person:{role.person_id}"),
    ]


def test_an_import_of_the_register_is_told_to_each_network(world, tmp_path):
    file = tmp_path / "register.csv"
    file.write_bytes(nz_directory([nz_school()]))
    network_actions.import_register(file, preview=True)
    assert len(deeds(world[0])) == 2
    network_actions.import_register(file)
    name, payload = deeds(world[0])[-1]
    assert (name, payload) == ("network.register_imported", {"register": "nz-moe", "new": 1, "changed": 0})


def test_deeds_of_a_schools_staff_list(world):
    _, (school, _), _ = world
    by = make.leader(school)
    first = actions.bring_staff_list(b"Name,Role\nAda Fox,Teacher\n", school, by=by)
    actions.apply_staff_list(first, by)
    actions.drop_staff_list(actions.bring_staff_list(b"Name,Role\nAda Fox,Teacher\n", school, by=by), by)
    actions.confirm_domain(school, "ashmead.example", by)
    actions.confirm_domain(school, "other.example", by)
    assert deeds(school.organisation)[1:] == [
        ("people.staff_list_applied", {"joined": 1, "changed": 0, "left": 8}),
        ("people.staff_list_dropped", {}),
        ("people.domain_confirmed", {"domain": "other.example"}),
    ]


@pytest.fixture
def pulse_over(world, settings):
    """A pulse from asking to its reply, with letters, answers and comments; what nobody may ever read of it."""
    network, schools, people = world
    leader = make.leader(schools[0])
    wave = make.open_wave(network, "lead")
    surveys.extend(wave, wave.closes_at + make.DAY, leader)
    with smtp.running() as server:
        settings.MAILERS = server.mailers
        surveys.send_invitations(wave.pk)
    tokens = make.tokens(wave)
    secret = {*tokens, *(person.email for person in people), *(person.name for person in people), "Blunt words"}
    for school in schools:
        make.answer(wave, school, 8, comment="Blunt words of somebody")
    make.close(wave)
    words = surveys.ReplyText("do", "We heard you", "We will do one thing.")
    surveys.save_reply(wave, schools[0], words, leader)
    surveys.post_reply(wave, schools[0], words, leader)
    called_off = surveys.ask(network, "well", wave.opens_at, wave.closes_at, by=leader)
    surveys.call_off(called_off, leader)
    return network, schools[0], wave, secret


def test_deeds_of_a_pulse(pulse_over):
    network, school, _, _ = pulse_over
    told = [(name, payload) for name, payload in deeds(network) if name.startswith("surveys.")]
    lead, well = ({"pulse": instrument(pulse).name} for pulse in ("lead", "well"))
    assert told == [
        ("surveys.asked", lead),
        ("surveys.opened", lead),
        ("surveys.extended", lead),
        ("surveys.sealed", {}),
        ("surveys.asked", well),
        ("surveys.called_off", well),
    ]
    assert deeds(school.organisation)[-1] == ("surveys.replied", lead)


def test_no_journal_holds_a_token_an_answer_or_who_was_sent_what(pulse_over):
    _, _, wave, secret = pulse_over
    entries = list(JournalEntry.objects.all())
    kept = json.dumps([[e.about, e.deed, e.payload] for e in entries], default=str)
    assert [word for word in secret if word in kept] == []
    # Nobody who was only asked stands anywhere, not even by number; and no figure of a pulse does.
    asked = set(Person.objects.filter(staff_entries__isnull=False).values_list("pk", flat=True))
    assert {e.by for e in entries} & asked == set()
    assert {e.about for e in entries} & {f"person:{pk}" for pk in asked} == set()
    of_pulses = [e for e in entries if e.deed.startswith("surveys.")]
    assert {key for e in of_pulses for key in e.payload} == {"pulse"}
    assert {e.about for e in of_pulses if e.deed != "surveys.called_off"} >= {f"wave:{wave.pk}"}


def test_only_these_deeds_of_pulses_are_known():
    """A new one needs a line here, and a second look at TRUST 6: answers, tickets and reminders never enter it."""
    assert {name for name in journal.DEEDS if name.startswith("surveys.")} == {
        f"surveys.{verb}"
        for verb in (
            *("asked", "called_off", "opened", "extended", "added", "nudged", "sealed", "replied", "budget_set"),
            *("rhythm_started", "rhythm_ended"),
            *("occasion_moved", "occasion_planned", "occasion_put_back", "occasion_skipped"),
            *("slips_asked", "slips_confirmed", "slips_declined", "slips_fetched"),
            *("replied_for_cluster", "waived", "unwaived", "themes_shared", "themes_unshared", "shared"),
            *("past_applied", "past_undone", "room_opened", "room_closed"),
            *("pulse_written", "pulse_brought", "pulse_put_away", "pulse_back", "pulse_dropped"),
            *("self_check_kept", "self_check_changed", "self_check_shared", "self_check_unshared"),
        )
    }


def test_every_journal_of_the_world_is_whole(pulse_over):
    assert [journal.verify(pk).fault for pk in journal.organisations()] == [None] * 2


# --- the page ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client):
    network = make.network()
    officer = make.officer(network)
    client.force_login(officer)
    address = {"kind": "network", "slug": network.slug}

    def look(name="journal", **query):
        return client.get(reverse(name, kwargs=address), query)

    look.network, look.officer, look.client = network, officer, client
    return look


def test_the_page_says_who_did_what_newest_first(page):
    said = page().content.decode().partition("<tbody>")[2]
    assert said.index("Gave a role") < said.index("Founded the network")
    assert "Person: Emeka Clarke; Role: network officer; Where: Riverway Trust" in said
    assert "Alongside itself" in said
    journal.record(page.network.pk, TRIED, by=page.officer.pk, payload={"name": "<b>Grace</b>"})
    journal.record(page.network.pk, TRIED, by=987654)
    said = page().content.decode()
    assert "&lt;b&gt;Grace&lt;/b&gt;" in said
    assert "somebody who is no longer here" in said


def test_times_are_those_of_the_place(page, time_machine):
    Organisation.objects.filter(pk=page.network.pk).update(zone="Pacific/Auckland")
    time_machine.move_to(datetime.datetime(2038, 1, 5, 11, 30, tzinfo=datetime.UTC), tick=False)
    journal.record(page.network.pk, TRIED, by=None)
    page.client.force_login(page.officer)
    assert "6 Jan 2038, 00:30" in page().content.decode()


def test_erased_details_are_said_to_be_erased(page):
    journal.erase(page.network.pk, about=f"person:{page.officer.pk}", by=None)
    said = page().content.decode()
    assert "Its details were erased." in said
    assert "network officer; Where" not in said


def test_lists_and_days_are_said_and_the_sheet_is_exact(page, time_machine):
    time_machine.move_to(datetime.datetime(2037, 11, 22, 9, tzinfo=datetime.UTC), tick=False)
    page.client.force_login(page.officer)
    kept = {
        "strengths": ["maths", "sixth-form"],
        "wishes": [],
        "first_day": "2037-12-14",
        "until": "2038-01-05T11:30:00+00:00",
        "file": "2037-99-99",
        "days": ["2037-12-24", "2037-12-27"],
    }
    journal.record(page.network.pk, TRIED, by=None, payload=kept)
    assert dict(page().context["page"].lines[0].details) == {  # a database keeps no order of what is in an entry
        "strengths": f"{TOPICS['maths']} and {TOPICS['sixth-form']}",
        "wishes": "none",
        "first day": "Monday 14 December",
        "until": "Tuesday 5 January 2038, 11:30",
        "file": "2037-99-99",
        "days": "Thursday 24 December and Sunday 27 December",
    }
    sheet = list(csv.reader(io.StringIO(page("journal_csv").content.decode("utf-8-sig"))))[1][4]
    assert set(sheet.split("; ")) == {
        "strengths: ['maths', 'sixth-form']",
        "wishes: []",
        "first day: 2037-12-14",
        "until: 2038-01-05T11:30:00+00:00",
        "file: 2037-99-99",
        "days: ['2037-12-24', '2037-12-27']",
    }


def test_the_page_goes_on_from_where_it_ended(page):
    for number in range(journals.LINES + 5):
        journal.record(page.network.pk, TRIED, by=None, payload={"turn": number})
    first = page().context["page"]
    assert [line.number for line in first.lines] == list(range(57, 7, -1))
    journal.record(page.network.pk, TRIED, by=None)  # the second page is the same, whatever comes in meanwhile
    second = page(before=first.older).context["page"]
    assert [line.number for line in second.lines] == list(range(7, 0, -1))
    assert second.older is None
    assert page(before=1).context["page"].lines == []


def test_one_kind_of_deed_alone(page):
    journal.record(page.network.pk, TRIED, by=None)
    assert [line.deed for line in page(deed="network.founded").context["page"].lines] == ["founded the network"]
    assert len(page(deed="no.such_deed").context["page"].lines) == 3


def test_the_sheet_is_escaped(page, monkeypatch):
    journal.record(page.network.pk, TRIED, by=None, payload={"name": "=1+1"})
    Person.objects.filter(pk=page.officer.pk).update(name="=HYPERLINK()")
    journal.record(page.network.pk, TRIED, by=page.officer.pk)
    rows = list(csv.reader(io.StringIO(page("journal_csv").content.decode("utf-8-sig"))))
    assert rows[0] == ["Number", "When (UTC)", "Who", "What", "Details"]
    assert [row[0] for row in rows[1:]] == ["4", "3", "2", "1"]
    assert (rows[1][2], rows[2][4]) == ("'=HYPERLINK()", "name: =1+1")
    monkeypatch.setattr("alongside.people.views.journal.SHEET", 2)
    rows = list(csv.reader(io.StringIO(page("journal_csv").content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["4", "3", "Older entries: ask for the same address with before=3"]


def test_the_page_says_what_time_removed(page, time_machine):
    journal.prune(page.network.pk, before=datetime.date(2050, 1, 1))
    assert "Entries before" in page().content.decode()


# --- the command ---------------------------------------------------------------------------------------------------------------


def test_the_command_names_the_first_broken_row(page, capsys):
    other = make.network("Harbour Trust")
    call_command("verify_journal")
    said = capsys.readouterr().out
    assert "network riverway-trust: 2 entries, whole." in said
    assert "2 journals read, all whole." in said
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kit_journalentry SET about = 'x' WHERE organisation = %s AND number = 2", [page.network.pk]
        )
    with pytest.raises(CommandError, match="2 journals read, 1 broken") as refused:
        call_command("verify_journal")
    assert refused.value.returncode == 1
    assert "network riverway-trust: BROKEN: entry 2 was changed." in capsys.readouterr().out
    call_command("verify_journal", organisation=other.slug)
    with pytest.raises(CommandError, match="No network or school"):
        call_command("verify_journal", organisation="nowhere")
