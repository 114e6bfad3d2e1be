"""Groups of people across schools: who makes them, who is in them, and leaving by oneself."""

from __future__ import annotations

import pytest
from django.test import Client

from alongside.kit.errors import Conflict, Refused
from alongside.people import actions, reads
from alongside.people.models import GroupMember
from tests import make
from tests.network.test_joining import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    """A network with two schools and three people in each, its officer, and a group."""
    network = make.network()
    schools = [make.school(name) for name in ("Ashmead", "Birch")]
    make.cluster(network, "Avon", schools)
    people = make.staff(schools[0], 3) + make.staff(schools[1], 3)
    officer = make.officer(network)
    group = actions.make_group(network, "Maths leads", "One idea a month", by=officer)
    return network, people, officer, group


def members(network, group) -> list[str]:
    (line,) = reads.groups_of(network, group.pk)
    return [person.name for person, _ in line.members]


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_people_are_added_by_address_or_by_name(place):
    network, people, officer, group = place
    actions.join_group(group, f"  {people[0].email.upper()} ", by=officer)
    actions.join_group(group, people[4].name.lower(), by=officer)
    actions.join_group(group, people[4].name, by=officer)
    assert sorted(members(network, group)) == sorted([people[0].name, people[4].name])
    (line,) = reads.groups_of(network)
    assert {person.pk: where for person, where in line.members}[people[4].pk] == "Birch"


def test_only_people_of_the_networks_schools_are_found(place):
    _, _, officer, group = place
    elsewhere = make.school("Elm")
    make.cluster(make.network("Other"), "Cray", [elsewhere, make.school("Fern")])
    stranger = make.staff(elsewhere, 1)[0]
    for who in (stranger.email, stranger.name, "nobody@nowhere.example", officer.email, ""):
        with pytest.raises(Refused, match="Nobody on the staff lists"):
            actions.join_group(group, who, by=officer)


def test_a_name_that_two_have_asks_for_the_address(place):
    network, people, officer, group = place
    for person in (people[0], people[5]):
        person.staff_entries.update(name="Sam West")
    with pytest.raises(Refused, match="Several people are called so"):
        actions.join_group(group, "sam west", by=officer)
    assert members(network, group) == []


def test_a_name_is_taken_once_in_a_network(place):
    network, _, officer, _ = place
    with pytest.raises(Conflict, match="A group is called MATHS leads already"):
        actions.make_group(network, "MATHS leads", "", by=officer)
    assert actions.make_group(make.network("Other"), "Maths leads", "", by=officer)


def test_leaving_dates_the_row_and_one_may_come_back(place):
    network, people, officer, group = place
    actions.join_group(group, people[0].email, by=officer)
    actions.leave_group(group, people[0].pk, by=people[0])
    assert members(network, group) == []
    with pytest.raises(Conflict, match="not in the group any more"):
        actions.leave_group(group, people[0].pk, by=people[0])
    actions.join_group(group, people[0].email, by=officer)
    assert GroupMember.objects.filter(group=group).count() == 2
    assert members(network, group) == [people[0].name]


def test_a_person_leaves_by_themselves_and_nobody_else_does_it_for_them(place):
    network, people, officer, group = place
    for person in people[:2]:
        actions.join_group(group, person.email, by=officer)
    path = f"/n/{network.slug}/groups/{group.pk}/leave/"
    assert signed_in(people[0]).post(path, {"person": people[1].pk}).status_code == 403
    assert signed_in(people[0]).post(path).status_code == 302
    assert members(network, group) == [people[1].name]
    assert signed_in(officer).post(path, {"person": people[1].pk}).status_code == 302
    assert members(network, group) == []


def test_whoever_left_the_school_is_shown_without_it(place):
    network, people, officer, group = place
    actions.join_group(group, people[0].email, by=officer)
    people[0].staff_entries.update(until=make.datetime.date.today())
    (line,) = reads.groups_of(network)
    assert line.members == [(people[0], "")]


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_person_at_once_add_them_once():
    network = make.network()
    school = make.school("Ashmead")
    make.cluster(network, "Avon", [school, make.school("Birch")])
    officer, person = make.officer(network), make.staff(school, 1)[0]
    group = actions.make_group(network, "Maths leads", "", by=officer)
    said = at_once(*[lambda: actions.join_group(group, person.email, by=officer)] * 2)
    assert said == [person, person]
    assert GroupMember.objects.count() == 1
