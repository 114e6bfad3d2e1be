"""Pulses of one's own: the list, the builder, files in and out."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.kit.addresses import url
from alongside.kit.downloads import attachment
from alongside.kit.errors import Conflict, Refused
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, definitions, naming, offered, taking, writing
from alongside.surveys.models import OwnInstrument, ReadFile
from alongside.surveys.views.rhythms import askable
from alongside.surveys.wording import STATEMENTS, Line, Wording, of

BLANK = 3  # statements that a new pulse has room for at once


@require_http_methods(["GET", "POST"])
def own_pulses(request: InsideRequest) -> HttpResponse:
    """Our own pulses; a new one from nothing, from one of ours, or from one of these."""
    askable(request)
    if request.method == "POST":
        made = actions.write_pulse(request.organisation, _start(request), by=request.member.person_id)
        return redirect(url(request, "own_pulse", pk=made.pk))
    context = {"page": offered.own_page(request.member), "door": "ask"}
    return render(request, "surveys/own_pulses.html", context)


def _start(request: InsideRequest) -> Wording:
    """The wording of the pulse that was chosen to start from; a blank one for none, 404 for one that is not here."""
    code = request.POST.get("start", "")
    if not code:
        return Wording(lines=(Line(),) * BLANK)
    found = offered.known(request.organisation, code)
    if found is None:
        raise Http404
    wording = of(found)
    return replace(wording, name=f"{wording.name[:45]}, our wording")


def _own(request: InsideRequest, pk: int) -> OwnInstrument:
    askable(request)
    return get_object_or_404(OwnInstrument.objects.seen_by(request.member), pk=pk)


@csp_override(settings.SECURE_CSP | {"frame-src": [CSP.SELF]})  # the phone beside the form
@require_http_methods(["GET", "POST"])
def own_pulse(request: InsideRequest, pk: int) -> HttpResponse:
    """The builder: every button keeps what was written; beside it the page as people will see it."""
    own = _own(request, pk)
    if request.method == "GET":
        return _builder(request, own, writing.WordingForm(wording=own.words))
    form = writing.WordingForm(request.POST, wording=own.words)
    if not form.is_valid():
        return _builder(request, own, form, status=400)
    wording, part = writing.done(form.wording(), request.POST.get("do", ""))
    try:
        actions.keep_wording(own, request.POST.get("seen", ""), wording)
    except Conflict:
        raise
    except Refused as refused:
        form.add_error(None, str(refused))
        return _builder(request, own, form, status=400)
    if not part:
        messages.success(request, "Kept.")
    return redirect(url(request, "own_pulse", pk=pk) + (f"#{part}" if part else ""))


def _builder(request: InsideRequest, own: OwnInstrument, form: writing.WordingForm, status: int = 200) -> HttpResponse:
    words = own.words
    lines = offered.written_lines(words)
    advised = {line.number: line.advice for line in lines}
    context = {
        "own": own,
        "pulse": own.instrument,
        "words": words,
        "asked": offered.was_asked(own),
        "named": naming.of_wording(words, naming.known_in(request.organisation)),
        "form": form,
        "rows": [(row, advised.get(row.number, [])) for row in form.rows],
        "room": form.count < STATEMENTS,
        "turns": offered.turns(words),
        "door": "ask",
    }
    return render(request, "surveys/own_pulse.html", context, status=status)


@require_POST
def own_pulse_away(request: InsideRequest, pk: int) -> HttpResponse:
    """Delete a pulse that was never asked, put another away, or take that out again."""
    own = _own(request, pk)
    if own.put_away_at:
        actions.take_out(own, request.member.person_id)
        messages.success(request, "It can be asked again.")
    elif actions.put_away(own, request.member.person_id):
        messages.success(request, "It is put away. What was asked, and its results, stay.")
    else:
        messages.success(request, "It is deleted. Nobody was ever asked it.")
    return redirect(url(request, "own_pulses"))


@require_http_methods(["GET", "POST"])
def pulse_file(request: InsideRequest) -> HttpResponse:
    """Bring a file with a survey: it is read, and nothing more until somebody takes what was read."""
    askable(request)
    form = writing.SurveyFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = definitions.read(file.read())
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            called = file.name.replace("\0", "")[:100] or "a file"
            read = actions.keep_file(request.organisation, called, found.stored())
            return redirect(url(request, "pulse_read", pk=read.pk))
    waiting = ReadFile.objects.filter(organisation=request.organisation).order_by("-pk")
    context = {"form": form, "waiting": waiting, "door": "ask"}
    status = 400 if request.method == "POST" else 200
    return render(request, "surveys/pulse_file.html", context, status=status)


def _read(request: InsideRequest, pk: int) -> ReadFile:
    askable(request)
    mine = ReadFile.objects.filter(organisation=request.organisation).select_related("organisation")
    return get_object_or_404(mine, pk=pk)


@require_http_methods(["GET", "POST"])
def pulse_read(request: InsideRequest, pk: int) -> HttpResponse:
    """What was read of a file and what was not; take it, statement by statement."""
    read = _read(request, pk)
    if request.method == "GET":
        return _preview(request, taking.file_page(read, request.GET.get("language", "")))
    page = taking.file_page(read, request.POST.get("language", ""))
    form = writing.TakeForm(
        request.POST,
        statements=[choice.key for choice in page.statements],
        comments=[choice.key for choice in page.comments],
    )
    if not form.is_valid():
        return _preview(request, page, "Something that was ticked is not in this file. Look at it again.")
    given = form.cleaned_data
    try:
        wording = taking.chosen(read, given["statements"], given["comment"], page.language)
        made = actions.take_file(read, wording, request.member.person_id)
    except Conflict:
        raise
    except Refused as refused:
        return _preview(request, page, str(refused))
    messages.success(request, "It is a pulse of your own now. Read it through; nobody is asked before you ask it.")
    return redirect(url(request, "own_pulse", pk=made.pk))


def _preview(request: InsideRequest, page: taking.FilePage, error: str = "") -> HttpResponse:
    context = {"page": page, "error": error, "door": "ask"}
    return render(request, "surveys/pulse_read.html", context, status=400 if error else 200)


@require_POST
def pulse_read_drop(request: InsideRequest, pk: int) -> HttpResponse:
    """Leave a file: what was read is forgotten."""
    actions.drop_file(_read(request, pk))
    messages.success(request, "Nothing was taken from the file.")
    return redirect(url(request, "own_pulses"))


@require_GET
def pulse_template(request: InsideRequest) -> HttpResponse:
    """Our table for statements, with two lines to write over."""
    askable(request)
    return attachment(definitions.TEMPLATE, "text/csv", "pulse-template.csv")


@require_GET
def pulse_csv(request: InsideRequest, pulse: str) -> HttpResponse:
    """Any pulse as our table."""
    askable(request)
    found = offered.known(request.organisation, pulse)
    if found is None:
        raise Http404
    return attachment(definitions.as_csv(of(found)), "text/csv", f"pulse-{pulse}.csv")


@require_GET
def pulse_lss(request: InsideRequest, pulse: str) -> HttpResponse:
    """Any pulse as LimeSurvey's survey structure."""
    askable(request)
    found = offered.known(request.organisation, pulse)
    if found is None:
        raise Http404
    return attachment(definitions.as_lss(found), "application/xml", f"pulse-{pulse}.lss")
