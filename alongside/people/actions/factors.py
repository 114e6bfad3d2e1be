"""What changes the second step of signing in. Each verb is one transaction, and stands in the journal of every
organisation in which the person has a part."""

import time
from collections.abc import Mapping

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from alongside.kit import journal
from alongside.kit.errors import Conflict
from alongside.people.models import Person, RememberedDevice, Role, StaffEntry

ADDED = journal.deed("people.second_step_added", "added a way to take the second step of signing in")
REMOVED = journal.deed("people.second_step_removed", "removed a way to take the second step of signing in")
CODES = journal.deed("people.recovery_codes_made", "made new recovery codes")
CODE_USED = journal.deed("people.recovery_code_used", "signed in with a recovery code")
RESET = journal.deed("people.second_step_reset", "let somebody set up another second step, at the installation itself")
PERIOD = 30  # seconds that a code of an app stands for
DRIFT = 1  # periods by which a telephone's clock may be wrong


@transaction.atomic
def add_app(person: Person, secret: str) -> list[str]:
    """An authenticator app, whose first code was right; returns new recovery codes when there were none.

    Raises Conflict when there is an app already.
    """
    try:
        with transaction.atomic():
            totp.TOTP.activate(person, secret)
    except IntegrityError as error:
        raise Conflict("You have an authenticator app already. Remove it first if you have a new telephone.") from error
    return _added(person, "app")


@transaction.atomic
def add_passkey(person: Person, name: str, credential: Mapping[str, object]) -> list[str]:
    """A passkey that a browser has just made; returns new recovery codes when there were none.

    Raises Conflict when what the browser sent does not answer what it was asked.
    """
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(dict(credential))
    except (ValidationError, KeyError, AttributeError, ValueError, TypeError) as error:
        raise Conflict("That passkey could not be checked. Try again.") from error
    webauthn.WebAuthn.add(person, name, dict(credential))
    return _added(person, "passkey")


def check_passkey(person: Person, credential: Mapping[str, object]) -> bool:
    """Whether a browser has just proved one of the person's passkeys. The challenge is spent."""
    try:
        webauthn.parse_authentication_response(credential)
        authenticator = webauthn.complete_authentication(person, dict(credential))
    except (ValidationError, KeyError, AttributeError, ValueError, TypeError):
        return False
    authenticator.record_usage()
    return True


@transaction.atomic
def check_code(person: Person, code: str) -> str:
    """What a code was: "app", "code" for a recovery code, or "" for neither. Each code works once."""
    for authenticator in Authenticator.objects.select_for_update().filter(user_id=person.pk):
        if authenticator.type == Authenticator.Type.TOTP and _right_now(authenticator, code):
            authenticator.record_usage()
            return "app"
        if authenticator.type == Authenticator.Type.RECOVERY_CODES and authenticator.wrap().validate_code(code):
            _record(person, CODE_USED, by=person)
            return "code"
    return ""


def _right_now(authenticator: Authenticator, code: str) -> bool:
    """A code of this minute that was not used yet, nor any later one."""
    secret, last = decrypt(authenticator.data["secret"]), authenticator.data.get("last", 0)
    now = int(time.time()) // PERIOD
    for counter in range(now - DRIFT, now + DRIFT + 1):
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if counter > last and compare_user_code(actual=code, expected=expected):
            authenticator.data["last"] = counter
            authenticator.save(update_fields=["data"])
            return True
    return False


@transaction.atomic
def remove_step(person: Person, pk: int) -> bool:
    """Remove an app or a passkey, with every device that it let be remembered; False when there is none of that number.

    The last one takes the recovery codes with it.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    ways = Authenticator.objects.filter(user_id=person.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    if not ways.filter(pk=pk).delete()[0]:
        return False
    if not ways.exists():
        Authenticator.objects.filter(user_id=person.pk).delete()
    RememberedDevice.objects.filter(person=person).delete()
    _record(person, REMOVED, by=person)
    return True


@transaction.atomic
def reset_steps(person: Person) -> None:
    """Take everything away with which the person takes the second step, at the installation's own keyboard.

    Their sessions end; the password stays, and whoever holds a role sets up another step before anything opens.
    """
    Authenticator.objects.filter(user_id=person.pk).delete()
    RememberedDevice.objects.filter(person=person).delete()
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()
    _record(person, RESET)


@transaction.atomic
def new_codes(person: Person) -> list[str]:
    """Ten new recovery codes; the old ones work no longer."""
    Person.objects.select_for_update().get(pk=person.pk)
    Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    _record(person, CODES, by=person)
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    return codes


def _added(person: Person, what: str) -> list[str]:
    Person.objects.select_for_update().get(pk=person.pk)
    _record(person, ADDED, {"what": what}, by=person)
    if Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES).exists():
        return []
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    return codes


def _record(
    person: Person, deed: str, payload: Mapping[str, object] | None = None, *, by: Person | None = None
) -> None:
    places = {*Role.objects.current().filter(person=person).values_list("organisation", flat=True)}
    places |= {*StaffEntry.objects.current().filter(person=person).values_list("organisation", flat=True)}
    for organisation in sorted(places):  # in one order: two who meet here wait for each other, never both
        journal.record(organisation, deed, by=by.pk if by else None, about=f"person:{person.pk}", payload=payload)
