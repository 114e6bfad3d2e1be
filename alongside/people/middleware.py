"""Who asks, and in which organisation: from the address and the roles of today."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from alongside.network import rules
from alongside.network.models import Organisation, Pause, School
from alongside.people import factors, reads
from alongside.people.models import Person

Respond = Callable[[HttpRequest], HttpResponse]


class WhoAsksWhere:
    """Turns /n/<slug>/ and /s/<slug>/ into `request.organisation` and `request.member`.

    An organisation in which the person has no part does not exist for them: 404, never 403.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(None):  # each page tells the time of its own organisation
            return self.respond(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Before the view of an address: whose place it is, and what is asked first."""
        kind, slug = kwargs.pop("kind", None), kwargs.pop("slug", None)
        # A page for everybody asks nobody who they are: answering reads no session.
        if kind is None and not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return None
        if kind is not None:
            enter(request, kind, slug)
        return second_step_first(request, view) or _proof_first(request, view)


def _pauses(organisation: Organisation, member: reads.Membership) -> tuple[Pause, ...]:
    """The pauses that this page may need: of the own schools, and of all of the network for chairs and the officer."""
    schools = Q(school__in=member.schools_led | member.schools_staffed)
    if rules.knows_pauses(member):
        schools |= Q(school__in=School.objects.in_network(organisation).values("pk"))
    elif not member.schools_led and not member.schools_staffed:
        return ()
    found = Pause.objects.current().filter(schools).select_related("organisation", "school__organisation")
    return tuple(found.order_by("school__name", "pk"))


def before_second_step[V: Callable[..., HttpResponse]](view: V) -> V:
    """A page that somebody may open who still has to take the second step."""
    view.before_second_step = True  # type: ignore[attr-defined]  # a mark on the function, which middleware reads
    return view


def proof_first[V: Callable[..., HttpResponse]](back: str) -> Callable[[V], V]:
    """A page by which an account could be taken over. Whoever asks for it has just shown who they are, or does so first.

    back: the name of the page on which they go on then.
    """

    def mark(view: V) -> V:
        view.proof_first = back  # type: ignore[attr-defined]  # a mark on the function, which middleware reads
        return view

    return mark


def _proof_first(request: HttpRequest, view: Any) -> HttpResponse | None:
    back = getattr(view, "proof_first", "")
    if not back:
        return None
    # Nobody changes how an account is entered whose second step they cannot take.
    if not factors.passed(request) and factors.enrolled(cast(Person, request.user)):
        return redirect("second_step")
    return None if factors.proved(request) else redirect_to_login(reverse(back), reverse("confirm"))


def second_step_first(request: HttpRequest, view: Any) -> HttpResponse | None:
    """Whoever holds a role and has not taken the second step in this session takes it now, or sets one up (TRUST 6).

    Asked of every request of every session, however it began, so that nothing opens where a sign-in forgot to ask.
    """
    if not getattr(view, "login_required", True) or getattr(view, "before_second_step", False):
        return None
    if factors.passed(request):
        return None
    person = cast(Person, request.user)
    standing = getattr(request, "standing", None)
    if not (standing.roles if standing else factors.needed(person)):
        return None
    here = request.get_full_path() if request.method == "GET" else reverse("home")
    return redirect_to_login(here, reverse("second_step" if factors.enrolled(person) else "step_new"))


def enter(request: HttpRequest, kind: str, slug: str) -> None:
    """Put organisation, member and standing on the request, or raise Http404."""
    standing = reads.standing(cast(Person, request.user))
    mine = [place for place in standing.organisations() if (place.kind, place.slug) == (kind, slug)]
    member = standing.member(mine[0]) if mine else None
    if member is None:
        raise Http404("There is no such place, or it is not yours.")
    organisation = mine[0]
    standing = replace(standing, pauses=_pauses(organisation, member))
    vars(request).update(organisation=organisation, member=member, standing=standing)
    timezone.activate(organisation.zone)
