"""Whom people can turn to."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.network import actions, forms, rules


@require_http_methods(["GET", "POST"])
def contacts(request: Any) -> HttpResponse:
    """Whom people can turn to."""
    require(
        rules.can_set_contacts(request.member, request.organisation.kind),
        "The contacts of a school are set by its leaders, those of the network by its officer.",
    )
    form = forms.ContactsForm(request.POST or None, instance=request.organisation)
    if request.method == "POST" and form.is_valid():
        actions.save_contacts(form.save(commit=False), request.member.person_id)
        messages.success(request, "The next person who opens an answering page sees these contacts.")
        return redirect(url(request, "contacts"))
    return render(request, "network/contacts.html", {"form": form, "door": "grow"})
