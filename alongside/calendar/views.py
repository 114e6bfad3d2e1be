"""Terms and closed days: the page, one school year, and a calendar file."""

from __future__ import annotations

import datetime
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.calendar import actions, forms, presets, reads, rules
from alongside.calendar.actions.years import slots
from alongside.calendar.files.sheet import TEMPLATE_CSV
from alongside.calendar.models import CalendarImport, Span
from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.downloads import attachment
from alongside.kit.errors import Conflict, Refused
from alongside.people.models import Person
from alongside.people.requests import InsideRequest

WHO_MAY = "Terms are entered by the network’s officer, and by a school’s leaders for their school."


@require_GET
def terms(request: InsideRequest) -> HttpResponse:
    """When there is school: own days, and those of the network and the country."""
    return _page(request)


def _page(
    request: InsideRequest,
    form: forms.SpanForm | None = None,
    file: forms.CalendarFileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    country = request.organisation.country
    year = presets.school_year(country, today)
    context = {
        "page": reads.terms_page(request.organisation, today),
        "form": form or forms.SpanForm(today=today),
        "file": file or forms.CalendarFileForm(),
        "may_set": rules.can_set_terms(request.member, request.organisation.kind),
        "years": [(each, presets.name_of(country, each)) for each in (year, year + 1)],
        "door": "do",
    }
    return render(request, "calendar/terms.html", context, status=status)


@require_http_methods(["GET", "POST"])
def terms_year(request: InsideRequest, year: int) -> HttpResponse:
    """The terms of one school year, proposed as they typically are."""
    _may_set(request)
    country, today = request.organisation.country, timezone.localdate()
    if abs(year - today.year) > 4:
        raise Http404
    typical = presets.typical(country, year)
    form = forms.YearForm(request.POST or None, slots=slots(request.organisation, year, typical))
    if request.method == "POST" and form.is_valid():
        kept = actions.save_year(request.organisation, year, form.year(), typical, request.member.person_id)
        messages.success(request, f"{kept} lines of {presets.name_of(country, year)} are kept.")
        return redirect(url(request, "terms"))
    context = {"form": form, "name": presets.name_of(country, year), "year": year, "door": "do"}
    return render(request, "calendar/terms_year.html", context, status=400 if form.errors else 200)


def _may_set(request: InsideRequest) -> None:
    require(rules.can_set_terms(request.member, request.organisation.kind), WHO_MAY)


@require_POST
def term_add(request: InsideRequest) -> HttpResponse:
    """Add a closed day, a report week or a school day by hand."""
    _may_set(request)
    form = forms.SpanForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        return _page(request, form=form, status=400)
    first, last = cast(datetime.date, form.cleaned_data["starts_on"]), form.cleaned_data["ends_on"]
    kind, name = form.cleaned_data["kind"], form.cleaned_data["name"]
    actions.add_span(request.organisation, kind, name, first, last, request.member.person_id)
    messages.success(request, f"{name} is in the calendar.")
    return redirect(url(request, "terms"))


@require_POST
def term_remove(request: InsideRequest, pk: int) -> HttpResponse:
    """Take own days out."""
    _may_set(request)
    span = get_object_or_404(Span.objects.of(request.organisation.pk), pk=pk)
    actions.remove_span(span, request.member.person_id)
    messages.success(request, f"{span.name} is no longer in the calendar.")
    return redirect(url(request, "terms"))


@require_POST
def calendar_upload(request: InsideRequest) -> HttpResponse:
    """Bring a calendar file in: nothing changes until it is applied."""
    _may_set(request)
    form = forms.CalendarFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, file=form, status=400)
    file = form.cleaned_data["file"]
    try:
        brought = actions.bring_calendar(file.read(), file.name, request.organisation, cast(Person, request.user))
    except Refused as refused:
        form.add_error("file", str(refused))
        return _page(request, file=form, status=400)
    return redirect(url(request, "calendar_import", pk=brought.pk))


def _import(request: InsideRequest, pk: int) -> CalendarImport:
    _may_set(request)
    return get_object_or_404(CalendarImport.objects.filter(organisation=request.organisation), pk=pk)


@require_GET
def calendar_import(request: InsideRequest, pk: int) -> HttpResponse:
    """What applying a file would do: new, changed, left alone and why, set aside and why."""
    brought = _import(request, pk)
    ready = brought.state == CalendarImport.State.READY
    context = {"brought": brought, "preview": actions.preview(brought) if ready else None, "door": "do"}
    return render(request, "calendar/calendar_import.html", context)


@require_POST
def calendar_apply(request: InsideRequest, pk: int) -> HttpResponse:
    """Do what the preview said."""
    done = actions.apply_calendar(_import(request, pk), request.member.person_id)
    messages.success(request, f"{len(done.new)} new and {len(done.changed)} changed. It can be taken back below.")
    return redirect(url(request, "terms"))


@require_POST
def calendar_drop(request: InsideRequest, pk: int) -> HttpResponse:
    """Forget a file that was brought in."""
    actions.drop_calendar(_import(request, pk))
    messages.success(request, "The file was dropped. Nothing was changed.")
    return redirect(url(request, "terms"))


@require_POST
def calendar_undo(request: InsideRequest, pk: int) -> HttpResponse:
    """Take back what the newest file did."""
    try:
        actions.undo_calendar(_import(request, pk), request.member.person_id)
    except Conflict as conflict:
        messages.warning(request, str(conflict))
    else:
        messages.success(request, "The file was taken back. The calendar is as it was before.")
    return redirect(url(request, "terms"))


@login_not_required
@require_GET
def terms_template(request: HttpRequest) -> HttpResponse:
    """An empty list of terms to fill in."""
    return attachment(TEMPLATE_CSV, "text/csv; charset=utf-8", "terms.csv")
