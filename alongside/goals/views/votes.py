"""Votes that were cast elsewhere: bring one in, its result, what fits, what was chosen."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.goals import actions, files, forms, live, reads, rules
from alongside.goals.models import Vote
from alongside.goals.views import live as live_views
from alongside.goals.views.issues import WHO_READS
from alongside.kit.access import require, works_here
from alongside.kit.addresses import url
from alongside.kit.downloads import attachment
from alongside.kit.errors import Conflict, Refused
from alongside.kit.uploads import takes
from alongside.people.models import Person
from alongside.people.requests import InsideRequest

WHO_BRINGS = "A school’s leaders bring in its votes and record what was chosen, chairs their cluster’s, the officer the network’s."


@takes("votes")
@require_http_methods(["GET", "POST"])
def votes(request: InsideRequest) -> HttpResponse:
    """Votes and their findings; bring one in."""
    require(works_here(request.member), WHO_READS)
    places = reads.tended_places(request.organisation, request.member)
    require(bool(places) or request.method == "GET", WHO_BRINGS)
    form = forms.VoteFileForm(*_sent(request), places=places)
    if request.method == "POST" and form.is_valid():
        file, person = form.cleaned_data["file"], cast(Person, request.user)
        try:
            brought = actions.bring_vote(
                file.read(), file.name, form.cleaned_data["title"], request.organisation, form.cluster, person
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect(url(request, "vote", pk=brought.pk))
    context = {
        "lines": reads.votes_of(request.organisation, request.member),
        "form": form,
        "may_bring": bool(places),
        "fewest": actions.FEWEST,
        "door": "decide",
    }
    return render(request, "goals/votes.html", context, status=400 if request.method == "POST" else 200)


def _sent(request: InsideRequest) -> tuple[QueryDict | None, MultiValueDict[str, UploadedFile[bytes]] | None]:
    """What was sent; an empty form too is one that was sent."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _vote(request: InsideRequest, pk: int, state: str = "") -> Vote:
    """A vote of this place; one that waits or was dropped is there only for those who bring votes in."""
    require(works_here(request.member), WHO_READS)
    rows = Vote.objects.of(request.organisation.pk).select_related(
        "organisation", "cluster", "wave__release", "wave__organisation"
    )
    found = get_object_or_404(rows, pk=pk)
    tends = rules.can_tend(request.member, request.organisation.kind, found.cluster_id)
    require(tends or not state, WHO_BRINGS)
    if found.state == Vote.State.LIVE:
        if state == Vote.State.READY or (state == Vote.State.APPLIED and not _is_over(found)):
            raise Http404
        return found
    if found.state != Vote.State.APPLIED and (not tends or state == Vote.State.APPLIED):
        raise Http404
    return found


def _is_over(vote: Vote) -> bool:
    return vote.wave is not None and vote.wave.has_results


@require_GET
def vote(request: InsideRequest, pk: int) -> HttpResponse:
    """Its result; before it is applied, what was read of the file."""
    found = _vote(request, pk)
    if found.state == Vote.State.LIVE:
        page = reads.vote_page(found, request.member) if _is_over(found) else None
        if page is None or not live.sees(
            found, request.member, live.days_for(request.organisation, [found]), chosen=page.choice is not None
        ):
            return live_views.before(request, found)
        return render(request, "goals/vote.html", {"page": page, "door": "decide"})
    if found.state == Vote.State.APPLIED:
        return render(request, "goals/vote.html", {"page": reads.vote_page(found, request.member), "door": "decide"})
    return render(request, "goals/vote_ready.html", {"vote": found, "door": "decide"})


@require_POST
def vote_apply(request: InsideRequest, pk: int) -> HttpResponse:
    """Count it, and show everybody the result."""
    actions.apply_vote(_vote(request, pk, Vote.State.READY), by=request.member.person_id)
    messages.success(request, "The votes are counted. Everybody who works here sees the result.")
    return redirect(url(request, "vote", pk=pk))


@require_POST
def vote_drop(request: InsideRequest, pk: int) -> HttpResponse:
    """Forget a file that waits."""
    actions.drop_vote(_vote(request, pk, Vote.State.READY))
    messages.success(request, "The file was dropped. Nothing was counted.")
    return redirect(url(request, "votes"))


@require_http_methods(["GET", "POST"])
def vote_fit(request: InsideRequest, pk: int) -> HttpResponse:
    """Say what hours and money there are, and what each costs; the page then says what fits."""
    found = _vote(request, pk)
    if found.state != Vote.State.APPLIED and not (found.wave and live.takes_votes(found)):
        raise Http404
    require(rules.can_tend(request.member, request.organisation.kind, found.cluster_id), WHO_BRINGS)
    form = forms.FitForm(*_sent(request), vote=found)
    if request.method == "POST" and form.is_valid():
        hours, money = form.amount("hours"), form.amount("money")
        try:
            say = actions.say_costs if found.wave else actions.fit_vote
            say(found, hours, money, form.costs, by=request.member.person_id)
        except Conflict:
            raise
        except Refused as refused:
            form.add_error("hours", str(refused))
        else:
            return redirect(url(request, "vote", pk=pk) + "#fits")
    context = {"vote": found, "form": form, "door": "decide"}
    return render(request, "goals/vote_fit.html", context, status=400 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def vote_choice(request: InsideRequest, pk: int) -> HttpResponse:
    """Record what was chosen, or change it; what stood before stays readable."""
    found = _vote(request, pk, Vote.State.APPLIED)
    today = timezone.localdate()
    form = forms.ChoiceForm(*_sent(request), vote=found, today=today, initial=_before(found))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        words = (given["reasons"], given["dissent"], given["decided_by"])
        try:
            actions.choose(found, given["seen"], form.taken, *words, given["decided_on"], by=request.member.person_id)
        except Conflict:
            raise
        except Refused as refused:
            form.add_error("taken", str(refused))
        else:
            messages.success(request, "The choice is recorded. Everybody who works here can read it.")
            return redirect(url(request, "vote", pk=pk) + "#chosen")
    context = {"vote": found, "form": form, "door": "decide"}
    return render(request, "goals/vote_choice.html", context, status=400 if request.method == "POST" else 200)


def _before(vote: Vote) -> dict[str, object]:
    """What the form begins with: the choice that stands, else what fits."""
    chosen = reads.choices_of(vote)
    if not chosen:
        found = live.result(vote) if vote.wave else None
        fit = (found.fit if found else None) if vote.wave else vote.fit
        return {"taken": [str(each) for each in (fit or {}).get("taken", [])]}
    last = chosen[0].choice
    return {
        "seen": last.pk,
        "taken": [str(each) for each in last.taken],
        "reasons": last.reasons,
        "dissent": last.dissent,
        "decided_by": last.decided_by,
    }


@login_not_required
@require_GET
def vote_template(request: HttpRequest) -> HttpResponse:
    """A table of votes to fill in."""
    return attachment(files.TEMPLATE_CSV, "text/csv; charset=utf-8", "votes.csv")
