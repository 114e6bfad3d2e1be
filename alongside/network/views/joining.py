"""Asking to join, inviting, answering, leaving with notice."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.kit.words import people_date
from alongside.network import actions, forms, reads, rules
from alongside.network.models import Cluster, Joining, LeavingNotice, Organisation, School
from alongside.network.views.parts import network_only, school_only

WHO_ANSWERS = "Schools that ask are answered by the network’s officer, and for a cluster by its chair."
LEADERS_ONLY = "Where a school belongs is decided by its own leaders."


def _own_school(request: Any) -> School:
    school_only(request)
    return get_object_or_404(School.objects.select_related("organisation"), organisation=request.organisation)


@require_http_methods(["GET", "POST"])
def joining(request: Any) -> HttpResponse:
    """Where the school belongs, what it asked, what it is invited to; ask, answer, give notice."""
    school = _own_school(request)
    require(bool(request.member.schools_led), LEADERS_ONLY)
    where = reads.belonging(school)
    networks, clusters = where.other_networks, where.other_clusters
    form = forms.JoinForm(request.POST or None, networks=networks, clusters=clusters)
    if request.method == "POST" and form.is_valid():
        network, cluster = form.chosen()
        try:
            words = form.cleaned_data["words"]
            actions.ask_to_join(network, cluster, school, words, by=request.member.person_id)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"You asked. {cluster or network} answers here.")
            return redirect(url(request, "joining"))
    context = {"school": school, "form": form, "door": "grow", "may_ask": bool(networks or clusters)}
    context |= _belonging(school, where)
    return render(request, "network/joining.html", context, status=400 if request.method == "POST" else 200)


def _belonging(school: School, where: reads.Belonging) -> dict[str, object]:
    today = timezone.localdate()
    notices = list(reads.open_notices(school.pk, today).select_related("organisation", "cluster"))
    given = {(notice.organisation_id, notice.cluster_id) for notice in notices}
    all_ = reads.joinings_of(school)
    return {
        "networks": [network for network in where.networks if (network.pk, None) not in given],
        "clusters": [row.cluster for row in where.clusters if not row.until],
        "notices": notices,
        "invitations": [each for each in all_ if each.invited and each.state == Joining.State.WAITING],
        "asked": [each for each in all_ if not each.invited and each.state != Joining.State.BACK],
        "last_day": actions.end_of_school_year(school.country, today),
        "answer_form": forms.YesOrNoForm(auto_id=False),
    }


@require_http_methods(["GET", "POST"])
def asks(request: Any) -> HttpResponse:
    """Schools that ask, schools that are invited, schools that gave notice; invite another."""
    network_only(request)
    member = request.member
    require(rules.answers_somewhere(member), WHO_ANSWERS)
    clusters = [
        cluster
        for cluster in Cluster.objects.of(request.organisation.pk).order_by("name")
        if rules.can_change_cluster(member, cluster.pk)
    ]
    network = request.organisation if member.officer else None
    form = forms.InviteForm(request.POST or None, network=network, clusters=clusters)
    if request.method == "POST" and form.is_valid():
        try:
            school = _invite(request, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{school} is invited. Its leaders find it on their school’s page.")
            return redirect(url(request, "asks"))
    words = request.GET.get("words", "").replace("\0", "")[:100]
    context = {"form": form, "words": words, "door": "grow", "clusters": clusters}
    context |= _asked(request, words)
    return render(request, "network/asks.html", context, status=400 if request.method == "POST" else 200)


def _invite(request: Any, form: forms.InviteForm) -> School:
    data = form.cleaned_data
    school = School.objects.open().filter(pk=data["school"], country=request.organisation.country).first()
    if school is None:
        raise Refused("This school is not open in the register any more. Search again.")
    cluster = form.clusters.get(data["to"])
    actions.invite(request.organisation, cluster, school, data["words"], by=request.member.person_id)
    return school


def _asked(request: Any, words: str) -> dict[str, object]:
    member = request.member
    all_ = reads.joinings(request.organisation, member.clusters_chaired, officer=member.officer)
    waiting = [each for each in all_ if each.state == Joining.State.WAITING]
    today = timezone.localdate()
    notices = LeavingNotice.objects.filter(
        organisation=request.organisation, taken_back_at__isnull=True, last_day__gte=today
    ).select_related("school", "cluster")
    return {
        "asking": [each for each in waiting if not each.invited],
        "invited": [each for each in waiting if each.invited],
        "answered": [each for each in all_ if each.state != Joining.State.WAITING][:20],
        "notices": list(notices.order_by("last_day", "school__name")),
        "found": reads.search_schools(words, request.organisation.country)[:20],
        "answer_form": forms.YesOrNoForm(auto_id=False),
    }


@require_POST
def findable(request: Any) -> HttpResponse:
    """Whether schools outside may find the network and ask to join it."""
    network_only(request)
    require(request.member.officer, "Whether a network can be found is decided by its officer.")
    yes = request.POST.get("findable") == "yes"
    Organisation.objects.filter(pk=request.organisation.pk).update(findable=yes)
    messages.success(
        request,
        "Schools find this network and may ask to join." if yes else "Only schools that you invite know of it.",
    )
    return redirect(url(request, "asks"))


@require_POST
def joining_answer(request: Any, pk: int) -> HttpResponse:
    """Yes or no: a network's officer or chair to a school that asks, a school's leader to an invitation."""
    found = _waiting_here(request, pk, invited=request.organisation.kind == "school")
    form = forms.YesOrNoForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose yes or no, and write no more than 300 characters with it.")
    data = form.cleaned_data
    actions.answer_joining(found, yes=data["answer"] == "yes", words=data["words"], by=request.member.person_id)
    messages.success(request, "Your answer is given; the other side reads it on its own page.")
    return redirect(_list(request))


@require_POST
def joining_back(request: Any, pk: int) -> HttpResponse:
    """Take a question, or an invitation, back while it waits."""
    found = _waiting_here(request, pk, invited=request.organisation.kind == "network")
    actions.take_back_joining(found, by=request.member.person_id)
    messages.success(request, "Taken back.")
    return redirect(_list(request))


def _waiting_here(request: Any, pk: int, *, invited: bool) -> Joining:
    """The question of this place that the member may act on."""
    rows = Joining.objects.filter(invited=invited).select_related("organisation", "cluster", "school")
    if request.organisation.kind == "school":
        found = get_object_or_404(rows, pk=pk, school__organisation=request.organisation)
        require(found.school_id in request.member.schools_led, LEADERS_ONLY)
        return found
    found = get_object_or_404(rows, pk=pk, organisation=request.organisation)
    require(rules.can_answer(request.member, found.cluster_id), WHO_ANSWERS)
    return found


def _list(request: Any) -> str:
    return url(request, "joining" if request.organisation.kind == "school" else "asks")


@require_POST
def leave(request: Any) -> HttpResponse:
    """Give notice: the school leaves a network or a cluster after a day."""
    school = _own_school(request)
    require(bool(request.member.schools_led), LEADERS_ONLY)
    form = forms.LeaveForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose what the school leaves and its last day there.")
    network, cluster = _left(school, form.cleaned_data["what"])
    day = form.cleaned_data["last_day"]
    actions.give_notice(network, cluster, school, day, by=request.member.person_id)
    messages.success(request, f"{school} leaves {cluster or network} after {people_date(day)}. You can take it back.")
    return redirect(url(request, "joining"))


def _left(school: School, what: str) -> tuple[Organisation, Cluster | None]:
    """The network, or the network and the cluster, where the school belongs today."""
    kind, _, number = what.partition("-")
    where = reads.belonging(school)
    for row in where.clusters:
        if kind == "cluster" and row.cluster_id == int(number):
            return row.cluster.organisation, row.cluster
    for network in where.networks:
        if kind == "network" and network.pk == int(number):
            return network, None
    raise Http404


@require_POST
def leave_back(request: Any, pk: int) -> HttpResponse:
    """Take notice back: the school stays."""
    school = _own_school(request)
    notice = get_object_or_404(
        LeavingNotice.objects.select_related("organisation", "cluster", "school"), pk=pk, school=school
    )
    require(bool(request.member.schools_led), LEADERS_ONLY)
    actions.take_back_notice(notice, by=request.member.person_id)
    messages.success(request, f"{school} stays in {notice.cluster or notice.organisation}.")
    return redirect(url(request, "joining"))
