"""Pausing a school, from any page: the page that says how long, the tap, and going on."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from alongside.calendar.reads import end_of_term
from alongside.doors.forms import PauseForm
from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.network import actions, pauses, rules
from alongside.network.models import ClusterMembership, Organisation, Pause, School
from alongside.people.reads import Membership
from alongside.people.requests import InsideRequest

WHO_MAY = "A school’s leaders pause their school; its chair and the network’s officer what the network sends to it."


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school that I may pause from here, and how things stand with it."""

    school: School
    held: Pause | None
    said: str
    mine: bool  # the pause, if there is one, was set where I may lift it


@require_GET
def pauses_page(request: InsideRequest) -> HttpResponse:
    """Which schools are left in peace, and how long the next pause is to be."""
    require(rules.can_pause_somewhere(request.member), WHO_MAY)
    return _page(request, _form(request))


def _page(request: InsideRequest, form: PauseForm, status: int = 200) -> HttpResponse:
    schools = list(_in_reach(request).order_by("name"))
    held = pauses.known([school.pk for school in schools], request.organisation)
    lines = [_line(request, school, held.get(school.pk)) for school in schools]
    context = {
        "resting": [line for line in lines if line.held],
        "others": [line for line in lines if not line.held],
        "everything": all(school.pk in request.member.schools_led for school in schools),
        "form": form,
        "door": "",
    }
    return render(request, "doors/pauses.html", context, status=status)


def _line(request: InsideRequest, school: School, held: Pause | None) -> SchoolLine:
    mine = held is not None and held.organisation_id == _setter(request, school).pk
    return SchoolLine(school, held, pauses.said(held, school) if held else "", mine)


def _in_reach(request: InsideRequest) -> QuerySet[School]:
    """The schools that this member may pause here."""
    member: Membership = request.member
    found = School.objects.select_related("organisation")
    if request.organisation.kind == Organisation.Kind.SCHOOL:
        return found.filter(organisation=request.organisation, pk__in=member.schools_led)
    here = found.filter(pk__in=School.objects.in_network(request.organisation).values("pk"))
    if member.officer:
        return here
    chaired = ClusterMembership.objects.current().filter(cluster__in=member.clusters_chaired).values("school")
    return here.filter(pk__in=chaired) | here.filter(pk__in=member.schools_led)


def _setter(request: InsideRequest, school: School) -> Organisation:
    """Whose pause it is: a leader's is the school's own, everybody else's the network's."""
    if school.pk in request.member.schools_led and school.organisation is not None:
        return school.organisation
    return request.organisation


def _school(request: InsideRequest, slug: str) -> School:
    """The school of an address: the place itself, or any school of the network, so that who may not is told so."""
    found = School.objects.select_related("organisation")
    if request.organisation.kind == Organisation.Kind.SCHOOL:
        school = get_object_or_404(found, organisation=request.organisation, organisation__slug=slug)
    else:
        inside = School.objects.in_network(request.organisation).values("pk")
        school = get_object_or_404(found, pk__in=inside, organisation__slug=slug)
    require(_in_reach(request).filter(pk=school.pk).exists(), WHO_MAY)
    return school


def _form(request: InsideRequest, data: object = None) -> PauseForm:
    today = timezone.localdate()
    return PauseForm(data, today=today, end_of_term=end_of_term(request.organisation, today))


@require_POST
def pause(request: InsideRequest, school: str) -> HttpResponse:
    """One tap: everything that would be sent to this school waits."""
    found = _school(request, school)
    form = _form(request, request.POST if "how_long" in request.POST else {"how_long": "week"})
    if not form.is_valid():
        return _page(request, form, status=400)
    held = actions.pause(found, _setter(request, found), form.until, request.member.person_id)
    if request.member.schools_led != {found.pk}:  # of that one the strip above every page speaks
        messages.success(request, f"{pauses.said(held, found)} It can be undone at once.")
    return redirect(_back(request))


@require_POST
def pause_lift(request: InsideRequest, school: str) -> HttpResponse:
    """Go on: what waited is sent."""
    found = _school(request, school)
    if actions.lift(found, _setter(request, found), request.member.person_id):
        messages.success(request, f"The pause of {found} is over. Letters that waited are sent now.")
    else:
        messages.info(request, f"{found} was not paused any more. Nothing was changed.")
    return redirect(_back(request))


def _back(request: InsideRequest) -> str:
    """The page where the tap was, if it is one of ours in this place."""
    there = request.POST.get("back", "")
    inside = url(request, "today")
    if len(there) < 500 and there.startswith(inside) and url_has_allowed_host_and_scheme(there, allowed_hosts=None):
        return there
    return url(request, "pauses")
