"""Invitations: sent to one address, open for 14 days, spent once by a form, and by nobody else (TRUST 6)."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core import mail as outbox
from django.db import connections
from django.test import Client
from django.utils import timezone

from alongside.kit import mail
from alongside.kit.errors import Conflict
from alongside.kit.models import JournalEntry
from alongside.people import actions
from alongside.people.models import Invitation, Person, Role, StaffEntry
from tests import make

pytestmark = pytest.mark.django_db
NEW, PASSWORD = "new@harbour.example", "four words in a row"
FORM = {"new_password1": PASSWORD, "new_password2": PASSWORD}


class Place:
    """Two clusters, a school with staff, and who looks after them."""

    def __init__(self) -> None:
        self.network = make.network("Harbour Trust")
        self.schools = [make.school(name) for name in ("Ashmead", "Birch", "Copse", "Dell")]
        self.avon = make.cluster(self.network, "Avon", self.schools[:2])
        self.brede = make.cluster(self.network, "Brede", self.schools[2:])
        self.people = {
            "officer": make.officer(self.network, "officer@harbour.example"),
            "chair": make.chair(self.avon, "chair@harbour.example"),
            "leader": make.leader(self.schools[0], "leader@harbour.example"),
            "coach": make.coach(self.avon, "coach@harbour.example"),
            "staff": make.staff(self.schools[0], 3)[0],
        }

    def client(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client

    def invite(self, who: str = "officer", kind: str = "chair", email: str = NEW, **more: str):
        where = {"leader": f"school-{self.schools[0].pk}", "chair": f"cluster-{self.avon.pk}"}.get(kind, "network")
        form = {"kind": kind, "where": where, "name": "New Person", "email": email} | more
        return self.client(who).post("/n/harbour-trust/roles/", form, follow=True)

    def link(self, **how: str) -> str:
        """Invite somebody; the path in their letter."""
        self.invite(**how)
        return newest()


@pytest.fixture
def place() -> Place:
    return Place()


def newest() -> str:
    return re.search(r"^http://127\.0\.0\.1:8000(/invitation/\S+)$", outbox.outbox[-1].body, re.MULTILINE)[1]


def held(email: str = NEW) -> list[str]:
    return [role.kind for role in Role.objects.current().filter(person__email=email)]


def known(email: str = NEW) -> Person:
    return Person.objects.create(email=email, name="New Person", password=make_password(PASSWORD))


# The letter


def test_an_invitation_is_a_letter_and_no_role_yet(place):
    page = place.invite().content.decode()
    [letter] = outbox.outbox
    assert (letter.to, letter.subject) == ([NEW], "Harbour Trust works with Alongside")
    assert "Harbour Trust invites you to be chair of Avon on Alongside" in letter.body
    assert "New Person is invited. The letter is on its way and open for 14 days." in page
    assert "Invited, not accepted yet" in page
    assert held() == []
    assert not Person.objects.filter(email=NEW).exists()


def test_the_database_does_not_hold_what_the_letter_holds(place):
    token = place.link().split("/")[2]
    kept = Invitation.objects.values_list().get()
    assert token not in str(kept)


def test_a_letter_that_cannot_be_sent_is_said(place, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise mail.Undeliverable

    monkeypatch.setattr(mail, "send", fail)
    page = place.invite().content.decode()
    assert "the letter could not be sent. Send it again below." in page
    assert Invitation.objects.count() == 1


# Opening and accepting


def test_opening_spends_nothing_however_often_and_by_whom(place):
    path = place.link()
    scanner = Client(headers={"Purpose": "prefetch", "User-Agent": "Mail scanner"})
    for _ in range(3):
        assert {scanner.get(path).status_code, scanner.head(path).status_code} == {200}
    assert scanner.options(path).status_code == 405
    assert held() == []
    assert Client().post(path, FORM).url == "/home/"
    assert held() == ["chair"]


def test_somebody_new_accepts_with_a_password_and_is_led_to_a_second_step(place, client):
    path = place.link()
    page = client.get(path).content.decode()
    assert "To be chair of Avon" in page
    weak = client.post(path, {"new_password1": "short", "new_password2": "short"})
    assert "at least 12 characters" in weak.content.decode()
    assert held() == []
    assert client.post(path, FORM).url == "/home/"
    assert client.get("/n/harbour-trust/").url.startswith("/account/second-step/")
    role = Role.objects.get(person__email=NEW)
    assert (role.person.name, role.granted_by, role.cluster) == ("New Person", place.people["officer"], place.avon)


def test_who_has_a_password_signs_in_first(place, client):
    known()
    path = place.link()
    page = client.get(path).content.decode()
    assert f"/sign-in/?next={path}" in page
    assert "new_password1" not in page
    client.post(path, FORM)
    assert held() == []
    signed_in = client.post("/sign-in/", {"username": NEW, "password": PASSWORD, "next": path})
    assert signed_in.url == path
    assert "Accept" in client.get(path).content.decode()
    assert client.post(path).url == "/home/"
    assert held() == ["chair"]


def test_a_forwarded_link_gives_nothing_to_somebody_else_and_names_nobody(place):
    path = place.link()
    for who in ("leader", "staff", "officer"):
        client = place.client(who)
        for response in (client.get(path), client.post(path, FORM), client.post(path)):
            page = response.content.decode()
            assert response.status_code == 403
            assert "This invitation went to another address" in page
            assert not any(word in page for word in (NEW, "New Person", "Avon", "Harbour", "chair"))
    assert held() == []
    assert held("staff@harbour.example") == []
    assert Client().post(path, FORM).url == "/home/"


def test_an_invitation_to_a_known_address_is_of_no_use_to_whoever_it_was_forwarded_to(place):
    person = known()
    path = place.link()
    stranger = Client()
    stranger.post(path, {"new_password1": "five other words in a row", "new_password2": "five other words in a row"})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert stranger.get("/account/").status_code == 302
    assert held() == []


def test_what_is_over_is_a_page_with_a_sentence(place):
    path = place.link()
    with time_machine.travel(timezone.now() + 14 * make.DAY + make.DAY / 24):
        client = Client()
        for response in (client.get(path), client.post(path, FORM)):
            assert response.status_code == 410
            assert "Ask whoever sent it to send it again" in response.content.decode()
    pk = Invitation.objects.get().pk
    assert place.client("officer").post(f"/n/harbour-trust/invitations/{pk}/withdraw/").status_code == 302
    for response in (Client().get(path), Client().post(path, FORM)):
        assert response.status_code == 410
        assert "has withdrawn it" in response.content.decode()
    assert held() == []
    path = place.link()
    first = Client()
    first.post(path, FORM)
    for client in (first, Client(), place.client("staff")):
        for response in (client.get(path), client.post(path, FORM)):
            assert response.status_code == 410
            assert "each works once" in response.content.decode()
    assert held() == ["chair"]


def test_the_invitation_of_a_closed_account_opens_nothing(place, client):
    Person.objects.filter(pk=known().pk).update(is_active=False)
    path = place.link()
    assert (client.get(path).status_code, client.post(path, FORM).status_code) == (410, 410)
    assert held() == []


@pytest.mark.parametrize("token", ["x", "a" * 3000, "%00", "²", "🙂"])
def test_a_link_that_was_never_sent_opens_nothing(client, token):
    assert client.get(f"/invitation/{token}/").status_code == 410
    assert client.post(f"/invitation/{token}/", FORM).status_code == 410


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_are_one(place):
    path = place.link()
    barrier = threading.Barrier(4)

    def accept(number: int) -> int:
        try:
            client, words = Client(raise_request_exception=False), f"{PASSWORD} {number}"
            barrier.wait()
            return client.post(path, {"new_password1": words, "new_password2": words}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        done = sorted(pool.map(accept, range(4)))
    assert set(done) <= {302, 409, 410, 200}  # "sign in" for whoever came after the password was set
    assert done.count(302) == 1
    assert held() == ["chair"]
    assert JournalEntry.objects.filter(deed="people.invitation_accepted").count() == 1


# Inviting


def test_inviting_twice_is_inviting_once(place):
    other = make.officer(place.network, "second@harbour.example")
    place.people["second"] = other
    place.invite()
    page = place.invite("second", email=f" {NEW.upper()} ").content.decode()
    assert "New Person is invited already." in page
    assert (Invitation.objects.count(), len(outbox.outbox)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_invite_at_once_make_one_invitation(place):
    by, barrier = place.people["officer"], threading.Barrier(4)

    def invite(_: int) -> bool:
        try:
            barrier.wait()
            return bool(actions.invite("chair", place.network, NEW, "New", by=by, cluster=place.avon)[1])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(invite, range(4))) == [False, False, False, True]
    assert Invitation.objects.count() == 1


def test_who_holds_the_role_is_not_invited_to_it(place):
    for kind, email in (("chair", "chair@harbour.example"), ("leader", "leader@harbour.example")):
        page = place.invite(kind=kind, email=email).content.decode()
        assert "has this role already." in page
    assert not Invitation.objects.exists()
    assert outbox.outbox == []


def test_what_is_over_is_invited_anew(place):
    first = place.link()
    with time_machine.travel(timezone.now() + 15 * make.DAY):
        second = place.link()
        assert Invitation.objects.count() == 1
        assert "newer letter" in Client().get(first).content.decode()
        assert Client().post(second, FORM).status_code == 302
        assert held() == ["chair"]


# Looking after them


def test_sending_again_ends_the_older_link(place):
    first = place.link()
    pk = Invitation.objects.get().pk
    assert place.client("officer").post(f"/n/harbour-trust/invitations/{pk}/again/").status_code == 302
    assert len(outbox.outbox) == 2
    assert "newer letter" in Client().get(first).content.decode()
    assert Client().post(first, FORM).status_code == 410
    assert Client().post(newest(), FORM).status_code == 302


def test_what_was_accepted_is_neither_withdrawn_nor_sent_again(place):
    Client().post(place.link(), FORM)
    pk = Invitation.objects.get().pk
    for verb in ("withdraw", "again"):
        assert place.client("officer").post(f"/n/harbour-trust/invitations/{pk}/{verb}/").status_code == 409
    assert held() == ["chair"]


def test_an_older_token_is_not_accepted_after_another_was_sent(place):
    place.invite()
    invitation = Invitation.objects.get()
    actions.send_again(invitation, place.people["officer"])
    with pytest.raises(Conflict):
        actions.accept_invitation(invitation, "0" * 64)
    assert held() == []


@pytest.mark.parametrize("verb", ["withdraw", "again"])
def test_a_chair_looks_after_invitations_of_the_own_schools_leaders_only(place, verb):
    place.invite(kind="leader")
    place.invite(kind="officer", email="second@harbour.example")
    place.invite(kind="leader", email="third@harbour.example", where=f"school-{place.schools[2].pk}")
    own, officer, elsewhere = Invitation.objects.order_by("pk")
    chair = place.client("chair")
    page = chair.get("/n/harbour-trust/roles/").content.decode()
    assert NEW in page
    assert "second@harbour.example" not in page
    assert "third@harbour.example" not in page
    status = [
        chair.post(f"/n/harbour-trust/invitations/{each.pk}/{verb}/").status_code for each in (own, officer, elsewhere)
    ]
    assert status == [302, 403, 403]
    for who in ("leader", "coach", "staff"):
        assert place.client(who).post(f"/n/harbour-trust/invitations/{officer.pk}/{verb}/").status_code == 403


def test_invitations_of_another_network_are_not_there(place):
    other = make.network("Far Trust")
    far = make.officer(other, "far@far.example")
    invitation, _ = actions.invite("officer", other, NEW, "New Person", by=far)
    for verb in ("withdraw", "again"):
        assert place.client("officer").post(f"/n/harbour-trust/invitations/{invitation.pk}/{verb}/").status_code == 404
    assert NEW not in place.client("officer").get("/n/harbour-trust/roles/").content.decode()
    assert Client().post(f"/n/harbour-trust/invitations/{invitation.pk}/again/").url.startswith("/sign-in/")


def test_what_happens_stands_in_the_journal(place):
    place.invite()
    invitation = Invitation.objects.get()
    actions.send_again(invitation, place.people["officer"])
    actions.withdraw(invitation, place.people["officer"])
    actions.withdraw(invitation, place.people["officer"])
    path = place.link()
    Client().post(path, FORM)
    deeds = [entry.deed for entry in JournalEntry.objects.filter(about__startswith="invitation:").order_by("pk")]
    sent, accepted, withdrawn = (f"people.invitation_{done}" for done in ("sent", "accepted", "withdrawn"))
    assert deeds == [sent, sent, withdrawn, sent, accepted]
    assert NEW not in str(list(JournalEntry.objects.values_list("payload", flat=True)))


# Colleagues


def accounts(client: Client, person: object = None):
    path = "/s/ashmead/schools/ashmead/accounts/"
    return client.get(path) if person is None else client.post(path, {"person": person})


def test_a_leader_invites_colleagues_of_the_own_staff_list_to_an_account(place):
    leader, colleague = place.client("leader"), place.people["staff"]
    assert "Invite" in accounts(leader).content.decode()
    assert accounts(leader, colleague.pk).status_code == 302
    [letter] = outbox.outbox
    assert letter.to == [colleague.email]
    assert "Invited" in accounts(leader).content.decode()
    assert accounts(leader, colleague.pk).status_code == 403
    client = Client()
    assert client.post(newest(), FORM).url == "/home/"
    assert client.get("/s/ashmead/").status_code == 200
    assert "Has one" in accounts(leader).content.decode()
    assert held(colleague.email) == []
    again = place.client("leader").post(f"/s/ashmead/invitations/{Invitation.objects.get().pk}/again/")
    assert again.status_code == 409


@pytest.mark.parametrize("person", ["", "x", "0", "9" * 40, "²", "a\0b"])
def test_nobody_else_is_invited_that_way(place, person):
    assert accounts(place.client("leader"), person).status_code == 403
    assert not Invitation.objects.exists()


def test_neither_are_colleagues_of_other_schools_nor_who_has_no_address(place):
    elsewhere = make.staff(place.schools[1], 1)[0]
    nameless = Person.objects.without_address("No Address")
    StaffEntry.objects.create(
        organisation=place.schools[0].organisation,
        school=place.schools[0],
        person=nameless,
        name="No Address",
        job="teacher",
        since=timezone.localdate(),
    )
    for person in (elsewhere, nameless, place.people["officer"]):
        assert accounts(place.client("leader"), person.pk).status_code == 403
    for who in ("officer", "chair", "coach", "staff"):
        client = place.client(who)
        path = "/n/harbour-trust/schools/ashmead/accounts/"
        assert client.get(path).status_code == 403
        assert client.post(path, {"person": place.people["staff"].pk}).status_code == 403
    assert not Invitation.objects.exists()
