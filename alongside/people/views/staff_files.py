"""Staff lists as files: the empty one, the one of today, and what a list that waits would change."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from alongside.kit.access import require
from alongside.kit.documents import sheets
from alongside.kit.downloads import attachment
from alongside.kit.tabular import write_csv
from alongside.network.models import School
from alongside.people import actions, reads, rules
from alongside.people.requests import InsideRequest
from alongside.people.stafflist import COLUMNS, TEMPLATE_CSV, TEMPLATE_ROWS
from alongside.people.views.schools import school_of
from alongside.people.views.staff import import_of, looked_after

CSV = "text/csv; charset=utf-8"
HAPPENS = ("leaves", "joins", "changes", "stays")


@login_not_required
@require_GET
def staff_template(request: HttpRequest) -> HttpResponse:
    """An empty staff list to fill in."""
    return attachment(TEMPLATE_CSV, CSV, "staff-list.csv")


@login_not_required
@require_GET
def staff_template_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as an Excel workbook."""
    return attachment(sheets.plain("Staff", TEMPLATE_ROWS), sheets.TYPE, "staff-list.xlsx")


def _list_of(request: InsideRequest, school: str) -> tuple[School, list[Sequence[object]]]:
    found = school_of(request, school)
    require(rules.can_see_staff(request.member, found.pk), f"Only the leaders of {found} take its staff list away.")
    entries = reads.staff_page(found).entries
    lines = [(e.name, e.person.email, e.get_job_display(), e.hours) for e in entries]
    return found, [COLUMNS, *lines]


@require_GET
def staff_csv(request: InsideRequest, school: str) -> HttpResponse:
    """The staff list of today, in the columns in which it can be brought in again."""
    found, rows = _list_of(request, school)
    return attachment(write_csv(rows), CSV, f"staff-{found.slug}.csv")


@require_GET
def staff_xlsx(request: InsideRequest, school: str) -> HttpResponse:
    """The same as an Excel workbook."""
    found, rows = _list_of(request, school)
    return attachment(sheets.plain("Staff", rows), sheets.TYPE, f"staff-{found.slug}.xlsx")


@require_GET
def staff_import_csv(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """Everything that applying a list would do, and every row that was set aside."""
    found = looked_after(request, school)
    preview = actions.preview(import_of(request, found, pk))
    rows: list[Sequence[object]] = [("What happens", "Name", "E-mail", "Role", "What changes", "Row", "Column")]
    rows += [("set aside", "", "", "", fault.text, fault.row, fault.column) for fault in preview.faults]
    ordered = sorted(preview.changes, key=lambda change: HAPPENS.index(change.kind))
    rows += [(change.kind, change.name, change.email, change.job, change.text, None, None) for change in ordered]
    return attachment(write_csv(rows), CSV, f"changes-{found.slug}.csv")
