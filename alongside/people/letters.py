"""The letters that signing in and inviting send."""

import logging
from typing import cast

from django.conf import settings

from alongside.kit import mail, words
from alongside.kit.errors import Refused
from alongside.people import actions
from alongside.people.models import Invitation, Person

logger = logging.getLogger(__name__)


def send_password_link(person: Person, subject: str) -> bool:
    """The letter with the link that sets a password. The link is spent by the form behind it, never by opening it.

    False when it could not be sent: that must show on no page that strangers see, or it would tell which addresses are known.
    """
    link = settings.PUBLIC_URL + actions.password_path(person)
    text = f"Hello {person.name},\n\nset your password for Alongside here, within three days:\n\n{link}\n\nIf you did not ask for it, leave this letter."
    return _send(cast(str, person.email), subject, text, "with a password link")


def send_code(email: str, code: str) -> bool:
    """The letter with the code that signs in. False when it could not be sent, which no page may show either."""
    text = f"Hello,\n\nyour code to sign in to Alongside is\n\n    {code}\n\nIt works once, within ten minutes, in the browser where you asked for it. Nobody from Alongside will ever ask you for it. If you did not want to sign in, leave this letter."
    return _send(email, f"{code} is your code for Alongside", text, "with a code")


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
    return _send(invitation.email, f"{invitation.organisation} works with Alongside", text, "with an invitation")


def _send(to: str, subject: str, text: str, kind: str) -> bool:
    try:
        mail.send(to, subject, text, permit=mail.ASKED_FOR)
    except (mail.Undeliverable, mail.Later, Refused, OSError) as failure:
        logger.error("A letter %s could not be sent: %s", kind, type(failure).__name__)
        return False
    return True
