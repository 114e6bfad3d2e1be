"""Pages that need nobody signed in and nothing from the database."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views import defaults
from django.views.decorators.http import require_GET, require_POST

from alongside.kit import database, languages, progress
from alongside.kit.access import MemberRequest
from alongside.kit.downloads import attachment
from alongside.kit.models import Progress, ProgressFile


@login_not_required
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """200 and "ok" when the database answers; 503 otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_GET
def promises(request: HttpRequest) -> HttpResponse:
    """What Alongside promises to everyone who answers, in plain words."""
    return render(request, "kit/promises.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """The one place for what nobody caught, in a view or before any: whoever is signed in is read from the database too.

    503 when the database is away; its text says that nothing was stored, and asks to try again. 500 for a fault of ours.
    """
    if isinstance(sys.exc_info()[1], database.AWAY):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "30"})
    return defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came from elsewhere, or that waited too long."""
    return render(request, "403_csrf.html", status=403)


def _work(request: MemberRequest, pk: int) -> Progress:
    mine = Progress.objects.filter(organisation=request.member.organisation_id, person=request.member.person_id)
    return get_object_or_404(mine, pk=pk)


@require_GET
def work(request: MemberRequest, pk: int) -> HttpResponse:
    """How far some work is that I asked for here; asked for by htmx, the part that moves."""
    found = _work(request, pk)
    part = "#how_far" if request.headers.get("HX-Request") else ""
    return render(request, f"kit/work.html{part}", {"work": found, "name": progress.words(found), "door": "today"})


@require_GET
def work_file(request: MemberRequest, pk: int) -> HttpResponse:
    """The file that came of it."""
    found = get_object_or_404(ProgressFile, progress=_work(request, pk))
    return attachment(bytes(found.data), found.kind, found.name)


@require_POST
def language_choose(request: HttpRequest) -> HttpResponse:
    """The language of my pages, kept in a cookie of this browser."""
    response = redirect("account")
    code = request.POST.get("code", "")
    if code in {code for code, _ in settings.LANGUAGES}:
        year = 365 * 24 * 3600
        response.set_cookie(languages.COOKIE, code, year, secure=settings.SECURE, httponly=True, samesite="Lax")
    return response
