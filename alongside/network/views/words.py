"""A network's own words."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.network import actions, forms, rules


@require_http_methods(["GET", "POST"])
def words(request: Any) -> HttpResponse:
    """Which words pages and letters of the network use in place of the country's."""
    if request.organisation.kind != "network":
        raise Http404
    require(rules.can_set_contacts(request.member, "network"), "The words of a network are chosen by its officer.")
    sent = request.POST if request.method == "POST" else None
    form = forms.WordsForm(sent, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        actions.use_words(request.organisation, form.own())
        messages.success(request, "Pages and letters use these words from now on.")
        return redirect(url(request, "words"))
    context = {"form": form, "door": "grow"}
    return render(request, "network/words.html", context, status=400 if form.errors else 200)
