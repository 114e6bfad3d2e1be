"""Sign-in by the school's own provider: a real conversation with a small one, and every way in which it may lie."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.test import Client

from alongside.people.models import Person
from tests import make
from tests.people import provider as providers
from tests.people.steps import set_up_app

pytestmark = pytest.mark.django_db
ADA = "ada@ashmead.example"


@pytest.fixture(scope="module")
def running():
    with providers.provider() as made:
        yield made


@pytest.fixture
def provider(running, settings):
    running.claims = {"email": ADA, "email_verified": True}
    running.signs_with, running.down, running.refuses, running.asked, running.codes = None, False, False, [], {}
    settings.OIDC_NAME = "Ashmead accounts"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "work",
                    "name": "Ashmead accounts",
                    "client_id": providers.CLIENT,
                    "secret": providers.SECRET,
                    "settings": {"server_url": running.url, "fetch_userinfo": False},
                }
            ],
        }
    }
    return running


@pytest.fixture
def ada() -> Person:
    return make.person(ADA, "Ada Lane")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def at_the_provider(url: str) -> str:
    """What a browser does there: it is sent back at once."""
    try:
        urllib.request.build_opener(_Stay).open(url, timeout=20)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("the provider did not send anybody back")


def way_back(client: Client, after: str = "") -> str:
    """The path with which the browser comes back from the provider."""
    there = client.get("/sign-in/work/" + (f"?next={after}" if after else ""))
    assert there.status_code == 302, there.content.decode()
    return at_the_provider(there.url).removeprefix("http://testserver")


def sign_in(client: Client, after: str = ""):
    return client.get(way_back(client, after))


def nobody_was_made() -> bool:
    return Person.objects.count() == 1 and not any(
        model.objects.exists() for model in (SocialAccount, SocialApp, SocialToken, EmailAddress)
    )


def test_a_verified_address_signs_its_person_in(client, ada, provider):
    assert "Sign in with Ashmead accounts" in client.get("/sign-in/").content.decode()
    assert sign_in(client).url == "/home/"
    assert "Ada Lane" in client.get("/account/").content.decode()
    assert nobody_was_made()
    [asked] = provider.asked
    assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", "alongside", "S256")
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert asked["redirect_uri"] == "http://testserver/sign-in/back/work/"


@pytest.mark.parametrize("email", ["Ada@Ashmead.Example", ADA.upper()])
def test_however_the_address_is_written(client, ada, provider, email):
    provider.claims["email"] = email
    assert sign_in(client).url == "/home/"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@ashmead.example"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": ""},
        {"email": "a\0b@ashmead.example"},
        {"email": "x" * 5000},
    ],
)
def test_an_address_unknown_or_unverified_gets_a_sentence_and_no_account(client, ada, provider, claims):
    provider.claims |= claims
    response = sign_in(client)
    assert response.status_code == 403
    assert "We do not know this address yet" in response.content.decode()
    assert ADA not in response.content.decode()
    assert client.get("/account/").status_code == 302
    assert nobody_was_made()


def test_for_domains_of_ours_the_providers_word_is_enough(client, ada, provider, settings):
    """Microsoft does not say that an address is verified."""
    provider.claims = {"email": ADA}
    settings.OIDC_DOMAINS = ["elsewhere.example"]
    assert sign_in(Client()).status_code == 403
    settings.OIDC_DOMAINS = ["ashmead.example"]
    assert sign_in(client).url == "/home/"


def test_a_disabled_person_stays_outside(client, ada, provider):
    Person.objects.update(is_active=False)
    assert sign_in(client).status_code == 403


def test_it_counts_as_the_second_step(client, provider):
    network = make.network("Harbour Trust")
    officer = make.officer(network, ADA)
    browser = Client()
    browser.force_login(officer)
    set_up_app(browser)
    assert sign_in(client, "/n/harbour-trust/roles/").url == "/n/harbour-trust/roles/"
    assert client.get("/n/harbour-trust/roles/").status_code == 200


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example/"])
def test_it_leads_on_within_this_site_only(client, ada, provider, after):
    assert sign_in(client, after).url == "/home/"


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"exp": int(time.time()) - 600},
    ],
)
def test_word_for_somebody_else_or_of_yesterday_is_refused(client, ada, provider, lie):
    provider.claims |= lie
    response = sign_in(client)
    assert response.status_code == 401
    assert "did not tell us who you are" in response.content.decode()
    assert client.get("/account/").status_code == 302


def test_word_signed_by_another_key_is_refused(client, ada, provider):
    provider.signs_with = providers._key()
    assert sign_in(client).status_code == 401
    assert client.get("/account/").status_code == 302


def test_who_stops_there_comes_back_to_a_page(client, ada, provider):
    provider.refuses = True
    assert sign_in(client).status_code == 401


def test_the_way_back_is_walked_once_and_by_the_browser_that_set_out(client, ada, provider):
    path = way_back(client)
    stranger = Client()
    assert stranger.get(path).status_code == 401
    assert stranger.get("/account/").status_code == 302
    assert client.get(path).url == "/home/"
    client.post("/sign-out/")
    assert client.get(path).status_code == 401


def test_a_code_that_was_swapped_is_refused(client, ada, provider):
    """The code of another conversation, put into one's own: it was bound to the browser that asked for it."""
    mine, theirs = way_back(client), way_back(Client())
    code = parse_qs(urlsplit(theirs).query)["code"][0]
    state = parse_qs(urlsplit(mine).query)["state"][0]
    assert client.get(f"/sign-in/back/work/?code={code}&state={state}").status_code == 401


def test_a_provider_that_is_down_gets_a_page(client, ada, provider):
    back = way_back(client)
    provider.down = True
    assert client.get("/sign-in/work/").status_code == 502
    assert client.get(back).status_code in {401, 502}
    provider.down = False
    assert sign_in(client).url == "/home/"


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?error=access_denied", "?code=%00&state=%00", "?error=%ff"]
)
def test_any_way_back_is_borne(client, provider, query):
    assert client.get(f"/sign-in/back/work/{query}").status_code == 401
    assert client.get(f"/sign-in/back/other/{query}").status_code == 404


def test_without_the_setting_there_is_no_such_page(client):
    assert "Sign in with" not in client.get("/sign-in/").content.decode()
    assert client.get("/sign-in/work/").status_code == 404
    assert client.get("/sign-in/back/work/?code=x&state=y").status_code == 404
