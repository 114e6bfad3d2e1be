"""The letters that signing in sends."""

import logging
from typing import cast

from django.conf import settings

from alongside.kit import mail
from alongside.kit.errors import Refused
from alongside.people import actions
from alongside.people.models import Person

logger = logging.getLogger(__name__)


def send_password_link(person: Person, subject: str) -> bool:
    """The letter with the link that sets a password. The link is spent by the form behind it, never by opening it.

    False when it could not be sent: that must show on no page that strangers see, or it would tell which addresses are known.
    """
    link = settings.PUBLIC_URL + actions.password_path(person)
    text = f"Hello {person.name},\n\nset your password for Alongside here, within three days:\n\n{link}\n\nIf you did not ask for it, leave this letter."
    try:
        mail.send(cast(str, person.email), subject, text, permit=mail.ASKED_FOR)
    except (mail.Undeliverable, Refused, OSError) as failure:
        logger.error("A letter with a password link could not be sent: %s", type(failure).__name__)
        return False
    return True
