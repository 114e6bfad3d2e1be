"""One person of a staff list, by hand."""

import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.network.models import School
from alongside.people import actions, forms, reads, rules
from alongside.people.models import Person, StaffEntry
from alongside.people.requests import InsideRequest
from alongside.people.views.schools import school_of


def _led(request: InsideRequest, school: str) -> School:
    found = school_of(request, school)
    require(
        rules.can_see_staff(request.member, found.pk), f"Only the leaders of {found} change its staff list by hand."
    )
    return found


def _line(form: forms.StaffPersonForm) -> actions.Line:
    data = form.cleaned_data
    return actions.Line(data["name"], data["email"], data["job"], data["hours"])


@require_http_methods(["GET", "POST"])
def staff_add(request: InsideRequest, school: str) -> HttpResponse:
    """Put somebody on the list."""
    found = _led(request, school)
    form = forms.StaffPersonForm(
        request.POST if request.method == "POST" else None, initial={"job": StaffEntry.Job.TEACHER}
    )
    if request.method == "POST" and form.is_valid():
        try:
            entry = actions.add_person(found, _line(form), cast(Person, request.user))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{entry.name} is on the staff list from today.")
            return redirect(url(request, "staff_list", school=school))
    context = {"school": found, "form": form, "door": "grow"}
    return render(request, "people/staff_add.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def staff_person(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """Correct a line of the list, or mark somebody as left."""
    found = _led(request, school)
    current = StaffEntry.objects.current().filter(school=found).select_related("person", "school")
    entry = get_object_or_404(current, pk=pk)
    start = {"name": entry.name, "email": entry.person.email, "job": entry.job, "hours": entry.hours}
    form = forms.StaffPersonForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct(entry, _line(form), cast(Person, request.user))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"The line of {form.cleaned_data['name']} is corrected.")
            return redirect(url(request, "staff_list", school=school))
    return _person(request, found, entry, form, forms.LeftForm(initial={"last_day": datetime.date.today()}))


def _person(
    request: InsideRequest, school: School, entry: StaffEntry, form: forms.StaffPersonForm, left: forms.LeftForm
) -> HttpResponse:
    context = {"school": school, "entry": entry, "form": form, "left_form": left, "door": "grow"}
    return render(request, "people/staff_person.html", context, status=400 if form.errors or left.errors else 200)


@require_POST
def staff_left(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """Mark somebody as left on a day."""
    found = _led(request, school)
    current = StaffEntry.objects.current().filter(school=found).select_related("person", "school")
    entry = get_object_or_404(current, pk=pk)
    left = forms.LeftForm(request.POST)
    start = {"name": entry.name, "email": entry.person.email, "job": entry.job, "hours": entry.hours}
    if left.is_valid():
        try:
            actions.mark_left(entry, left.cleaned_data["last_day"], cast(Person, request.user))
        except Refused as refused:
            left.add_error("last_day", str(refused))
        else:
            messages.success(request, f"{entry.name} is marked as left. You can take that back for 30 days.")
            gone = entry.person_id == request.member.person_id and found not in reads.schools_led_by(entry.person_id)
            return redirect("home") if gone else redirect(url(request, "staff_list", school=school))
    return _person(request, found, entry, forms.StaffPersonForm(initial=start), left)


@require_POST
def staff_return(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """Take a leaving back."""
    found = _led(request, school)
    entry = get_object_or_404(StaffEntry.objects.filter(school=found, until__isnull=False), pk=pk)
    actions.take_back(entry, cast(Person, request.user))
    messages.success(request, f"{entry.name} is on the staff list again.")
    return redirect(url(request, "staff_list", school=school))
