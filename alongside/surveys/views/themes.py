"""What leaders make of comments: a school's own, and what the chair makes of those that schools share (R7)."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, answering, forms, results, rules, themes
from alongside.surveys.views.waves import wave_of


@require_http_methods(["GET", "POST"])
def school_themes(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """A school's leaders put what they read in the comments into up to three sentences of their own."""
    seen = results.view(wave_of(request, pk), request.member)
    place = results.school_of_wave(seen, school)
    name = seen.document.school_name(place)
    require(rules.can_write_themes(request.member, place), f"Only the leaders of {name} read its comments.")
    own = School.objects.select_related("organisation").get(pk=place)
    cluster = seen.document.clusters().get(seen.document.cluster_of(place), "")
    kept = themes.of_place(seen.wave, f"school:{place}")
    start = {"shared": any(theme.shared_at for theme in kept), "named": any(theme.named for theme in kept)}
    form = forms.ThemesForm(
        request.POST or None, themes=[theme.text for theme in kept], sharing=bool(cluster), initial=start
    )
    if request.method == "POST" and form.is_valid():
        shared, named = (bool(form.cleaned_data.get(yes)) for yes in ("shared", "named"))
        actions.keep_school_themes(seen.wave, own, form.texts, cast(Person, request.user), shared=shared, named=named)
        messages.success(request, _kept(form.texts, cluster if shared else ""))
        return redirect(url(request, "results_school", pk=pk, school=school))
    context = {
        "form": form,
        "wave": seen.wave,
        "pulse": seen.pulse,
        "school": name,
        "slug": school,
        "comments": results.comments_of(seen.wave, place),
        "cluster": cluster,
        "contacts": _contacts(request, own.organisation),
        "door": "decide",
    }
    return render(request, "surveys/school_themes.html", context, status=400 if form.errors else 200)


def _kept(texts: list[str], cluster: str) -> str:
    if not texts:
        return "There are no themes now."
    return f"Your themes are kept. The chair of {cluster} reads them now." if cluster else "Your themes are kept."


@require_http_methods(["GET", "POST"])
def cluster_themes(request: InsideRequest, pk: int, cluster: str) -> HttpResponse:
    """What the cluster's schools shared of their comments, on one page; and what the chair makes of it."""
    seen = results.view(wave_of(request, pk), request.member)
    place = results.cluster_of_wave(seen, cluster)
    name = seen.document.clusters()[place]
    require(rules.reads_themes(request.member, place), f"Themes that schools share are for the chair of {name}.")
    own = Cluster.objects.get(pk=int(place.removeprefix("cluster:")))
    kept = themes.of_place(seen.wave, place)
    form = forms.ThemesForm(request.POST or None, themes=[theme.text for theme in kept], sharing=False)
    if request.method == "POST" and form.is_valid():
        actions.keep_cluster_themes(seen.wave, own, form.texts, cast(Person, request.user))
        messages.success(request, "Your themes are kept. A reply can answer one of them.")
        return redirect(url(request, "cluster_themes", pk=pk, cluster=cluster))
    context = {
        "form": form,
        "wave": seen.wave,
        "pulse": seen.pulse,
        "cluster": own,
        "shared": themes.shared_with(seen, place),
        "contacts": _contacts(request, None),
        "door": "decide",
    }
    return render(request, "surveys/cluster_themes.html", context, status=400 if form.errors else 200)


def _contacts(request: InsideRequest, own: Organisation | None) -> dict[str, str]:
    """Whom to turn to: every box for words names them."""
    return answering.contacts(own, request.organisation)
