"""A school's leaders say who sees the school's own figures."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.network.models import School
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, results, rules
from alongside.surveys import sharing as reads
from alongside.surveys.sharingform import SharingForm
from alongside.surveys.views.waves import wave_of


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
    now = reads.of_school(series.pk, place)
    form = SharingForm(
        request.POST if request.method == "POST" else None, cluster=cluster if network else "", network=network, now=now
    )
    if request.method == "POST" and form.is_valid():
        own = School.objects.select_related("organisation").get(pk=place)
        changed = actions.share(series, own, form.whom(), cast(Person, request.user))
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
        "alone": seen.document.block_of(place) == f"school:{place}",
        "door": "show",
    }
    return render(request, "surveys/sharing.html", context, status=400 if form.errors else 200)
