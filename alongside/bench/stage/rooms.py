"""A session in a hall, for the benchmark that plays its phones."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from alongside.network.models import Organisation
from alongside.people import actions as people_actions
from alongside.people import factors
from alongside.surveys import actions
from alongside.surveys.models import Room
from alongside.surveys.rooms import closing, released


def open_room(present: int) -> Mapping[str, object]:
    """A session for so many people, and what the browser of whoever runs it sends with its requests."""
    network = Organisation.objects.filter(kind=Organisation.Kind.NETWORK).order_by("pk")[0]
    officer = people_actions.grant_role("officer", network, "hall@bench.example", "Runs Halls").person
    room = actions.open_room(network, "lead", present, by=officer)
    browser = Client()
    browser.force_login(officer)
    session = browser.session
    factors.vouch(session, officer, "app")
    session.save()
    request = RequestFactory().get("/")
    token = get_token(request)
    cookies = {
        settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }
    page = f"/n/{network.slug}/rooms/{room.pk}/"
    return {
        "room": room.pk,
        "code": room.code,
        "page": page,
        "close": f"{page}close/",
        "csrf": token,
        "cookies": "; ".join(f"{name}={value}" for name, value in cookies.items()),
    }


def room_stored(room: int) -> Mapping[str, object]:
    """How many answered by what was published, once everything is sealed."""
    closing.seal(room)
    return {"answers": int(released.of(Room.objects.get(pk=room)).answered or 0)}
