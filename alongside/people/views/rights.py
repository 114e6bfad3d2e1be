"""A person's rights: everything held on them, erasure, and what is kept and why."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.downloads import attachment
from alongside.kit.errors import Refused
from alongside.people import actions, duplicates, forms, reads, retention, rights, rules
from alongside.people.models import ErasureRequest, Person, StaffEntry
from alongside.people.requests import InsideRequest
from alongside.people.views.schools import school_of

WHO = "Requests to be erased are confirmed by leaders, for their own staff, and by the network's officer."


@require_GET
def my_rights(request: HttpRequest) -> HttpResponse:
    """What is held on me, taking it away, and being erased."""
    return _my_rights(request, forms.SureForm())


def _my_rights(request: HttpRequest, form: forms.SureForm) -> HttpResponse:
    person = cast(Person, request.user)
    context = {
        "words": rights.words(),
        "asked": ErasureRequest.objects.filter(person=person).first(),
        "form": form,
    }
    return render(request, "people/my_rights.html", context, status=400 if form.errors else 200)


@require_POST
def everything(request: HttpRequest) -> HttpResponse:
    """Everything held on me, as a ZIP."""
    return attachment(rights.export(cast(Person, request.user)), "application/zip", "everything-held-on-me.zip")


@require_POST
def erase_me(request: HttpRequest) -> HttpResponse:
    """Ask to be erased: done at once where nothing needs me, else when somebody confirms it."""
    form = forms.SureForm(request.POST)
    if not form.is_valid():
        return _my_rights(request, form)
    person = cast(Person, request.user)
    try:
        done = actions.ask_to_be_erased(person)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _my_rights(request, form)
    if done:
        logout(request)
        return render(request, "people/erased.html")
    messages.success(request, "Your request is kept. A leader of your school or the network's officer confirms it.")
    return redirect("my_rights")


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Take the request back."""
    actions.take_request_back(cast(Person, request.user))
    messages.success(request, "Your request is taken back. Nothing was erased.")
    return redirect("my_rights")


@require_GET
def erasures(request: InsideRequest) -> HttpResponse:
    """Who asked to be erased."""
    require(rules.can_confirm_erasure(request.member), WHO)
    found = reads.erasure_requests(request.member, duplicates.schools_seen(request.member))
    return render(request, "people/erasures.html", {"requests": found, "door": "grow"})


@require_POST
def erasure_confirm(request: InsideRequest, pk: int) -> HttpResponse:
    """Erase somebody who asked for it."""
    require(rules.can_confirm_erasure(request.member), WHO)
    found = reads.erasure_requests(request.member, duplicates.schools_seen(request.member))
    asked = next((one for one in found if one.pk == pk), None)
    if asked is None:
        raise Http404
    actions.confirm_erasure(asked, cast(Person, request.user))
    messages.success(request, "They were erased: name, address and what was written of them.")
    return redirect(url(request, "erasures"))


@require_http_methods(["GET", "POST"])
def staff_erase(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """Erase somebody of the own list who asked for it in person."""
    found = school_of(request, school)
    require(rules.can_see_staff(request.member, found.pk), f"Only the leaders of {found} erase somebody from its list.")
    entry = get_object_or_404(StaffEntry.objects.filter(school=found).select_related("person"), pk=pk)
    form = forms.SureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _erase(request, entry)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "They were erased: name, address and what was written of them.")
            return redirect(url(request, "staff_list", school=school))
    context = {"school": found, "entry": entry, "form": form, "door": "grow"}
    return render(request, "people/staff_erase.html", context, status=400 if form.errors else 200)


def _erase(request: InsideRequest, entry: StaffEntry) -> None:
    if entry.person_id == request.member.person_id:
        raise Refused("Ask to be erased on your own page, My data; somebody else confirms it.")
    if not duplicates.may_merge(entry.person_id, request.member, sorted(request.member.schools_led)):
        raise Refused(
            "They also have a part somewhere that you do not look after. They ask on their own page, My data; or mark "
            "them as left, and what is yours goes after 30 days."
        )
    actions.erase(entry.person, by=request.member.person_id)


@require_GET
def kept(request: InsideRequest) -> HttpResponse:
    """What is kept here, why, and for how long."""
    return render(request, "people/kept.html", {"kinds": retention.KINDS.values(), "door": "grow"})


@login_not_required
@require_GET
def for_staff(request: HttpRequest) -> HttpResponse:
    """All promises in plain words, for staff and those who represent them."""
    return render(request, "people/for_staff.html", {"kinds": retention.KINDS.values()})
