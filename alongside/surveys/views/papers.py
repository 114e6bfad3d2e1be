"""The same to take along: PDF, sheets, slides, and all papers at once."""

from __future__ import annotations

from typing import cast

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from alongside.kit.addresses import url
from alongside.kit.documents import sheets, slides
from alongside.kit.downloads import attachment
from alongside.kit.tabular import write_csv
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import documents, papers, results
from alongside.surveys.views.results import page_of
from alongside.surveys.views.waves import wave_of


def _name(page: results.ResultsPage, ending: str) -> str:
    """What a file is called: the wave, and the place where it is not the whole."""
    place = page.cluster or (page.grouping and f"grouping-{page.grouping}")
    return f"results-{page.wave.pk}{place and f'-{place}'}.{ending}"


def _school(request: InsideRequest, pk: int, school: str) -> results.SchoolPage:
    promise_of = Q(school__organisation__slug=school)
    seen = results.view(wave_of(request, pk), request.member, promise_of=promise_of)
    return results.school_page(seen, results.school_of_wave(seen, school))


@require_GET
def results_csv(request: InsideRequest, pk: int, cluster: str = "", grouping: str = "") -> HttpResponse:
    """Exactly what the results page shows, of the whole, a cluster or a grouping, as CSV."""
    _, page = page_of(request, pk, cluster, grouping)
    return attachment(write_csv(documents.table(page)), "text/csv; charset=utf-8", _name(page, "csv"))


@require_GET
def results_pdf(request: InsideRequest, pk: int, cluster: str = "", grouping: str = "") -> HttpResponse:
    """The same on paper."""
    _, page = page_of(request, pk, cluster, grouping)
    return attachment(documents.results_pdf(page), "application/pdf", _name(page, "pdf"))


@require_GET
def results_xlsx(request: InsideRequest, pk: int, cluster: str = "", grouping: str = "") -> HttpResponse:
    """The same as XLSX."""
    _, page = page_of(request, pk, cluster, grouping)
    return attachment(documents.results_sheet(page), sheets.TYPE, _name(page, "xlsx"))


@require_GET
def results_school_pdf(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """One school's results, and its posted reply, on a page of paper; never its comments."""
    page = _school(request, pk, school)
    return attachment(documents.school_pdf(page), "application/pdf", f"results-{pk}-{school}.pdf")


@require_GET
def results_school_slides(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """One school's findings for a staff meeting, as slides; never its comments."""
    page = _school(request, pk, school)
    return attachment(documents.school_slides(page), slides.TYPE, f"results-{pk}-{school}.pptx")


@require_GET
def results_school_csv(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Exactly what a school's page shows of its statements, as CSV; never its comments."""
    table = documents.school_table(_school(request, pk, school))
    return attachment(write_csv(table), "text/csv; charset=utf-8", f"results-{pk}-{school}.csv")


@require_GET
def results_school_xlsx(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """The same as XLSX."""
    page = _school(request, pk, school)
    return attachment(documents.school_sheet(page), sheets.TYPE, f"results-{pk}-{school}.xlsx")


@require_POST
def results_papers(request: InsideRequest, pk: int) -> HttpResponse:
    """Have all papers of a pulse put into one archive."""
    seen = results.view(wave_of(request, pk), request.member)
    return redirect(url(request, "work", pk=papers.order(seen, cast(Person, request.user)).pk))
