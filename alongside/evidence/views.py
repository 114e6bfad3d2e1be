"""Coherence rounds: start one, say how I see my school, look at the map."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.calendar.reads import school_days
from alongside.evidence import actions, forms, reads, rules
from alongside.evidence.models import LeaderView
from alongside.kit.access import require, works_here
from alongside.kit.addresses import url
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster, School
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import schooldays

WHO_STARTS = "The network’s officer starts a coherence round, or the chair for the own cluster."
WHO_READS = "Coherence maps are for the people who work in these schools, or for them."
WHO_LEADS = "How leaders see their school is between them. Your own link comes with the letter when teams are asked."


@require_GET
def maps(request: InsideRequest) -> HttpResponse:
    """The rounds of this network, or of the networks that this school belongs to."""
    require(works_here(request.member), WHO_READS)
    around = {request.organisation.pk}
    if request.organisation.kind == "school":
        around |= {place.pk for place in request.standing.organisations() if place.kind == "network"}
    context = {
        "lines": reads.round_lines(around),
        "may_start": rules.can_start_somewhere(request.member),
        "door": "decide",
    }
    return render(request, "evidence/maps.html", context)


@require_http_methods(["GET", "POST"])
def map_new(request: InsideRequest) -> HttpResponse:
    """Start a round: one preset."""
    require(rules.can_start_somewhere(request.member), WHO_STARTS)
    every = Cluster.objects.of(request.organisation.pk).order_by("name")
    mine = [each for each in every if request.member.officer or each.pk in request.member.clusters_chaired]
    form = forms.StartForm(
        request.POST or None,
        organisation=request.organisation,
        clusters=mine,
        whole=request.member.officer,
        today=schooldays.local_day(timezone.now(), request.organisation.zone),
        days=school_days(request.organisation),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.start(
                request.organisation,
                form.statements,
                form.hours,
                cluster=form.cluster,
                by=cast(Person, request.user),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The round has started. Leaders find it under Today; teams are asked by letter.")
            return redirect(url(request, "map", pk=made.pk))
    context = {"form": form, "door": "decide"}
    return render(request, "evidence/map_new.html", context, status=400 if form.errors else 200)


@require_GET
def map_together(request: InsideRequest, pk: int, cluster: str = "") -> HttpResponse:
    """The map of the schools that said yes, in the whole round or in one of its clusters."""
    require(works_here(request.member), WHO_READS)
    page = reads.together(reads.round_of(request.member, pk), request.member, cluster)
    return render(request, "evidence/map.html", {"page": page, "door": "decide"})


@require_POST
def map_call_off(request: InsideRequest, pk: int) -> HttpResponse:
    """Undo the start of a round in which nobody was asked yet."""
    found = reads.round_of(request.member, pk).round
    require(rules.can_call_off(request.member, found), WHO_STARTS)
    actions.call_off(found, cast(Person, request.user))
    messages.success(request, "The round was called off. Nobody was asked.")
    return redirect(url(request, "maps"))


@require_GET
def map_school(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """One school’s map."""
    found = reads.round_of(request.member, pk)
    page = reads.school_map(found, reads.school_of(found, school), request.member)
    form = forms.NoteForm(initial={"text": page.my_note})
    return render(request, "evidence/map_school.html", {"page": page, "form": form, "door": "decide"})


def _led(request: InsideRequest, pk: int, slug: str) -> tuple[reads.Asked, School]:
    """A round and a school in it that this member leads; 404 for a school that they do not know of."""
    found = reads.round_of(request.member, pk)
    school = reads.school_of(found, slug)
    require(rules.leads(request.member, school.pk), WHO_LEADS)
    return found, school


@require_http_methods(["GET", "POST"])
def map_mine(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """How I see my school, as one of its leaders."""
    asked, place = _led(request, pk, school)
    person = cast(Person, request.user)
    mine = LeaderView.objects.filter(round=asked.round, school=place, person=person).first()
    form = forms.ViewForm(request.POST or None, asked=asked.round, mine=mine)
    if request.method == "POST" and form.is_valid():
        actions.keep_view(
            asked.round,
            place,
            person,
            form.ratings,
            head=reads.is_head(person.pk, place.pk),
            agreed=form.cleaned_data["agreed"],
        )
        messages.success(request, "Kept. Now you see how your colleagues in the leadership team see it.")
        return redirect(url(request, "map_school", pk=pk, school=school))
    context = {
        "form": form,
        "round": asked.round,
        "school": place,
        "mine": mine,
        "open": rules.takes_views(asked.teams),
        "door": "decide",
    }
    return render(request, "evidence/map_mine.html", context, status=400 if form.errors else 200)


@require_POST
def map_agree(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Let my answers stand on the map beyond the team, or take that back."""
    asked, place = _led(request, pk, school)
    agreed = request.POST.get("agreed") == "yes"
    actions.agree(asked.round, place, cast(Person, request.user), agreed=agreed)
    said = (
        "Leaders stand on the map once each of you agrees." if agreed else "Your answers stay in the leadership team."
    )
    messages.success(request, said)
    return redirect(url(request, "map_school", pk=pk, school=school))


@require_POST
def map_note(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Keep a note of the talk with my team."""
    asked, place = _led(request, pk, school)
    form = forms.NoteForm(request.POST)
    if not form.is_valid():
        page = reads.school_map(asked, place, request.member)
        return render(request, "evidence/map_school.html", {"page": page, "form": form, "door": "decide"}, status=400)
    actions.note(asked.round, place, cast(Person, request.user), form.cleaned_data["text"])
    messages.success(request, "Kept. Your colleagues in the leadership team can read it.")
    return redirect(url(request, "map_school", pk=pk, school=school))


@require_POST
def map_share(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Let the cluster count and see the school’s map, or take that back."""
    asked, place = _led(request, pk, school)
    shared = request.POST.get("shared") == "yes"
    if shared and not any(stage.done for stage in reads.stages(asked) if stage.wave):
        raise Conflict("There is no map yet. Look at your own first, then let the cluster see it.")
    actions.share(asked.round, place, shared=shared, by=request.member.person_id)
    said = "Your school counts in the cluster’s map now." if shared else "Your map is your school’s alone again."
    messages.success(request, said)
    return redirect(url(request, "map_school", pk=pk, school=school))
