"""Who asks, and in which organisation: from the address and the roles of today."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from alongside.network import rules
from alongside.network.models import Organisation, Pause, School
from alongside.people import reads

Respond = Callable[[HttpRequest], HttpResponse]


def who_asks_where(respond: Respond) -> Respond:
    """Turns /n/<slug>/ and /s/<slug>/ into `request.organisation` and `request.member`.

    An organisation in which the person has no part does not exist for them: 404, never 403.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        with timezone.override(None):  # each page tells the time of its own organisation
            return respond(request)

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        kind, slug = kwargs.pop("kind", None), kwargs.pop("slug", None)
        if kind is None or not request.user.is_authenticated:
            return
        enter(request, kind, slug)

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _pauses(organisation: Organisation, member: reads.Membership) -> tuple[Pause, ...]:
    """The pauses that this page may need: of the own schools, and of all of the network for chairs and the officer."""
    schools = Q(school__in=member.schools_led | member.schools_staffed)
    if rules.knows_pauses(member):
        schools |= Q(school__in=School.objects.in_network(organisation).values("pk"))
    elif not member.schools_led and not member.schools_staffed:
        return ()
    found = Pause.objects.current().filter(schools).select_related("organisation", "school__organisation")
    return tuple(found.order_by("school__name", "pk"))


def enter(request: HttpRequest, kind: str, slug: str) -> None:
    """Put organisation, member and standing on the request, or raise Http404."""
    standing = reads.standing(request.user)  # type: ignore[arg-type]
    mine = [place for place in standing.organisations() if (place.kind, place.slug) == (kind, slug)]
    member = standing.member(mine[0]) if mine else None
    if member is None:
        raise Http404("There is no such place, or it is not yours.")
    organisation = mine[0]
    standing = replace(standing, pauses=_pauses(organisation, member))
    vars(request).update(organisation=organisation, member=member, standing=standing)
    timezone.activate(organisation.zone)
