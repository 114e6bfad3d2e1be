"""What a school's leaders say to their results."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Conflict
from alongside.network.models import School
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import actions, forms, results, rules, schooldays
from alongside.surveys.models import Reply, Wave, WaveSchool
from alongside.surveys.views.waves import wave_of


@require_http_methods(["GET", "POST"])
def reply(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Say what we will do."""
    taking_part = WaveSchool.objects.filter(wave=OuterRef("pk"), school__organisation__slug=school)
    found = wave_of(request, pk, invited_here=Subquery(taking_part.values("invited")[:1]))
    seen = results.view(found, request.member, with_days=True)
    place = results.school_of_wave(seen, school)
    name = seen.document.school_name(place)
    require(rules.can_reply(request.member, place), f"Only the leaders of {name} reply for it.")
    own = next(role.school for role in request.standing.roles if role.school and role.school_id == place)
    draft = seen.replies.get(own.pk)
    if draft and draft.posted_at and request.method == "GET":
        return redirect(url(request, "results_school", pk=pk, school=school))
    today = schooldays.local_day(timezone.now(), found.organisation.zone)
    pulse = found.pulse
    start = _draft_values(draft) if draft else {"moves": _lowest(seen, own), "look_on": seen.days.after(today, 20)}
    form = forms.ReplyForm(request.POST or None, instrument=pulse, today=today, initial=start)
    if request.method == "POST" and form.is_valid():
        return _save_reply(request, found, own, form)
    context = {
        "form": form,
        "page": results.school_page(seen, own.pk),
        "invited": vars(found)["invited_here"],
        "door": "decide",
    }
    return render(request, "surveys/reply.html", context, status=400 if form.errors else 200)


def _draft_values(draft: Reply) -> dict[str, object]:
    return {name: getattr(draft, name) for name in ("kind", "heard", "text", "moves", "look_on")}


def _lowest(seen: results.View, school: School) -> str:
    """The statement that fell, else the lowest: most replies speak of it."""
    place = f"school:{school.pk}"
    fell = [
        item.id
        for item in seen.pulse.items
        if (c := seen.changes.get((item.id, place))) and c.word == results.CONFIRMED and c.direction == "down"
    ]
    scores = [(score.score, item.id) for item in seen.pulse.items if (score := seen.document.score(item.id, place))]
    return fell[0] if fell else min(scores, default=(0, ""))[1]


def _save_reply(request: InsideRequest, wave: Wave, school: School, form: forms.ReplyForm) -> HttpResponse:
    by = cast(Person, request.user)
    if "later" in request.POST:
        actions.save_reply(wave, school, form.words(), by)
        messages.success(request, "Your draft is kept. Nobody else sees it until you post it.")
        return redirect(url(request, "reply", pk=wave.pk, school=school.slug))
    try:
        actions.post_reply(wave, school, form.words(), by)
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        messages.success(request, "Your reply is posted. Your colleagues see it now, with the results.")
    return redirect(url(request, "results_school", pk=wave.pk, school=school.slug))
