"""A school's leaders say who sees the school's own figures."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.network.models import School
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, releases, results, rules
from alongside.surveys import sharing as reads
from alongside.surveys.sharingform import SharingForm
from alongside.surveys.views.waves import wave_of

LISTED = 60


@require_http_methods(["GET", "POST"])
def sharing(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Who sees a school's own figures in a series, now and from now on."""
    seen = results.view(wave_of(request, pk), request.member)
    place = results.school_of_wave(seen, school)
    name = seen.document.school_name(place)
    require(rules.can_share(request.member, place), f"Only the leaders of {name} say who sees its figures.")
    series = seen.wave.series
    cluster = seen.document.clusters().get(seen.document.cluster_of(place), "")
    network = request.organisation.name if request.organisation.kind == "network" else ""
    networks = [] if network else reads.networks_of(place)
    form = SharingForm(
        request.POST if request.method == "POST" else None,
        cluster=cluster if network else "",
        network=network,
        networks=networks,
        now=reads.of_school(series.pk, place),
    )
    if request.method == "POST" and form.is_valid():
        own = School.objects.select_related("organisation").get(pk=place)
        changed = actions.share(series, own, form.whom(), cast(Person, request.user), form.lent())
        messages.success(request, "It is so from now on, for earlier pulses too." if changed else "It was so already.")
        return redirect(url(request, "results_school", pk=pk, school=school))
    context = {
        "form": form,
        "wave": seen.wave,
        "pulse": seen.pulse,
        "school": name,
        "slug": school,
        "cluster": cluster,
        "network": network,
        "networks": networks,
        "alone": seen.document.block_of(place) == f"school:{place}",
        "door": "show",
    }
    return render(request, "surveys/sharing.html", context, status=400 if form.errors else 200)


@require_GET
def lent(request: InsideRequest) -> HttpResponse:
    """What schools lend this network of the pulses that they ask by themselves."""
    _network_only(request)
    require(
        rules.sees_at_close(request.member),
        "Schools share these figures with leaders, chairs, coaches and the officer.",
    )
    waves = [(wave, releases.read(wave.release)) for wave in reads.lent_waves(request.organisation)[:LISTED]]
    lines = [(wave, wave.pulse) for wave, document in waves if results.lends(document)]
    return render(request, "surveys/lent.html", {"lines": lines, "door": "show"})


@require_GET
def lent_results(request: InsideRequest, pk: int) -> HttpResponse:
    """A school's figures of a pulse of its own, as it lends them."""
    seen, school = _lent(request, pk)
    return render(request, "surveys/results_lent.html", {"page": results.school_page(seen, school), "door": "show"})


@require_GET
def lent_statement(request: InsideRequest, pk: int, item: str) -> HttpResponse:
    """The run chart of one of its statements."""
    seen, school = _lent(request, pk)
    try:
        asked = seen.pulse.item(item)
    except KeyError:
        raise Http404 from None
    back = url(request, "lent_results", pk=pk)
    return render(
        request,
        "surveys/statement.html",
        {"page": results.statement_page(seen, f"school:{school}", asked, back), "door": "show"},
    )


def _lent(request: InsideRequest, pk: int) -> tuple[results.View, int]:
    """A wave that is lent to this network, for whoever may see that; 404 for all others: it is the school's."""
    _network_only(request)
    if not rules.sees_at_close(request.member):
        raise Http404
    return results.lent_view(get_object_or_404(reads.lent_waves(request.organisation), pk=pk), request.member)


def _network_only(request: InsideRequest) -> None:
    if request.organisation.kind != "network":
        raise Http404
