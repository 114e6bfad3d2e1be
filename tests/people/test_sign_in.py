"""Signing in and out, guessing, letters with a link that sets a password, and the account."""

from __future__ import annotations

import datetime
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core import mail as outbox
from django.db import connections
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from django_ox.testing import run_tasks

from alongside.people import actions, throttle
from alongside.people.models import Person, Try
from tests import make

pytestmark = pytest.mark.django_db

PASSWORD, ANOTHER = "four words in a row", "five other words in a row"
ADA = "ada@ashmead.example"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    throttle.forget()


@pytest.fixture
def ada() -> Person:
    return Person.objects.create(email=ADA, name="Ada Lane", password=make_password(PASSWORD))


def try_in(client: Client, email: str = ADA, password: str = PASSWORD, **more: str):
    return client.post("/sign-in/", {"username": email, "password": password}, **more)


def signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


# Signing in and out


@pytest.mark.parametrize("email", [ADA, "Ada@Ashmead.Example", f"  {ADA} "])
def test_sign_in_with_the_address_however_it_is_written(client, ada, email):
    response = try_in(client, email)
    assert (response.status_code, response.url) == (302, "/home/")
    assert signed_in(client)


def test_nobody_learns_whether_an_address_is_known(client, ada):
    Person.objects.create(email="gone@ashmead.example", name="Gone", password=make_password(PASSWORD), is_active=False)
    tried = [(ADA, "wrong"), ("nobody@ashmead.example", PASSWORD), ("gone@ashmead.example", PASSWORD), (ADA, "")]
    said = []
    for email, password in tried:
        response = try_in(client, email, password)
        assert response.status_code == 200
        said.append(re.findall(r'role="alert".*?</div>', response.content.decode(), re.DOTALL))
    assert said[0] == said[1] == said[2] != []
    assert "do not belong together" in said[0][0]
    assert not signed_in(client)


@pytest.mark.parametrize("password", ["", "!", "!anything"])
def test_who_has_no_password_cannot_sign_in(client, password):
    Person.objects.known_as(ADA, "Ada Lane")
    assert try_in(client, password=password).status_code == 200
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/account/", "/account/"),
        ("https://evil.example/", "/home/"),
        ("//evil.example/", "/home/"),
        ("javascript:alert(1)", "/home/"),
        ("", "/home/"),
    ],
)
def test_sign_in_leads_on_within_this_site_only(client, ada, asked, leads_to):
    response = client.post("/sign-in/", {"username": ADA, "password": PASSWORD, "next": asked})
    assert response.url == leads_to


def test_a_page_behind_sign_in_is_where_one_arrives(client, ada):
    response = client.get("/n/somewhere/roles/")
    assert response.url == "/sign-in/?next=/n/somewhere/roles/"
    assert 'name="next" value="/n/somewhere/roles/"' in client.get(response.url).content.decode()


def test_a_session_of_before_is_not_the_session_of_after(client, ada):
    client.get("/sign-in/")
    try_in(client)
    first = client.session.session_key
    client.post("/sign-out/")
    try_in(client)
    assert client.session.session_key not in {None, first}


def test_sign_out_is_a_form_and_not_a_link(client, ada):
    try_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out/").url == "/home/"
    assert not signed_in(client)


def test_the_session_of_a_disabled_person_ends_at_once(client, ada):
    try_in(client)
    assert signed_in(client)
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get("/account/").url == "/sign-in/?next=/account/"
    assert client.post("/account/password/", {"new_password1": ANOTHER, "new_password2": ANOTHER}).status_code == 302
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


# Guessing


def test_an_account_that_is_guessed_at_must_wait(ada):
    for number in range(throttle.TRIES):
        assert try_in(Client(), password=f"guess {number}", REMOTE_ADDR=f"10.0.0.{number}").status_code == 200
    refused = try_in(Client(), REMOTE_ADDR="10.0.0.99")
    assert refused.status_code == 429
    assert "Wait five minutes" in refused.content.decode()
    assert try_in(Client(), "Ada@ashmead.example ", REMOTE_ADDR="10.0.0.98").status_code == 429


def test_an_address_that_guesses_must_wait_and_others_need_not(ada):
    """A whole school sits behind one address: it takes many more tries than an account does."""
    for number in range(throttle.TRIES_BEHIND_ONE_ADDRESS):
        assert try_in(Client(), f"invented{number}@ashmead.example", "guess", REMOTE_ADDR="10.0.0.1").status_code == 200
    assert try_in(Client(), REMOTE_ADDR="10.0.0.1").status_code == 429
    assert try_in(Client(), REMOTE_ADDR="10.0.0.2").status_code == 302


def test_right_passwords_are_never_counted(ada):
    assert {try_in(Client()).status_code for _ in range(3 * throttle.TRIES)} == {302}


def test_waiting_helps(ada):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        for _ in range(throttle.TRIES):
            try_in(Client(), password="guess")
    with time_machine.travel(now + datetime.timedelta(seconds=throttle.WINDOW - 1), tick=False):
        assert try_in(Client()).status_code == 429
    with time_machine.travel(now + datetime.timedelta(seconds=throttle.WINDOW + 1), tick=False):
        assert try_in(Client()).status_code == 302


def test_tries_are_counted_for_all_processes_and_forgotten_after_five_minutes():
    """What is counted stands in the database, where every web process looks, and names nobody."""
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert throttle.spend({f"account:{ADA}": 2, "address:10.0.0.1": 3})
    assert Try.objects.count() == 2
    assert not any(ADA in each.key or "10.0.0.1" in each.key for each in Try.objects.all())
    with time_machine.travel(now + datetime.timedelta(seconds=throttle.WINDOW + 1), tick=False):
        assert throttle.spend({"account:other": 2})
    assert Try.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_hundred_tries_at_once_are_no_way_around_the_limit():
    def spend(_: int) -> bool:
        try:
            return throttle.spend({"account:ada": throttle.TRIES})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        let_through = sum(pool.map(spend, range(24)))
    assert 0 < let_through <= throttle.TRIES


def test_behind_https_the_address_is_the_one_that_the_proxy_saw(ada, settings, rf):
    told = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.0.0.7", "REMOTE_ADDR": "127.0.0.1"}
    assert throttle.address(rf.get("/", **told)) == "127.0.0.1"
    settings.SECURE = True
    assert throttle.address(rf.get("/", **told)) == "10.0.0.7"
    assert throttle.address(rf.get("/", REMOTE_ADDR="10.0.0.9")) == "10.0.0.9"


# The letter and its link


def link(person: Person) -> str:
    return actions.password_path(person)


def set_to(client: Client, path: str, password: str = ANOTHER, again: str = ""):
    return client.post(path, {"new_password1": password, "new_password2": again or password})


def test_opening_a_link_spends_nothing_and_sending_the_form_spends_it(client, ada):
    path = link(ada)
    for _ in range(3):
        response = client.get(path)
        assert response.status_code == 200
        assert "Ada Lane" in response.content.decode()
    assert not signed_in(client)
    assert set_to(client, path).url == "/home/"
    assert signed_in(client)
    ada.refresh_from_db()
    assert ada.check_password(ANOTHER)
    for again in (client.get(path), set_to(client, path, PASSWORD), set_to(Client(), path, PASSWORD)):
        assert again.status_code == 410
    ada.refresh_from_db()
    assert ada.check_password(ANOTHER)


def test_a_person_without_a_password_gets_one_by_the_link(client):
    person = Person.objects.known_as("new@ashmead.example", "New Colleague")
    assert set_to(client, link(person)).status_code == 302
    assert try_in(Client(), "new@ashmead.example", ANOTHER).status_code == 302


def test_a_forged_link_opens_nothing(client, ada):
    other = make.person("other@ashmead.example")
    own, others = resolve(link(ada)).kwargs, resolve(link(other)).kwargs
    token = own["token"]
    changed = token[:-1] + ("a" if token[-1] != "a" else "b")
    forged = [
        (own["uid"], others["token"]),
        (others["uid"], token),
        (own["uid"], changed),
        (own["uid"], "x"),
        ("x", token),
    ]
    forged += [(uid, token) for uid in ("MA", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "_w", "é", "LTE")]
    for uid, made_up in forged:
        path = reverse("set_password", kwargs={"uid": uid, "token": made_up})
        assert (client.get(path).status_code, set_to(client, path).status_code) == (410, 410), path
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_link_is_over_after_three_days(client, ada):
    path = link(ada)
    with time_machine.travel(timezone.now() + make.DAY * 3 - make.DAY / 24):
        assert client.get(path).status_code == 200
    with time_machine.travel(timezone.now() + make.DAY * 3 + make.DAY / 24):
        assert (client.get(path).status_code, set_to(client, path).status_code) == (410, 410)


def test_a_link_is_over_when_another_was_used_or_its_owner_signed_in(client, ada):
    with time_machine.travel(timezone.now() - make.DAY):
        first, second = link(ada), link(ada)
    try_in(Client())
    ada.refresh_from_db()
    assert client.get(first).status_code == 410
    fresh = link(ada)
    assert set_to(client, fresh).status_code == 302
    assert client.get(second).status_code == 410


def test_the_link_of_a_disabled_person_opens_nothing(client, ada):
    path = link(ada)
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    assert (client.get(path).status_code, set_to(client, path).status_code) == (410, 410)


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 12 characters"),
        ("passwordpassword", "passwordpassword", ""),
        ("ada@ashmead.example", "ada@ashmead.example", "too similar"),
        (PASSWORD, ANOTHER, "didn’t match"),
        ("administrator", "administrator", "too common"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays(client, ada, password, again, words):
    path = link(ada)
    response = set_to(client, path, password, again)
    if words:
        assert response.status_code == 200
        assert words in response.content.decode()
        ada.refresh_from_db()
        assert ada.check_password(PASSWORD)
        assert client.get(path).status_code == 200
    else:
        assert response.status_code == 302


def test_a_new_password_ends_the_sessions_of_the_old_one(ada):
    here, elsewhere = Client(), Client()
    try_in(here)
    try_in(elsewhere)
    ada.refresh_from_db()
    set_to(Client(), link(ada))
    assert not signed_in(here)
    assert not signed_in(elsewhere)


# Asking for a letter


def test_a_letter_goes_to_who_is_known_and_the_page_does_not_tell(client, ada):
    known = client.post("/forgotten/", {"email": " Ada@Ashmead.example "})
    run_tasks(raise_failures=True)
    [letter] = outbox.outbox
    assert letter.to == [ADA]
    [path] = re.findall(r"^http://127\.0\.0\.1:8000(/password/\S+)$", letter.body, re.MULTILINE)
    assert client.get(path).status_code == 200
    unknown = client.post("/forgotten/", {"email": "nobody@ashmead.example"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.post("/forgotten/", {"email": ADA}).content == known.content
    run_tasks(raise_failures=True)
    assert len(outbox.outbox) == 1


def test_nobody_is_buried_in_letters(client, ada):
    said = {client.post("/forgotten/", {"email": ADA}).content for _ in range(2 * throttle.TRIES)}
    assert len(said) == 1
    run_tasks(raise_failures=True)
    assert len(outbox.outbox) == throttle.TRIES


# The account


def test_a_new_password_holds_from_now_on_and_ends_other_sessions(ada):
    here, elsewhere = Client(), Client()
    try_in(here)
    try_in(elsewhere)
    response = here.post("/account/password/", {"new_password1": ANOTHER, "new_password2": ANOTHER}, follow=True)
    assert "Your new password holds from now on. Everywhere else you are signed out." in response.content.decode()
    assert signed_in(here)
    assert not signed_in(elsewhere)
    assert try_in(Client()).status_code == 200
    assert try_in(Client(), password=ANOTHER).status_code == 302


def test_the_account_says_where_one_belongs(client):
    network = make.network("Harbour Trust")
    schools = [make.school("Ashmead Primary"), make.school("Birch Primary")]
    make.cluster(network, "Avon", schools)
    [teacher, *_] = make.staff(schools[0], 2)
    client.force_login(teacher)
    page = client.get("/account/").content.decode()
    assert "Harbour Trust" in page
    assert "Ashmead Primary" in page
    assert "Birch Primary" not in page


def test_home_is_what_one_leads_else_where_one_works(client):
    network = make.network("Harbour Trust")
    schools = [make.school("Ashmead Primary"), make.school("Birch Primary")]
    cluster = make.cluster(network, "Avon", schools)
    places = {
        make.officer(network, "o@x.example"): "/n/harbour-trust/",
        make.chair(cluster, "c@x.example"): "/n/harbour-trust/",
        make.coach(cluster, "k@x.example"): "/n/harbour-trust/",
        make.stakeholder(network, "s@x.example"): "/n/harbour-trust/",
        make.leader(schools[0], "l@x.example"): "/s/ashmead-primary/",
        make.staff(schools[1], 1)[0]: "/s/birch-primary/",
        make.person("nobody@x.example"): "/account/",
    }
    make.leader(schools[1], "c@x.example")  # a chair who leads a school starts at the network
    for person, place in places.items():
        client.force_login(person)
        assert client.get("/home/").url == place, person.email
