"""Opening a vote that is cast here, and its page until the result is there."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from alongside.calendar.reads import school_days
from alongside.goals import actions, live, reads, rules
from alongside.goals.liveform import OpenVoteForm
from alongside.goals.models import Issue, Vote
from alongside.goals.views.issues import WHO_READS
from alongside.kit.access import require, works_here
from alongside.kit.addresses import url
from alongside.kit.errors import Conflict, Refused
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import schooldays

WHO_OPENS = "A school’s leaders open a vote among its staff, chairs in their cluster, the officer in the network."


@require_http_methods(["GET", "POST"])
def vote_new(request: InsideRequest) -> HttpResponse:
    """Choose what is voted on, who votes and until when; where there are several lists, first of which."""
    require(works_here(request.member), WHO_READS)
    places = reads.tended_places(request.organisation, request.member)
    require(bool(places), WHO_OPENS)
    wanted = request.POST.get("where") or request.GET.get("where", "")
    place = next((each for each in places if each.value == wanted), places[0] if len(places) == 1 else None)
    if place is None:
        status = 400 if request.method == "POST" else 200
        return render(request, "goals/vote_where.html", {"places": places, "door": "decide"}, status=status)
    issues = _listed(request, place)
    days = school_days(request.organisation)
    today = schooldays.local_day(timezone.now(), request.organisation.zone)
    data = request.POST if request.method == "POST" else None
    form = OpenVoteForm(data, issues=issues, whom=place.name, today=today, days=days)
    if request.method == "POST" and form.is_valid() and (made := _opened(request, place, form)):
        messages.success(request, "The vote is open. The letters leave now, and nobody sees how it stands.")
        return redirect(url(request, "vote", pk=made.pk))
    context = {"form": form, "place": place, "enough": len(issues) >= actions.FEWEST_THINGS, "door": "decide"}
    return render(request, "goals/vote_new.html", context, status=400 if request.method == "POST" else 200)


def _listed(request: InsideRequest, place: reads.Place) -> list[Issue]:
    here = Issue.objects.of(request.organisation.pk).live().filter(cluster=place.cluster)
    return list(here.order_by("-proposed_at", "-pk"))


def _opened(request: InsideRequest, place: reads.Place, form: OpenVoteForm) -> Vote | None:
    given = form.cleaned_data
    try:
        return actions.open_vote(
            request.organisation,
            place.cluster,
            given["title"],
            given["issues"],
            schooldays.closing(given["closes_on"], request.organisation.zone),
            by=cast(Person, request.user),
            audience=given["audience"],
        )
    except Conflict:
        raise
    except Refused as refused:
        form.add_error(None, str(refused))
        return None


def before(request: InsideRequest, vote: Vote) -> HttpResponse:
    """The page of a vote whose result this reader does not see yet, or nobody does."""
    context = {
        "vote": vote,
        "state": live.state(vote),
        "takes_votes": live.takes_votes(vote),
        "counting": not live.takes_votes(vote) and vote.wave is not None and not vote.wave.has_results,
        "may_tend": rules.can_tend(request.member, vote.organisation.kind, vote.cluster_id),
        "door": "decide",
    }
    return render(request, "goals/vote_open.html", context)
