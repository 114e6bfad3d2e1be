"""The second step: who needs it, what it opens, what is remembered, and that nothing goes around it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from alongside.kit.models import JournalEntry
from alongside.people import actions, factors
from alongside.people.models import Person, RememberedDevice, Role
from tests import make
from tests.people.steps import PASSWORD, Place, code, codes_on, opens, secret_on, set_up_app, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return Place()


ABOVE_STAFF = ["officer", "chair", "leader", "coach", "stakeholder"]


# Who needs one


@pytest.mark.parametrize("who", ABOVE_STAFF)
def test_every_role_is_led_to_set_one_up_before_anything_opens(place, who):
    client, response = place.sign_in(who)
    assert response.url == "/home/"
    for path in ("/home/", "/account/", "/n/harbour-trust/", "/s/ashmead/", "/n/harbour-trust/roles/"):
        response = client.get(path)
        if response.status_code == 404:  # a place in which this person has no part
            continue
        assert response.status_code == 302
        assert response.url.startswith("/account/second-step/?next=/"), path
    page = client.get("/account/second-step/").content.decode()
    assert "a password alone can be stolen" in page


def test_staff_without_a_role_never_meet_it(place):
    client, response = place.sign_in("staff")
    assert response.url == "/home/"
    assert opens(client)
    assert "second step" not in client.get("/account/").content.decode().lower()


def test_a_role_that_begins_in_the_middle_of_a_session_needs_it_at_once(place):
    client, _ = place.sign_in("staff")
    assert opens(client)
    make.leader(place.school, place.people["staff"].email)
    assert client.get("/n/harbour-trust/").url.startswith("/account/second-step/")
    role = Role.objects.get(person=place.people["staff"])
    actions.end_role(role, place.people["officer"])
    assert opens(client)


@pytest.mark.parametrize("who", ABOVE_STAFF)
def test_a_session_that_was_made_without_it_opens_nothing(place, who):
    """However a session began: what has no second step on record is asked for it."""
    client = Client()
    client.password_only(place.people[who])
    assert client.get("/n/harbour-trust/" if who != "leader" else "/s/ashmead/").status_code == 302
    assert client.post("/account/password/", {"new_password1": "five other words in a row"}).status_code == 302
    place.people[who].refresh_from_db()
    assert place.people[who].check_password(PASSWORD)


@pytest.mark.parametrize(
    "forged", [{"person": 0, "by": "app"}, {"by": "app"}, "app", None, {"person": "own", "by": "demo"}]
)
def test_the_mark_of_somebody_else_or_of_the_demo_counts_for_nothing(place, forged):
    client = Client()
    client.password_only(place.people["officer"])
    session = client.session
    if isinstance(forged, dict) and forged.get("person") == "own":
        forged = {**forged, "person": place.people["officer"].pk}
    session["second_step"] = forged
    session.save()
    assert not opens(client)


def test_the_demos_word_counts_in_the_demo(place, settings):
    client = Client()
    client.password_only(place.people["officer"])
    session = client.session
    factors.vouch(session, place.people["officer"], "demo")
    session.save()
    settings.DEMO = True
    assert opens(client)


# Setting an app up


def test_setting_up_an_app_opens_what_the_role_opens_and_shows_ten_codes_once(place):
    client, _ = place.sign_in("officer")
    page = client.get("/account/second-step/app/").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    secret = secret_on(page)
    assert secret_on(client.get("/account/second-step/app/").content.decode()) == secret
    wrong = client.post("/account/second-step/app/", {"code": "000000"})
    assert "does not belong to the picture" in wrong.content.decode()
    assert not opens(client)
    done = client.post("/account/second-step/app/", {"code": code(secret)}).content.decode()
    codes = codes_on(done)
    assert len(set(codes)) == 10
    assert opens(client)
    for path in ("/account/", "/account/second-step/"):
        assert not any(each in client.get(path).content.decode() for each in codes)
    assert "All ten recovery codes are left" in client.get("/account/").content.decode()


def test_secrets_are_kept_encrypted(place):
    secret, codes = place.enrolled("officer")
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(each in kept for each in codes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        assert secret not in str(cursor.fetchall())


def test_an_app_is_set_up_once(place):
    client, _ = place.sign_in("officer")
    set_up_app(client)
    secret = secret_on(client.get("/account/second-step/app/").content.decode())
    again = client.post("/account/second-step/app/", {"code": code(secret)})
    assert again.status_code == 409
    assert Authenticator.objects.filter(type="totp").count() == 1


# Taking it


def test_a_password_alone_signs_nobody_in_who_has_one(place):
    secret, _ = place.enrolled("officer")
    client, response = place.sign_in("officer")
    assert response.url == "/sign-in/second-step/"
    assert client.get("/account/").url.startswith("/sign-in/?next=")
    assert client.get("/account/second-step/").url.startswith("/sign-in/?next=")
    wrong = step(client, "000000")
    assert "not right" in wrong.content.decode()
    assert client.get("/account/").status_code == 302
    assert step(client, code(secret)).url == "/home/"
    assert opens(client)


def test_it_leads_on_to_where_one_was_going(place):
    secret, _ = place.enrolled("officer")
    client, _ = place.sign_in("officer", next="/n/harbour-trust/roles/")
    assert step(client, code(secret)).url == "/n/harbour-trust/roles/"


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_a_clock_may_be_wrong_by_half_a_minute(place, later):
    secret, _ = place.enrolled("officer")
    client, _ = place.sign_in("officer")
    assert step(client, code(secret, later=later)).status_code == 302


@pytest.mark.parametrize("later", [-2, 2])
def test_and_not_by_more(place, later):
    with time_machine.travel(timezone.now().replace(second=10), tick=False):
        secret, _ = place.enrolled("officer")
        client, _ = place.sign_in("officer")
        assert step(client, code(secret, later=later)).status_code == 200


def test_a_code_works_once_and_takes_earlier_ones_with_it(place):
    with time_machine.travel(timezone.now().replace(second=10), tick=False) as clock:
        secret, _ = place.enrolled("officer")
        client, _ = place.sign_in("officer")
        first, before = code(secret), code(secret, later=-1)
        assert step(client, first).status_code == 302
        for used in (first, before):
            client, _ = place.sign_in("officer")
            assert step(client, used).status_code == 200
        clock.shift(30)
        assert step(client, first).status_code == 200
        assert step(client, code(secret)).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_who_send_one_code_at_once_are_one(place):
    secret, codes = place.enrolled("officer")
    person = place.people["officer"]

    def check(sent: str) -> str:
        try:
            return actions.check_code(person, sent)
        finally:
            connections.close_all()

    for sent, right in ((code(secret), "app"), (codes[0], "code")):
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(check, [sent] * 4)) == ["", "", "", right]


def test_a_recovery_code_works_once_and_stands_in_the_journal(place):
    _, codes = place.enrolled("officer")
    client, _ = place.sign_in("officer")
    assert step(client, codes[3]).url == "/home/"
    assert opens(client)
    client, _ = place.sign_in("officer")
    assert step(client, codes[3]).status_code == 200
    entry = JournalEntry.objects.get(deed="people.recovery_code_used")
    assert (entry.organisation, entry.by) == (place.network.pk, place.people["officer"].pk)


def test_codes_that_are_guessed_at_must_wait(place):
    place.enrolled("officer")
    client, _ = place.sign_in("officer")
    assert [step(client, f"{number:06}").status_code for number in range(9)] == [200] * 8 + [429]
    secret, _ = place.enrolled("chair")
    other, _ = place.sign_in("chair")
    assert step(other, code(secret)).status_code == 302


@pytest.mark.parametrize("sent", ["", "²²²²²²", "a\0b", "🙂", "9" * 40, "123 456 " * 9])
def test_any_code_is_borne(place, sent):
    place.enrolled("officer")
    client, _ = place.sign_in("officer")
    assert step(client, sent).status_code == 200


@pytest.mark.parametrize(
    "sent", ["{}", "[]", "1", "null", "not JSON", '{"id": 1}', '{"id":"x","rawId":"x","response":{}}']
)
def test_any_passkey_is_borne(place, sent):
    place.enrolled("officer")
    client, _ = place.sign_in("officer")
    assert client.post("/sign-in/second-step/", {"credential": sent}).status_code == 200
    signed_in = Client()
    signed_in.force_login(place.people["officer"])
    signed_in.get("/account/second-step/")
    assert signed_in.post("/account/second-step/passkey/", {"credential": sent}).status_code in {302, 409}
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_nobody_is_asked_out_of_turn(place):
    assert Client().get("/sign-in/second-step/").url == "/sign-in/"
    assert step(Client(), "123456").url == "/sign-in/"
    staff, _ = place.sign_in("staff")
    assert staff.get("/sign-in/second-step/").url == "/home/"


def test_a_disabled_person_does_not_get_in_by_the_second_step(place):
    secret, _ = place.enrolled("officer")
    client, _ = place.sign_in("officer")
    Person.objects.filter(pk=place.people["officer"].pk).update(is_active=False)
    step(client, code(secret))
    assert not opens(client)


def test_a_new_password_by_letter_does_not_go_around_it(place):
    secret, _ = place.enrolled("officer")
    client = Client()
    path = actions.password_path(Person.objects.get(pk=place.people["officer"].pk))
    new = "five other words in a row"
    assert client.post(path, {"new_password1": new, "new_password2": new}).url == "/sign-in/second-step/"
    assert client.get("/account/").status_code == 302
    assert step(client, code(secret)).status_code == 302
    assert opens(client)


def test_who_cannot_take_it_cannot_add_one(place):
    """A session without the second step, of somebody who has one: no new app, no new codes, nothing removed."""
    place.enrolled("officer")
    client = Client()
    client.password_only(place.people["officer"])
    pk = Authenticator.objects.get(type="totp").pk
    before = list(Authenticator.objects.order_by("pk").values_list("pk", "data"))
    for path in ("/account/second-step/", "/account/second-step/app/"):
        assert client.get(path).url == "/sign-in/second-step/"
    for path in ("app/", "passkey/", f"{pk}/remove/"):
        assert client.post(f"/account/second-step/{path}", {"code": "123456"}).status_code == 302
    assert client.post("/account/recovery-codes/").status_code == 302
    assert list(Authenticator.objects.order_by("pk").values_list("pk", "data")) == before


def test_a_session_without_it_takes_it_and_goes_on(place):
    secret, _ = place.enrolled("officer")
    client = Client()
    client.password_only(place.people["officer"])
    assert client.get("/n/harbour-trust/").url == "/sign-in/second-step/?next=/n/harbour-trust/"
    assert step(client, code(secret), next="/n/harbour-trust/").url == "/n/harbour-trust/"
    assert opens(client)


# Removing


def test_removing_the_last_way_leads_to_another_before_anything_opens(place):
    client, _ = place.sign_in("officer")
    set_up_app(client)
    RememberedDevice.objects.create(
        person=place.people["officer"], digest="x", state="x", name="x", expires_at=timezone.now() + make.DAY
    )
    pk = Authenticator.objects.get(type="totp").pk
    other = Client()
    other.force_login(place.people["chair"])
    assert other.post(f"/account/second-step/{pk}/remove/").status_code == 404
    assert client.post(f"/account/second-step/{pk}/remove/").status_code == 302
    assert not Authenticator.objects.exists()
    assert not RememberedDevice.objects.exists()
    assert client.get("/n/harbour-trust/").url.startswith("/account/second-step/")
    deeds = [
        entry.deed
        for entry in JournalEntry.objects.filter(about=f"person:{place.people['officer'].pk}").order_by("pk")
        if entry.deed.startswith("people.second_step")
    ]
    assert deeds == ["people.second_step_added", "people.second_step_removed"]


def test_new_codes_end_the_old_ones(place):
    client, _ = place.sign_in("officer")
    _, old = set_up_app(client)
    new = codes_on(client.post("/account/recovery-codes/").content.decode())
    assert len({*new, *old}) == 20
    client, _ = place.sign_in("officer")
    assert step(client, old[0]).status_code == 200
    assert step(client, new[0]).status_code == 302


def test_who_has_lost_everything_sets_up_another(place):
    client, _ = place.sign_in("officer")
    set_up_app(client)
    other, _ = place.sign_in("staff")
    call_command("reset_second_step", " Officer@harbour.example ")
    assert client.get("/n/harbour-trust/").url.startswith("/sign-in/?next=")
    assert opens(other)
    client, response = place.sign_in("officer")
    assert response.url == "/home/"
    assert client.get("/home/").url.startswith("/account/second-step/")
    entry = JournalEntry.objects.get(deed="people.second_step_reset")
    assert (entry.by, entry.about) == (None, f"person:{place.people['officer'].pk}")
    with pytest.raises(CommandError, match="Nobody here has the address"):
        call_command("reset_second_step", "nobody@harbour.example")
