"""Earlier results: bring a file, say what is what, look, apply, take back; and the results themselves."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.documents import sheets
from alongside.kit.downloads import attachment
from alongside.kit.errors import Conflict, Refused
from alongside.kit.tabular import write_csv
from alongside.kit.uploads import takes
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import rules
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Past
from alongside.surveys.past import actions, documents, reads, standing
from alongside.surveys.past.forms import MatchForm, PastFileForm
from alongside.surveys.past.tallyfile import TEMPLATE_CSV, TEMPLATE_ROWS
from alongside.surveys.views.rhythms import askable

SHOWN = 300
WHO = "Earlier results are brought in by whoever may ask there: a school’s leaders, a cluster’s chair or the network’s officer."


@require_GET
def past(request: InsideRequest) -> HttpResponse:
    """Earlier results that stand here; and, for whoever may ask, the form to bring more."""
    return _list(request, _form(request) if _may_somewhere(request) else None)


def _may_somewhere(request: InsideRequest) -> bool:
    network = request.organisation.kind == "network"
    return rules.can_ask(request.member, request.organisation) or (network and rules.can_ask_somewhere(request.member))


def _form(request: InsideRequest) -> PastFileForm:
    whole, mine = askable(request)
    schools = actions.schools_of(Past(organisation=request.organisation))
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    today = timezone.localdate()
    return PastFileForm(
        *bound, organisation=request.organisation, clusters=mine, whole=whole, schools=schools, today=today
    )


def _list(request: InsideRequest, form: PastFileForm | None, status: int = 200) -> HttpResponse:
    organisation = request.organisation.pk
    context = {
        "stands": [(found, reads.past_url(found)) for found in reads.listed(organisation)],
        "waiting": [found for found in reads.waiting(organisation) if _may(request, found)] if form else [],
        "undoable": {found.pk for found in reads.listed(organisation) if _may(request, found)} if form else set(),
        "form": form,
        "door": "ask",
    }
    return render(request, "surveys/past.html", context, status=status)


def _may(request: InsideRequest, found: Past) -> bool:
    return rules.can_ask(request.member, request.organisation, found.cluster)


@takes("past")
@require_POST
def past_upload(request: InsideRequest) -> HttpResponse:
    """Bring a file: it is counted, and nothing stands yet."""
    form = _form(request)
    if not form.is_valid():
        return _list(request, form, status=400)
    said = form.cleaned_data
    try:
        brought = actions.bring(
            form.source(),
            said["file"].name,
            request.organisation,
            cast(Person, request.user),
            instrument=said["instrument"],
            day=said["day"],
            cluster=form.cluster,
            school_column=said["school_column"],
            one_school=int(said["one_school"] or 0),
        )
    except Refused as refused:
        form.add_error("file", str(refused))
        return _list(request, form, status=400)
    return redirect(url(request, "past_match", pk=brought.pk))


def _brought(request: InsideRequest, pk: int) -> Past:
    """A file of this place that this member may apply: 404 for another place's, 403 for whoever may not."""
    found = get_object_or_404(Past.objects.seen_by(request.member).select_related("cluster", "organisation"), pk=pk)
    require(_may(request, found), WHO)
    return found


@require_http_methods(["GET", "POST"])
def past_match(request: InsideRequest, pk: int) -> HttpResponse:
    """Which statement, which school, which answer is which."""
    brought = _brought(request, pk)
    if brought.state != Past.State.READY:
        return _over(request, brought)
    counts = actions.counts_of(brought)
    pulse, schools = instrument(brought.instrument), actions.schools_of(brought)
    form = MatchForm(
        request.POST if request.method == "POST" else None,
        counts=counts,
        pulse=pulse,
        schools=schools,
        before=brought.choices,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide(brought, form.choices())
        except Conflict:
            raise
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(url(request, "past_look", pk=pk))
    context = {"brought": brought, "counts": counts, "form": form, "matched": sum(map(bool, form.found)), "door": "ask"}
    return render(request, "surveys/past_match.html", context, status=400 if form.errors else 200)


def _over(request: InsideRequest, brought: Past) -> HttpResponse:
    return render(request, "surveys/past_look.html", {"brought": brought, "door": "ask"})


@require_GET
def past_look(request: InsideRequest, pk: int) -> HttpResponse:
    """Exactly what will stand: the rounded figures of whole blocks, and nothing else."""
    brought = _brought(request, pk)
    if brought.state != Past.State.READY:
        return _over(request, brought)
    found = actions.would_stand(brought)
    if found is None:
        return redirect(url(request, "past_match", pk=pk))
    lines = reads.preview_lines(found)
    context = {
        "brought": brought,
        "found": found,
        "lines": lines[:SHOWN],
        "count": len(lines),
        "beyond": len(lines) > SHOWN,
        "nowhere": reads.nowhere(found),
        "seen": standing.digest(found),
        "counts": actions.counts_of(brought),
        "warning": reads.WARNING,
        "door": "ask",
    }
    return render(request, "surveys/past_look.html", context)


@require_GET
def past_look_csv(request: InsideRequest, pk: int) -> HttpResponse:
    """Every line of the preview."""
    found = actions.would_stand(_brought(request, pk)) or []
    return attachment(
        write_csv(documents.table(reads.preview_lines(found))), "text/csv; charset=utf-8", f"earlier-{pk}.csv"
    )


@require_POST
def past_apply(request: InsideRequest, pk: int) -> HttpResponse:
    """Let stand what was looked at."""
    brought = _brought(request, pk)
    found = actions.apply(brought, request.POST.get("seen", ""), request.member.person_id)
    rounds = f"{len(found)} earlier rounds stand" if len(found) > 1 else "One earlier round stands"
    messages.success(request, f"{rounds} now. The file can be taken back on the page of earlier results.")
    return redirect(reads.past_url(brought))


@require_POST
def past_drop(request: InsideRequest, pk: int) -> HttpResponse:
    """Forget a file that waits."""
    actions.drop(_brought(request, pk))
    messages.success(request, "The file was dropped, with all that was counted of it. Nothing was changed.")
    return redirect(url(request, "past"))


@require_POST
def past_undo(request: InsideRequest, pk: int) -> HttpResponse:
    """Take applied results back."""
    actions.undo(_brought(request, pk), request.member.person_id)
    messages.success(request, "These earlier results were taken back. They are shown nowhere any more.")
    return redirect(url(request, "past"))


def _page(request: InsideRequest, pk: int, where: str, place: str) -> reads.PastPage:
    applied = Past.objects.seen_by(request.member).applied().select_related("cluster", "organisation")
    return reads.past_page(get_object_or_404(applied, pk=pk), request.member, where, place)


@require_GET
def past_results(request: InsideRequest, pk: int, where: str, place: str) -> HttpResponse:
    """Earlier results of one place, statement by statement."""
    context = {"page": _page(request, pk, where, place), "warning": reads.WARNING, "door": "show"}
    return render(request, "surveys/past_results.html", context)


@require_GET
def past_results_csv(request: InsideRequest, pk: int, where: str, place: str) -> HttpResponse:
    """Exactly what that page shows, as CSV."""
    page = _page(request, pk, where, place)
    return attachment(write_csv(documents.table(page.lines)), "text/csv; charset=utf-8", f"earlier-{pk}-{place}.csv")


@require_GET
def past_results_xlsx(request: InsideRequest, pk: int, where: str, place: str) -> HttpResponse:
    """The same as XLSX."""
    page = _page(request, pk, where, place)
    return attachment(documents.sheet(page), sheets.TYPE, f"earlier-{pk}-{place}.xlsx")


@login_not_required
@require_GET
def past_template(request: HttpRequest) -> HttpResponse:
    """An empty form for earlier results, as CSV."""
    return attachment(TEMPLATE_CSV, "text/csv; charset=utf-8", "earlier-results.csv")


@login_not_required
@require_GET
def past_template_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as an Excel workbook."""
    return attachment(sheets.plain("Earlier results", TEMPLATE_ROWS), sheets.TYPE, "earlier-results.xlsx")
