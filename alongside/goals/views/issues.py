"""Things to work on: the list, one of them, and what keeps the list in order."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.evidence import signals
from alongside.goals import actions, forms, reads, rules
from alongside.goals.models import Issue
from alongside.kit.access import require, works_here
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.people.requests import InsideRequest

WHO_READS = "What there is to work on is for the people who work in these schools, or for them."
WHO_PROPOSES = "Staff, leaders, chairs and the officer propose what to work on."
WHO_TENDS = "A school’s leaders merge and close on its list, chairs on their cluster’s, the officer on the network’s."
WHO_FORWARDS = "A school’s leaders put something of its own list forward."


@require_http_methods(["GET", "POST"])
def issues(request: InsideRequest) -> HttpResponse:
    """The list, newest first, and one short form."""
    require(works_here(request.member), WHO_READS)
    may_propose = rules.can_propose(request.member)
    require(may_propose or request.method == "GET", WHO_PROPOSES)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(
                request.organisation,
                form.cluster,
                form.cleaned_data["title"],
                form.cleaned_data["why"],
                by=request.member.person_id,
            )
        except Refused as refused:
            form.add_error("title", str(refused))
        else:
            messages.success(request, f"“{made.title}” is on the list.")
            return redirect(url(request, "issue", pk=made.pk))
    context = {
        "page": reads.issues_page(request.organisation),
        "form": form,
        "may_propose": may_propose,
        "door": "decide",
    }
    return render(request, "goals/issues.html", context, status=400 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def heard(request: InsideRequest) -> HttpResponse:
    """What people said that stands out; each becomes something to work on in one click."""
    require(rules.can_propose(request.member), WHO_PROPOSES)
    if request.method == "POST":
        one = signals.take(request.POST.get("source", ""), request.organisation, request.standing)
        require(bool(reads.takeable([one], request.organisation, request.member)), WHO_PROPOSES)
        made, new = actions.propose_heard(request.organisation, one, by=request.member.person_id)
        said = "is on the list" if new else "was on the list already; what was said now stands under it too"
        messages.success(request, f"“{made.title}” {said}.")
        return redirect(url(request, "issue", pk=made.pk))
    found = signals.heard(request.organisation, request.standing)
    lines = reads.takeable(found, request.organisation, request.member)
    return render(request, "goals/heard.html", {"lines": lines, "door": "decide"})


def _form(request: InsideRequest) -> forms.IssueForm:
    return forms.IssueForm(
        request.POST if request.method == "POST" else None,
        places=reads.places(request.organisation, request.member),
        names=partial(reads.names_in, organisation=request.organisation, member=request.member),
    )


def _issue(request: InsideRequest, pk: int) -> Issue:
    require(works_here(request.member), WHO_READS)
    found = Issue.objects.of(request.organisation.pk)
    return get_object_or_404(
        found.select_related("organisation__school", "cluster", "from_school", "merged_into"), pk=pk
    )


def _tended(request: InsideRequest, pk: int) -> Issue:
    issue = _issue(request, pk)
    require(rules.can_tend(request.member, request.organisation.kind, issue.cluster_id), WHO_TENDS)
    return issue


@require_GET
def issue(request: InsideRequest, pk: int) -> HttpResponse:
    """One thing to work on: its words, what says much the same, what was merged into it."""
    return _page(request, _issue(request, pk))


def _page(
    request: InsideRequest,
    issue: Issue,
    merging: forms.MergeForm | None = None,
    forwarding: forms.ForwardForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = reads.issue_page(issue, request.member, request.standing)
    context = {
        "page": page,
        "merging": merging or forms.MergeForm(others=page.others),
        "forwarding": forwarding or (_forward_form(issue, None) if page.may_forward and issue.live else None),
        "door": "decide",
    }
    return render(request, "goals/issue.html", context, status=status)


@require_POST
def issue_merge(request: InsideRequest, pk: int) -> HttpResponse:
    """Merge it into another of the same list."""
    issue = _tended(request, pk)
    form = forms.MergeForm(request.POST, others=reads.issue_page(issue, request.member, request.standing).others)
    if not form.is_valid():
        return _page(request, issue, merging=form, status=400)
    into = actions.merge(issue, int(form.cleaned_data["into"]), by=request.member.person_id)
    messages.success(request, f"It is merged into “{into.title}”. You can take the two apart again.")
    return redirect(url(request, "issue", pk=into.pk))


@require_POST
def issue_apart(request: InsideRequest, pk: int) -> HttpResponse:
    """Undo a merge."""
    issue = _tended(request, pk)
    actions.apart(issue, by=request.member.person_id)
    messages.success(request, f"“{issue.title}” stands on the list again.")
    return redirect(url(request, "issue", pk=pk))


@require_POST
def issue_close(request: InsideRequest, pk: int) -> HttpResponse:
    """Close it, or open it again."""
    issue = _tended(request, pk)
    if request.POST.get("open") == "yes":
        actions.open_issue(issue, by=request.member.person_id)
        messages.success(request, f"“{issue.title}” is on the list again.")
    else:
        actions.close_issue(issue, by=request.member.person_id)
        messages.success(request, f"“{issue.title}” is closed. It can be opened again.")
    return redirect(url(request, "issue", pk=pk))


@require_POST
def issue_forward(request: InsideRequest, pk: int) -> HttpResponse:
    """Put a school's own thing to work on forward to a cluster, or to a whole network."""
    if request.organisation.kind != "school":
        raise Http404
    issue = _issue(request, pk)
    require(rules.can_forward(request.member, issue), WHO_FORWARDS)
    form = _forward_form(issue, request.POST)
    if not form.is_valid():
        return _page(request, issue, forwarding=form, status=400)
    cluster = form.place.cluster
    network = cluster.organisation_id if cluster else int(form.place.value.removeprefix("network-"))
    made = actions.put_forward(issue, network, cluster, by=request.member.person_id)
    messages.success(request, f"It is on the list of {made.place} too, as put forward by your school.")
    return redirect(url(request, "issue", pk=pk))


def _forward_form(issue: Issue, data: object) -> forms.ForwardForm:
    return forms.ForwardForm(data, places=reads.goals_of_forwarding(issue.organisation.school))
