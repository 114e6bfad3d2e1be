"""What every request passes: a database that is down, refusals that no form caught, headers, error pages."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connections
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path
from psycopg_pool import PoolTimeout

from alongside import urls
from alongside.kit import views
from alongside.kit.errors import Conflict, Refused
from tests import make

pytestmark = pytest.mark.django_db

ERRORS = {
    "refused": Refused("The list names nobody."),
    "conflict": Conflict("A colleague was faster."),
    "denied": PermissionDenied("Only the chair may close this."),
    "missing": Http404("secret reason"),
    "bug": ZeroDivisionError("secret detail"),
    "down": OperationalError("connection to server at 10.1.2.3 failed"),
    "broken": InterfaceError("connection already closed"),
    "busy": PoolTimeout("couldn't get a connection after 20 sec"),
}


def fail(request, name):
    raise ERRORS[name]


def hello(request):
    return HttpResponse("hello")


urlpatterns = [*urls.urlpatterns, path("fail/<str:name>/", fail), path("hello/", hello)]
handler500 = urls.handler500


@pytest.fixture
def visitor():
    """Somebody signed in, whose browser shows error pages instead of raising."""
    client = Client(raise_request_exception=False)
    client.force_login(make.person("ada@school.example"))
    return client


@pytest.fixture
def failing(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def database_down(monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("the server at 10.1.2.3 is gone")

    def cut() -> None:
        monkeypatch.setattr(type(connections["default"]), "cursor", refuse)
        monkeypatch.setattr(type(connections["default"]), "chunked_cursor", refuse)

    return cut


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("refused", 400, "The list names nobody. Nothing was changed."),
        ("conflict", 409, "A colleague was faster."),
        ("denied", 403, "Only the chair may close this."),
        ("missing", 404, "There is nothing here for you"),
        ("bug", 500, "Something broke on our side"),
        ("down", 503, "Nothing that you just sent was stored."),
        ("broken", 503, "Nothing that you just sent was stored."),
        ("busy", 503, "Nothing that you just sent was stored."),
    ],
)
def test_what_goes_wrong_in_a_view_gets_its_page(visitor, failing, name, status, words):
    response = visitor.get(f"/fail/{name}/")
    text = response.content.decode()
    assert response.status_code == status
    assert words in text
    assert not any(secret in text for secret in ("secret", "10.1.2.3", "Traceback", "20 sec"))
    assert response.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_a_sentence_is_text_and_not_markup(visitor, failing, monkeypatch):
    monkeypatch.setitem(ERRORS, "refused", Refused("<script>x</script>"))
    assert b"<script>x" not in visitor.get("/fail/refused/").content


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("GET", "/health/"),
        ("GET", "/"),
        ("GET", "/home/"),
        ("GET", "/account/"),
        ("POST", "/account/password/"),
        ("GET", "/n/somewhere/"),
        ("GET", "/a/1/token"),
        ("POST", "/a/1/token"),
        ("GET", "/no/such/page/"),
    ],
)
def test_a_database_that_is_down_is_said_so_wherever_it_shows(visitor, database_down, method, place):
    """Also before the view: whoever is signed in is read from the database."""
    database_down()
    response = visitor.generic(method, place)
    assert response.status_code == 503 or (place == "/no/such/page/" and response.status_code == 404)
    if response.status_code == 503:
        assert response.headers["Retry-After"] == "30"
        assert "Nothing that you just sent was stored." in response.content.decode()
        assert "10.1.2.3" not in response.content.decode()


def test_signing_in_while_the_database_is_down_is_no_success(database_down):
    client = Client(raise_request_exception=False)
    database_down()
    response = client.post("/sign-in/", {"username": "ada@school.example", "password": "four words in a row"})
    assert response.status_code == 503


def test_pages_without_records_open_while_the_database_is_down(database_down):
    database_down()
    assert Client().get("/promises/").status_code == 200


def test_a_fault_of_ours_is_not_told_as_a_database_that_is_down():
    request = RequestFactory().get("/")
    try:
        raise KeyError("x")
    except KeyError:
        assert views.server_error(request).status_code == 500


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "500", "503"])
def test_error_page_renders_without_any_context(name, django_assert_num_queries):
    with django_assert_num_queries(0):
        text = render_to_string(f"{name}.html")
    assert text.count("<h1>") == 1
    assert 'href="/"' in text
    assert "<p" in text.partition("</h1>")[2]


def test_a_form_from_elsewhere_gets_a_page_that_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "This page waited too long" in response.content.decode()


@pytest.mark.parametrize("place", ["/", "/sign-in/", "/promises/", "/health/", "/no/such/page/", "/account/"])
def test_every_answer_has_the_headers_that_keep_it_private(visitor, place):
    response = visitor.get(place)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == settings.SECURE_REFERRER_POLICY
    assert "Server" not in response.headers


def test_health_says_ok(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get("/health/")
    assert (response.status_code, response.content) == (200, b"ok")
