"""Answering: no account, no cookie, no script."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from alongside.kit import database
from alongside.people import throttle
from alongside.surveys import answering, codes, forms, guessing, handouts, reads, slips, tickets
from alongside.surveys.accept import Closed, NotTaken, NotYetOpen, Spent, Unknown, accept, refusal
from alongside.surveys.models import Wave
from alongside.surveys.orderform import answer_form

# What became of what was sent, for the phone that keeps it until it knows: a web filter or the sign-in page of a Wi-Fi that
# answers in our place says neither. Set where an answer was looked at, and nowhere else.
FATE = "Alongside-Answer"
RECEIVED, REFUSED = "received", "refused"


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, wave: int, token: str) -> HttpResponse:
    """The form behind a ticket, and its receipt. Looking never spends a ticket: mail scanners open links."""
    response = _take(request, wave, token) if request.method == "POST" else _look(request, wave, token)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_slip(request: HttpRequest, wave: int, token: str) -> HttpResponse:
    """The same for somebody who typed the code of a slip, perhaps on a device that goes from hand to hand: whoever comes
    back to a ticket that is spent finds the page for the next code."""
    if request.method == "POST":
        response = _take(request, wave, token, shared=True)
    else:
        response = _look(request, wave, token, shared=True)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, wave: int) -> HttpResponse:
    """One field for the code of a slip. No cookie, nothing of whoever was here before."""
    found = _wave(wave)
    if found is None:
        return _not_taken(request, None)
    if not _accepts(found):
        return _not_taken(request, NotYetOpen() if isinstance(refusal(found, None), Unknown) else Closed())
    response = _typed(request, found) if request.method == "POST" else _ask_code(request, found)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _wave(wave_id: int) -> Wave | None:
    if wave_id.bit_length() > 63:
        return None
    return Wave.objects.select_related("series", "organisation").filter(pk=wave_id).first()


def _typed(request: HttpRequest, wave: Wave) -> HttpResponse:
    typed = request.POST.get("code", "")[: codes.TYPED_AT_MOST].replace("\0", "").strip()
    meant, key = codes.normal(typed), codes.read_key(wave.pk)
    if not meant:
        return _ask_code(request, wave, typed, "shape" if typed else "empty", 422)
    if not key:
        return _ask_code(request, wave, typed, "lost" if slips.has_slips(wave.pk) else "wrong", 422)
    if not guessing.may_look(wave, key, throttle.address(request)):
        return _ask_code(request, wave, typed, "wait", 429)
    token = codes.token(key, wave.pk, meant)
    door = reads.door(wave.pk, tickets.digest(token))
    if door is None:
        guessing.note(wave, key, throttle.address(request))
        return _ask_code(request, wave, typed, "wrong", 422)
    if door.used:  # counted like a wrong one: whoever holds a copied sheet could ask again and again which are spent
        guessing.note(wave, key, throttle.address(request), guessing.SPENT)
        return _not_taken(request, Spent(), shared=request.path)
    return redirect("answer_slip", wave=wave.pk, token=token)


def _ask_code(request: HttpRequest, wave: Wave, typed: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    """problem: empty, shape, wrong, wait or lost; what was typed stands in the field again."""
    pulse = wave.pulse
    shown = {"pulse": pulse, "closing": handouts.closing(wave), "typed": typed, "problem": problem}
    return render(request, "surveys/code.html", shown, status=status)


def _look(request: HttpRequest, wave_id: int, token: str, *, shared: bool = False) -> HttpResponse:
    if wave_id.bit_length() > 63:  # a number that no wave can have, and that SQLite refuses to compare
        return _not_taken(request, None)
    digest = tickets.digest(token)
    if page := answering.form(request, wave_id, digest, shared=shared):
        return page
    reason = _refusal(wave_id, reads.door(wave_id, digest))
    if shared and isinstance(reason, Spent):
        return redirect("code", wave=wave_id)
    return _not_taken(request, reason)


def _refusal(wave_id: int, door: reads.Door | None) -> NotTaken | None:
    if door is not None:
        return refusal(door.wave, door.used)
    wave = Wave.objects.filter(pk=wave_id).first()
    return refusal(wave, None) if wave else None


def _take(request: HttpRequest, wave_id: int, token: str, *, shared: bool = False) -> HttpResponse:
    pulse = reads.instrument_of(wave_id)
    if pulse is None:
        return _not_taken(request, None)
    form = answer_form(pulse, request.POST)
    if not form.complete:
        return _ask_again(request, wave_id, token, form, shared=shared)
    try:
        taken = accept(wave_id, token, form.ratings, form.comment)
    except NotTaken as reason:
        return _not_taken(request, reason, shared=answering.NEXT_CODE if shared else "")
    try:
        page = answering.receipt(request, wave_id, taken.school_id, shared=shared)
    except database.AWAY:  # the page for them says that nothing was stored; this answer was
        page = render(request, "surveys/received.html", {"shared": shared, "next": answering.NEXT_CODE})
    return _told(page, RECEIVED)


def _ask_again(
    request: HttpRequest, wave_id: int, token: str, form: forms.AnswerForm, *, shared: bool = False
) -> HttpResponse:
    """The same form with what was given, and one sentence; nothing is stored, nothing is lost, the ticket is not spent."""
    door = reads.door(wave_id, tickets.digest(token))
    if door is None or door.used or not _accepts(door.wave):
        return _not_taken(request, _refusal(wave_id, door), shared=answering.NEXT_CODE if shared else "")
    return _told(answering.again(request, door, form, shared=shared), REFUSED)


def _accepts(wave: Wave) -> bool:
    return wave.state == Wave.State.OPEN and wave.opens_at <= timezone.now() < wave.closes_at


def _not_taken(request: HttpRequest, reason: NotTaken | None, *, shared: str = "") -> HttpResponse:
    """A kind page that says what happened and what to do; stored: nothing. shared: where the next code is typed."""
    if isinstance(reason, Spent):
        return _told(render(request, "surveys/already_received.html", {"shared": shared}), RECEIVED)
    if isinstance(reason, Closed):
        return _told(render(request, "surveys/has_closed.html", status=410), REFUSED)
    if isinstance(reason, NotYetOpen):  # not for good
        return render(request, "surveys/not_yet_open.html", status=425)
    return _told(render(request, "surveys/mistyped.html", status=404), REFUSED)


def _told(response: HttpResponse, fate: str) -> HttpResponse:
    response.headers[FATE] = fate
    return response


@login_not_required
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """The worker of a phone's browser that holds what was sent without a connection. Asked for after the page is there."""
    return render(request, "surveys/outbox.js", content_type="text/javascript; charset=utf-8")


@login_not_required
@require_GET
def answer_kept(request: HttpRequest) -> HttpResponse:
    """What that worker shows in place of a receipt: nothing has arrived yet. The same for everybody."""
    return render(request, "surveys/kept.html")
