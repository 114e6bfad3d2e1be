"""The register of schools: bringing files in. The request's organisation and member come from the package above."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.uploads import takes
from alongside.network import actions, forms, history, rules
from alongside.network.models import StagedRegister

WHO = "The register of schools is brought up to date by the network’s officer."
LARGEST_ID = 2**63 - 1


def _officer_only(request: Any) -> None:
    if request.organisation.kind != "network":
        raise Http404
    require(rules.can_import_registers(request.member), WHO)


def _staged(request: Any, pk: int) -> StagedRegister:
    if pk > LARGEST_ID:
        raise Http404
    return get_object_or_404(StagedRegister.objects.seen_by(request.member), pk=pk)


@require_GET
def register(request: Any) -> HttpResponse:
    """What the register holds, what waits, and which schools of ours have closed."""
    _officer_only(request)
    return _page(request, forms.RegisterFileForm())


def _page(request: Any, form: forms.RegisterFileForm, status: int = 200) -> HttpResponse:
    page = history.register_page(request.member, request.organisation)
    return render(request, "network/register.html", {"page": page, "form": form, "door": "grow"}, status=status)


@takes("register")
@require_POST
def register_upload(request: Any) -> HttpResponse:
    """Bring a file in: nothing changes until it is applied."""
    _officer_only(request)
    form = forms.RegisterFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=400)
    file = form.cleaned_data["file"]
    staged = actions.bring_register(request.organisation, file.name, file.chunks(), by=request.member.person_id)
    return redirect(url(request, "register_import", pk=staged.pk))


@require_GET
def register_import(request: Any, pk: int) -> HttpResponse:
    """How far a file is, and then what applying it would do."""
    _officer_only(request)
    staged = _staged(request, pk)
    outrun = staged.state == StagedRegister.State.READY and actions.last_import() != staged.after
    context = {"staged": staged, "preview": staged.preview, "outrun": outrun, "door": "grow"}
    return render(request, "network/register_import.html", context)


@require_POST
def register_apply(request: Any, pk: int) -> HttpResponse:
    """Do what the preview said."""
    _officer_only(request)
    staged = _staged(request, pk)
    actions.apply_staged(staged, by=request.member.person_id)
    return redirect(url(request, "register_import", pk=pk))


@require_POST
def register_drop(request: Any, pk: int) -> HttpResponse:
    """Forget a file that was brought in."""
    _officer_only(request)
    actions.drop_staged(_staged(request, pk), by=request.member.person_id)
    messages.success(request, "The file was dropped. Nothing was changed.")
    return redirect(url(request, "register"))
