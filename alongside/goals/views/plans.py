"""The working page of a place: its vision, its goals, the actions that serve them, and how they go."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.calendar.reads import end_of_term
from alongside.goals import actions, plan_forms, planning, reads, rules
from alongside.goals.models import Action, CheckIn, Goal, Issue
from alongside.kit.access import require, works_here
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.network.models import Cluster
from alongside.people.requests import InsideRequest
from alongside.surveys.schooldays import local_day

WHO_READS = "Goals and actions are for the people who work in these schools, or for them."
WHO_WRITES = "A school’s leaders write its plan, chairs their cluster’s, the officer the network’s."
WHO_CHECKS = "Whoever an action belongs to says how it goes, and those who write the plan."
USUAL = datetime.timedelta(days=42)  # ahead, where no term is known
SOURCE = re.compile(r"issue:(\d{1,18})", re.ASCII)


def _today(request: InsideRequest) -> datetime.date:
    return local_day(timezone.now(), request.organisation.zone)


@require_GET
def plan(request: InsideRequest) -> HttpResponse:
    """Everything that is under way here."""
    require(works_here(request.member), WHO_READS)
    page = planning.plan_page(request.organisation, request.member, _today(request))
    return render(request, "goals/plan.html", {"page": page, "door": "decide"})


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where something new is written, and what it follows from."""

    place: reads.Place
    issue: Issue | None
    goal: str

    @property
    def cluster(self) -> Cluster | None:
        return self.place.cluster

    @property
    def cluster_id(self) -> int | None:
        return self.place.cluster.pk if self.place.cluster else None

    @property
    def source(self) -> str:
        return f"issue:{self.issue.pk}" if self.issue else ""


def _begin(request: InsideRequest) -> Beginning:
    """What the address of a new goal or action says: ?for=cluster-12, ?source=issue:7, ?goal=3; each may be missing."""
    tended = reads.tended_places(request.organisation, request.member)
    require(bool(tended), WHO_WRITES)
    asked, issue = request.GET, None
    if "source" in asked:
        match = SOURCE.fullmatch(asked["source"])
        near = Issue.objects.of(request.organisation.pk).select_related("cluster")
        issue = near.filter(pk=match[1]).first() if match else None
        if issue is None:
            raise Http404
    wanted = asked.get("for", "")
    if issue:
        wanted = f"cluster-{issue.cluster_id}" if issue.cluster_id else "whole"
    place = next((each for each in tended if each.value == wanted), None)
    require(place is not None or not wanted, WHO_WRITES)
    goal = asked.get("goal", "")
    return Beginning(place or tended[0], issue, goal if goal.isascii() and goal.isdigit() else "")


def _ahead(request: InsideRequest) -> datetime.date:
    """The usual day: the end of this term while that is two weeks away, else in six weeks."""
    today = _today(request)
    last = end_of_term(request.organisation, today)
    return last if last and last - today >= datetime.timedelta(days=14) else today + USUAL


def _goals_here(request: InsideRequest, cluster_id: int | None) -> list[Goal]:
    found = Goal.objects.of(request.organisation.pk).filter(cluster=cluster_id, state=Goal.State.OPEN)
    return list(found.order_by("title"))


@require_http_methods(["GET", "POST"])
def goal_new(request: InsideRequest) -> HttpResponse:
    """Set a goal, perhaps from something to work on."""
    begin = _begin(request)
    form = _goal_form(request, begin.cluster_id, {"title": begin.issue.title if begin.issue else ""})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.set_goal(
                request.organisation, begin.cluster, form.words, source=begin.source, by=request.member.person_id
            )
        except Refused as refused:
            form.add_error("title", str(refused))
        else:
            messages.success(request, f"“{made.title}” is a goal now. Plan the first action.")
            return redirect(url(request, "goal", pk=made.pk))
    context = {"form": form, "place": begin.place, "issue": begin.issue, "door": "decide"}
    return render(request, "goals/goal_form.html", context, status=400 if request.method == "POST" else 200)


def _goal_form(
    request: InsideRequest, cluster_id: int | None, initial: dict[str, object], goal: Goal | None = None
) -> plan_forms.GoalForm:
    wider = [each for each in planning.wider_goals(request.organisation, cluster_id) if goal is None or each != goal]
    return plan_forms.GoalForm(
        request.POST if request.method == "POST" else None,
        owners=planning.owners(request.organisation, request.member),
        wider=wider,
        today=_today(request),
        initial={"owner": str(request.member.person_id), "review_on": _ahead(request), **initial},
    )


def _action_form(request: InsideRequest, cluster_id: int | None, initial: dict[str, object]) -> plan_forms.ActionForm:
    return plan_forms.ActionForm(
        request.POST if request.method == "POST" else None,
        owners=planning.owners(request.organisation, request.member),
        goals=_goals_here(request, cluster_id),
        today=_today(request),
        initial={"owner": str(request.member.person_id), "due_on": _ahead(request), **initial},
    )


@require_http_methods(["GET", "POST"])
def action_new(request: InsideRequest) -> HttpResponse:
    """Plan an action, perhaps of a goal, perhaps from something to work on."""
    begin = _begin(request)
    title = begin.issue.title if begin.issue else ""
    form = _action_form(request, begin.cluster_id, {"title": title, "goal": begin.goal})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan(
                request.organisation, begin.cluster, form.words, source=begin.source, by=request.member.person_id
            )
        except Refused as refused:
            form.add_error("title", str(refused))
        else:
            messages.success(request, f"“{made.title}” is planned.")
            return redirect(url(request, "action", pk=made.pk))
    context = {"form": form, "place": begin.place, "issue": begin.issue, "door": "decide"}
    return render(request, "goals/action_form.html", context, status=400 if request.method == "POST" else 200)


def _goal(request: InsideRequest, pk: int, *, writes: bool = False) -> Goal:
    require(works_here(request.member), WHO_READS)
    near = Goal.objects.of(request.organisation.pk).select_related("organisation__school", "cluster", "owner")
    found = get_object_or_404(near.select_related("serves__organisation", "serves__cluster"), pk=pk)
    allowed = not writes or rules.can_tend(request.member, request.organisation.kind, found.cluster_id)
    require(allowed, WHO_WRITES)
    return found


@require_GET
def goal(request: InsideRequest, pk: int) -> HttpResponse:
    """One goal: why, how we shall know, what is done about it."""
    page = planning.goal_page(_goal(request, pk), request.member, request.standing, _today(request))
    return render(request, "goals/goal.html", {"page": page, "door": "decide"})


@require_http_methods(["GET", "POST"])
def goal_change(request: InsideRequest, pk: int) -> HttpResponse:
    """Write a goal anew. Where somebody else did meanwhile, both versions are shown and nothing is lost."""
    found = _goal(request, pk, writes=True)
    form = _goal_form(request, found.cluster_id, _as_written(found), found)

    def store() -> None:
        actions.change_goal(found, form.words, seen=form.cleaned_data["seen"], by=request.member.person_id)

    if (status := _stored(request, form, store, found.version)) == STORED:
        messages.success(request, "The goal is changed.")
        return redirect(url(request, "goal", pk=pk))
    context = {"form": form, "goal": found, "overtaken": status == OVERTAKEN, "door": "decide"}
    return render(request, "goals/goal_form.html", context, status=status)


STORED, OVERTAKEN = 302, 409


def _stored(request: InsideRequest, form: plan_forms.Seen, store: Callable[[], object], version: int) -> int:
    """Try to store what was sent; the status of the page: 302 once it is, 409 where somebody else was faster, and nothing is
    lost."""
    if request.method != "POST":
        return 200
    if not form.is_valid():
        return 400
    try:
        store()
    except actions.Overtaken as overtaken:
        form.again(version, str(overtaken))
        return OVERTAKEN
    except Refused as refused:
        form.add_error(None, str(refused))
        return 400
    return STORED


def _as_written(found: Goal) -> dict[str, object]:
    names = ("title", "measure", "review_on", "lens_serves", "lens_least", "lens_gives")
    chosen = {"owner": str(found.owner_id or ""), "serves": str(found.serves_id or ""), "seen": str(found.version)}
    return {name: getattr(found, name) for name in names} | chosen


@require_POST
def goal_end(request: InsideRequest, pk: int) -> HttpResponse:
    """It is reached, stopped, or under way again."""
    found = _goal(request, pk, writes=True)
    if request.POST.get("state") not in Goal.State.values:
        raise Refused("Say whether the goal is reached, stopped, or under way again.")
    state = Goal.State(request.POST["state"])
    actions.end_goal(found, state, by=request.member.person_id, today=_today(request))
    messages.success(request, f"“{found.title}” is {state.label}.")
    return redirect(url(request, "goal", pk=pk))


def _action(request: InsideRequest, pk: int, *, writes: bool = False) -> Action:
    require(works_here(request.member), WHO_READS)
    near = Action.objects.of(request.organisation.pk).select_related("organisation__school", "cluster", "owner", "goal")
    found = get_object_or_404(near, pk=pk)
    allowed = not writes or rules.can_tend(request.member, request.organisation.kind, found.cluster_id)
    require(allowed, WHO_WRITES)
    return found


@require_GET
def action(request: InsideRequest, pk: int) -> HttpResponse:
    """One action: how it goes, and why it is done."""
    return _action_page(request, _action(request, pk), plan_forms.CheckInForm())


def _action_page(
    request: InsideRequest, found: Action, form: plan_forms.CheckInForm, status: int = 200
) -> HttpResponse:
    page = planning.action_page(found, request.member, request.standing, _today(request))
    return render(request, "goals/action.html", {"page": page, "form": form, "door": "decide"}, status=status)


@require_http_methods(["GET", "POST"])
def action_change(request: InsideRequest, pk: int) -> HttpResponse:
    """Write an action anew; see `goal_change`."""
    found = _action(request, pk, writes=True)
    written = {
        "title": found.title,
        "due_on": found.due_on,
        "owner": str(found.owner_id or ""),
        "goal": str(found.goal_id or ""),
        "seen": str(found.version),
    }
    form = _action_form(request, found.cluster_id, written)

    def store() -> None:
        actions.change_action(found, form.words, seen=form.cleaned_data["seen"], by=request.member.person_id)

    if (status := _stored(request, form, store, found.version)) == STORED:
        messages.success(request, "The action is changed.")
        return redirect(url(request, "action", pk=pk))
    context = {"form": form, "action": found, "overtaken": status == OVERTAKEN, "door": "decide"}
    return render(request, "goals/action_form.html", context, status=status)


@require_POST
def action_check_in(request: InsideRequest, pk: int) -> HttpResponse:
    """Say how it goes, in one tap."""
    found = _action(request, pk)
    kind = request.organisation.kind
    require(rules.can_check_in(request.member, kind, found.cluster_id, found.owner_id), WHO_CHECKS)
    form = plan_forms.CheckInForm(request.POST)
    if not form.is_valid():
        return _action_page(request, found, form, status=400)
    how = CheckIn.How(form.cleaned_data["how"])
    actions.check_in(found, how, form.cleaned_data["text"], by=request.member.person_id, today=_today(request))
    messages.success(request, f"“{found.title}”: {how.label}.")
    return redirect(url(request, "action", pk=pk))


@require_http_methods(["GET", "POST"])
def vision(request: InsideRequest) -> HttpResponse:
    """Write down where we want to be; earlier ones stay readable."""
    begin = _begin(request)
    last = actions.newest_vision(request.organisation, begin.cluster)
    seen = last.number if last else 0
    initial = {"seen": str(seen), "text": last.text if last else "", "sources": last.sources if last else ""}
    form = plan_forms.VisionForm(request.POST if request.method == "POST" else None, initial=initial)

    def store() -> None:
        given = form.cleaned_data
        words = (given["text"], given["sources"])
        actions.envision(request.organisation, begin.cluster, *words, seen=given["seen"], by=request.member.person_id)

    if (status := _stored(request, form, store, seen)) == STORED:
        messages.success(request, "The vision stands. Earlier ones stay readable.")
        return redirect(url(request, "plan"))
    earlier = planning.visions(request.organisation, begin.cluster)
    context = {
        "form": form,
        "place": begin.place,
        "earlier": earlier,
        "overtaken": status == OVERTAKEN,
        "door": "decide",
    }
    return render(request, "goals/vision.html", context, status=status)
