"""The six doors but Ask, which `surveys` keeps."""

import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from alongside.doors import growing, reads
from alongside.doors import search as searching
from alongside.doors.notices import gathered
from alongside.kit.access import works_here
from alongside.kit.search import LONGEST
from alongside.network import rules as network_rules
from alongside.network.reads import clusters_with_schools
from alongside.people.requests import InsideRequest
from alongside.surveys import rules as surveys_rules


@require_GET
def today(request: InsideRequest) -> HttpResponse:
    """What needs me, what changed, what comes."""
    page = reads.today(request.organisation, request.member, request.standing)
    return render(request, "doors/today.html", {"page": page, "door": "today"})


@require_GET
def decide(request: InsideRequest) -> HttpResponse:
    """Replies that are owed, and those that were given."""
    page = reads.decide(request.organisation, request.member, request.standing)
    context = {
        "page": page,
        "reads_replies": surveys_rules.reads_replies(request.member),
        "works_here": works_here(request.member),
        "door": "decide",
    }
    return render(request, "doors/decide.html", context)


@require_GET
def do(request: InsideRequest) -> HttpResponse:
    """What I owe, and what was promised, by the day on which we look."""
    page = reads.do(request.organisation, request.member, request.standing)
    may_read = surveys_rules.reads_replies(request.member)
    return render(request, "doors/do.html", {"page": page, "reads_replies": may_read, "door": "do"})


@require_GET
def grow(request: InsideRequest) -> HttpResponse:
    """People, clusters, contacts."""
    network = request.organisation.kind == "network"
    context = {
        "lines": clusters_with_schools(request.organisation) if network else [],
        "may_form": network and network_rules.can_form_clusters(request.member),
        "parts": growing.parts(request.organisation, request.member),
        "may_bring": not network and bool(request.member.schools_led),
        "network": network,
        "door": "grow",
    }
    return render(request, "doors/grow.html", context)


@require_GET
def show(request: InsideRequest) -> HttpResponse:
    """Results."""
    return render(
        request,
        "doors/show.html",
        {
            "lines": reads.show(request.organisation, request.member, request.standing),
            "leads": surveys_rules.sees_at_close(request.member),
            "door": "show",
        },
    )


@require_GET
def search(request: InsideRequest) -> HttpResponse:
    """Schools, people, clusters, pulses and pages that I may see here."""
    question = request.GET.get("q", "")[:LONGEST]
    groups = searching.search(request.organisation, request.member, question)
    context = {"q": question, "groups": groups, "count": sum(len(group.found) for group in groups), "door": "today"}
    return render(request, "doors/search.html", context)


@require_GET
def news(request: InsideRequest) -> HttpResponse:
    """What this place would want me to know, since a week ago: what the weekly letter says of it."""
    since = timezone.now() - datetime.timedelta(days=7)
    found = [each for each in gathered(request.standing, since) if each.organisation == request.organisation.pk]
    return render(request, "doors/news.html", {"notices": found, "door": "today"})
