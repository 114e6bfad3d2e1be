"""Groups: people in the same subject, phase or role across schools."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.people import actions, forms, reads, rules
from alongside.people.models import Person
from alongside.people.reads import GroupLine
from alongside.people.requests import InsideRequest

LONGEST_NUMBER = 18
KEEPERS = "Groups are kept by the network’s officer and its chairs."


def _here(request: InsideRequest) -> None:
    if request.organisation.kind != "network":
        raise Http404
    require(rules.can_see_groups(request.member), "Groups are for people who work in this network’s schools.")


def _group(request: InsideRequest, pk: int) -> GroupLine:
    _here(request)
    found = reads.groups_of(request.organisation, pk)
    if not found:
        raise Http404
    return found[0]


@require_http_methods(["GET", "POST"])
def groups(request: InsideRequest) -> HttpResponse:
    """The groups of the network; make one."""
    _here(request)
    may_keep = rules.can_keep_groups(request.member)
    require(may_keep or request.method == "GET", KEEPERS)
    form = forms.GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.make_group(
                request.organisation, data["name"], data["purpose"], by=cast(Person, request.user)
            )
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, f"{made} is made. Say who belongs to it.")
            return redirect(url(request, "group", pk=made.pk))
    lines = reads.groups_of(request.organisation)
    context = {"form": form, "lines": lines, "may_keep": may_keep, "door": "grow"}
    return render(request, "people/groups.html", context, status=400 if request.method == "POST" else 200)


@require_GET
def group(request: InsideRequest, pk: int) -> HttpResponse:
    """One group and its members."""
    return _page(request, _group(request, pk), forms.GroupMemberForm())


def _page(request: InsideRequest, line: GroupLine, form: forms.GroupMemberForm, status: int = 200) -> HttpResponse:
    context = {
        "line": line,
        "form": form,
        "mine": any(person.pk == request.member.person_id for person, _ in line.members),
        "may_keep": rules.can_keep_groups(request.member),
        "door": "grow",
    }
    return render(request, "people/group.html", context, status=status)


@require_POST
def group_add(request: InsideRequest, pk: int) -> HttpResponse:
    """Put somebody into the group."""
    line = _group(request, pk)
    require(rules.can_keep_groups(request.member), KEEPERS)
    form = forms.GroupMemberForm(request.POST)
    if form.is_valid():
        try:
            person = actions.join_group(line.group, form.cleaned_data["who"], by=cast(Person, request.user))
        except Refused as refused:
            form.add_error("who", str(refused))
        else:
            messages.success(request, f"{person} belongs to {line.group}.")
            return redirect(url(request, "group", pk=pk))
    return _page(request, line, form, status=400)


@require_POST
def group_leave(request: InsideRequest, pk: int) -> HttpResponse:
    """Leave a group oneself; whoever keeps it may take anybody out."""
    line = _group(request, pk)
    named = request.POST.get("person", "")
    sound = named.isascii() and named.isdigit() and len(named) <= LONGEST_NUMBER
    who = int(named) if sound else request.member.person_id
    require(who == request.member.person_id or rules.can_keep_groups(request.member), KEEPERS)
    actions.leave_group(line.group, who, by=cast(Person, request.user))
    messages.success(request, "Done: a place in a group is taken and left freely.")
    return redirect(url(request, "group", pk=pk))
