"""The letters that signing in and inviting send. What a stranger asks for is queued, whether the address is known or not."""

import logging
import time
from typing import cast

from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings

from alongside.kit import mail, queue, words
from alongside.kit.errors import Refused
from alongside.people import actions
from alongside.people.models import Invitation, Person

logger = logging.getLogger(__name__)
SEND_LINK = queue.named("alongside.people.tasks.send_link")
SEND_CODE = queue.named("alongside.people.tasks.send_code")
NOBODY = 0  # no person has this id


def ask_for_link(person: Person | None) -> None:
    """Queue the letter with a link for a new password. For nobody the same is done: what takes time shows nobody's address."""
    queue.enqueue(SEND_LINK, person.pk if person else NOBODY)


def ask_for_code(person: Person | None, code: str) -> None:
    """Queue the letter with a code, which the queue keeps encrypted. For nobody the same is done."""
    queue.enqueue(SEND_CODE, person.pk if person else NOBODY, encrypt(code), int(time.time()))


def send_asked_link(person_id: int) -> None:
    """What `ask_for_link` queued. Raises what keeps the letter from leaving for now, so that it is tried again."""
    if person := Person.objects.filter(pk=person_id, is_active=True).first():
        _send(*_link(person, "A new password for Alongside"))


def send_asked_code(person_id: int, sealed: str, asked_at: int) -> None:
    """What `ask_for_code` queued, unless the code is over by now. asked_at: seconds since 1970."""
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None or time.time() - asked_at > settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT:
        return
    code = decrypt(sealed)
    text = f"Hello,\n\nyour code to sign in to Alongside is\n\n    {code}\n\nIt works once, within ten minutes, in the browser where you asked for it. Nobody from Alongside will ever ask you for it. If you did not want to sign in, leave this letter."
    _send(cast(str, person.email), f"{code} is your code for Alongside", text)


def send_password_link(person: Person, subject: str) -> bool:
    """The letter with the link that sets a password, at once. The link is spent by the form behind it, never by opening it.

    False when it could not be sent. For whoever is signed in only: a stranger would learn by the time it takes who is known.
    """
    return _tried(*_link(person, subject), kind="with a password link")


def send_invitation(invitation: Invitation, token: str) -> bool:
    """The letter with an invitation's link. Opening it spends nothing. False when it could not be sent."""
    link = settings.PUBLIC_URL + actions.invitation_path(token)
    what = (
        f"invites you to an account of your own on Alongside, for {invitation.where}"
        if invitation.kind == Invitation.Kind.STAFF
        else f"invites you to be {invitation.get_kind_display()} of {invitation.where} on Alongside"
    )
    until = words.people_date(invitation.expires_at)
    text = f"Hello {invitation.name},\n\n{invitation.organisation} {what}. Look at the invitation and accept it here, until {until}:\n\n{link}\n\nIt is meant for this address only. If you did not expect it, leave this letter: nothing happens then."
    subject = f"{invitation.organisation} works with Alongside"
    return _tried(invitation.email, subject, text, kind="with an invitation")


def _link(person: Person, subject: str) -> tuple[str, str, str]:
    link = settings.PUBLIC_URL + actions.password_path(person)
    text = f"Hello {person.name},\n\nset your password for Alongside here, within three days:\n\n{link}\n\nIf you did not ask for it, leave this letter."
    return cast(str, person.email), subject, text


def _send(to: str, subject: str, text: str) -> None:
    try:
        mail.send(to, subject, text, permit=mail.ASKED_FOR)
    except mail.Undeliverable:  # another try would not help
        logger.error("A letter that was asked for could not be delivered.")


def _tried(to: str, subject: str, text: str, *, kind: str) -> bool:
    try:
        mail.send(to, subject, text, permit=mail.ASKED_FOR)
    except (mail.Undeliverable, mail.Later, Refused, OSError) as failure:
        logger.error("A letter %s could not be sent: %s", kind, type(failure).__name__)
        return False
    return True
