"""Answering: no account, no cookie, no script."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from alongside.kit import database
from alongside.surveys import answering, forms, reads, tickets
from alongside.surveys.accept import Closed, NotTaken, NotYetOpen, Spent, accept, refusal
from alongside.surveys.models import Wave


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, wave: int, token: str) -> HttpResponse:
    """The form behind a ticket, and its receipt. Looking never spends a ticket: mail scanners open links."""
    response = _take(request, wave, token) if request.method == "POST" else _look(request, wave, token)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _look(request: HttpRequest, wave_id: int, token: str) -> HttpResponse:
    if wave_id.bit_length() > 63:  # a number that no wave can have, and that SQLite refuses to compare
        return _not_taken(request, None)
    digest = tickets.digest(token)
    return answering.form(request, wave_id, digest) or _not_taken(
        request, _refusal(wave_id, reads.door(wave_id, digest))
    )


def _refusal(wave_id: int, door: reads.Door | None) -> NotTaken | None:
    if door is not None:
        return refusal(door.wave, door.used)
    wave = Wave.objects.filter(pk=wave_id).first()
    return refusal(wave, None) if wave else None


def _take(request: HttpRequest, wave_id: int, token: str) -> HttpResponse:
    pulse = reads.instrument_of(wave_id)
    if pulse is None:
        return _not_taken(request, None)
    form = forms.AnswerForm(pulse, request.POST)
    if not form.complete:
        return _ask_again(request, wave_id, token, form)
    try:
        taken = accept(wave_id, token, form.ratings, form.comment)
    except NotTaken as reason:
        return _not_taken(request, reason)
    try:
        return answering.receipt(request, wave_id, taken.school_id)
    except database.AWAY:  # the page for them says that nothing was stored; this answer was
        return render(request, "surveys/received.html")


def _ask_again(request: HttpRequest, wave_id: int, token: str, form: forms.AnswerForm) -> HttpResponse:
    """The same form with what was given, and one sentence; nothing is stored, nothing is lost, the ticket is not spent."""
    door = reads.door(wave_id, tickets.digest(token))
    if door is None or door.used or not _accepts(door.wave):
        return _not_taken(request, _refusal(wave_id, door))
    return answering.again(request, door, form)


def _accepts(wave: Wave) -> bool:
    return wave.state == Wave.State.OPEN and wave.opens_at <= timezone.now() < wave.closes_at


def _not_taken(request: HttpRequest, reason: NotTaken | None) -> HttpResponse:
    """A kind page that says what happened and what to do; stored: nothing."""
    if isinstance(reason, Spent):
        return render(request, "surveys/already_received.html")
    if isinstance(reason, Closed):
        return render(request, "surveys/has_closed.html", status=410)
    if isinstance(reason, NotYetOpen):
        return render(request, "surveys/not_yet_open.html", status=425)
    return render(request, "surveys/mistyped.html", status=404)
