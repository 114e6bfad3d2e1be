"""What a pulse said, on pages."""

from __future__ import annotations

from django.db.models import OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alongside.kit.addresses import url
from alongside.people.requests import InsideRequest
from alongside.surveys import releases, results, selfcheck
from alongside.surveys.models import Owed
from alongside.surveys.views.waves import wave_of


def page_of(
    request: InsideRequest, pk: int, cluster: str = "", grouping: str = ""
) -> tuple[results.View, results.ResultsPage]:
    """What a member sees of a wave, and its results: of the whole, of one cluster or of one grouping, by its name in addresses."""
    promise_of = Q(cluster__slug=cluster) if cluster else None
    seen = results.view(wave_of(request, pk), request.member, promise_of=promise_of)
    if cluster:
        return seen, results.page(seen, results.cluster_of_wave(seen, cluster))
    return seen, results.page(seen, results.grouping_of_wave(seen, grouping)) if grouping else results.page(seen)


@require_GET
def results_together(request: InsideRequest, pk: int, cluster: str = "", grouping: str = "") -> HttpResponse:
    """A wave as a whole, one cluster of it, or one grouping as it was frozen, with every school that I may see."""
    seen, page = page_of(request, pk, cluster, grouping)
    papers = len(seen.mine) > 1 and not (cluster or grouping)
    context = {"page": page, "door": "show", "own": _own(request, seen), "papers": papers}
    return render(request, "surveys/results.html", context)


def _own(request: InsideRequest, seen: results.View) -> list[tuple[str, str]]:
    """(name, slug) of the schools that I lead."""
    led = sorted(seen.mine & request.member.schools_led)
    return [(seen.document.school_name(school), seen.document.slug(f"school:{school}")) for school in led]


@require_GET
def results_school(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """One school's own results, and its reply."""
    rows = Owed.objects.filter(wave=OuterRef("pk"), school__organisation__slug=school, waived_at__isnull=False)
    team = selfcheck.read_along(school, request.member)
    found = wave_of(request, pk, waived_because=Subquery(rows.values("reason")[:1]), **team)
    promise_of = Q(school__organisation__slug=school)
    seen = results.view(found, request.member, with_days=True, promise_of=promise_of)
    place = results.school_of_wave(seen, school)
    # What a school lends is its figures: how its team sees itself stays with those who see the school anyway.
    beside = None if place in seen.lent else selfcheck.beside(found, place, request.member)
    context = {"page": results.school_page(seen, place), "team": beside, "door": "show"}
    return render(request, "surveys/results_school.html", context)


@require_GET
def statement(request: InsideRequest, pk: int, where: str, place: str, item: str) -> HttpResponse:
    """The run chart of one statement in one place."""
    seen = results.view(wave_of(request, pk), request.member)
    try:
        asked = seen.pulse.item(item)
    except KeyError:
        raise Http404 from None
    name, back = _place(request, seen, pk, where, place)
    return render(
        request, "surveys/statement.html", {"page": results.statement_page(seen, name, asked, back), "door": "show"}
    )


def _place(request: InsideRequest, seen: results.View, pk: int, where: str, place: str) -> tuple[str, str]:
    if where == "schools":
        school = results.school_of_wave(seen, place)
        return f"school:{school}", url(request, "results_school", pk=pk, school=place)
    if where == "clusters":
        return results.cluster_of_wave(seen, place), url(request, "results_cluster", pk=pk, cluster=place)
    if where == "groupings":
        return results.grouping_of_wave(seen, place), url(request, "results_grouping", pk=pk, grouping=place)
    if (where, place) != ("all", releases.WHOLE):
        raise Http404
    return releases.WHOLE, url(request, "results", pk=pk)
