"""Who asks, and in which organisation: from the address and the roles of today."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from alongside.network.models import Organisation
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


def enter(request: HttpRequest, kind: str, slug: str) -> None:
    """Put organisation, member and standing on the request, or raise Http404."""
    standing = reads.standing(request.user)  # type: ignore[arg-type]
    organisation = Organisation.objects.filter(kind=kind, slug=slug).first()
    member = organisation and standing.member(organisation)
    if organisation is None or member is None:
        raise Http404("There is no such place, or it is not yours.")
    vars(request).update(organisation=organisation, member=member, standing=standing)
    timezone.activate(organisation.zone)
