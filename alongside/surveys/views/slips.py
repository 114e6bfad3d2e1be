"""Slips, poster and slide: the ways in without a letter."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.documents import slides as pptx
from alongside.kit.downloads import attachment
from alongside.kit.errors import Conflict, Refused
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, handouts, rules, slips, whom_forms
from alongside.surveys.models import SlipSheet, Wave, WaveSchool
from alongside.surveys.views.waves import wave_of

ANNOUNCE = "School leaders, the clusters’ chairs and the network’s officer hang up what leads to a pulse."


def _entry(request: InsideRequest, pk: int, school: str) -> WaveSchool:
    found = wave_of(request, pk)
    scoped = WaveSchool.objects.select_related("school__organisation", "wave__series", "wave__organisation")
    return get_object_or_404(scoped, wave=found, school__organisation__slug=school)


def _open(wave: Wave) -> None:
    if wave.state != Wave.State.OPEN:
        raise Conflict("This pulse is not open, so there is no way in to show. Its page says how far it is.")


@require_http_methods(["GET", "POST"])
def wave_slips(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """The slips of a school, and having more made."""
    entry = _entry(request, pk, school)
    if request.method == "GET":
        decides = rules.can_decide_slips(request.member, entry)
        require(decides, f"The leaders of {entry.school} have slips made; their chair and the officer confirm them.")
        return _page(request, entry, whom_forms.slips_form(entry.wave.series.asks))
    require(
        rules.can_order_slips(request.member, entry.school_id), f"Only the leaders of {entry.school} ask for slips."
    )
    _open(entry.wave)
    form = whom_forms.slips_form(entry.wave.series.asks, request.POST)
    if not form.is_valid():
        return _page(request, entry, form)
    try:
        count, group = form.cleaned_data["count"], form.cleaned_data.get("group", "")
        sheet = actions.order_slips(entry.wave, entry.school, count, cast(Person, request.user), group)
    except Conflict:
        raise
    except Refused as refused:
        form.add_error("count", str(refused))
        return _page(request, entry, form)
    if sheet.state == SlipSheet.State.WAITING:
        messages.success(request, "A second person confirms how many there are; then they are made.")
    return redirect(url(request, "wave_slips", pk=pk, school=school))


def _page(request: InsideRequest, entry: WaveSchool, form: whom_forms.SlipsForm) -> HttpResponse:
    page = slips.slips_page(entry, request.member, cast(Person, request.user).pk)
    context = {"page": page, "form": form, "most": actions.AT_ONCE, "door": "ask"}
    return render(request, "surveys/wave_slips.html", context, status=400 if form.errors else 200)


@require_POST
def wave_slips_decide(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """A second person confirms how many slips there are, or does not."""
    entry = _entry(request, pk, school)
    who = "A second leader of the school, the cluster’s chair or the network’s officer confirms slips."
    require(rules.can_decide_slips(request.member, entry), who)
    yes = request.POST.get("decision") == "yes"
    actions.decide_slips(_sheet(request, entry), cast(Person, request.user), confirmed=yes)
    done = "Confirmed: the slips are being made." if yes else "Not confirmed: these slips are not made."
    messages.success(request, done)
    return redirect(url(request, "wave_slips", pk=pk, school=school))


@require_POST
def wave_slips_fetch(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """The printed sheet, once."""
    entry = _entry(request, pk, school)
    require(
        rules.can_order_slips(request.member, entry.school_id), f"Only the leaders of {entry.school} fetch its slips."
    )
    sheet = _sheet(request, entry)
    paper = actions.fetch_slips(sheet, cast(Person, request.user))
    return attachment(paper, "application/pdf", f"slips-{entry.school.slug}-{sheet.pk}.pdf")


def _sheet(request: InsideRequest, entry: WaveSchool) -> SlipSheet:
    """The sheet that the form names, of this school in this wave."""
    named = request.POST.get("sheet", "")
    if not (named.isascii() and named.isdecimal() and len(named) < 19):
        raise Http404
    return get_object_or_404(SlipSheet, pk=int(named), wave=entry.wave_id, school=entry.school_id)


@require_GET
def wave_poster(request: InsideRequest, pk: int) -> HttpResponse:
    """One page for the staff room."""
    found = wave_of(request, pk)
    require(rules.can_announce(request.member), ANNOUNCE)
    _open(found)
    return attachment(handouts.poster(found), "application/pdf", f"poster-{pk}.pdf")


@require_GET
def wave_slide(request: InsideRequest, pk: int) -> HttpResponse:
    """The same as a slide for a staff meeting."""
    found = wave_of(request, pk)
    require(rules.can_announce(request.member), ANNOUNCE)
    _open(found)
    return attachment(handouts.slide(found), pptx.TYPE, f"slide-{pk}.pptx")
