"""One person of a staff list by hand; and what leaving takes away and what it leaves."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network.models import School
from alongside.people import actions
from alongside.people.actions import Line, leaving
from alongside.people.models import Person, Role, StaffEntry
from tests import make
from tests.make import DAY
from tests.people.test_staff_lists import FIRST, apply, at_once, bring

pytestmark = pytest.mark.django_db

TODAY = datetime.date.today()


@pytest.fixture
def ashmead() -> School:
    school = make.school("Ashmead")
    make.cluster(make.network("Harbour Trust"), "Avon", [school, make.school("Birch")])
    return school


@pytest.fixture
def birch(ashmead) -> School:
    return School.objects.get(name="Birch")


@pytest.fixture
def head(ashmead) -> Person:
    return make.leader(ashmead, "head@ashmead.example")


def entry(name: str) -> StaffEntry:
    return StaffEntry.objects.select_related("person", "school").get(name=name)


def line(name: str = "Ada Lane", email: str | None = "ada@ashmead.example") -> Line:
    return Line(name, email, "teacher", None)


def test_somebody_is_added_from_today_on_and_once(ashmead, head):
    added = actions.add_person(ashmead, line(), head)
    assert (added.person.email, added.since, added.until) == ("ada@ashmead.example", TODAY, None)
    for again in (line(), line("Another Name")):
        with pytest.raises(Refused, match="is on this list already"):
            actions.add_person(ashmead, again, head)
    actions.add_person(ashmead, line("Ben Moss", None), head)
    with pytest.raises(Refused, match="already, without an e-mail"):
        actions.add_person(ashmead, line("ben moss", None), head)
    assert [
        e.deed
        for e in JournalEntry.objects.filter(organisation=ashmead.organisation.pk, deed__startswith="people.staff")
    ] == [
        "people.staff_added",
        "people.staff_added",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_leaders_who_add_the_same_person_at_once_add_them_once(ashmead, head):
    for number in range(3):
        who = line(f"Ada {number}", f"ada{number}@ashmead.example")
        done = at_once(*[lambda who=who: actions.add_person(ashmead, who, head)] * 3)
        assert sorted(type(result).__name__ for result in done) == ["Refused", "Refused", "StaffEntry"]


def test_a_line_is_corrected_with_its_address_while_it_is_nothing_but_that(ashmead, head):
    ada = actions.add_person(ashmead, line(), head)
    actions.correct(ada, Line("Ada Lane-Moss", "a.lane@ashmead.example", "deputy", 20), head)
    found = entry("Ada Lane-Moss")
    assert (found.person_id, found.person.email, found.job, found.hours) == (
        ada.person_id,
        "a.lane@ashmead.example",
        "deputy",
        20,
    )


@pytest.mark.parametrize("tie", ["password", "role", "elsewhere"])
def test_nobody_takes_over_an_account_by_correcting_an_address(ashmead, birch, head, tie):
    """Whoever changes an address could ask for a new password there: only people who are nothing else are corrected."""
    ada = actions.add_person(ashmead, line(), head)
    if tie == "password":
        ada.person.set_password("four words in a row")
        ada.person.save()
    elif tie == "role":
        make.chair(birch.cluster_memberships.get().cluster, "ada@ashmead.example")
    else:
        actions.add_person(birch, line(), head)
    with pytest.raises(Refused, match="only they change their address"):
        actions.correct(ada, line(email="head@ashmead.example2"), head)
    ada.person.refresh_from_db()
    assert ada.person.email == "ada@ashmead.example"


def test_an_address_of_somebody_else_is_not_given_twice(ashmead, birch, head):
    ada = actions.add_person(ashmead, line(), head)
    actions.add_person(birch, line("Ben Moss", "ben@birch.example"), head)
    with pytest.raises(Refused, match="is known already"):
        actions.correct(ada, line(email="ben@birch.example"), head)


def test_leaving_ends_the_roles_of_that_school_and_no_other(ashmead, birch, head):
    """Head in one school, on the list of another: leaving the second keeps the first."""
    actions.add_person(ashmead, line("Owen Bevan", head.email), head)
    actions.add_person(birch, line("Owen Bevan", head.email), head)
    make.leader(birch, head.email)
    actions.mark_left(entry_at(birch, head), TODAY - DAY, head)
    held = Role.objects.current().filter(person=head)
    assert [role.school for role in held] == [ashmead]
    head.refresh_from_db()
    assert (head.is_active, head.left_on) == (True, None)
    assert StaffEntry.objects.current().filter(person=head, school=ashmead).exists()


def entry_at(school: School, person: Person) -> StaffEntry:
    return StaffEntry.objects.select_related("person", "school").get(school=school, person=person)


def test_an_account_closes_when_nothing_is_left_and_its_session_ends_at_once(ashmead, head):
    actions.add_person(ashmead, line("Owen Bevan", head.email), head)
    client = Client()
    client.force_login(head)
    assert client.get("/account/").status_code == 200
    actions.mark_left(entry_at(ashmead, head), TODAY - DAY, head)
    head.refresh_from_db()
    assert (head.is_active, head.left_on) == (False, TODAY)
    assert client.get("/account/").url.startswith("/sign-in/")


def test_a_leaving_to_come_takes_nothing_before_its_day(ashmead, head):
    actions.add_person(ashmead, line("Owen Bevan", head.email), head)
    actions.mark_left(entry_at(ashmead, head), TODAY + 10 * DAY, head)
    assert StaffEntry.objects.current().filter(person=head).exists()
    assert Role.objects.current().filter(person=head).exists()
    later = TODAY + 11 * DAY
    assert not StaffEntry.objects.current(later).filter(person=head).exists()
    assert not Role.objects.current(later).filter(person=head).exists()
    head.refresh_from_db()
    assert head.is_active
    StaffEntry.objects.update(since=TODAY - 9 * DAY, until=TODAY)
    Role.objects.update(since=TODAY - 9 * DAY, until=TODAY)
    assert [leaving.close_accounts(), leaving.close_accounts()] == [1, 0]


def test_a_leaving_is_taken_back_with_the_roles_that_it_ended_and_no_others(ashmead, head):
    actions.add_person(ashmead, line("Owen Bevan", head.email), head)
    other = actions.grant_role("coach", make.network("Other"), head.email, "x", school=ashmead)
    Role.objects.filter(pk=other.pk).update(until=TODAY)
    actions.mark_left(entry_at(ashmead, head), TODAY - DAY, head)
    actions.take_back(entry_at(ashmead, head), head)
    assert [role.kind for role in Role.objects.current().filter(person=head)] == ["leader"]
    head.refresh_from_db()
    assert (head.is_active, head.left_on) == (True, None)
    with pytest.raises(Conflict):
        actions.take_back(entry_at(ashmead, head), head)


def test_a_leaving_of_long_ago_is_not_taken_back(ashmead, head):
    ada = actions.add_person(ashmead, line(), head)
    StaffEntry.objects.filter(pk=ada.pk).update(since=TODAY - 90 * DAY, until=TODAY - 31 * DAY)
    with pytest.raises(Conflict, match="too long ago"):
        actions.take_back(ada, head)


def test_nobody_leaves_before_they_came_nor_twice(ashmead, head):
    ada = actions.add_person(ashmead, line(), head)
    with pytest.raises(Refused, match="Choose that day or a later one"):
        actions.mark_left(ada, TODAY - 5 * DAY, head)
    actions.mark_left(ada, TODAY - DAY, head)
    with pytest.raises(Conflict):
        actions.mark_left(ada, TODAY, head)


def test_whoever_is_missing_from_a_whole_list_leaves_in_the_same_way_and_is_welcome_again(ashmead):
    apply(ashmead, *FIRST)
    ben = Person.objects.get(email="ben@ashmead.example")
    make.leader(ashmead, ben.email)
    apply(ashmead, FIRST[0], FIRST[2])
    ben.refresh_from_db()
    assert (ben.is_active, ben.left_on, Role.objects.current().filter(person=ben).count()) == (False, TODAY, 0)
    apply(ashmead, *FIRST)
    ben.refresh_from_db()
    assert (ben.is_active, ben.left_on) == (True, None)


def test_a_preview_is_stale_after_a_change_by_hand(ashmead, head):
    apply(ashmead, *FIRST)
    older = bring(ashmead, *FIRST)
    actions.correct(entry("Ada Lane"), Line("Ada Lane", "ada2@ashmead.example", "teacher", None), head)
    with pytest.raises(Conflict):
        actions.apply_staff_list(older)


# Through the page


@pytest.fixture
def client(head) -> Client:
    client = Client()
    client.force_login(head)
    return client


HERE = "/n/harbour-trust/schools/ashmead/staff/"


def test_from_adding_to_leaving_and_back(client, ashmead, head):
    form = {"name": "Ada Lane", "email": "Ada@Ashmead.example", "job": "teacher", "hours": "32.5"}
    assert client.post(f"{HERE}add/", form).status_code == 302
    ada = entry("Ada Lane")
    again = client.post(f"{HERE}add/", form)
    assert again.status_code == 400
    assert "is on this list already" in again.content.decode()
    page = f"{HERE}people/{ada.pk}/"
    assert client.post(page, form | {"name": "Ada Moss", "hours": "20"}).status_code == 302
    assert "Ada Moss" in client.get(HERE).content.decode()
    assert client.post(f"{page}left/", {"last_day": (TODAY - 400 * DAY).isoformat()}).status_code == 400
    assert client.post(f"{page}left/", {"last_day": (TODAY - DAY).isoformat()}).status_code == 302
    assert client.get(page).status_code == 404
    assert "Left in the last 30 days" in client.get(HERE).content.decode()
    assert client.post(f"{page}return/").status_code == 302
    assert client.get(page).status_code == 200


def test_a_leader_who_marks_themselves_as_left_is_led_out(client, ashmead, head):
    actions.add_person(ashmead, line("Owen Bevan", head.email), head)
    done = client.post(f"{HERE}people/{entry('Owen Bevan').pk}/left/", {"last_day": (TODAY - DAY).isoformat()})
    assert (done.status_code, done.url) == (302, "/home/")
    assert client.get(HERE).status_code == 302


def test_names_are_found_and_long_lists_are_cut(client, ashmead, django_assert_max_num_queries):
    apply(ashmead, *[f"Person {n},p{n}@ashmead.example,Teacher," for n in range(250)])
    with django_assert_max_num_queries(12):
        page = client.get(HERE).content.decode()
    assert page.count('class="table stack"') == 1
    assert page.count("/staff/people/") == 200
    assert "50 more are in the files" in page
    found = client.get(HERE, {"words": "person 249"}).content.decode()
    assert found.count("/staff/people/") == 1
    assert "Try part of it" in client.get(HERE, {"words": "nobody\0"}).content.decode()
    for name in ("list.csv", "list.xlsx"):
        assert len(bring_again(ashmead, client.get(HERE + name).content)) == 250


def bring_again(school: School, data: bytes) -> list[str]:
    preview = actions.preview(actions.bring_staff_list(data, school, by=None))
    assert preview.faults == []
    return [change.name for change in preview.changes if change.kind == "stays"]
