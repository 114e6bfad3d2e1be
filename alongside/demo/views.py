"""The first page of the demo, its mailbox, and the button that lets a closing day come."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from alongside.demo import actions, reads
from alongside.demo.access import demo_only, from_here
from alongside.kit import mail
from alongside.kit.charts.samples import component_samples
from alongside.people import factors
from alongside.people.models import Person


@login_not_required
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """In the demo a button for each role; elsewhere where I belong, or the way in."""
    if settings.DEMO and from_here(request):
        return render(request, "demo/door.html", {"roles": reads.roles(), "about": reads.about()})
    return redirect("home" if request.user.is_authenticated else "sign_in")


@require_POST
@demo_only
def enter(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as somebody of the demo world."""
    person = Person.objects.filter(email=reads.email_of(role)).first()
    if person is None:
        raise Http404
    login(request, person)
    factors.vouch(request.session, person, "demo")
    return redirect("home")


@require_GET
@demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every letter that Alongside has sent in this demo, newest first."""
    letters, count = mail.letters(100)
    mine = mail.letters_to(getattr(request.user, "email", None) or "")
    return render(request, "demo/mailbox.html", {"letters": letters, "count": count, "mine": mine})


@require_GET
@demo_only
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """One letter, its links made to be pressed."""
    found = mail.letter(key)
    if found is None:
        raise Http404
    return render(request, "demo/letter.html", {"letter": found, "parts": reads.parts(found.text)})


@require_POST
@demo_only
def close_now(request: HttpRequest, wave: int) -> HttpResponse:
    """Let a pulse's closing day come: its hours are moved into the past, the worker does the rest."""
    found = actions.let_closing_day_come(wave)
    if found is None:
        raise Http404
    return redirect("wave", kind=found.organisation.kind, slug=found.organisation.slug, pk=wave)


@require_GET
@demo_only
def components(request: HttpRequest) -> HttpResponse:
    """All the parts on one page."""
    return render(request, "kit/components.html", {"door": "show", **component_samples()})
