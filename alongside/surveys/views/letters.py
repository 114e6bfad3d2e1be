"""Asking again, adding people to an open pulse, and stopping its letters."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Conflict, Refused
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, forms, lettertimes, rules, stopping
from alongside.surveys.views.waves import wave_of


@require_POST
def wave_nudge(request: InsideRequest, pk: int) -> HttpResponse:
    """Have everyone asked again, answered or not."""
    found = wave_of(request, pk)
    schools = rules.can_nudge(request.member, found.schools.all())
    require(bool(schools), "A school’s leaders, its cluster’s chair and the network’s officer ask everyone again.")
    count = actions.nudge(found, schools, cast(Person, request.user))
    where = "at one school" if count == 1 else f"at {count} schools"
    messages.success(request, f"Everyone who is asked {where} gets a letter, {lettertimes.HOURS}.")
    return redirect(url(request, "wave", pk=pk))


@require_http_methods(["GET", "POST"])
def wave_people(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Add people of one school to a pulse that is open."""
    found = wave_of(request, pk)
    places = {row.school.slug: row.school for row in found.schools.select_related("school__organisation")}
    place = places.get(school)
    if place is None:
        raise Http404
    require(rules.can_add_people(request.member, place.pk), f"Only the leaders of {place} add people who work there.")
    people = actions.can_be_added(found, place, [each.pk for each in places.values()])
    form = forms.AddPeopleForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            count = actions.add_people(found, place, form.cleaned_data["people"], cast(Person, request.user))
        except Conflict:
            raise
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            who = "One person was" if count == 1 else f"{count} people were"
            messages.success(request, f"{who} added. Each gets a link of their own, {lettertimes.HOURS}.")
            return redirect(url(request, "wave", pk=pk))
    context = {"wave": found, "school": place, "people": people, "form": form, "door": "ask"}
    return render(request, "surveys/wave_people.html", context, status=400 if form.errors else 200)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def pulse_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Choose which letters of pulses come. The link is the authority, as mail programs press it without cookies
    (RFC 8058); what they send stops reminders and nudges."""
    person = stopping.person_of(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        stopping.choose(person, request.POST.get("letters", ""))
    context = {"wanted": stopping.wanted(person), "changed": request.method == "POST"}
    return render(request, "surveys/pulse_stop.html", context)
