"""Nobody becomes somebody else: not by merging, not by an address, not by an invitation of somebody who was dismissed, and
a role that was ended stays ended."""

import datetime

import pytest
from django.utils import timezone

from alongside.kit.errors import Conflict, Refused
from alongside.people import actions
from alongside.people.actions import erasing
from alongside.people.models import Person, Role, StaffImport
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    network = make.network("Harbour Trust")
    school = make.school("Ashmead")
    make.cluster(network, "Avon", [school, make.school("Birch")])
    people = make.staff(school, 3, domain="ashmead.example")
    return network, school, people, make.officer(network, "officer@harbour.example")


@pytest.mark.parametrize("known_by", ["password", "code"])
def test_nobody_takes_an_account_over_by_merging(place, known_by):
    network, _, (puppet, victim, _), officer = place
    if known_by == "password":
        victim.set_password("four words in a row")
    victim.last_login = timezone.now() if known_by == "code" else None
    victim.save()
    with pytest.raises(Refused, match="has an account"):
        actions.merge(puppet, victim, network.pk, officer)
    victim.refresh_from_db()
    assert (victim.merged_into, victim.is_active) == (None, True)
    actions.merge(victim, puppet, network.pk, officer)  # the other way round nothing of the account moves
    assert Person.objects.get(pk=puppet.pk).merged_into == victim


def test_a_role_that_ends_by_itself_later_is_ended_now_and_stays_so(place):
    _, school, (person, *_), officer = place
    head = make.leader(school, person.email)
    entry = school.staff.get(person=head)
    actions.mark_left(entry, datetime.date.today() + 300 * make.DAY, officer)
    role = Role.objects.get(person=head, kind="leader")
    assert role.until > datetime.date.today()
    actions.end_role(role, officer)
    role.refresh_from_db()
    assert (role.until, role.ended_with) == (datetime.date.today(), None)
    entry.refresh_from_db()
    actions.take_back(entry, officer)
    assert not Role.objects.current().filter(person=head).exists()


def test_the_address_of_somebody_who_signs_in_by_code_is_theirs(place):
    _, school, (person, *_), officer = place
    Person.objects.filter(pk=person.pk).update(last_login=timezone.now())
    entry = school.staff.get(person=person)
    with pytest.raises(Refused, match="only they change their address"):
        actions.correct(entry, actions.Line(entry.name, "mine@ashmead.example", entry.job, entry.hours), officer)


def test_an_invitation_ends_with_the_right_to_give_it(place):
    network, _, _, officer = place
    other = make.officer(network, "second@harbour.example")
    invitation, token = actions.invite("officer", network, "private@home.example", "Private", by=officer)
    actions.end_role(Role.objects.get(person=officer, kind="officer"), other)
    with pytest.raises(Conflict, match="may no longer"):
        actions.accept_invitation(invitation, actions.token_digest(token))
    token = actions.send_again(invitation, other)  # who may now stands behind it
    invitation.refresh_from_db()
    assert actions.accept_invitation(invitation, actions.token_digest(token)).email == "private@home.example"


def test_erasing_somebody_called_by_any_word_wipes_nothing_else(place):
    _, school, _, officer = place
    birch = make.school("Elm")
    make.cluster(make.network("Other Trust"), "Cray", [birch, make.school("Fern")])
    actions.bring_staff_list(b"Name,Role\nThe Teacher,Teacher\n", birch, by=None)
    person = actions.add_person(school, actions.Line("Teacher", None, "teacher", None), officer).person
    erasing.erase(person, by=officer.pk)
    assert StaffImport.objects.get(school=birch).state == "ready"
    assert len(StaffImport.objects.get(school=birch).rows) == 1
