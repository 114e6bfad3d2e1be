"""Pulses that are asked again by themselves, what they bring next, and how much a year may ask."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.calendar.reads import school_days
from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, budget, check, forms, naming, outlook, rules, schooldays
from alongside.surveys.instruments import instrument, instruments
from alongside.surveys.models import Rhythm

type ChangeTurn = Callable[[Rhythm, datetime.date, Person], None]

WHO = "Pulses are asked by a school’s leaders, a cluster’s chair or the network’s officer."


def askable(request: InsideRequest) -> tuple[bool, list[Cluster]]:
    """Whether this member may ask everybody here, and which clusters."""
    whole = rules.can_ask(request.member, request.organisation)
    network = request.organisation.kind == "network"  # a school has no clusters of its own
    clusters = list(Cluster.objects.of(request.organisation.pk).order_by("name")) if network else []
    mine = [cluster for cluster in clusters if rules.can_ask(request.member, request.organisation, cluster)]
    require(whole or bool(mine), WHO)
    return whole, mine


@require_http_methods(["GET", "POST"])
def rhythm_new(request: InsideRequest) -> HttpResponse:
    """Start a rhythm; its turns are listed before anybody presses anything."""
    whole, mine = askable(request)
    today = schooldays.local_day(timezone.now(), request.organisation.zone)
    form = forms.RhythmForm(
        request.POST or None,
        organisation=request.organisation,
        clusters=mine,
        whole=whole,
        today=today,
        pulse=request.GET.get("pulse", ""),
    )
    doubted = False
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        try:
            rhythm = actions.start(
                request.organisation,
                form.cleaned_data["instrument"],
                form.turn,
                cluster=form.cluster,
                by=cast(Person, request.user),
                audience=form.asks.key,
                breakdown=form.cleaned_data["breakdown"],
                anyway="anyway" in request.POST,
            )
        except Conflict:
            raise
        except Refused as refused:
            form.add_error(None, str(refused))
            doubted = isinstance(refused, naming.MayNameSomebody)
        else:
            messages.success(request, "The rhythm has started. Its first pulse is planned, and opens by itself.")
            return redirect(url(request, "rhythm", pk=rhythm.pk))
    context = {"form": form, "whole": whole, "doubted": doubted, "door": "ask", **_preview(request, form)}
    return render(request, "surveys/rhythm_new.html", context, status=400 if form.errors else 200)


def _preview(request: InsideRequest, form: forms.RhythmForm) -> dict[str, object]:
    """The turns of this school year, and what would be wrong with them; nothing for a form that is not whole."""
    if form.is_bound and any(field in form.errors for field in form.fields):
        return {}
    if not form.is_bound and form.initial["instrument"] not in instruments():
        return {}  # one of our own that was only linked to: checked once somebody asks for it
    days = school_days(request.organisation)
    found = outlook.of_a_year(request.organisation.country, form.turn, days, form.today, [], [])
    last = schooldays.school_year(request.organisation.country, form.today)[1]
    dated = [each.opens_on for each in found if each.opens_on]
    within = [day for day in dated if day <= last] or dated
    pulse = instrument(form.chosen["instrument"])
    told = check.check(
        request.organisation,
        form.cluster,
        pulse,
        within[0] if within else form.today,
        request.member,
        held=request.standing.pauses,
        times=len(within),
        audience=form.asks,
        breakdown=form.chosen.get("breakdown") or "",
    )
    return {
        "lines": [outlook.line(form.turn, each) for each in found],
        "check": told,
        "pulse": pulse,
        "knows_terms": bool(days.terms),
        "first": within[0] if within else None,
    }


def _rhythm_of(request: InsideRequest, pk: int, *, change: bool = False) -> Rhythm:
    """A rhythm that this member may know of, or Http404; to change it, they must be able to ask it."""
    scoped = Rhythm.objects.seen_by(request.member).select_related("series__cluster", "organisation", "started_by")
    rhythm = get_object_or_404(scoped, pk=pk)
    if change:
        require(rules.can_ask(request.member, rhythm.organisation, rhythm.series.cluster), WHO)
    return rhythm


@require_GET
def rhythm(request: InsideRequest, pk: int) -> HttpResponse:
    """What a rhythm brings next."""
    return _shown(request, _rhythm_of(request, pk))


def _shown(request: InsideRequest, found: Rhythm, error: str = "") -> HttpResponse:
    today = schooldays.local_day(timezone.now(), found.organisation.zone)
    page = outlook.rhythm_page(found, request.member, today)
    context = {"page": page, "error": error, "door": "ask"}
    return render(request, "surveys/rhythm.html", context, status=400 if error else 200)


@require_POST
def rhythm_skip(request: InsideRequest, pk: int) -> HttpResponse:
    """Leave one turn out."""
    return _change_turn(request, pk, actions.skip, "Left out. The one after it is planned in its place.")


def _change_turn(request: InsideRequest, pk: int, change: ChangeTurn, said: str) -> HttpResponse:
    found, form = _rhythm_of(request, pk, change=True), forms.TurnForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, "Choose one of the pulses in the list.")
    change(found, form.cleaned_data["turn"], cast(Person, request.user))
    messages.success(request, said)
    return redirect(url(request, "rhythm", pk=pk))


@require_POST
def rhythm_move(request: InsideRequest, pk: int) -> HttpResponse:
    """Ask one turn on another day."""
    found, form = _rhythm_of(request, pk, change=True), forms.MoveForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, "Choose one of the pulses in the list, and a day for it.")
    try:
        actions.move(found, form.cleaned_data["turn"], form.cleaned_data["opens_on"], cast(Person, request.user))
    except Conflict:
        raise
    except Refused as refused:
        return _shown(request, found, str(refused))
    messages.success(request, "Moved. Later ones follow, two weeks after it closes at the earliest.")
    return redirect(url(request, "rhythm", pk=pk))


@require_POST
def rhythm_put_back(request: InsideRequest, pk: int) -> HttpResponse:
    """Take back what was changed of one turn."""
    return _change_turn(request, pk, actions.put_back, "Put back to where the rhythm has it.")


@require_POST
def rhythm_end(request: InsideRequest, pk: int) -> HttpResponse:
    """Ask no more by itself."""
    actions.end(_rhythm_of(request, pk, change=True), cast(Person, request.user))
    messages.success(request, "The rhythm has ended. What was planned is called off; an open pulse closes as it said.")
    return redirect(url(request, "ask"))


@require_http_methods(["GET", "POST"])
def question_budget(request: InsideRequest) -> HttpResponse:
    """How much a school year asks of a person here, and lowering what it may."""
    require(
        rules.can_ask(request.member, request.organisation),
        "The question budget is set by a school’s leaders for their staff, and by the network’s officer for what it asks.",
    )
    today = schooldays.local_day(timezone.now(), request.organisation.zone)
    page = budget.page(request.organisation, actions.taking_part(request.organisation, None), today)
    form = forms.BudgetForm(request.POST or None, initial={"statements": page.limit})
    if request.method == "POST" and form.is_valid():
        actions.lower_budget(request.organisation, form.cleaned_data["statements"], cast(Person, request.user))
        messages.success(request, "Kept. What is planned stays; new pulses must fit.")
        return redirect(url(request, "question_budget"))
    context = {"page": page, "form": form, "door": "ask"}
    return render(request, "surveys/question_budget.html", context, status=400 if form.errors else 200)
