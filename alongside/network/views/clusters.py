"""Clusters: the list, and what changes one. The request's organisation and member are put there by the package above."""

import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.kit.words import people_date
from alongside.network import actions, forms, pauses, reads, rules
from alongside.network.models import Cluster, School
from alongside.network.views.parts import cluster_here, network_only


@require_GET
def clusters(request: Any) -> HttpResponse:
    """The clusters of the network and their schools."""
    network_only(request)
    lines, others = reads.clusters_with_schools(request.organisation), reads.unclustered_schools(request.organisation)
    schools = {school.pk for line in lines for school in line.schools} | {school.pk for school in others}
    context = {
        "lines": lines,
        "others": others,
        "paused": pauses.known(_whose_pauses(request.member, schools), request.organisation),
        "may_form": rules.can_form_clusters(request.member),
        "may_answer": rules.answers_somewhere(request.member),
        "door": "grow",
    }
    return render(request, "network/clusters.html", context)


@require_http_methods(["GET", "POST"])
def cluster_change(request: Any, cluster: str) -> HttpResponse:
    """Rename a cluster, put a school into it, date the leaving of one. `do` says which form was sent."""
    found = cluster_here(request, cluster)
    require(rules.can_change_cluster(request.member, found.pk), "A cluster is changed by its chair or the officer.")
    schools = list(reads.cluster_schools(found).order_by("name"))
    do, sent = request.POST.get("do", ""), request.POST
    today = timezone.localdate()
    built: dict[str, Form] = {
        "rename": forms.RenameForm(sent if do == "rename" else None, initial={"name": found.name}),
        "add": forms.AddSchoolForm(sent if do == "add" else None, initial={"since": today}),
        "remove": forms.RemoveSchoolForm(
            sent if do == "remove" else None, schools=schools, initial={"last_day": today}
        ),
    }
    form = built.get(do)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            messages.success(request, CHANGES[do](request, found, form.cleaned_data))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(url(request, "cluster", cluster=found.slug))
    wrong = request.method == "POST"
    context = {"cluster": found, "forms": built, "door": "grow"}
    return render(request, "network/cluster_change.html", context, status=400 if wrong else 200)


def _rename(request: Any, cluster: Cluster, data: dict[str, Any]) -> str:
    actions.rename_cluster(cluster, data["name"], by=request.member.person_id)
    return f"The cluster is called {data['name'].strip()} from now on. Its address stays."


def _add(request: Any, cluster: Cluster, data: dict[str, Any]) -> str:
    school = _named(data["number"], cluster.organisation.country)
    networks, around = reads.networks_and_clusters([school.pk])[school.pk]
    by = request.member.person_id
    if rules.gathered_at_once(request.member, networks, around, school.pk, known=school.organisation_id is not None):
        day = _near(data["since"])
        # Today where the network is may be tomorrow in UTC, by which memberships are kept.
        actions.add_school(cluster, school, by=by, since=None if day == timezone.localdate() else day)
        return f"{school} belongs to {cluster} from {people_date(data['since'])}."
    actions.invite(cluster.organisation, cluster, school, "", by=by)
    return f"{school} is asked first: its leaders find the invitation on their school’s page."


def _near(day: datetime.date) -> datetime.date:
    today = timezone.localdate()
    if abs((day - today).days) > 3 * 366:
        raise Refused("That day is more than three years away. Choose a nearer one.")
    return day


def _named(text: str, country: str) -> School:
    rows = School.objects.open().filter(country=country)
    found = list(rows.filter(numbers__number=text.strip()).distinct()[:2]) or list(
        rows.filter(name__iexact=text.strip())[:2]
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"Several schools are called {text.strip()}. Write the register number of the one you mean.")
    raise Refused(f"No open school in the register is called or numbered {text.strip()}. Look it up in the register.")


def _remove(request: Any, cluster: Cluster, data: dict[str, Any]) -> str:
    school = reads.cluster_schools(cluster).get(pk=int(data["school"]))
    actions.remove_school(cluster, school, data["last_day"], by=request.member.person_id)
    return f"{school} leaves {cluster} after {people_date(data['last_day'])}. It stays in the network."


CHANGES = {"rename": _rename, "add": _add, "remove": _remove}


def _whose_pauses(member: Any, schools: set[int]) -> set[int]:
    """Chairs and the officer see of every school that it is paused, a leader of the own."""
    return schools if rules.knows_pauses(member) else schools & member.schools_led
