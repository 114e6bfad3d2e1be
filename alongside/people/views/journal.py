"""The journal: what was done here, by whom and when."""

from itertools import islice

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alongside.kit.access import require
from alongside.kit.downloads import attachment
from alongside.kit.tabular import write_csv
from alongside.people import journal as journals
from alongside.people import rules
from alongside.people.forms import JournalForm
from alongside.people.requests import InsideRequest

REASON = "The journal of a network is read by its officer, that of a school by its leaders."
SHEET = 20_000
HEADER = ["Number", "When (UTC)", "Who", "What", "Details"]


@require_GET
def journal(request: InsideRequest) -> HttpResponse:
    """Deeds in words, newest first, a page at a time."""
    require(rules.can_read_journal(request.member, request.organisation.kind), REASON)
    kind, before = _asked(request)
    page = journals.page(request.organisation.pk, kind=kind, before=before)
    context = {"page": page, "form": JournalForm(initial={"deed": kind}, kinds=page.kinds), "door": "grow"}
    return render(request, "people/journal.html", context)


@require_GET
def journal_csv(request: InsideRequest) -> HttpResponse:
    """The same as a sheet: the newest lines, as many as a spreadsheet bears, and where the older ones are."""
    require(rules.can_read_journal(request.member, request.organisation.kind), REASON)
    kind, before = _asked(request)
    lines = list(islice(journals.every_line(request.organisation.pk, kind, before), SHEET))
    rows = [[line.number, f"{line.at:%Y-%m-%d %H:%M:%S}", line.who, line.deed, line.exact] for line in lines]
    if len(lines) == SHEET:
        rows.append([f"Older entries: ask for the same address with before={lines[-1].number}"])
    return attachment(write_csv([HEADER, *rows]), "text/csv; charset=utf-8", "journal.csv")


def _asked(request: InsideRequest) -> tuple[str, int | None]:
    """Kind and number of the address; what is neither is as if it were not there."""
    known = dict(journals.kinds(request.organisation.pk))
    kind, before = request.GET.get("deed", ""), request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    return (kind if kind in known else ""), number
