"""Groupings of a network's schools: the list, and what makes, changes and ends one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.network import actions, reads, rules
from alongside.network.forms import GroupingForm
from alongside.network.models import Grouping, GroupingSchool, School
from alongside.network.views.parts import grouping_here, network_only

OFFICER = "Groupings are made by the network’s officer: everyone sees the same figures of them."


@require_GET
def groupings(request: Any) -> HttpResponse:
    """The groupings that the next pulse will be counted by."""
    network_only(request)
    context = {
        "lines": reads.groupings(request.organisation),
        "may_group": rules.can_group(request.member),
        "at_most": actions.GROUPINGS_AT_MOST,
        "door": "grow",
    }
    return render(request, "network/groupings.html", context)


@require_http_methods(["GET", "POST"])
def grouping_new(request: Any) -> HttpResponse:
    """Make a grouping."""
    network_only(request)
    require(rules.can_group(request.member), OFFICER)

    def make(form: GroupingForm) -> str:
        name, schools = form.cleaned_data["name"], form.chosen()
        made = actions.make_grouping(request.organisation, name, schools, by=request.member.person_id)
        return f"{made} is a grouping now. The next pulse that opens is counted by it too."

    return _form(request, make, {}, None)


@require_http_methods(["GET", "POST"])
def grouping_change(request: Any, grouping: str) -> HttpResponse:
    """Give a grouping another name or other schools."""
    found = grouping_here(request, grouping)
    require(rules.can_group(request.member), OFFICER)
    if found.ended_at:
        raise Http404
    ticked = [str(pk) for pk in GroupingSchool.objects.filter(grouping=found).values_list("school_id", flat=True)]

    def change(form: GroupingForm) -> str:
        name = form.cleaned_data["name"]
        changed = actions.change_grouping(found, name, form.chosen(), by=request.member.person_id)
        return "It is so from the next pulse on that opens." if changed else "It was so already."

    return _form(request, change, {"name": found.name, "schools": ticked}, found)


@require_POST
def grouping_end(request: Any, grouping: str) -> HttpResponse:
    """End a grouping; what was published stays."""
    found = grouping_here(request, grouping)
    require(rules.can_group(request.member), OFFICER)
    ended = actions.end_grouping(found, by=request.member.person_id)
    kept = "Results that are out keep their figures of it."
    messages.success(request, f"{found} has ended. {kept}" if ended else f"{found} had ended already. {kept}")
    return redirect(url(request, "groupings"))


def _form(
    request: Any, act: Callable[[GroupingForm], str], initial: dict[str, Any], found: Grouping | None
) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    among = list(School.objects.in_network(request.organisation).order_by("name", "pk"))
    form = GroupingForm(sent, initial=initial, among=among)
    if request.method == "POST" and form.is_valid():
        try:
            said = act(form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return redirect(url(request, "groupings"))
    context = {"form": form, "grouping": found, "enough": len(among) > 2, "door": "grow"}
    return render(request, "network/grouping.html", context, status=400 if form.errors else 200)
