"""A staff list on its way in: read, shown line by line, applied exactly so or dropped."""

from __future__ import annotations

import io
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Organisation, School
from alongside.people.actions import domains, staff_rows
from alongside.people.actions import staff as actions
from alongside.people.models import ConfirmedDomain, Person, StaffEntry, StaffImport
from alongside.people.stafflist import TEMPLATE_CSV
from tests import make

pytestmark = pytest.mark.django_db

HEADER = "Name,E-mail,Role,Hours"
FIRST = [
    "Ada Lane,ada@ashmead.example,Teacher,32.5",
    "Ben Moss,ben@ashmead.example,Headteacher,37.5",
    "Cas Ward,,Caretaker,20",
]


def listed(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


@pytest.fixture
def network() -> Organisation:
    return make.network("Harbour Trust")


@pytest.fixture
def ashmead(network) -> School:
    school = make.school("Ashmead")
    make.cluster(network, "Avon", [school, make.school("Birch")])
    return school


def bring(school: School, *rows: str) -> StaffImport:
    return actions.bring_staff_list(listed(*rows), school, by=None)


def apply(school: School, *rows: str) -> actions.Preview:
    return actions.apply_staff_list(bring(school, *rows))


def staff(school: School) -> list[tuple[str, str | None, str, str | None]]:
    entries = StaffEntry.objects.current().filter(school=school).select_related("person").order_by("pk")
    return [(e.name, e.person.email, e.job, None if e.hours is None else str(e.hours)) for e in entries]


def said(preview: actions.Preview) -> list[tuple[str, str, str]]:
    return [(change.kind, change.name, change.text) for change in preview.changes]


# Preview and applying


def test_nothing_changes_until_it_is_applied(ashmead):
    brought = bring(ashmead, *FIRST)
    assert staff(ashmead) == []
    assert said(actions.preview(brought)) == [
        ("joins", "Ada Lane", ""),
        ("joins", "Ben Moss", ""),
        ("joins", "Cas Ward", ""),
    ]
    assert not Person.objects.exists()


def test_applying_does_what_the_preview_said(ashmead):
    apply(ashmead, *FIRST)
    assert staff(ashmead) == [
        ("Ada Lane", "ada@ashmead.example", "teacher", "32.5"),
        ("Ben Moss", "ben@ashmead.example", "head", "37.5"),
        ("Cas Ward", None, "site", "20.0"),
    ]
    brought = bring(
        ashmead, "Ada Lane-Moss,ADA@ashmead.example,Deputy head,", FIRST[2], "Dee Hill,dee@ashmead.example,TA,16"
    )
    shown = actions.preview(brought)
    assert said(shown) == [
        ("changes", "Ada Lane-Moss", "name: Ada Lane → Ada Lane-Moss; job: teacher → deputy head; hours: 32.5 → none"),
        ("stays", "Cas Ward", ""),
        ("joins", "Dee Hill", ""),
        ("leaves", "Ben Moss", ""),
    ]
    assert shown.summary == "1 join, 1 change, 1 leave, 1 stay as they are, 0 rows set aside."
    assert said(actions.apply_staff_list(brought)) == said(shown)
    assert staff(ashmead) == [
        ("Ada Lane-Moss", "ada@ashmead.example", "deputy", None),
        ("Cas Ward", None, "site", "20.0"),
        ("Dee Hill", "dee@ashmead.example", "assistant", "16.0"),
    ]
    left = StaffEntry.objects.get(name="Ben Moss")
    assert left.until is not None
    assert Person.objects.get(email="ada@ashmead.example").name == "Ada Lane"


def test_the_same_list_again_changes_nothing(ashmead):
    apply(ashmead, *FIRST)
    rows = list(StaffEntry.objects.order_by("pk").values())
    assert {kind for kind, _, _ in said(apply(ashmead, *FIRST))} == {"stays"}
    assert list(StaffEntry.objects.order_by("pk").values()) == rows


def test_applying_twice_is_applying_once(ashmead):
    brought = bring(ashmead, *FIRST)
    actions.apply_staff_list(brought)
    with pytest.raises(Conflict, match=r"^This list was applied or dropped already\. Nothing more was changed\.$"):
        actions.apply_staff_list(brought)
    assert len(staff(ashmead)) == 3


def test_what_was_applied_or_dropped_is_kept_on_the_staff_list_only(ashmead):
    applied, dropped = bring(ashmead, *FIRST, "No Role,,,"), bring(ashmead, *FIRST, "No Role,,,")
    actions.apply_staff_list(applied)
    actions.drop_staff_list(dropped)
    assert [(i.state, i.rows, i.faults) for i in StaffImport.objects.order_by("pk")] == [
        ("applied", [], []),
        ("dropped", [], []),
    ]


def test_dropping_changes_nothing_and_only_what_waits_can_be_dropped(ashmead):
    dropped, applied = bring(ashmead, *FIRST), bring(ashmead, *FIRST)
    actions.drop_staff_list(dropped)
    assert staff(ashmead) == []
    with pytest.raises(Conflict):
        actions.apply_staff_list(dropped)
    with pytest.raises(Conflict):
        actions.drop_staff_list(dropped)
    actions.apply_staff_list(applied)
    with pytest.raises(Conflict):
        actions.drop_staff_list(applied)
    assert len(staff(ashmead)) == 3


def test_a_list_that_changed_meanwhile_is_a_conflict(ashmead):
    apply(ashmead, *FIRST)
    older = bring(ashmead, *FIRST, "Dee Hill,,TA,")
    apply(ashmead, *FIRST[:2])
    before = staff(ashmead)
    with pytest.raises(Conflict, match=r"^The staff list was changed by someone else since this preview\."):
        actions.apply_staff_list(older)
    assert staff(ashmead) == before
    older.refresh_from_db()
    assert (older.state, len(older.rows)) == ("ready", 4)


@pytest.mark.parametrize("change", [{"job": "head"}, {"name": "Ada L"}, {"hours": 1}, {"until": "2020-01-01"}])
def test_any_change_of_the_list_counts(ashmead, change):
    apply(ashmead, *FIRST)
    older = bring(ashmead, *FIRST)
    entries = StaffEntry.objects.filter(name="Ada Lane")
    entries.update(since="2019-01-01")
    entries.update(**change)
    with pytest.raises(Conflict):
        actions.apply_staff_list(older)


def test_while_rows_are_set_aside_nobody_leaves(ashmead):
    """One of them may be the row that could not be read."""
    apply(ashmead, *FIRST)
    brought = bring(ashmead, FIRST[0], "Ben Moss,ben@ashmead,Headteacher,37.5")
    shown = actions.preview(brought)
    assert said(shown) == [("stays", "Ada Lane", "")]
    assert [(fault.row, fault.column) for fault in shown.faults] == [(3, "E-mail")]
    assert shown.summary == "0 join, 0 change, 0 leave, 1 stay as they are, 1 rows set aside."
    actions.apply_staff_list(brought)
    assert len(staff(ashmead)) == 3


def test_namesakes_without_an_address_cannot_be_told_apart(ashmead):
    """Without an address a person is known by name: the second of two is set aside, and nobody is mixed up or lost."""
    twice = ("Sam Reid,,TA,16", "sam REID,,TA,30", "Sam Reid,sam@ashmead.example,TA,20")
    for rows in (twice, twice):
        brought = bring(ashmead, *rows)
        [fault] = actions.preview(brought).faults
        assert (fault.row, fault.column) == (3, "Name")
        assert (
            fault.text
            == "Row 2 has the same name and no e-mail either. Add an e-mail or a middle initial to one of them."
        )
        actions.apply_staff_list(brought)
    assert [(email, hours) for _, email, _, hours in staff(ashmead)] == [
        (None, "16.0"),
        ("sam@ashmead.example", "20.0"),
    ]


def test_one_person_at_two_schools_is_one_person(ashmead):
    birch = School.objects.get(name="Birch")
    apply(ashmead, FIRST[0])
    apply(birch, "A. Lane,ada@ashmead.example,Teacher,5")
    assert Person.objects.count() == 1
    assert [entry.name for entry in StaffEntry.objects.order_by("pk")] == ["Ada Lane", "A. Lane"]


def test_who_left_and_comes_back_has_two_entries(ashmead):
    for rows in (FIRST, FIRST[1:], FIRST):
        apply(ashmead, *rows)
    assert StaffEntry.objects.filter(person__email="ada@ashmead.example").count() == 2
    assert len(staff(ashmead)) == 3


def test_applying_that_fails_halfway_leaves_nothing(ashmead, monkeypatch):
    brought = bring(ashmead, *FIRST)
    joined = staff_rows.join

    def fail_after_the_entries(*args: object) -> None:
        assert len(joined(*args)) == 3
        raise RuntimeError("the power went")

    monkeypatch.setattr(staff_rows, "join", fail_after_the_entries)
    with pytest.raises(RuntimeError):
        actions.apply_staff_list(brought)
    brought.refresh_from_db()
    assert (staff(ashmead), brought.state, Person.objects.count()) == ([], "ready", 0)


# At the same moment


def at_once(*jobs):
    """What each job returned or raised, all begun at the same moment, each with a connection of its own."""
    barrier = threading.Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait()
            return job()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [done.result() for done in [pool.submit(run, job) for job in jobs]]


@pytest.mark.django_db(transaction=True)
def test_one_list_applied_twice_at_once_is_applied_once(ashmead):
    brought = bring(ashmead, *FIRST)
    done = at_once(*[lambda: actions.apply_staff_list(StaffImport.objects.get(pk=brought.pk))] * 4)
    assert sorted(type(result).__name__ for result in done) == ["Conflict"] * 3 + ["Preview"]
    assert len(staff(ashmead)) == Person.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_lists_applied_at_once_are_one_list_and_one_conflict(ashmead):
    for number in range(5):
        StaffEntry.objects.all().delete()
        lists = [bring(ashmead, *FIRST, f"Dee Hill {n},,TA,") for n in range(2)]
        done = at_once(*[lambda one=one: actions.apply_staff_list(one) for one in lists])
        assert sorted(type(result).__name__ for result in done) == ["Conflict", "Preview"], number
        assert len(staff(ashmead)) == 4


@pytest.mark.django_db(transaction=True)
def test_applying_and_dropping_at_once_is_one_of_both(ashmead):
    brought = bring(ashmead, *FIRST)
    done = at_once(lambda: actions.apply_staff_list(brought), lambda: actions.drop_staff_list(brought))
    assert sum(isinstance(result, Conflict) for result in done) == 1
    brought.refresh_from_db()
    assert (brought.state, len(staff(ashmead))) in {("applied", 3), ("dropped", 0)}


# Mail domains


@pytest.mark.parametrize("domain", sorted(domains.PUBLIC_DOMAINS))
def test_a_domain_where_anyone_may_have_an_address_is_refused(ashmead, domain):
    for spelt in (domain, domain.upper(), f" {domain} "):
        with pytest.raises(Refused, match="so it cannot stand for Ashmead"):
            domains.confirm_domain(ashmead, spelt, None)
    assert not ConfirmedDomain.objects.exists()


def test_a_domain_is_confirmed_once(ashmead):
    for spelt in ("ashmead.example", "Ashmead.Example ", "ashmead.example"):
        domains.confirm_domain(ashmead, spelt, None)
    assert [domain.domain for domain in ConfirmedDomain.objects.all()] == ["ashmead.example"]
    domains.confirm_domain(School.objects.get(name="Birch"), "ashmead.example", None)
    assert ConfirmedDomain.objects.count() == 2


# Through the page


@pytest.fixture
def officer(network) -> Client:
    client = Client()
    client.force_login(make.officer(network, "officer@harbour.example"))
    return client


@pytest.fixture
def leader(ashmead) -> Client:
    client = Client()
    client.force_login(make.leader(ashmead, "head@ashmead.example"))
    return client


HERE = "/n/harbour-trust/schools/ashmead/staff/"
AT_SCHOOL = "/s/ashmead/schools/ashmead/staff/"


def send(client: Client, data: bytes, at: str = HERE, name: str = "staff.csv"):
    return client.post(f"{at}bring/", {"file": SimpleUploadedFile(name, data, "text/csv")})


def zipped() -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as file:
        file.writestr("xl/workbook.xml", "x" * 1000)
    return memory.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "This file is empty. Save the list again as CSV and choose it once more."),
        (b"\n\n\n", "empty"),
        (b"Name\n", "names no column &quot;Role&quot;"),
        (b"Ada Lane,Teacher\nBen Moss,Head\n", "names no column &quot;Name&quot;"),
        (zipped(), "CSV"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, ""),
        (bytes(1000), ""),
        (b"Name,Role\n" + b"x,Teacher\n" * 5001, "5,000"),
    ],
    ids=[
        "empty",
        "blank lines",
        "no role",
        "no header",
        "spreadsheet",
        "picture",
        "zeros",
        "too many rows",
    ],
)
def test_what_cannot_be_read_gets_a_clear_sentence_and_changes_nothing(officer, ashmead, data, words):
    make.staff(ashmead, 2)
    before = staff(ashmead)
    response = send(officer, data)
    text = response.content.decode()
    assert response.status_code == 400
    assert "That was not brought in" in text
    assert words in text
    assert "Nothing was changed." in text
    assert (staff(ashmead), StaffImport.objects.count()) == (before, 0)


def test_no_file_at_all_is_said(officer, ashmead):
    response = officer.post(f"{HERE}bring/")
    assert response.status_code == 400
    assert "Choose the file first." in response.content.decode()


def test_from_upload_to_list(officer, leader, ashmead):
    """Formulas and ragged rows are set aside with row and column; the rest waits, is shown, and is applied."""
    data = listed(
        FIRST[0], "=cmd|' /C calc'!A0,,Teacher,", "Too,many,cells,here,and,here", "Ben Moss,=1+1,Headteacher,", FIRST[2]
    )
    response = send(officer, data)
    assert response.status_code == 302
    page = officer.get(response.url).content.decode()
    assert "2 join, 0 leave, 0 change" in page
    assert "3 rows are set aside; while there are any, nobody is taken off the list." in page
    for row in ("Row 3", "Row 4", "Row 5"):
        assert row in page
    assert "Apply exactly this" in page
    assert staff(ashmead) == []
    done = officer.post(f"{response.url}apply/", follow=True).content.decode()
    assert (
        "The staff list of Ashmead is up to date: 2 join, 0 change, 0 leave, 0 stay as they are, 3 rows set aside."
        in done
    )
    assert [name for name, *_ in staff(ashmead)] == ["Ada Lane", "Cas Ward"]
    again = officer.post(f"{response.url}apply/")
    assert again.status_code == 409
    assert "This list was applied or dropped already." in again.content.decode()
    assert "This list was applied" in officer.get(response.url).content.decode()


def test_a_list_is_dropped_by_its_page(officer, ashmead):
    response = send(officer, listed(*FIRST))
    assert (
        "The list was dropped. Nothing was changed."
        in officer.post(f"{response.url}drop/", follow=True).content.decode()
    )
    assert officer.post(f"{response.url}drop/").status_code == 409
    assert officer.post(f"{response.url}apply/").status_code == 409
    assert staff(ashmead) == []


def test_the_officer_sees_a_preview_and_never_the_list(officer, leader, ashmead):
    apply(ashmead, *FIRST)
    page = officer.get(HERE).content.decode()
    assert "3 people work at Ashmead" in page
    assert not any(name in page for name in ("Ada", "Ben", "Cas"))
    assert "Ada Lane" in leader.get(HERE).content.decode()
    assert "Ada Lane" in leader.get(AT_SCHOOL).content.decode()


def test_what_the_school_brought_itself_is_not_shown_to_the_officer(officer, leader, ashmead):
    own = send(leader, listed(*FIRST), AT_SCHOOL)
    assert own.status_code == 302
    assert "A list waits to be applied" in leader.get(AT_SCHOOL).content.decode()
    assert "A list waits to be applied" not in officer.get(HERE).content.decode()
    number = StaffImport.objects.get().pk
    assert {officer.get(f"{HERE}{number}/").status_code, officer.post(f"{HERE}{number}/apply/").status_code} == {404}


def test_in_a_school_of_two_networks_its_own_leader_applies(officer, leader, ashmead):
    second = make.network("Hill Alliance")
    make.cluster(second, "Wye", [ashmead, make.school("Copse")])
    response = send(officer, listed(*FIRST))
    page = officer.get(response.url).content.decode()
    assert "so one of its own leaders applies this list" in page
    assert "Apply exactly this" not in page
    refused = officer.post(f"{response.url}apply/")
    assert refused.status_code == 403
    assert (
        "Ashmead belongs to several networks, so one of its own leaders applies this list." in refused.content.decode()
    )
    assert staff(ashmead) == []
    assert "A list waits to be applied" in leader.get(AT_SCHOOL).content.decode()
    assert leader.post(f"{AT_SCHOOL}{StaffImport.objects.get().pk}/apply/").status_code == 302
    assert len(staff(ashmead)) == 3


def test_a_public_domain_is_refused_on_the_page(officer, ashmead):
    for domain, words in (
        ("gmail.com", "Anyone can have an address at gmail.com"),
        ("nonsense", "A mail domain looks like"),
    ):
        response = officer.post(f"{HERE}domains/", {"domain": domain})
        assert response.status_code == 400
        assert words in response.content.decode()
    assert not ConfirmedDomain.objects.exists()
    assert officer.post(f"{HERE}domains/", {"domain": "@Ashmead.Example"}).status_code == 302
    assert [domain.domain for domain in ConfirmedDomain.objects.all()] == ["ashmead.example"]


def test_the_empty_list_that_is_handed_out_can_be_brought_in(officer, ashmead):
    handed = officer.get("/staff-list.csv")
    assert handed.content == TEMPLATE_CSV
    assert handed.headers["Content-Disposition"] == 'attachment; filename="staff-list.csv"'
    page = officer.get(send(officer, TEMPLATE_CSV).url).content.decode()
    assert "This is the example from the template. Delete the row." in page


def test_many_people_are_shown_within_few_queries(officer, ashmead, django_assert_max_num_queries):
    rows = [f"Person {n},p{n}@ashmead.example,Teacher," for n in range(120)]
    apply(ashmead, *rows)
    response = send(officer, listed(*rows[:60], *[f"New {n},,TA," for n in range(60)]))
    with django_assert_max_num_queries(12):
        page = officer.get(response.url).content.decode()
    assert "60 join, 60 leave, 0 change" in page
    with django_assert_max_num_queries(12):
        officer.get(HERE)
