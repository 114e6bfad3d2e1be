"""Reflection grids: start one, look at the portraits, say yes for the school."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.calendar.reads import school_days
from alongside.evidence import rules
from alongside.evidence.grids import actions, reads
from alongside.evidence.grids.forms import GridForm
from alongside.kit.access import require, works_here
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.network.models import Cluster
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import schooldays

WHO_STARTS = "The network’s officer starts a reflection grid, or the chair for the own cluster."
WHO_READS = "Reflection grids are for the people who work in these schools, or for them."
WHO_SHARES = "Whether the cluster sees a school’s grid is for that school’s leaders to say."


@require_GET
def grids(request: InsideRequest) -> HttpResponse:
    """The grids of this network, or of the networks that this school belongs to."""
    require(works_here(request.member), WHO_READS)
    around = reads.places_of(request.organisation, request.standing.organisations())
    context = {
        "lines": reads.grid_lines(around),
        "may_start": rules.can_start_somewhere(request.member) and request.organisation.kind == "network",
        "door": "decide",
    }
    return render(request, "evidence/grids.html", context)


@require_http_methods(["GET", "POST"])
def grid_new(request: InsideRequest) -> HttpResponse:
    """Start a grid: one preset."""
    network = request.organisation.kind == "network"
    require(network and rules.can_start_somewhere(request.member), WHO_STARTS)
    every = Cluster.objects.of(request.organisation.pk).order_by("name")
    form = GridForm(
        request.POST or None,
        organisation=request.organisation,
        clusters=[each for each in every if request.member.officer or each.pk in request.member.clusters_chaired],
        whole=request.member.officer,
        today=schooldays.local_day(timezone.now(), request.organisation.zone),
        days=school_days(request.organisation),
    )
    if request.method == "POST" and form.is_valid():
        by = cast(Person, request.user)
        try:
            made = actions.start(request.organisation, form.items, *form.hours, cluster=form.cluster, by=by)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The grid is planned. Everybody who works in these schools is asked by letter.")
            return redirect(url(request, "grid", pk=made.pk))
    context = {"form": form, "door": "decide"}
    return render(request, "evidence/grid_new.html", context, status=400 if form.errors else 200)


@require_GET
def grid_together(request: InsideRequest, pk: int, cluster: str = "") -> HttpResponse:
    """The portrait of the schools that said yes, in the whole grid or in one of its clusters."""
    require(works_here(request.member), WHO_READS)
    page = reads.together(reads.grid_of(request.member, pk), request.member, cluster)
    return render(request, "evidence/grid.html", {"page": page, "door": "decide"})


@require_GET
def grid_school(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """One school’s portrait."""
    wave = reads.grid_of(request.member, pk)
    page = reads.school_grid(wave, reads.school_of(wave, school), request.member)
    return render(request, "evidence/grid_school.html", {"page": page, "door": "decide"})


@require_POST
def grid_share(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Let the cluster count and see the school’s portrait, or take that back."""
    wave = reads.grid_of(request.member, pk)
    place = reads.school_of(wave, school)
    require(rules.leads(request.member, place.pk), WHO_SHARES)
    shared = request.POST.get("shared") == "yes"
    actions.share(wave, place, shared=shared, by=request.member.person_id)
    said = "Your school counts in the cluster’s portrait now." if shared else "Your grid is your school’s alone again."
    messages.success(request, said)
    return redirect(url(request, "grid_school", pk=pk, school=school))
