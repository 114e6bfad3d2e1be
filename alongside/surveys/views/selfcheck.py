"""The leaders' form: a self-check of the leadership team, and sharing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import School
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, rules, schooldays, selfcheck, teamform
from alongside.surveys.models import SelfCheck


def _school(request: InsideRequest, slug: str) -> School:
    """The school of an address, whose leaders alone enter and see all of its self-checks."""
    own = School.objects.select_related("organisation")
    if request.organisation.kind == "school":
        found = get_object_or_404(own, organisation=request.organisation, organisation__slug=slug)
    else:
        found = get_object_or_404(own.in_network(request.organisation), organisation__slug=slug)
    require(
        rules.can_check_themselves(request.member, found.pk),
        f"The self-check belongs to the leadership team of {found}. It is seen beside the results once they share it.",
    )
    return found


@require_http_methods(["GET", "POST"])
def self_check(request: InsideRequest, school: str) -> HttpResponse:
    """Six agreed numbers at the end of a meeting; the last ones can be changed until the next."""
    found = _school(request, school)
    checks = selfcheck.of_school(found)
    last = checks[0] if checks else None
    change = (request.POST if request.method == "POST" else request.GET).get("change", "")
    changes = last if last and change == str(last.pk) else None
    zone = request.organisation.zone
    form = teamform.SelfCheckForm(request.POST or None, check=changes, today=schooldays.local_day(timezone.now(), zone))
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"] if change else ""
        if change and not seen:
            raise Conflict("Look at the last self-check again, then change it.")
        try:
            actions.keep_self_check(
                found,
                form.cleaned_data["held_on"],
                form.numbers,
                form.cleaned_data["note"],
                by=request.member.person_id,
                seen=seen,
            )
        except Conflict:
            raise
        except Refused as refused:
            form.add_error("held_on", str(refused))
        else:
            messages.success(request, "Kept. It is your team’s alone unless you share it.")
            return redirect(url(request, "self_check", school=school))
    context = {
        "school": found,
        "form": form,
        "changes": changes,
        "last": last,
        "checks": [(check, selfcheck.told(check.numbers)) for check in checks],
        "door": "decide",
    }
    return render(request, "surveys/self_check.html", context, status=400 if form.errors else 200)


@require_POST
def self_check_share(request: InsideRequest, school: str) -> HttpResponse:
    """Share one beside the school's results, or take that back."""
    found = _school(request, school)
    pk = request.POST.get("check", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 18):
        raise Http404
    check = get_object_or_404(SelfCheck.objects.filter(school=found), pk=pk)
    shared = request.POST.get("shared") == "yes"
    actions.share_self_check(check, shared=shared, by=request.member.person_id)
    said = "It stands beside your school’s results now." if shared else "It is your team’s alone again."
    messages.success(request, said)
    return redirect(url(request, "self_check", school=school))
