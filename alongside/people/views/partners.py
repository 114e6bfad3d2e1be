"""Partners of a network."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.people import actions, forms, reads, rules
from alongside.people.letters import send_password_link
from alongside.people.models import Partner, PartnerPerson, Person
from alongside.people.requests import InsideRequest

WHO = "Partners are looked after by the network's officer."


def _inside(request: InsideRequest) -> dict[str, Partner]:
    if request.organisation.kind != "network":
        raise Http404
    require(rules.can_see_partners(request.member), WHO)
    return {str(partner.pk): partner for partner in reads.partners(request.organisation)}


@require_http_methods(["GET", "POST"])
def partners(request: InsideRequest) -> HttpResponse:
    """The partners of the network with their people, and a form for one more."""
    found = _inside(request)
    form = forms.PartnerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            partner = actions.add_partner(
                request.organisation, data["name"], data["kind"], data["contact"], cast(Person, request.user)
            )
        except Refused as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, f"{partner} works with the network from today.")
            return redirect(url(request, "partners"))
    return _page(request, found, form, forms.PartnerPersonForm(partners=found))


def _page(
    request: InsideRequest, found: dict[str, Partner], form: forms.PartnerForm, person_form: forms.PartnerPersonForm
) -> HttpResponse:
    lines = reads.partner_lines(request.organisation, list(found.values()))
    context = {"lines": lines, "form": form, "person_form": person_form, "door": "grow"}
    return render(request, "people/partners.html", context, status=400 if form.errors or person_form.errors else 200)


@require_POST
def partner_person(request: InsideRequest) -> HttpResponse:
    """Somebody works for a partner."""
    found = _inside(request)
    form = forms.PartnerPersonForm(request.POST, partners=found)
    if not form.is_valid():
        return _page(request, found, forms.PartnerForm(), form)
    data = form.cleaned_data
    post = actions.add_partner_person(form.chosen, data["email"], data["name"], cast(Person, request.user))
    messages.success(request, f"{post.person} is there for {form.chosen}. Under Roles you say whom they coach.")
    if not post.person.has_usable_password():
        send_password_link(post.person, f"{request.organisation} works with Alongside")
    return redirect(url(request, "partners"))


@require_POST
def partner_end(request: InsideRequest, pk: int) -> HttpResponse:
    """End the work with a partner."""
    found = _inside(request)
    if not (partner := found.get(str(pk))):
        raise Http404
    actions.end_partner(partner, cast(Person, request.user))
    messages.success(request, f"{partner} is no partner any more, and its people coach nobody here.")
    return redirect(url(request, "partners"))


@require_POST
def partner_person_end(request: InsideRequest, pk: int) -> HttpResponse:
    """End the part of a partner's person."""
    _inside(request)
    posts = PartnerPerson.objects.current().filter(organisation=request.organisation).select_related("person")
    post = get_object_or_404(posts, pk=pk)
    actions.end_partner_person(post, cast(Person, request.user))
    messages.success(request, f"{post.person} has no part here any more through a partner.")
    return redirect(url(request, "partners"))
