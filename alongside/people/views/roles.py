"""Roles."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.network.models import School
from alongside.people import actions, forms, reads, rules
from alongside.people.models import Person, Role, normal
from alongside.people.requests import InsideRequest
from alongside.people.views.invitations import tell_sent


@require_http_methods(["GET", "POST"])
def roles(request: InsideRequest) -> HttpResponse:
    """Who holds which role in the network, who is invited to one, and a form to invite."""
    if request.organisation.kind != "network":
        raise Http404
    require(
        rules.can_see_roles(request.member), "Roles are looked after by the network's officer; chairs invite leaders."
    )
    kinds = [kind.value for kind in Role.Kind if rules.can_grant(request.member, kind.value)]
    form = forms.RoleForm(request.POST or None, kinds=kinds, network=request.organisation)
    if request.method == "POST" and form.is_valid():
        return _invite(request, form)
    context = {
        "form": form,
        "lines": reads.network_roles(request.organisation),
        "past": reads.past_roles(request.organisation),
        "invitations": reads.open_invitations(request.member, request.organisation),
        "may_end": request.member.officer,
        "door": "grow",
    }
    return render(request, "people/roles.html", context, status=400 if form.errors else 200)


def _invite(request: InsideRequest, form: forms.RoleForm) -> HttpResponse:
    data = form.cleaned_data
    require(
        form.school is None or data["kind"] != "leader" or _may_appoint_at(request, form.school),
        "You invite leaders of your own cluster's schools.",
    )
    granted_by = cast(Person, request.user)
    # A chair has a chair's rights on the cluster, never a head's on its schools (TRUST 3).
    require(
        request.member.officer or normal(data["email"]) != granted_by.email,
        "Nobody gives a role to themselves. Ask the network's officer.",
    )
    try:
        made, token = actions.invite(
            data["kind"],
            request.organisation,
            data["email"],
            data["name"],
            by=granted_by,
            cluster=form.cluster,
            school=form.school,
        )
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        tell_sent(request, made, token)
    return redirect(url(request, "roles"))


def _may_appoint_at(request: InsideRequest, school: School) -> bool:
    return request.member.officer or reads.is_cluster_school(request.member.clusters_chaired, school.pk)


@require_POST
def role_end(request: InsideRequest, pk: int) -> HttpResponse:
    """End a role today."""
    require(request.member.officer, "Only the network's officer ends a role.")
    lines = reads.network_roles(request.organisation)
    role = next((line.role for line in lines if line.role.pk == pk), None)
    if role is None:
        raise Http404
    actions.end_role(role, cast(Person, request.user))
    messages.success(request, f"{role.person} is no longer {role.get_kind_display()}.")
    return redirect(url(request, "roles"))
