"""The weekly letter: stopping it from a link, choosing it in the account."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from alongside.people import digests
from alongside.people.models import Person


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def digest_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the weekly letter. The link is the authority, as mail programs press it without cookies (RFC 8058)."""
    person = digests.person_of(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        digests.choose([person], wanted=False)
    return render(request, "people/digest_stop.html", {"stopped": request.method == "POST"})


@require_POST
def digest_choose(request: HttpRequest) -> HttpResponse:
    """Whether I get the weekly letter."""
    wanted = request.POST.get("wanted") == "yes"
    digests.choose([cast(Person, request.user)], wanted=wanted)
    messages.success(request, "The weekly letter comes on Mondays." if wanted else "You get no weekly letter any more.")
    return redirect("account")
