"""Staff lists and confirmed mail domains."""

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.kit.uploads import takes
from alongside.network.models import School
from alongside.people import actions, forms, reads, rules
from alongside.people.models import Person, StaffImport
from alongside.people.requests import InsideRequest
from alongside.people.views.schools import school_of

LINES = 200  # shown on a page; all of them are in the files to download
OPEN = 20  # so many lines need no folding
GROUPS = {"leaves": "Who leaves", "joins": "Who joins", "changes": "What changes"}


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of a preview to which the same happens."""

    kind: str
    title: str
    changes: list[actions.Change]

    @property
    def count(self) -> int:
        return len(self.changes)

    @property
    def lines(self) -> list[actions.Change]:
        return self.changes[:LINES]

    @property
    def beyond(self) -> bool:
        return self.count > LINES

    @property
    def folded(self) -> bool:
        return self.count > OPEN


@require_GET
def staff_list(request: InsideRequest, school: str) -> HttpResponse:
    """A school's staff list, for its leaders; counts for the officer."""
    found = looked_after(request, school)
    page = reads.staff_page(found)
    words = request.GET.get("words", "").replace("\0", "")[:100].strip()
    entries = [entry for entry in page.entries if words.casefold() in entry.name.casefold()]
    may_see_names = rules.can_see_staff(request.member, found.pk)
    context = {
        "page": page,
        "words": words,
        "entries": entries[:LINES],
        "beyond": len(entries) - LINES,
        "left": page.left if may_see_names else [],
        "may_see_names": may_see_names,
        "form": forms.StaffFileForm(),
        "search": forms.FindForm(initial={"words": words}),
        "domain_form": forms.DomainForm(),
        "waiting": imports_of(request, found).filter(state=StaffImport.State.READY).order_by("-pk"),
        "door": "grow",
    }
    return render(request, "people/staff_list.html", context)


@takes("staff")
@require_POST
def staff_upload(request: InsideRequest, school: str) -> HttpResponse:
    """Bring a staff list in: nothing changes until it is applied."""
    found = school_of(request, school)
    require(
        rules.can_bring_staff(request.member, found.pk),
        f"Only the leaders of {found} and the network's officer may bring in its staff list.",
    )
    form = forms.StaffFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _staff_refused(request, found, _sentence(form, *form.errors))
    network = request.organisation if request.organisation.kind == "network" else None
    try:
        brought = actions.bring_staff_list(
            form.data_of_file(),
            found,
            by=cast(Person, request.user),
            network=network,
            called=form.cleaned_data["called"],
        )
    except Refused as refused:
        return _staff_refused(request, found, str(refused))
    return redirect(url(request, "staff_import", school=school, pk=brought.pk))


def _sentence(form: Form, *fields: str) -> str:
    return " ".join(str(error) for field in fields for error in form.errors[field])


def _staff_refused(request: InsideRequest, school: School, reason: str) -> HttpResponse:
    return render(
        request, "people/staff_refused.html", {"school": school, "reason": reason, "door": "grow"}, status=400
    )


def looked_after(request: InsideRequest, slug: str) -> School:
    """A school of this place whose staff list the reader brings in: 404 for another place's, 403 for whoever may not."""
    found = school_of(request, slug)
    require(
        rules.can_bring_staff(request.member, found.pk),
        f"Only the leaders of {found} and the network's officer look after its staff list.",
    )
    return found


def imports_of(request: InsideRequest, school: School) -> QuerySet[StaffImport]:
    """Imports of this school: the school's leaders see all of them, the officer those that the network brought."""
    imports = StaffImport.objects.filter(school=school)
    return imports if rules.leads(request.member, school.pk) else imports.filter(network=request.organisation)


def import_of(request: InsideRequest, school: School, pk: int) -> StaffImport:
    return get_object_or_404(imports_of(request, school).select_related("school__organisation"), pk=pk)


@require_GET
def staff_import(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """What applying a list would do, line by line."""
    found = looked_after(request, school)
    brought = import_of(request, found, pk)
    networks = reads.networks_of(found).count()
    preview = actions.preview(brought)
    context = {
        "school": found,
        "brought": brought,
        "preview": preview,
        "faults": preview.faults[:LINES],
        "groups": [Group(kind, title, preview.of(kind)) for kind, title in GROUPS.items()],
        "may_apply": rules.can_apply_staff(request.member, found.pk, networks),
        "door": "grow",
    }
    return render(request, "people/staff_import.html", context)


@require_POST
def staff_apply(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """Do what the preview said."""
    found = looked_after(request, school)
    brought = import_of(request, found, pk)
    networks = reads.networks_of(found).count()
    require(
        rules.can_apply_staff(request.member, found.pk, networks),
        f"{found} belongs to several networks, so one of its own leaders applies this list. They find it under Grow.",
    )
    done = actions.apply_staff_list(brought, cast(Person, request.user))
    messages.success(request, f"The staff list of {found} is up to date: {done.summary}")
    return redirect(url(request, "staff_list", school=school))


@require_POST
def staff_drop(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """Forget a list that was brought in."""
    found = looked_after(request, school)
    actions.drop_staff_list(import_of(request, found, pk), cast(Person, request.user))
    messages.success(request, "The list was dropped. Nothing was changed.")
    return redirect(url(request, "staff_list", school=school))


@require_POST
def domain_confirm(request: InsideRequest, school: str) -> HttpResponse:
    """Say that a mail domain is the school's own."""
    found = school_of(request, school)
    require(
        rules.can_bring_staff(request.member, found.pk),
        f"Only the leaders of {found} and the network's officer confirm its mail domains.",
    )
    form = forms.DomainForm(request.POST)
    if not form.is_valid():
        return _staff_refused(request, found, _sentence(form, "domain"))
    try:
        actions.confirm_domain(found, form.cleaned_data["domain"], cast(Person, request.user))
    except Refused as refused:
        return _staff_refused(request, found, str(refused))
    messages.success(request, f"People with an address at {form.cleaned_data['domain']} can be asked from now on.")
    return redirect(url(request, "staff_list", school=school))


@require_POST
def mail_again(request: InsideRequest, school: str) -> HttpResponse:
    """Try the addresses again that did not work."""
    found = school_of(request, school)
    require(rules.can_see_staff(request.member, found.pk), f"Only the leaders of {found} see its addresses.")
    actions.mail_again(found, cast(Person, request.user))
    messages.success(request, "Letters go to these addresses again. If they come back, you will see it here.")
    return redirect(url(request, "staff_list", school=school))
