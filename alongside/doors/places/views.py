"""The pages of a school, of a cluster and of its profile, and the page that forms a cluster."""

import re
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from alongside.doors.places import forms, reads
from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.network import positions, rules
from alongside.network import reads as network_reads
from alongside.network.models import Cluster, Community, NetworkMembership, School
from alongside.network.positions import Away
from alongside.people import actions
from alongside.people.models import Person
from alongside.people.requests import InsideRequest

NUMBER = re.compile(r"[0-9]{1,18}")


def _cluster(request: InsideRequest, slug: str) -> Cluster:
    if request.organisation.kind != "network":
        raise Http404
    return get_object_or_404(Cluster.objects.of(request.organisation.pk).select_related("organisation"), slug=slug)


@require_GET
def school(request: InsideRequest, school: str) -> HttpResponse:
    """One school: what the register says, who leads it, where it belongs as far as this member may know."""
    rows = NetworkMembership.objects.current().select_related("school__organisation", "network")
    if request.organisation.kind == "network":
        memberships = [get_object_or_404(rows, network=request.organisation, school__organisation__slug=school)]
        here = memberships[0].school
    else:
        found = School.objects.select_related("organisation")
        here = get_object_or_404(found, organisation=request.organisation, organisation__slug=school)
        memberships = list(rows.filter(school=here).order_by("network__name"))
    page = reads.school_page(memberships, here, request.organisation, request.member)
    network = request.organisation.kind == "network"
    return render(request, "doors/school.html", {"page": page, "network": network, "door": "grow"})


@require_GET
def cluster(request: InsideRequest, cluster: str) -> HttpResponse:
    """One cluster: its schools on a map and as a table, its people, its profile."""
    page = reads.cluster_page(_cluster(request, cluster), request.member)
    return render(request, "doors/cluster.html", {"page": page, "door": "grow"})


@require_GET
def profile(request: InsideRequest, cluster: str) -> HttpResponse:
    """What the cluster says of itself; with ?then=1 beside what it said a year ago."""
    page = reads.profile_page(_cluster(request, cluster), request.member, timezone.localdate())
    context = {"page": page, "then": request.GET.get("then") == "1", "door": "grow"}
    return render(request, "doors/profile.html", context)


@require_http_methods(["GET", "POST"])
def cluster_new(request: InsideRequest) -> HttpResponse:
    """Form a cluster from the register: find schools by words or around a place, tick them, name it."""
    if request.organisation.kind != "network":
        raise Http404
    require(rules.can_form_clusters(request.member), "Clusters are formed by the network’s officer and by its chairs.")
    country = request.organisation.country
    search = forms.SearchForm(request.GET if "words" in request.GET or "near" in request.GET else None)
    asked = search.cleaned_data if search.is_valid() else {}
    words, near = asked.get("words", ""), asked.get("near", "")
    form = forms.ClusterForm(request.POST or None, country=country, initial={"name": words})
    if request.method == "POST" and form.is_valid() and (done := _form(request, form)):
        return done
    communities = network_reads.communities(country)
    centre = network_reads.placed_school(near, country) if near else None
    found = _found(request, form, words, centre, asked.get("count") or 12)
    context = {"form": form, "search": search, "words": words, "near": near, "centre": centre, "found": found}
    context |= {
        "communities": communities[:200],
        "ticked": _ticked(request, communities, words, found if centre and not words else []),
        "door": "grow",
    }
    context |= {"registered": School.objects.open().filter(country=country).exists()}
    part = "#found" if request.headers.get("HX-Request") else ""
    return render(request, f"doors/cluster_new.html{part}", context, status=400 if form.errors else 200)


def _form(request: InsideRequest, form: forms.ClusterForm) -> HttpResponse | None:
    """Form it, and go there; or note on the form what was refused."""
    schools = list(form.cleaned_data["schools"])
    around = network_reads.networks_and_clusters([school.pk for school in schools])
    at_once = [
        s
        for s in schools
        if rules.gathered_at_once(request.member, *around[s.pk], s.pk, known=s.organisation_id is not None)
    ]
    invited = [school for school in schools if school not in at_once]
    person = cast(Person, request.user)
    try:
        made = actions.form_chaired_cluster(
            request.organisation,
            form.cleaned_data["name"],
            at_once,
            invited,
            by=person,
            chair=not request.member.officer,
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    asked = {0: "", 1: " One school is asked first; its leaders answer."}
    more = asked.get(len(invited), f" {len(invited)} schools are asked first; their leaders answer.")
    messages.success(request, f"{made} is formed.{more} Bring in the staff lists of its schools next.")
    return redirect(url(request, "cluster", cluster=made.slug))


def _found(
    request: InsideRequest, form: forms.ClusterForm, words: str, centre: School | None, count: int
) -> list[Away]:
    """What the search found, with distances around a place, and what was ticked in a form that is shown again."""
    country = request.organisation.country
    ticked = _numbers(request) if form.errors else set()
    chosen = list(School.objects.filter(pk__in=ticked, country=country).order_by("name"))
    found = network_reads.search_schools(words, country)
    if centre:
        around = [school for school in network_reads.nearest(centre, count - 1, country) if school not in found]
        found += around
    every = chosen + [school for school in found if school not in chosen]
    if not centre:
        return [Away(school, None) for school in every]
    away = {each.school.pk: each for each in positions.others_by_distance(centre, every)}
    return [away.get(school.pk, Away(school, None)) for school in every]


def _ticked(request: InsideRequest, communities: list[Community], words: str, nearest: list[Away]) -> set[int]:
    """Ticked beforehand: what was ticked before, so many schools nearest to a place where they were asked for, or all
    schools of a community that was asked for by its name."""
    if request.method == "POST":
        return _numbers(request)
    if nearest:
        return {away.school.pk for away in nearest}
    asked = [community for community in communities if community.name == words]
    return set(asked[0].schools.values_list("pk", flat=True)) if asked else set()


def _numbers(request: InsideRequest) -> set[int]:
    return {int(pk) for pk in request.POST.getlist("schools") if NUMBER.fullmatch(pk)}
