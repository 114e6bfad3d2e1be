"""People who may be one and the same."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.people import actions, duplicates, rules
from alongside.people.models import Person, StaffEntry
from alongside.people.requests import InsideRequest

WHO = "Only school leaders, for their own list, and the network's officer merge people."


@require_GET
def people_alike(request: InsideRequest) -> HttpResponse:
    """Pairs who may be one."""
    require(rules.can_merge(request.member), WHO)
    pairs, count = duplicates.pairs(duplicates.schools_seen(request.member))
    context = {"pairs": pairs, "count": count, "beyond": count - len(pairs), "door": "grow"}
    return render(request, "people/people_alike.html", context)


@require_POST
def people_merge(request: InsideRequest) -> HttpResponse:
    """Make two one."""
    require(rules.can_merge(request.member), WHO)
    schools = duplicates.schools_seen(request.member)
    keep, drop = (_person(request.POST.get(name, ""), schools) for name in ("keep", "drop"))
    require(
        all(duplicates.may_merge(person.pk, request.member, schools) for person in (keep, drop)),
        "One of them also has a part somewhere that you do not look after. An officer who sees both may merge them.",
    )
    actions.merge(keep, drop, request.organisation.pk, cast(Person, request.user))
    messages.success(request, f"{keep.name} is one person now. What both had is theirs.")
    return redirect(url(request, "people_alike"))


def _person(number: str, schools: list[int]) -> Person:
    """Somebody on one of these lists; a 404 for anybody else."""
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    entries = StaffEntry.objects.filter(school__in=schools, person=int(number)).select_related("person")
    if not (entry := entries.first()):
        raise Http404
    return entry.person
