"""Clusters. The request's organisation and member are put there by the package above."""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.network import actions, forms, reads, rules
from alongside.network.models import Community, School

NUMBER = re.compile(r"[0-9]{1,18}")


def _network_only(request: Any) -> None:
    if request.organisation.kind != "network":
        raise Http404


@require_GET
def clusters(request: Any) -> HttpResponse:
    """The clusters of the network and their schools."""
    _network_only(request)
    context = {
        "lines": reads.clusters_with_schools(request.organisation),
        "others": reads.unclustered_schools(request.organisation),
        "may_form": rules.can_form_clusters(request.member),
        "door": "grow",
    }
    return render(request, "network/clusters.html", context)


@require_http_methods(["GET", "POST"])
def cluster_new(request: Any) -> HttpResponse:
    """Form a cluster from the register: find schools, tick them, name it."""
    _network_only(request)
    require(rules.can_form_clusters(request.member), "Clusters are formed by the network’s officer.")
    country = request.organisation.country
    search = forms.SearchForm(request.GET or None)
    words = search.cleaned_data["words"] if search.is_valid() else ""
    form = forms.ClusterForm(request.POST or None, country=country, initial={"name": words})
    if request.method == "POST" and form.is_valid():
        try:
            cluster = actions.form_cluster(
                request.organisation,
                form.cleaned_data["name"],
                list(form.cleaned_data["schools"]),
                by=request.member.person_id,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{cluster} is formed. Bring in the staff lists of its schools next.")
            return redirect(url(request, "clusters"))
    communities = reads.communities(country)
    context = {"form": form, "search": search, "words": words, "communities": communities[:200], "door": "grow"}
    context |= {"found": _found(request, form, words), "ticked": _ticked(request, communities, words)}
    context |= {"registered": School.objects.open().filter(country=country).exists()}
    part = "#found" if request.headers.get("HX-Request") else ""
    return render(request, f"network/cluster_new.html{part}", context, status=400 if form.errors else 200)


def _found(request: Any, form: forms.ClusterForm, words: str) -> list[School]:
    """What the search found, and what was ticked in a form that has to be shown again."""
    ticked = _numbers(request) if form.errors else set()
    chosen = list(School.objects.filter(pk__in=ticked, country=request.organisation.country).order_by("name"))
    found = reads.search_schools(words, request.organisation.country)
    return chosen + [school for school in found if school not in chosen]


def _ticked(request: Any, communities: list[Community], words: str) -> set[int]:
    """Ticked beforehand: what was ticked before, or all schools of a community that was asked for by its name."""
    if request.method == "POST":
        return _numbers(request)
    asked = [community for community in communities if community.name == words]
    return set(asked[0].schools.values_list("pk", flat=True)) if asked else set()


def _numbers(request: Any) -> set[int]:
    return {int(pk) for pk in request.POST.getlist("schools") if NUMBER.fullmatch(pk)}
