"""A school's strengths and wishes, and the partners it might find."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.network import actions, forms, partners, positions
from alongside.network.models import Offer
from alongside.network.views.parts import school_here


@require_http_methods(["GET", "POST"])
def strengths(request: Any, school: str) -> HttpResponse:
    """Say what the school is strong in and looks for."""
    found = school_here(request, school)
    require(found.pk in request.member.schools_led, "A school’s strengths and wishes are stated by its own leaders.")
    stated = list(Offer.objects.filter(school=found))
    initial = {
        "strengths": [offer.topic for offer in stated if offer.kind == Offer.Kind.STRENGTH],
        "wishes": [offer.topic for offer in stated if offer.kind == Offer.Kind.WISH],
    }
    form = forms.OffersForm(request.POST or None, initial=initial)
    if request.method == "POST":
        form = forms.OffersForm(request.POST)  # a form without a tick is empty, and still one that was sent
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.state_offers(found, data["strengths"], data["wishes"], by=request.member.person_id)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, "Schools that look for partners find you by this from now on.")
                return redirect(url(request, "school", school=found.slug))
    context = {"school": found, "form": form, "door": "grow"}
    return render(request, "network/strengths.html", context, status=400 if form.errors else 200)


@require_GET
def partner_schools(request: Any, school: str) -> HttpResponse:
    """Likely partners of the school, the likeliest first, each with its reasons."""
    found = school_here(request, school)
    form = forms.PartnersForm(request.GET or None)
    data = form.cleaned_data if form.is_valid() else {}
    km = data.get("km") or partners.USUAL_KM
    same = data.get("phase") == "same"
    context = {
        "school": found,
        "form": forms.PartnersForm(initial={"km": km, "phase": "same" if same else ""}),
        "found": partners.find(found, km, same_phase=same),
        "km": km,
        "placed": positions.point(found) is not None,
        "may_state": found.pk in request.member.schools_led,
        "door": "grow",
    }
    return render(request, "network/partners.html", context)
