"""Everything held on a person: listed, handed out, erased everywhere; and what the nightly job clears away."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from alongside.calendar import actions as calendar_actions
from alongside.doors import digest
from alongside.kit import bounces, journal, mail
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry, Progress
from alongside.network import actions as network_actions
from alongside.network import pauses
from alongside.network.models import Organisation, School
from alongside.people import actions, holdings, retention, rights
from alongside.people.actions import clearing, erasing
from alongside.people.models import (
    Digest,
    ErasureRequest,
    PartnerPerson,
    Person,
    RememberedDevice,
    Role,
    StaffEntry,
    StaffImport,
)
from alongside.surveys import actions as surveys_actions
from alongside.surveys.actions import inviting, rounds
from alongside.surveys.models import Owed, Reply, RosterEntry, SealedAnswer, SealedComment, Theme, Ticket
from tests import make
from tests.make import DAY
from tests.people.test_staff_lists import at_once

pytestmark = pytest.mark.django_db

TODAY = datetime.date.today()
NAME, EMAIL = "Ottoline Brackwater", "ottoline.brackwater@ashmead.example"
PLANTED = ("ottoline", "brackwater")


# What is held


def _names_a_person(field: models.Field) -> bool:
    said = str(getattr(field, "help_text", ""))
    by_id = isinstance(field, models.IntegerField) and "of the person" in said
    return field.related_model is Person or by_id


def test_every_column_that_names_a_person_has_its_line():
    """A new table that names people fails here until it says what export, erasure and merging do with it."""
    named = {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if _names_a_person(field)
    }
    lines = [(holding.model, holding.column) for holding in holdings.HOLDINGS]
    assert {("network.Pause", "set_by"), ("kit.JournalEntry", "by"), ("surveys.Reply", "written_by")} <= named
    assert named - set(lines) == set()
    assert len(lines) == len(set(lines))
    for holding in holdings.HOLDINGS:
        field = holding.table()._meta.get_field(holding.column)
        assert holding.erased != "empty" or field.null, holding
        holdings.mover(holding)
    for text in holdings.TEXTS:
        columns = {field.name for field in text.table()._meta.concrete_fields}
        assert set(text.columns) <= columns
        assert "organisation" in columns or text.table() is Organisation
    assert all(callable(eraser) for eraser in holdings.erasers())


@pytest.fixture
def network() -> Organisation:
    return make.network("Harbour Trust")


@pytest.fixture
def ashmead(network) -> School:
    school = make.school("Ashmead")
    make.cluster(network, "Avon", [school, make.school("Birch")])
    make.staff(school, 12, domain="ashmead.example")
    return school


@pytest.fixture
def officer(network) -> Person:
    return make.officer(network, "officer@harbour.example")


@pytest.fixture
def ottoline(network, ashmead, officer) -> Person:
    """Somebody with something in every table that may name them, and with their name in every text that may hold it."""
    head = make.leader(ashmead, "head@ashmead.example")
    line = actions.Line(NAME, EMAIL, "deputy", None)
    person = actions.add_person(ashmead, line, head).person
    twin = Person.objects.create(name=NAME, email=f"x{EMAIL}", password="!")
    StaffEntry.objects.create(
        organisation=ashmead.organisation, school=ashmead, person=twin, name=NAME, job="teacher", since=TODAY
    )
    actions.merge(person, twin, network.pk, officer)
    make.leader(ashmead, EMAIL)
    actions.grant_role("stakeholder", network, "guest@x.example", "Guest", granted_by=person)
    actions.confirm_domain(ashmead, "second.example", person)
    partner = actions.add_partner(network, "Uni", "university", f"Ask {NAME}", officer)
    actions.add_partner_person(partner, EMAIL, NAME, officer)
    Organisation.objects.filter(pk=ashmead.organisation.pk).update(safeguarding_contact=f"{NAME}, {EMAIL.upper()}")
    data = f"Name,E-mail,Role\n{NAME},{EMAIL},Teacher\n=Bad {NAME},,Teacher\n".encode()
    actions.bring_staff_list(data, ashmead, by=person)
    _pulse(network, ashmead, person)
    journal.record(network.pk, erasing.ERASED, by=officer.pk, about="wave:1", payload={"text": f"by {NAME.upper()}"})
    journal.record(network.pk, erasing.ERASED, by=person.pk, about="wave:2", payload={"text": "words of theirs"})
    _elsewhere(network, ashmead, person, officer)
    folder = Path(settings.MAILBOX) / "letters"
    folder.mkdir(parents=True, exist_ok=True)
    for key, to in ((mail._begin(EMAIL), EMAIL), (mail._begin("head@x"), "head@x")):
        content = {"to": to, "subject": f"To {NAME}", "text": "Hello", "sent_at": timezone.now().isoformat()}
        (folder / f"{key}{'0' * 16}.json").write_text(json.dumps(content))
    Client().force_login(person)
    return Person.objects.get(pk=person.pk)


def _elsewhere(network: Organisation, ashmead: School, person: Person, officer: Person) -> None:
    """Their part in groups, invitations, signing in, clusters, calendars and long work."""
    cluster = network.clusters.get()
    group = actions.make_group(network, "Maths leads", f"Ask {NAME}", by=officer)
    actions.join_group(group, EMAIL, by=officer)
    actions.invite("chair", network, EMAIL, NAME, by=officer, cluster=cluster)
    actions.invite("coach", network, "coach@x.example", "Coach", by=person, cluster=cluster)
    actions.add_app(person, "A" * 32)
    EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    SocialAccount.objects.create(user=person, provider="work", uid="1", extra_data={"name": NAME})
    day = timezone.now() + DAY
    RememberedDevice.objects.create(person=person, digest="1" * 64, state="0", name="A browser", expires_at=day)
    Digest.objects.create(person=person, week=TODAY, state="sent", at=timezone.now())
    bounces.note(EMAIL, "5.1.1")
    network_actions.write_answer(cluster, "1-who", f"{NAME} knows", seen=0, by=person.pk)
    network_actions.pause(ashmead, ashmead.organisation, None, by=person.pk)
    network_actions.lift(ashmead, ashmead.organisation, by=person.pk)
    network_actions.give_notice(network, cluster, ashmead, TODAY + 90 * DAY, by=person.pk)
    Progress.objects.create(
        organisation=network.pk,
        person=person.pk,
        kind="x",
        sentence=f"For {NAME}",
        started_at=timezone.now(),
        moved_at=timezone.now(),
    )
    data = b"What,Name,First day\nexam,Exams,2027-01-11\n"
    calendar_actions.bring_calendar(data, "days.csv", ashmead.organisation, person)


def _pulse(network: Organisation, ashmead: School, person: Person) -> None:
    """A closed pulse with a comment and a reply that name them, and one that is open."""
    wave = make.open_wave(network)
    make.answer(wave, ashmead, 12, comment="All is well.")
    make.close(wave)
    SealedComment.objects.filter(wave=wave).update(text=f"Thank you {NAME}!")
    words = surveys_actions.ReplyText("do", f"{NAME} heard you.", f"Write to {EMAIL}.", "", None)
    surveys_actions.post_reply(wave, ashmead, words, person)
    Owed.objects.filter(wave=wave, school=ashmead).update(waived_by=person, reason=f"Ask {NAME}.")
    about = {"organisation": ashmead.organisation, "wave": wave, "school": ashmead}
    Theme.objects.create(**about, position=1, text=f"Thanks to {NAME}.", written_by=person)
    opened = make.open_wave(network, "lead")
    make.answer(opened, ashmead, 3, comment=f"Ask {NAME}.")


def everything_stored() -> str:
    """Every value of every row of every table there is, and what files of the data folder hold, in small letters."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [f"{table} {row!r} {[bytes(v) for v in row if isinstance(v, memoryview)]!r}" for row in cursor]
    files = [file.read_bytes() for file in Path(settings.DATA).rglob("*") if file.is_file()]
    if connection.vendor == "sqlite" and connection.in_atomic_block:
        files = [file.read_bytes() for file in Path(settings.MAILBOX).rglob("*.json")]
    return "\n".join([*found, *(content.decode("latin-1") for content in files)]).casefold()


def planted() -> list[str]:
    text = everything_stored()
    return [word for word in PLANTED if word in text]


# Taking it away


def test_one_click_gives_every_row(ottoline):
    client = Client()
    client.force_login(ottoline)
    response = client.post("/account/data/everything.zip")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        page, document = archive.read("everything.html").decode(), json.loads(archive.read("everything.json"))
    found = {part["what"]: len(part["rows"]) for part in document["held"]}
    once = {
        "You",
        "Addresses to sign in with",
        "Calendar files that you brought in",
        "Devices that are not asked",
        "Groups",
        "Invitations that you sent",
        "Lines on staff lists",
        "Long work that you started, with its files",
        "Mail domains that you confirmed",
        "Notices that you gave",
        "Other addresses under which you were known",
        "Partners that you work for",
        "Pauses that you lifted",
        "Pauses that you set",
        "Pulses under way that you were asked in",
        "Replies that you waived",
        "Replies that you wrote for your school or cluster",
        "Roles",
        "Roles that you gave",
        "Themes that you wrote from comments",
        "Second steps of signing in",
        "Staff lists that you brought in",
        "Weekly letters: that one was sent",
        "What you wrote to a cluster's profile",
        "Work accounts to sign in with",
    }
    assert found == dict.fromkeys(once, 1) | {
        "Second steps of signing in": 2,  # an app, and recovery codes
        "What you did, in the journals of your places": 10,
    }
    assert NAME in page
    assert EMAIL in page
    assert "<script" not in page
    assert ottoline.password not in response.content.decode("latin-1")
    assert "officer@harbour.example" not in page + json.dumps(document)


# Erasing


def test_planted_words_are_found_before(ottoline):
    assert planted() == list(PLANTED)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_them_is_left_anywhere(ottoline, officer, network, ashmead):
    """Every table row by row, every file of the data folder: the SQLite file and its log among them, and the mailbox."""
    assert planted() == list(PLANTED)
    roster = RosterEntry.objects.filter(person__in=[ottoline, *ottoline.merged.all()]).count()
    tickets = Ticket.objects.count()
    actions.erase(ottoline, officer.pk)
    assert planted() == []
    ottoline.refresh_from_db()
    assert (ottoline.name, ottoline.email, ottoline.is_active) == ("a former colleague", None, False)
    assert not ottoline.has_usable_password()
    assert not StaffEntry.objects.filter(person=ottoline).exists()
    assert not Role.objects.filter(person=ottoline).exists()
    assert not PartnerPerson.objects.filter(person=ottoline).exists()
    assert StaffImport.objects.get().state == "dropped"
    assert not [s for s in Session.objects.all() if s.get_decoded().get("_auth_user_id") == str(ottoline.pk)]
    # The roster is frozen and the ticket stays: nobody stands behind it any more.
    assert RosterEntry.objects.filter(person__erased_at__isnull=False).count() == roster == 1
    assert Ticket.objects.count() == tickets
    surveys_actions.send_invitations(RosterEntry.objects.first().wave_id)
    # The reply stays, with its author's name masked in it.
    reply = Reply.objects.get()
    assert (reply.heard, reply.text) == ("▒▒▒ heard you.", "Write to ▒▒▒.")
    assert SealedComment.objects.filter(text="Thank you ▒▒▒!").count() == 12
    erased = JournalEntry.objects.filter(deed="people.erased", about=f"person:{ottoline.pk}")
    assert {entry.by for entry in erased} == {officer.pk}
    assert not JournalEntry.objects.filter(by=ottoline.pk, payload__isnull=False).exists()
    with pytest.raises(Conflict):
        actions.erase(ottoline, officer.pk)


def test_namesakes_keep_their_names(ottoline, officer, ashmead):
    other = make.school("Copse")
    make.cluster(make.network("Other"), "Wye", [other, make.school("Dell")])
    data = f"Name,E-mail,Role\n{NAME},{NAME[0]}@copse.example,Teacher\n".encode()
    actions.apply_staff_list(actions.bring_staff_list(data, other, by=None))
    Organisation.objects.filter(pk=other.organisation.pk).update(support_line=f"Call {NAME}")
    actions.erase(ottoline, officer.pk)
    assert StaffEntry.objects.get(school=other).name == NAME
    assert Organisation.objects.get(pk=other.organisation.pk).support_line == f"Call {NAME}"


def test_the_last_officer_cannot_be_erased(officer, network):
    for erasing_them in (lambda: actions.erase(officer, None), lambda: actions.ask_to_be_erased(officer)):
        with pytest.raises(Refused, match="keeps at least one officer"):
            erasing_them()
    make.officer(network, "second@harbour.example")
    assert actions.ask_to_be_erased(officer) is False
    actions.erase(officer, None)


@pytest.mark.django_db(transaction=True)
def test_two_officers_erased_at_once_leave_one(network):
    for number in range(3):
        Role.objects.all().delete()
        two = [make.officer(network, f"o{number}{n}@harbour.example") for n in "ab"]
        done = at_once(*[lambda one=one: actions.erase(one, None) for one in two])
        assert sorted(type(result).__name__ for result in done) == ["NoneType", "Refused"], done


@pytest.mark.django_db(transaction=True)
def test_erased_twice_at_once_is_erased_once(ottoline, officer):
    done = at_once(*[lambda: actions.erase(ottoline, officer.pk)] * 3)
    assert sorted(type(result).__name__ for result in done) == ["Conflict", "Conflict", "NoneType"], done


def test_erasing_that_fails_halfway_erases_nothing(ottoline, officer, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(erasing, "_mask", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.erase(ottoline, officer.pk)
    assert Person.objects.get(pk=ottoline.pk).name == NAME
    assert StaffEntry.objects.filter(person=ottoline).exists()


# Asking for it


HERE = "/n/harbour-trust/"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_whoever_is_needed_nowhere_is_erased_at_once(network, officer):
    guest = make.person("guest@x.example", "Some Guest")
    client = signed_in(guest)
    assert client.post("/account/data/erase/", {}).status_code == 400
    assert "You were erased" in client.post("/account/data/erase/", {"sure": "on"}).content.decode()
    assert Person.objects.get(pk=guest.pk).email is None
    assert client.get("/account/").status_code == 302


def test_a_request_waits_for_somebody_else_who_looks_after_them(ottoline, officer, ashmead):
    client = signed_in(ottoline)
    assert client.post("/account/data/erase/", {"sure": "on"}).url == "/account/data/"
    assert "You asked for it on" in client.get("/account/data/").content.decode()
    asked = ErasureRequest.objects.get()
    own = client.post(f"{HERE}people/erasures/{asked.pk}/")
    assert (own.status_code, "confirmed by somebody else" in own.content.decode()) == (400, True)
    birch = make.leader(School.objects.get(name="Birch"), "head@birch.example")
    assert signed_in(birch).post(f"{HERE}people/erasures/{asked.pk}/").status_code == 404
    assert NAME not in signed_in(birch).get(f"{HERE}people/erasures/").content.decode()
    client.post("/account/data/stay/")
    assert not ErasureRequest.objects.exists()
    client.post("/account/data/erase/", {"sure": "on"})
    asked = ErasureRequest.objects.get()
    assert NAME in signed_in(officer).get(f"{HERE}people/erasures/").content.decode()
    assert signed_in(officer).post(f"{HERE}people/erasures/{asked.pk}/").status_code == 302
    assert Person.objects.get(pk=ottoline.pk).erased_at


def test_a_leader_erases_on_the_own_list_and_nobody_who_is_more_than_that(ottoline, ashmead, network):
    head = signed_in(Person.objects.get(email="head@ashmead.example"))
    for person, status in ((ottoline, 400), (Person.objects.get(staff_entries__pk=ashmead.staff.first().pk), 302)):
        entry = StaffEntry.objects.get(person=person)
        page = f"{HERE}schools/ashmead/staff/people/{entry.pk}/erase/"
        assert head.post(page, {}).status_code == 400
        assert head.post(page, {"sure": "on"}).status_code == status
        assert bool(Person.objects.get(pk=person.pk).erased_at) == (status == 302)


# Clearing away


def test_every_kind_says_what_why_and_how_long_and_has_what_clears_it():
    assert retention.clearers_exist() == []
    assert len(retention.KINDS) >= 11
    for kind in retention.KINDS.values():
        assert all(words.endswith(".") for words in (kind.what, kind.why, kind.how_long)), kind
    retention.kept("odd", what="", why="", how_long="", clear="alongside.people.nowhere.clear")
    assert [error.id for error in retention.clearers_exist()] == ["people.E001"]
    del retention.KINDS["odd"]


def later(days: int) -> None:
    """So many days pass for what compares dates and moments with today."""
    past = days * DAY
    StaffEntry.objects.exclude(until=None).update(until=models.F("until") - past, since=models.F("since") - past)
    Person.objects.exclude(left_on=None).update(left_on=models.F("left_on") - past)
    JournalEntry.objects.update(at=models.F("at") - past)
    StaffImport.objects.update(uploaded_at=models.F("uploaded_at") - past)


def test_a_leavers_line_goes_after_30_days_and_with_nothing_left_the_person(ottoline, ashmead, network):
    StaffImport.objects.all().delete()
    head = Person.objects.get(email="head@ashmead.example")
    one = ashmead.staff.select_related("person", "school").order_by("pk")[0]
    actions.mark_left(one, TODAY - DAY, head)
    for days, lines, named in ((29, 1, True), (2, 0, False)):
        later(days)
        done = retention.clear_away()
        assert StaffEntry.objects.filter(pk=one.pk).count() == lines
        assert bool(Person.objects.get(pk=one.person_id).email) == named
    assert done["staff list"] == done["account"] == 1
    again = retention.clear_away()
    assert again["staff list"] == again["account"] == 0
    assert Person.objects.get(pk=one.person_id).name == "a former colleague"


def test_staged_lists_sessions_and_payloads_go_in_their_time(ottoline):
    assert StaffImport.objects.get().state == "ready"
    payloads = JournalEntry.objects.exclude(salt="").count()
    Session.objects.update(expire_date=timezone.now() - DAY)
    later(13)
    done = retention.clear_away()
    assert (done["sign-in"], done["waiting lists"], done["journal"]) == (1, 0, 0)
    later(2)
    assert retention.clear_away()["waiting lists"] == 1
    assert StaffImport.objects.get().rows == []
    later(351)
    assert retention.clear_away()["journal"] == payloads
    # That details were erased is a deed too, and new.
    before = JournalEntry.objects.exclude(deed="kit.details_erased")
    assert set(before.values_list("salt", "payload")) == {("", None)}


def test_sealed_answers_and_comments_go_after_a_year_and_tallies_stay(ottoline):
    wave = Reply.objects.get().wave
    tallies = list(wave.tallies.order_by("pk").values())
    for days, left in ((364, (12, 12)), (366, (0, 0))):
        wave.release.__class__.objects.update(published_at=timezone.now() - days * DAY)
        retention.clear_away()
        assert (SealedAnswer.objects.count(), SealedComment.objects.count()) == left
    assert list(wave.tallies.order_by("pk").values()) == tallies != []


def test_rows_of_the_erased_go_when_nothing_points_at_them(network, ashmead, ottoline, officer):
    plain = make.person("plain@x.example", "Plain Person")
    actions.erase(plain, None)
    actions.erase(ottoline, officer.pk)
    assert clearing.drop_empty_people() == 2  # and the row that was merged into theirs
    assert not Person.objects.filter(pk=plain.pk).exists()
    assert Person.objects.filter(pk=ottoline.pk).exists()


def test_a_line_that_fails_stops_no_other(ottoline, monkeypatch):
    def fail() -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(clearing, "drop_leavers", fail)
    Session.objects.update(expire_date=timezone.now() - DAY)
    with pytest.raises(RuntimeError, match="broken"):
        retention.clear_away()
    assert not Session.objects.exists()


# Pages


def test_the_page_for_staff_and_the_page_of_a_place_tell_every_kind(officer):
    for client, path in ((Client(), "/for-staff/"), (signed_in(officer), f"{HERE}kept/")):
        page = client.get(path).content.decode()
        for kind in retention.KINDS.values():
            assert all(escape(words) in page for words in (kind.what, kind.why, kind.how_long)), kind.name


MASKS = "A first name or a surname that stands alone is not masked there, nor a name that is one word only"


def test_the_pages_that_erase_say_what_is_not_masked(officer, ashmead):
    entry = ashmead.staff.order_by("-pk")[0]
    erasing_page = f"/s/ashmead/schools/ashmead/staff/people/{entry.pk}/erase/"
    head = signed_in(make.leader(ashmead, "head@ashmead.example"))
    for client, path in ((Client(), "/for-staff/"), (head, "/account/data/"), (head, erasing_page)):
        assert MASKS in client.get(path).content.decode(), path
    assert "a name of one word is not masked there" in head.get("/s/ashmead/people/erasures/").content.decode()


def test_and_so_it_is(officer, ashmead):
    place = ashmead.organisation
    for name, written, left in (
        ("Cher", "Ask Cher, or write to cher@x.example.", "Ask Cher, or write to ▒▒▒."),
        ("Ada Lane", "Ask Ada Lane; Ada knows, Lane too. ADA LANE!", "Ask ▒▒▒; Ada knows, Lane too. ▒▒▒!"),
    ):
        line = actions.Line(name, f"{name.split()[0].lower()}@x.example", "teacher", None)
        person = actions.add_person(ashmead, line, officer).person
        Organisation.objects.filter(pk=place.pk).update(safeguarding_contact=written)
        actions.erase(person, by=officer.pk)
        place.refresh_from_db()
        assert place.safeguarding_contact == left
        assert not StaffEntry.objects.filter(name=name).exists()


def test_the_page_for_staff_promises_no_more_than_there_is():
    """Another letter that Alongside sends by itself changes what the page says of letters, and of what a pause stops."""
    page = Client().get("/for-staff/").content.decode()
    assert pauses.LETTERS.keys() == {inviting.INVITATION, rounds.REMINDER, rounds.NUDGE, digest.LETTER}
    assert "You get one letter for each pulse, between 7:00 and 19:00 on a school day." in page
    assert (
        "reminded on the third and the fifth school day; no leader, chair or officer learns to whom that went" in page
    )
    assert "asked again, answered or not, once in 14 days at a school" in page
    assert "A link in each letter stops reminders, and invitations too" in page
    assert "stop every letter about a pulse, and the weekly letter" in page
    assert "tickets, the keys behind links and slips, printed sheets that nobody fetched, the list" in page
    assert (
        "a printed slip that carries no name. Above one slip for every ten people with a link a second person" in page
    )
    assert "Whoever has a link and takes a slip could answer twice, and nobody would see it." in page
    assert "the program has no page for them to read it, and cannot keep them from it" in page


def test_export_has_no_more_queries_than_lines(ottoline, django_assert_max_num_queries):
    with django_assert_max_num_queries(3 * len(holdings.HOLDINGS)):
        rights.export(ottoline)
