"""Writing to a cluster's profile, question by question: what is sent is saved, and nothing of anybody is lost."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Conflict, Refused
from alongside.network import actions, forms, profile, reads, rules
from alongside.network.models import Cluster, ProfileAnswer
from alongside.network.views.parts import cluster_here


@require_http_methods(["GET", "POST"])
def profile_question(request: Any, cluster: str, question: str) -> HttpResponse:
    """One question with its answer: read the earlier versions, write the next."""
    found = cluster_here(request, cluster)
    asked = profile.BY_KEY.get(question)
    if asked is None:
        raise Http404
    schools = list(reads.cluster_schools(found).order_by("name"))
    require(
        rules.can_write_profile(request.member, found.pk, [school.pk for school in schools]),
        "The profile is written by the cluster’s chair and coaches, its schools’ leaders and the officer.",
    )
    versions = profile.versions(found).get(question, [])
    form = forms.AnswerForm(request.POST or None, initial=_initial(versions))
    context = {"cluster": found, "question": asked, "form": form, "versions": versions[:-1][::-1], "door": "grow"}
    context["figures"] = profile.figures(schools, asked.figures)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return _written(request, found, asked, form.cleaned_data)
            except Conflict as conflict:
                context |= _both(found, asked, form, conflict)
                status = 409
            except Refused as refused:
                form.add_error("text", str(refused))
    return render(request, "network/profile_question.html", context, status=status)


def _initial(versions: list[ProfileAnswer]) -> dict[str, Any]:
    return {"text": versions[-1].text, "seen": versions[-1].number} if versions else {"text": "", "seen": 0}


def _written(request: Any, cluster: Cluster, asked: profile.Question, data: dict[str, Any]) -> HttpResponse:
    actions.write_answer(cluster, asked.key, data["text"], seen=data["seen"], by=request.member.person_id)
    messages.success(request, f"“{asked.title}” is saved.")
    if "next" in request.POST:
        keys = list(profile.BY_KEY)
        after = keys.index(asked.key) + 1
        if after < len(keys):
            return redirect(url(request, "profile_question", cluster=cluster.slug, question=keys[after]))
    return redirect(url(request, "profile", cluster=cluster.slug))


def _both(cluster: Cluster, asked: profile.Question, form: forms.AnswerForm, conflict: Conflict) -> dict[str, object]:
    """Mine in the box and theirs beside it; what is sent next builds on theirs."""
    theirs = profile.latest(cluster)[asked.key]
    data = dict(form.data.items())
    data["seen"] = str(theirs.number)
    return {"form": forms.AnswerForm(data), "theirs": theirs, "conflict": str(conflict)}
