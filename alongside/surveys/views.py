"""Asking, answering, results and replies."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.calendar.days import MONDAY_TO_FRIDAY
from alongside.calendar.reads import school_days
from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.documents import sheets, slides
from alongside.kit.errors import Conflict, Refused
from alongside.kit.middleware import DATABASE_ERRORS
from alongside.kit.tabular import write_csv
from alongside.network.models import Cluster, School
from alongside.people.models import Person
from alongside.people.requests import InsideRequest
from alongside.surveys import (
    actions,
    answering,
    documents,
    forms,
    papers,
    reads,
    releases,
    results,
    rules,
    schooldays,
    tickets,
)
from alongside.surveys.accept import Closed, NotTaken, NotYetOpen, Spent, accept, refusal
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Reply, Wave, WaveSchool

# --- asking --------------------------------------------------------------------------------------------------------


@require_GET
def ask(request: InsideRequest) -> HttpResponse:
    """The pulses of this network or school."""
    lines = reads.wave_lines(request.organisation)
    may_ask = rules.can_ask(request.member, request.organisation) or rules.can_ask_somewhere(request.member)
    context = {
        "open": [line for line in lines if not line.wave.has_results],
        "done": _done(request, [line for line in lines if line.wave.has_results]),
        "may_ask": may_ask,
        "door": "ask",
    }
    return render(request, "surveys/ask.html", context)


def _done(request: InsideRequest, lines: list[reads.WaveLine]) -> list[tuple[reads.WaveLine, bool]]:
    """Whether the results of a wave are open to this member by now; where only a reply opened them, Show has the link."""
    if not lines or rules.sees_at_close(request.member):
        return [(line, True) for line in lines]
    days = school_days(request.organisation)
    return [(line, rules.everybody_sees(line.wave, days)) for line in lines]


@require_http_methods(["GET", "POST"])
def wave_new(request: InsideRequest) -> HttpResponse:
    """Ask a pulse: one preset starts it."""
    whole = rules.can_ask(request.member, request.organisation)
    network = request.organisation.kind == "network"  # a school has no clusters of its own
    clusters = list(Cluster.objects.of(request.organisation.pk).order_by("name")) if network else []
    mine = [cluster for cluster in clusters if rules.can_ask(request.member, request.organisation, cluster)]
    require(whole or bool(mine), "Pulses are asked by a school’s leaders, a cluster’s chair or the network’s officer.")
    today = schooldays.local_day(timezone.now(), request.organisation.zone)
    days = school_days(request.organisation)
    form = forms.AskForm(
        request.POST or None, organisation=request.organisation, clusters=mine, whole=whole, today=today, days=days
    )
    if request.method == "POST" and form.is_valid():
        try:
            wave = actions.ask(
                request.organisation,
                form.cleaned_data["instrument"],
                form.opens_at(timezone.now()),
                form.closes_at(),
                cluster=form.cluster,
                by=cast(Person, request.user),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            for warning in form.warnings():
                messages.warning(request, warning)
            return redirect(url(request, "wave", pk=wave.pk))
    people = actions.people_to_ask(request.organisation, mine[0] if mine and not whole else None)
    context = {
        "form": form,
        "busy": [
            f"{period.name}, {forms.busy_days(period)}" for period in days.busy_between(today, today + forms.SOON)
        ],
        "people": people,
        "schools": len(actions.taking_part(request.organisation, None)),
        "door": "ask",
    }
    return render(request, "surveys/wave_new.html", context, status=400 if form.errors else 200)


def _wave(request: InsideRequest, pk: int, **more: Subquery) -> Wave:
    scoped = Wave.objects.seen_by(request.member).select_related("series__cluster", "organisation", "release")
    return get_object_or_404(scoped.annotate(**more), pk=pk)


@require_GET
def wave(request: InsideRequest, pk: int) -> HttpResponse:
    """A wave that is planned or open; afterwards its results."""
    found = _wave(request, pk)
    if found.has_results:
        return redirect(url(request, "results", pk=pk))
    return render(
        request,
        "surveys/wave.html",
        {
            "page": reads.wave_page(found, request.member),
            "form": forms.ExtendForm(days=MONDAY_TO_FRIDAY),
            "door": "ask",
        },
    )


@require_POST
def wave_extend(request: InsideRequest, pk: int) -> HttpResponse:
    """Keep a pulse open longer."""
    found = _wave(request, pk)
    require(
        rules.can_keep_open(request.member, found),
        "Whoever asked this pulse extends it: the school’s leaders, the cluster’s chair or the officer.",
    )
    form = forms.ExtendForm(request.POST, days=school_days(found.organisation))
    if form.is_valid():
        try:
            closes_at = schooldays.closing(form.cleaned_data["closes_on"], found.organisation.zone)
            actions.extend(found, closes_at, cast(Person, request.user))
        except Conflict:
            raise
        except Refused as refused:
            form.add_error("closes_on", str(refused))
        else:
            messages.success(request, "The pulse is open longer. The page that people answer on says so.")
            return redirect(url(request, "wave", pk=pk))
    context = {"page": reads.wave_page(found, request.member), "form": form, "door": "ask"}
    return render(request, "surveys/wave.html", context, status=400)


@require_POST
def wave_call_off(request: InsideRequest, pk: int) -> HttpResponse:
    """Undo the asking of a pulse that has not opened."""
    found = _wave(request, pk)
    require(rules.can_keep_open(request.member, found), "Whoever asked this pulse calls it off.")
    actions.call_off(found, cast(Person, request.user))
    messages.success(request, "The pulse was called off. Nobody was asked.")
    return redirect(url(request, "ask"))


# --- answering: no account, no cookie, no script -------------------------------------------------------------------


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, wave: int, token: str) -> HttpResponse:
    """The form behind a ticket, and its receipt. Looking never spends a ticket: mail scanners open links."""
    response = _take(request, wave, token) if request.method == "POST" else _look(request, wave, token)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _look(request: HttpRequest, wave_id: int, token: str) -> HttpResponse:
    if wave_id.bit_length() > 63:  # a number that no wave can have, and that SQLite refuses to compare
        return _not_taken(request, None)
    digest = tickets.digest(token)
    return answering.form(request, wave_id, digest) or _not_taken(
        request, _refusal(wave_id, reads.door(wave_id, digest))
    )


def _refusal(wave_id: int, door: reads.Door | None) -> NotTaken | None:
    if door is not None:
        return refusal(door.wave, door.used)
    wave = Wave.objects.filter(pk=wave_id).first()
    return refusal(wave, None) if wave else None


def _take(request: HttpRequest, wave_id: int, token: str) -> HttpResponse:
    pulse = reads.instrument_of(wave_id)
    if pulse is None:
        return _not_taken(request, None)
    form = forms.AnswerForm(pulse, request.POST)
    if not form.complete:
        return _ask_again(request, wave_id, token, form)
    try:
        taken = accept(wave_id, token, form.ratings, form.comment)
    except NotTaken as reason:
        return _not_taken(request, reason)
    try:
        return answering.receipt(request, wave_id, taken.school_id)
    except DATABASE_ERRORS:  # the page for them says that nothing was stored; this answer was
        return render(request, "surveys/received.html")


def _ask_again(request: HttpRequest, wave_id: int, token: str, form: forms.AnswerForm) -> HttpResponse:
    """The same form with what was given, and one sentence; nothing is stored, nothing is lost, the ticket is not spent."""
    door = reads.door(wave_id, tickets.digest(token))
    if door is None or door.used or not _accepts(door.wave):
        return _not_taken(request, _refusal(wave_id, door))
    return answering.again(request, door, form)


def _accepts(wave: Wave) -> bool:
    return wave.state == Wave.State.OPEN and wave.opens_at <= timezone.now() < wave.closes_at


def _not_taken(request: HttpRequest, reason: NotTaken | None) -> HttpResponse:
    """A kind page that says what happened and what to do; stored: nothing."""
    if isinstance(reason, Spent):
        return render(request, "surveys/already_received.html")
    if isinstance(reason, Closed):
        return render(request, "surveys/has_closed.html", status=410)
    if isinstance(reason, NotYetOpen):
        return render(request, "surveys/not_yet_open.html", status=425)
    return render(request, "surveys/mistyped.html", status=404)


# --- results -------------------------------------------------------------------------------------------------------


@require_GET
def results_whole(request: InsideRequest, pk: int) -> HttpResponse:
    """A wave as a whole, with every school that I may see."""
    seen = results.view(_wave(request, pk), request.member)
    return render(
        request,
        "surveys/results.html",
        {"page": results.page(seen), "door": "show", "own": _own(request, seen), "papers": len(seen.mine) > 1},
    )


def _own(request: InsideRequest, seen: results.View) -> list[tuple[str, str]]:
    """(name, slug) of the schools that I lead."""
    led = sorted(seen.mine & request.member.schools_led)
    return [(seen.document.school_name(school), seen.document.slug(f"school:{school}")) for school in led]


@require_GET
def results_cluster(request: InsideRequest, pk: int, cluster: str) -> HttpResponse:
    """One cluster of a wave."""
    seen = results.view(_wave(request, pk), request.member)
    page = results.page(seen, results.cluster_of_wave(seen, cluster))
    return render(request, "surveys/results.html", {"page": page, "door": "show", "own": _own(request, seen)})


@require_GET
def results_school(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """One school's own results, and its reply."""
    seen = results.view(_wave(request, pk), request.member, with_days=True)
    page = results.school_page(seen, results.school_of_wave(seen, school))
    return render(request, "surveys/results_school.html", {"page": page, "door": "show"})


@require_GET
def statement(request: InsideRequest, pk: int, where: str, place: str, item: str) -> HttpResponse:
    """The run chart of one statement in one place."""
    seen = results.view(_wave(request, pk), request.member)
    try:
        asked = seen.pulse.item(item)
    except KeyError:
        raise Http404 from None
    name, back = _place(request, seen, pk, where, place)
    return render(
        request, "surveys/statement.html", {"page": results.statement_page(seen, name, asked, back), "door": "show"}
    )


def _place(request: InsideRequest, seen: results.View, pk: int, where: str, place: str) -> tuple[str, str]:
    if where == "schools":
        school = results.school_of_wave(seen, place)
        return f"school:{school}", url(request, "results_school", pk=pk, school=place)
    if where == "clusters":
        return results.cluster_of_wave(seen, place), url(request, "results_cluster", pk=pk, cluster=place)
    if (where, place) != ("all", releases.WHOLE):
        raise Http404
    return releases.WHOLE, url(request, "results", pk=pk)


@require_GET
def results_csv(request: InsideRequest, pk: int) -> HttpResponse:
    """Exactly what the results page shows, as a sheet."""
    page = results.page(results.view(_wave(request, pk), request.member))
    return _file(write_csv(documents.table(page)), "text/csv; charset=utf-8", f"results-{pk}.csv")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_GET
def results_pdf(request: InsideRequest, pk: int) -> HttpResponse:
    """The results page on paper."""
    page = results.page(results.view(_wave(request, pk), request.member))
    return _file(documents.results_pdf(page), "application/pdf", f"results-{pk}.pdf")


@require_GET
def results_xlsx(request: InsideRequest, pk: int) -> HttpResponse:
    """Exactly what the results page shows, as XLSX."""
    page = results.page(results.view(_wave(request, pk), request.member))
    return _file(documents.results_sheet(page), sheets.TYPE, f"results-{pk}.xlsx")


@require_GET
def results_cluster_pdf(request: InsideRequest, pk: int, cluster: str) -> HttpResponse:
    """One cluster's results on paper."""
    seen = results.view(_wave(request, pk), request.member)
    page = results.page(seen, results.cluster_of_wave(seen, cluster))
    return _file(documents.results_pdf(page), "application/pdf", f"results-{pk}-{cluster}.pdf")


@require_GET
def results_school_pdf(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """One school's results, and its posted reply, on a page of paper; never its comments."""
    seen = results.view(_wave(request, pk), request.member)
    page = results.school_page(seen, results.school_of_wave(seen, school))
    return _file(documents.school_pdf(page), "application/pdf", f"results-{pk}-{school}.pdf")


@require_GET
def results_school_slides(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """One school's findings for a staff meeting, as slides; never its comments."""
    seen = results.view(_wave(request, pk), request.member)
    page = results.school_page(seen, results.school_of_wave(seen, school))
    return _file(documents.school_slides(page), slides.TYPE, f"results-{pk}-{school}.pptx")


@require_POST
def results_papers(request: InsideRequest, pk: int) -> HttpResponse:
    """Have all papers of a pulse put into one archive."""
    seen = results.view(_wave(request, pk), request.member)
    return redirect(url(request, "work", pk=papers.order(seen, cast(Person, request.user)).pk))


@require_http_methods(["GET", "POST"])
def reply(request: InsideRequest, pk: int, school: str) -> HttpResponse:
    """Say what we will do."""
    taking_part = WaveSchool.objects.filter(wave=OuterRef("pk"), school__organisation__slug=school)
    found = _wave(request, pk, invited_here=Subquery(taking_part.values("invited")[:1]))
    seen = results.view(found, request.member, with_days=True)
    place = results.school_of_wave(seen, school)
    name = seen.document.school_name(place)
    require(rules.can_reply(request.member, place), f"Only the leaders of {name} reply for it.")
    own = next(role.school for role in request.standing.roles if role.school and role.school_id == place)
    draft = seen.replies.get(own.pk)
    if draft and draft.posted_at and request.method == "GET":
        return redirect(url(request, "results_school", pk=pk, school=school))
    today = schooldays.local_day(timezone.now(), found.organisation.zone)
    pulse = instrument(found.series.instrument)
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
