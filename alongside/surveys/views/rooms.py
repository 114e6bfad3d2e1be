"""Asking a hall: the screen of whoever runs it, and the phones of everybody there."""

from __future__ import annotations

import gzip
from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, answering, forms, grids, rules
from alongside.surveys.accept import Closed, NotTaken, Spent, Unknown
from alongside.surveys.instruments import SCALE
from alongside.surveys.models import Room
from alongside.surveys.rooms import door, reads, released, taking
from alongside.surveys.rooms.forms import RoomForm
from alongside.surveys.views.rhythms import askable

WHO = "A room is run by whoever could ask the pulse: the school’s leaders, the cluster’s chair, the network’s officer."


# --- the screen -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def room_new(request: InsideRequest) -> HttpResponse:
    """Ask the room now: which pulse, and how many people sit there."""
    whole, mine = askable(request)
    form = RoomForm(request.POST or None, organisation=request.organisation, clusters=mine, whole=whole)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, cast(Person, request.user)
        try:
            room = actions.open_room(
                request.organisation, given["instrument"], given["present"], cluster=form.cluster, by=by
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(url(request, "room", pk=room.pk))
    return render(request, "surveys/room_new.html", {"form": form, "door": "ask"}, status=400 if form.errors else 200)


def _room_of(request: InsideRequest, pk: int) -> Room:
    scoped = Room.objects.seen_by(request.member).select_related("organisation", "cluster")
    found = get_object_or_404(scoped, pk=pk)
    require(rules.can_see_room(request.member, found), "While it is open, whoever runs the room sees this page.")
    return found


@require_GET
def room(request: InsideRequest, pk: int) -> HttpResponse:
    """The code to scan and how far it is; after the close the results, large enough for the back row."""
    page = reads.room_page(_room_of(request, pk), request.member)
    return render(request, "surveys/room.html", {"page": page, "door": "ask"})


@require_POST
def room_close(request: InsideRequest, pk: int) -> HttpResponse:
    """Take no more answers and show what came of it; again where that was interrupted."""
    found = _room_of(request, pk)
    require(rules.can_run_room(request.member, found), WHO)
    actions.close_room(found, cast(Person, request.user))
    return redirect(url(request, "room", pk=pk))


# --- the phones: no account, no cookie, no script ---------------------------------------------------------------------


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def room_answer(request: HttpRequest, code: str) -> HttpResponse:
    """The form behind the code on the screen, and its receipt."""
    found = reads.by_code(code)
    if found is None:
        return _said(request, "unknown", status=404)
    if found.has_results:
        return redirect("room_seen", code=found.code)
    response = _take(request, found) if request.method == "POST" else _form(request, found)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@require_safe
def room_seen(request: HttpRequest, code: str) -> HttpResponse:
    """The results on a phone, from the moment they are on the screen; before that, the page that waits for them (202)."""
    found = reads.by_code(code)
    if found is None:
        return _said(request, "unknown", status=404)
    if reads.shown_on_phones(found):
        shown = {"found": released.of(found), "pulse": found.pulse, "school": reads.whom(found)}
        return render(request, "surveys/room_seen.html", shown)
    return _said(request, "over", found, 410) if found.has_results else _said(request, "waiting", found, 202)


def _form(request: HttpRequest, found: Room) -> HttpResponse:
    if not found.accepts:
        return _said(request, "closed", found, 410)
    # Also when as many have answered as are present: only who sends one more is told. Whoever could read it here would know
    # to the person how many have answered, by asking again and again.
    return _written(request, found, door.new_number(found.pk))


def _take(request: HttpRequest, found: Room) -> HttpResponse:
    number = request.POST.get("number", "")
    given = forms.AnswerForm(found.pulse, request.POST)
    if found.accepts and not given.complete and door.is_ours(found.pk, number):
        return _written(request, found, number, given)
    try:
        taking.take(found.pk, number, given.ratings)
    except NotTaken as reason:
        said, status = REASONS[type(reason)]
        return _said(request, said, found, status)
    return _said(request, "received", found)


REASONS: dict[type[NotTaken], tuple[str, int]] = {
    Unknown: ("strange", 422),
    Spent: ("spent", 200),
    Closed: ("closed", 410),
    taking.Full: ("full", 409),
}


def _written(request: HttpRequest, found: Room, number: str, given: forms.AnswerForm | None = None) -> HttpResponse:
    """The form with a number of its own, packed by hand: a hall opens two hundred of them at once."""
    pulse = found.pulse
    shown = {
        "pulse": pulse,
        "items": answering.numbered(pulse),
        "scale": SCALE,
        "states": grids.STATES if pulse.is_grid else (),
        "network": found.organisation.name,
        "k": found.k,
        "count": gettext(answering.NUMBER_WORDS[len(pulse.items)]),
        "form": given,
        "school": reads.whom(found),
        "contacts": answering.contacts(None, found.organisation),
        "number": number,
        "code": found.code,
        "present": found.present,
        "large": answering.is_large(request),
    }
    page = render_to_string("surveys/room_form.html", shown).encode()
    status = 422 if given else 200
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(page, status=status, headers={"Vary": "Accept-Encoding"})
    packed = gzip.compress(page, 6, mtime=0)
    return HttpResponse(packed, status=status, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})


def _said(request: HttpRequest, said: str, found: Room | None = None, status: int = 200) -> HttpResponse:
    """One page that says where things stand: unknown, strange, spent, full, closed, waiting, over or received."""
    shown = {"said": said, "code": found.code if found else "", "school": reads.whom(found) if found else "Alongside"}
    return render(request, "surveys/room_said.html", shown, status=status)
