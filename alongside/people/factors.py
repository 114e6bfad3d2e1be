"""The second step of signing in: who needs it, what they have for it, and what a session has to show for it (TRUST 6).

What allauth calls reauthentication is `proved` here: allauth counts no code of a letter and no work account, lets everybody
through who has neither password nor second step, and asks on pages of its own.
"""

import datetime
import hashlib
import secrets
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from alongside.people.models import Person, RememberedDevice, Role

DAYS_REMEMBERED = 30
SHARED_BY = 8  # people in one browser; a cookie has room for some 60 of their tokens
COOKIE = "__Host-device" if settings.SECURE else "device"
MINUTES_PROVED = 5
_MARK = "second_step"
_PROOF = "proved"
_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def vouch(session: SessionBase, person: Person, by: str) -> None:
    """Write into a session that this person's second step is done. by: app, passkey, code, work, device, new, demo."""
    session[_MARK] = {"person": person.pk, "by": by, "at": timezone.now().timestamp()}
    prove(session, person)


def passed(request: HttpRequest) -> bool:
    """Whether the second step is done in this session, by whoever is signed in. The demo's word counts in the demo only."""
    mark = request.session.get(_MARK)
    if not isinstance(mark, dict) or mark.get("person") != request.user.pk:
        return False
    return mark.get("by") != "demo" or settings.DEMO


def unvouch(session: SessionBase) -> None:
    """Take that back."""
    session.pop(_MARK, None)


def prove(session: SessionBase, person: Person) -> None:
    """Write into a session that this person has just shown who they are: by signing in, or once more."""
    session[_PROOF] = {"person": person.pk, "at": timezone.now().timestamp()}


def proved(request: HttpRequest) -> bool:
    """Whether whoever is signed in has shown within five minutes who they are. Whoever finds an open browser has not."""
    proof = request.session.get(_PROOF)
    if not isinstance(proof, dict) or proof.get("person") != request.user.pk:
        return False
    return 0 <= timezone.now().timestamp() - float(proof["at"]) < MINUTES_PROVED * 60


def needed(person: Person) -> bool:
    """Whoever holds any role today. Staff without one never meet the second step."""
    return Role.objects.current().filter(person=person).exists()


def enrolled(person: Person) -> bool:
    """Whether the person has something to take the second step with."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=_STEPS).exists())


@dataclass(frozen=True, slots=True)
class Step:
    """One way of taking the second step, as the account page lists it."""

    pk: int
    words: str
    since: datetime.datetime


@dataclass(frozen=True, slots=True)
class Steps:
    """All that somebody has for the second step."""

    ways: list[Step]
    app: bool
    passkey: bool
    codes_left: int
    devices: list[RememberedDevice]


def steps(person: Person) -> Steps:
    """What the account page shows: two queries."""
    found = list(Authenticator.objects.filter(user_id=person.pk).order_by("pk"))
    ways = [Step(each.pk, _words(each), each.created_at) for each in found if each.type in _STEPS]
    codes = next((each for each in found if each.type == Authenticator.Type.RECOVERY_CODES), None)
    return Steps(
        ways,
        app=any(each.type == Authenticator.Type.TOTP for each in found),
        passkey=any(each.type == Authenticator.Type.WEBAUTHN for each in found),
        codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        devices=list(_devices(person).order_by("-remembered_at")),
    )


def _words(authenticator: Authenticator) -> str:
    if authenticator.type == Authenticator.Type.TOTP:
        return "Authenticator app"
    return f"Passkey: {authenticator.data.get('name') or 'unnamed'}"


# Devices


def remembered(request: HttpRequest, person: Person) -> bool:
    """Whether this browser was remembered for this person, and their password is still the one of that day."""
    return _devices(person).filter(digest__in=map(_digest, _tokens(request))).exists()


def remember(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Ask no second step of this person in this browser for 30 days.

    The cookie holds a token for each of the people who share the browser, the newest eight: theirs is always new, so that
    nobody who was here before knows it, and the others' stay as they are.
    """
    before, token = _tokens(request), secrets.token_urlsafe(32)
    own = RememberedDevice.objects.filter(person=person, digest__in=map(_digest, before))
    gone = set(own.values_list("digest", flat=True))
    own.delete()
    expires = timezone.now() + datetime.timedelta(days=DAYS_REMEMBERED)
    RememberedDevice.objects.create(
        person=person, digest=_digest(token), state=_state(person), name=_browser(request), expires_at=expires
    )
    others = [each for each in before if _digest(each) not in gone]
    response.set_signed_cookie(
        COOKIE,
        ".".join([*others, token][-SHARED_BY:]),
        salt=COOKIE,
        max_age=DAYS_REMEMBERED * 24 * 3600,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _devices(person: Person) -> QuerySet[RememberedDevice]:
    return RememberedDevice.objects.filter(person=person, state=_state(person), expires_at__gt=timezone.now())


def _tokens(request: HttpRequest) -> list[str]:
    """What the browser's cookie holds, the oldest first."""
    held = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=DAYS_REMEMBERED * 24 * 3600)
    return held.split(".") if held else []


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _state(person: Person) -> str:
    return salted_hmac("alongside.people.device", f"{person.pk} {person.password}", algorithm="sha256").hexdigest()


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def _browser(request: HttpRequest) -> str:
    """ "Firefox on Windows": enough to know one's own devices by, and no more."""
    said = str(request.META.get("HTTP_USER_AGENT", ""))
    browser = next((name for sign, name in BROWSERS if sign in said), "A browser")
    system = next((name for sign, name in SYSTEMS if sign in said), "")
    return f"{browser} on {system}" if system else browser
