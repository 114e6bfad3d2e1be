"""What every request passes: pages for what was refused, limits of uploads, headers that keep pages private, language."""

from collections.abc import Callable, Collection, Mapping
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.csp import build_policy

from alongside.kit import languages, uploads
from alongside.kit.errors import Conflict, Refused

Respond = Callable[[HttpRequest], HttpResponse]
DRAINED = 250_000_000  # bytes that are read and thrown away, so that a browser reads our page before it hangs up


class Middleware:
    """What a request passes on its way in and its answer on the way out; by itself it changes neither."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)


class AnswerRefusals(Middleware):
    """What an action refused and no form caught: a page with its sentence, 409 when somebody else was faster, else 400."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        status = 409 if isinstance(exception, Conflict) else 400
        return HttpResponse(render_to_string(f"{status}.html", {"exception": str(exception)}), status=status)


class KnowUploadLimit(Middleware):
    """Before anything reads a form: how large a file its view takes, from people who are signed in (kit.uploads)."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if response.status_code in (400, 403, 413):
            _drain(request)
        # Django closes files that arrived whole; one whose sender hung up in the middle would lie until it is collected.
        for handler in getattr(request, "_upload_handlers", ()):
            handler.upload_interrupted()
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., object], *_: object) -> None:
        uploads.allow(request, view)


class RefuseLargeUploads(Middleware):
    """A page that names the limit, when a file was larger; nothing for somebody who hung up in the middle."""

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        if request.method != "POST" or request.content_type != "multipart/form-data":
            return None
        try:
            uploads.receive(request)
        except UnreadablePostError:
            return HttpResponse(status=400)
        except Refused as refused:
            return HttpResponse(render_to_string("413.html", {"exception": str(refused)}), status=413)
        return None


def _drain(request: HttpRequest) -> None:
    """What a refused request still sends: left unread, it would break the connection before the page arrives."""
    stream, left = getattr(request, "_stream", None), DRAINED
    try:
        while stream and left > 0 and (chunk := stream.read(1 << 16)):
            left -= len(chunk)
    except (OSError, ValueError):
        return


def security_headers(respond: Respond) -> Respond:
    """The content security policy on every page, or what a view says of its own with `csp_override`; no copy in any cache of
    a page for somebody signed in."""
    policy = build_policy(cast(Mapping[str, Collection[str]], settings.SECURE_CSP))

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        own = getattr(response, "_csp_config", None)
        response.headers["Content-Security-Policy"] = policy if own is None else build_policy(own)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def speak(respond: Respond) -> Respond:
    """Answer in the reader's language. Whoever answers a pulse has no cookie, and none is looked at there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if len(settings.LANGUAGES) < 2:
            return respond(request)
        with translation.override(languages.wanted(request, cookies=not request.path.startswith(("/a/", "/r/")))):
            response = respond(request)
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware
