"""What leaders say to their results: those of a school to theirs, a chair to the cluster's; who owes it, and who need not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Conflict
from alongside.kit.words import people_date
from alongside.network.models import Cluster, School
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, forms, results, rules, schooldays, themes
from alongside.surveys.models import Reply, WaveSchool
from alongside.surveys.views.waves import wave_of


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a reply is written: for whom, what is known there, and what its page says."""

    seen: results.View
    place: School | Cluster
    draft: Reply | None
    readers: int
    lede: str
    back: str  # the results that it is about
    here: str  # its own address

    @property
    def school(self) -> School | None:
        return self.place if isinstance(self.place, School) else None

    @property
    def key(self) -> str:
        """As the release names it."""
        return f"{'school' if isinstance(self.place, School) else 'cluster'}:{self.place.pk}"


@require_http_methods(["GET", "POST"])
def reply(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Say what we will do, at one school."""
    taking_part = WaveSchool.objects.filter(wave=OuterRef("pk"), school__organisation__slug=school)
    found = wave_of(request, pk, invited_here=Subquery(taking_part.values("invited")[:1]))
    seen = results.view(found, request.member, with_days=True)
    place = results.school_of_wave(seen, school)
    name = seen.document.school_name(place)
    require(rules.can_reply(request.member, place), f"Only the leaders of {name} reply for it.")
    own = next(role.school for role in request.standing.roles if role.school and role.school_id == place)
    readers = vars(found)["invited_here"]
    see = timezone.localtime(rules.staff_see_from(seen.release.published_at, None, found.organisation.zone, seen.days))
    lede = (
        f"Your {readers} colleagues at {name} see the results together with this reply, or without it on "
        f"{people_date(see)} at {see:%H:%M}."
    )
    back, here = (url(request, page, pk=pk, school=school) for page in ("results_school", "reply"))
    return _write(request, Desk(seen, own, seen.replies.get(own.pk), readers, lede, back, here))


@require_http_methods(["GET", "POST"])
def cluster_reply(request: InsideRequest, pk: int, cluster: str) -> HttpResponse:
    """Say what we will do, together in one cluster."""
    seen = results.view(wave_of(request, pk), request.member)
    place = results.cluster_of_wave(seen, cluster)
    name = seen.document.clusters()[place]
    require(rules.can_reply_for_cluster(request.member, place), f"Only the chair of {name} replies for it.")
    own = Cluster.objects.get(pk=int(place.removeprefix("cluster:")))
    answered = seen.document.answered(place)
    readers = answered.invited if answered else 0
    lede = (
        f"Everyone at the schools of {name} reads this. Schools without a reply of their own find it on the next "
        "pulse’s thank-you."
    )
    back, here = (url(request, page, pk=pk, cluster=cluster) for page in ("results_cluster", "cluster_reply"))
    return _write(request, Desk(seen, own, seen.cluster_replies.get(place), readers, lede, back, here))


def _write(request: InsideRequest, desk: Desk) -> HttpResponse:
    """One form for both: shown, kept for later, or posted."""
    draft, wave = desk.draft, desk.seen.wave
    if draft and draft.posted_at and request.method == "GET":
        return redirect(desk.back)
    today = schooldays.local_day(timezone.now(), wave.organisation.zone)
    later = desk.seen.days.after(today, 20)
    start = _draft_values(draft) if draft else {"moves": _lowest(desk.seen, desk.key), "look_on": later}
    said = [theme.text for theme in themes.of_place(wave, desk.key)]
    form = forms.ReplyForm(request.POST or None, instrument=desk.seen.pulse, today=today, themes=said, initial=start)
    if request.method == "POST" and form.is_valid():
        return _save_reply(request, desk, form)
    context = {"form": form, "desk": desk, "wave": wave, "door": "decide"}
    return render(request, "surveys/reply.html", context, status=400 if form.errors else 200)


def _draft_values(draft: Reply) -> dict[str, object]:
    return {name: getattr(draft, name) for name in ("kind", "heard", "theme", "text", "moves", "look_on")}


def _lowest(seen: results.View, place: str) -> str:
    """The statement that fell, else the lowest: most replies speak of it."""
    fell = [
        item.id
        for item in seen.pulse.items
        if (c := seen.changes.get((item.id, place))) and c.word == results.CONFIRMED and c.direction == "down"
    ]
    scores = [(score.score, item.id) for item in seen.pulse.items if (score := seen.document.score(item.id, place))]
    return fell[0] if fell else min(scores, default=(0, ""))[1]


def _save_reply(request: InsideRequest, desk: Desk, form: forms.ReplyForm) -> HttpResponse:
    by, wave = cast(Person, request.user), desk.seen.wave
    if "later" in request.POST:
        actions.save_reply(wave, desk.place, form.words(), by)
        messages.success(request, "Your draft is kept. Nobody else sees it until you post it.")
        return redirect(desk.here)
    try:
        actions.post_reply(wave, desk.place, form.words(), by)
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        messages.success(request, _posted(desk))
        if left_out := actions.left_out_of(wave, desk.place):
            messages.warning(
                request,
                f"The pulse that is open until {people_date(left_out.closes_at)} was opened without your colleagues. "
                "The next one asks them again.",
            )
    return redirect(desk.back)


def _posted(desk: Desk) -> str:
    if isinstance(desk.place, School):
        return "Your reply is posted. Your colleagues see it now, with the results."
    return f"Your reply is posted. The schools of {desk.place} see it now."


@require_GET
def replies(request: InsideRequest, pk: int) -> HttpResponse:
    """Who has replied, who owes a reply by when, and whose was waived."""
    seen = results.view(wave_of(request, pk), request.member)
    require(
        rules.sees_replies_owed(request.member), "Who owes a reply is the cluster’s chair’s and the officer’s to know."
    )
    return render(request, "surveys/replies.html", {"page": results.owed_page(seen), "door": "decide"})


@require_http_methods(["GET", "POST"])
def waive(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """A school owes no reply this time, because …"""
    seen, found = _waivable(request, pk, school)
    form = forms.WaiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.waive(seen.wave, found, form.cleaned_data["reason"], cast(Person, request.user))
        except Conflict as conflict:
            messages.error(request, str(conflict))
        else:
            messages.success(request, f"{found} owes no reply to this pulse. Its leaders read why.")
        return redirect(url(request, "replies", pk=pk))
    name = seen.document.school_name(found.pk)
    context = {"form": form, "wave": seen.wave, "school": name, "door": "decide"}
    return render(request, "surveys/waive.html", context, status=400 if form.errors else 200)


@require_POST
def waive_undo(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """The school owes its reply again."""
    seen, found = _waivable(request, pk, school)
    actions.unwaive(seen.wave, found, cast(Person, request.user))
    messages.success(request, f"{found} owes its reply again. Its leaders see that.")
    return redirect(url(request, "replies", pk=pk))


def _waivable(request: InsideRequest, pk: int, slug: str) -> tuple[results.View, School]:
    seen = results.view(wave_of(request, pk), request.member)
    place = results.school_of_wave(seen, slug)
    allowed = rules.can_waive(request.member, seen.document.cluster_of(place))
    require(allowed, "A reply is waived by the cluster’s chair or by the network’s officer.")
    return seen, School.objects.get(pk=place)
