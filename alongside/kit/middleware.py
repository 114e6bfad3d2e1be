"""What every request passes: a page for a database that is down, and headers that keep pages private."""

from collections.abc import Callable, Collection, Mapping
from typing import cast

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.csp import build_policy
from psycopg_pool import PoolTimeout

from alongside.kit import languages
from alongside.kit.errors import Conflict, Refused

Respond = Callable[[HttpRequest], HttpResponse]
DATABASE_ERRORS = (OperationalError, InterfaceError, PoolTimeout)


def answer_database_errors(respond: Respond) -> Respond:
    """A database that is down gets a page that says so and that nothing was stored; never a success, never a bare 500."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DATABASE_ERRORS):
            return database_down()
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def answer_refusals(respond: Respond) -> Respond:
    """What an action refused and no form caught: a page with its sentence, 409 when somebody else was faster, else 400."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        status = 409 if isinstance(exception, Conflict) else 400
        return HttpResponse(render_to_string(f"{status}.html", {"exception": str(exception)}), status=status)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def database_down() -> HttpResponse:
    """503: the text says that nothing was stored, and asks to try again."""
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "30"})


def security_headers(respond: Respond) -> Respond:
    """The content security policy on every page; no copy in any cache of a page for somebody signed in."""
    policy = build_policy(cast(Mapping[str, Collection[str]], settings.SECURE_CSP))

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        response.headers["Content-Security-Policy"] = policy
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def speak(respond: Respond) -> Respond:
    """Answer in the reader's language. Whoever answers a pulse has no cookie, and none is looked at there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if len(settings.LANGUAGES) < 2:
            return respond(request)
        with translation.override(languages.wanted(request, cookies=not request.path.startswith("/a/"))):
            response = respond(request)
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware
