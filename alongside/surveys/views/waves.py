"""Asking a pulse, and the pulse while it is open."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.db.models import Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.calendar.days import MONDAY_TO_FRIDAY
from alongside.calendar.reads import school_days
from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, answering, check, forms, naming, outlook, reads, rules, schooldays, slips
from alongside.surveys.instruments import instrument, instruments
from alongside.surveys.models import Wave
from alongside.surveys.offered import known
from alongside.surveys.rooms import reads as rooms
from alongside.surveys.views.rhythms import askable


@require_GET
def ask(request: InsideRequest) -> HttpResponse:
    """The pulses of this network or school."""
    lines = reads.wave_lines(request.organisation)
    may_ask = rules.can_ask(request.member, request.organisation) or rules.can_ask_somewhere(request.member)
    context = {
        "open": [line for line in lines if not line.wave.has_results],
        "done": _done(request, [line for line in lines if line.wave.has_results]),
        "may_ask": may_ask,
        "rhythms": outlook.running(request.organisation),
        "rooms": rooms.room_lines(request.organisation, request.member),
        "door": "ask",
    }
    return render(request, "surveys/ask.html", context)


def _done(request: InsideRequest, lines: list[reads.WaveLine]) -> list[tuple[reads.WaveLine, bool]]:
    """Whether the results of a wave are open to this member by now; where only a reply opened them, Show has the link."""
    if not lines or rules.sees_at_close(request.member):
        return [(line, not line.wave.series.mapped) for line in lines]
    days = school_days(request.organisation)
    return [(line, not line.wave.series.mapped and rules.everybody_sees(line.wave, days)) for line in lines]


@require_http_methods(["GET", "POST"])
def wave_new(request: InsideRequest) -> HttpResponse:
    """Ask a pulse: one preset starts it."""
    whole, mine = askable(request)
    today = schooldays.local_day(timezone.now(), request.organisation.zone)
    days = school_days(request.organisation)
    form = forms.AskForm(
        request.POST or None,
        organisation=request.organisation,
        clusters=mine,
        whole=whole,
        today=today,
        days=days,
        pulse=request.GET.get("pulse", ""),
    )
    doubted = False
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        try:
            wave = actions.ask(
                request.organisation,
                form.cleaned_data["instrument"],
                form.opens_at(timezone.now()),
                form.closes_at(),
                cluster=form.cluster,
                by=cast(Person, request.user),
                audience=form.asks.key,
                breakdown=form.cleaned_data["breakdown"],
                anyway="anyway" in request.POST,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            doubted = isinstance(refused, naming.MayNameSomebody)
        else:
            for warning in form.warnings():
                messages.warning(request, warning)
            return redirect(url(request, "wave", pk=wave.pk))
    context = {
        "form": form,
        "busy": [
            f"{period.name}, {forms.busy_days(period)}" for period in days.busy_between(today, today + forms.SOON)
        ],
        **_checked(request, form, mine, whole),
        "whole": whole,
        "doubted": doubted,
        "door": "ask",
    }
    return render(request, "surveys/wave_new.html", context, status=400 if form.errors else 200)


def _checked(request: InsideRequest, form: forms.AskForm, mine: list[Cluster], whole: bool) -> dict[str, object]:
    """What would be wrong with the pulse as chosen, or, before anything was chosen, with the preset. A pulse of one's own that
    was only linked to is checked once somebody asks for it."""
    if not form.is_bound and form.initial["instrument"] not in instruments():
        return {"pulse": form.pulses.get(form.initial["instrument"]) or instrument("well")}
    given = form.cleaned_data if form.is_bound else form.initial
    cluster = form.clusters.get(given.get("whom", "")) if form.is_bound else None
    if cluster is None and not whole:
        cluster = mine[0]
    pulse = form.pulses.get(given.get("instrument", "")) or instrument("well")
    day = given.get("opens_on") or form.today
    warnings = form.warnings() if form.is_bound and form.is_valid() else []
    told = check.check(
        request.organisation,
        cluster,
        pulse,
        day,
        request.member,
        held=request.standing.pauses,
        audience=form.asks,
        breakdown=given.get("breakdown") or "",
    )
    return {"check": told, "pulse": pulse, "warnings": warnings}


@xframe_options_sameorigin
@csp_override(settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]})  # our own builder shows it in a phone
@require_GET
def ask_look(request: InsideRequest, pulse: str) -> HttpResponse:
    """The page that staff will answer on, as it will be on their phones; nothing can be sent from it."""
    askable(request)
    found = known(request.organisation, pulse)
    if found is None:
        raise Http404
    return answering.look(request, request.organisation, found)


def wave_of(request: InsideRequest, pk: int, **more: Subquery) -> Wave:
    """A wave that this member may know of, or Http404."""
    scoped = Wave.objects.seen_by(request.member).select_related("series__cluster", "organisation", "release")
    return get_object_or_404(scoped.annotate(**more), pk=pk)


@require_GET
def wave(request: InsideRequest, pk: int) -> HttpResponse:
    """A wave that is planned or open; afterwards its results."""
    found = wave_of(request, pk)
    if found.has_results:
        if found.pulse.ranked:
            return redirect(url(request, "votes"))
        return redirect(url(request, "results", pk=pk))
    return _wave_page(request, found, forms.ExtendForm(days=MONDAY_TO_FRIDAY))


@require_POST
def wave_extend(request: InsideRequest, pk: int) -> HttpResponse:
    """Keep a pulse open longer."""
    found = wave_of(request, pk)
    require(
        rules.can_keep_open(request.member, found),
        "Whoever asked this pulse extends it: the school’s leaders, the cluster’s chair or the officer.",
    )
    form = forms.ExtendForm(request.POST, days=school_days(found.organisation))
    if form.is_valid():
        try:
            closes_at = schooldays.closing(form.cleaned_data["closes_on"], found.organisation.zone)
            actions.extend(found, closes_at, cast(Person, request.user))
        except Conflict:
            raise
        except Refused as refused:
            form.add_error("closes_on", str(refused))
        else:
            messages.success(request, "The pulse is open longer. The page that people answer on says so.")
            return redirect(url(request, "wave", pk=pk))
    return _wave_page(request, found, form, status=400)


def _wave_page(request: InsideRequest, found: Wave, form: forms.ExtendForm, status: int = 200) -> HttpResponse:
    page = reads.wave_page(found, request.member)
    part = slips.slips_part(page.taking_part, request.member)
    context = {"page": page, "slips": part, "form": form, "door": "ask"}
    return render(request, "surveys/wave.html", context, status=status)


@require_POST
def wave_call_off(request: InsideRequest, pk: int) -> HttpResponse:
    """Undo the asking of a pulse that has not opened."""
    found = wave_of(request, pk)
    require(rules.can_keep_open(request.member, found), "Whoever asked this pulse calls it off.")
    actions.call_off(found, cast(Person, request.user))
    messages.success(request, "The pulse was called off. Nobody was asked.")
    return redirect(url(request, "ask"))
