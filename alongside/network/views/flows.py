"""Where students go on to."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.kit.tabular import Fault, UnreadableFile
from alongside.network import actions, flows, forms, rules
from alongside.network.models import School
from alongside.network.views.parts import network_only

WHO = "Where students go on to is entered by the network’s officer, its chairs, and leaders for their own school."


@require_http_methods(["GET", "POST"])
def feeder_flows(request: Any) -> HttpResponse:
    """The pathway from school to school, and one screen to enter a figure."""
    network_only(request)
    may_enter = rules.can_enter_flows(request.member)
    require(may_enter or request.method == "GET", WHO)
    schools = list(School.objects.in_network(request.organisation).order_by("name")) if may_enter else []
    form = forms.FlowForm(request.POST or None, schools=schools, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        return _enter(request, form)
    return _page(request, form, [], status=400 if request.method == "POST" else 200)


def _enter(request: Any, form: forms.FlowForm) -> HttpResponse:
    data = form.cleaned_data
    source, target = form.schools[data["source"]], form.schools[data["target"]]
    require(rules.can_enter_flow(request.member, source.pk, target.pk), WHO)
    rows = [(source, target, data["year"], data["students"])]
    actions.enter_flows(request.organisation, rows, by=request.member.person_id)
    messages.success(request, f"Kept: from {source} to {target}, {data['year']}.")
    return redirect(url(request, "flows"))


@require_POST
def flows_bring(request: Any) -> HttpResponse:
    """Many figures from a CSV file: all of them, or none where a row has a fault."""
    network_only(request)
    require(rules.answers_somewhere(request.member), "A file is brought in by the network’s officer or a chair.")
    form = forms.FlowsFileForm(request.POST, request.FILES)
    faults: list[Fault] = []
    if form.is_valid():
        try:
            rows, faults = flows.read_flows(form.cleaned_data["file"].read(), request.organisation)
            if rows and not faults:
                count = actions.enter_flows(request.organisation, rows, by=request.member.person_id)
                messages.success(request, f"{count} {'figure is' if count == 1 else 'figures are'} kept.")
                return redirect(url(request, "flows"))
        except (UnreadableFile, Refused) as refused:
            form.add_error("file", str(refused))
    entry = forms.FlowForm(schools=list(School.objects.in_network(request.organisation).order_by("name")))
    return _page(request, entry, faults, file_form=form, status=400)


def _page(
    request: Any,
    form: forms.FlowForm,
    faults: list[Fault],
    *,
    file_form: forms.FlowsFileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "file_form": file_form or forms.FlowsFileForm(),
        "faults": faults[:100],
        "pathways": flows.pathways(flows.network_flows(request.organisation)),
        "may_enter": rules.can_enter_flows(request.member),
        "may_bring": rules.answers_somewhere(request.member),
        "door": "grow",
    }
    return render(request, "network/flows.html", context, status=status)
