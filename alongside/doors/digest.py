"""The weekly letter: Monday at 7:00, only if there is something, once per person and week."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.utils import timezone

from alongside.doors.notices import gathered
from alongside.kit import mail
from alongside.kit.notices import Notice
from alongside.network import pauses
from alongside.network.models import Organisation
from alongside.people import digests, reads
from alongside.people.models import Digest, Person
from alongside.people.reads import Standing

AT_A_TIME = 200
KEPT_WEEKS = 9
LETTER = pauses.letter("doors.digest", "the weekly letter")


def send_due() -> int:
    """Write the letters that are due, at most 200; how many rows were dealt with. Safe twice and side by side.

    A letter is marked as leaving before the server hears of it. A crash before that mark lets another worker try again
    after ten minutes; a crash after it costs that one letter, and never makes two of it.
    """
    weeks = digests.due_weeks()
    done = 0
    for person in list(digests.candidates(weeks)):  # no read stays open while letters are claimed and sent
        if done >= AT_A_TIME:
            break
        done += _write(person, weeks)
    digests.forget(timezone.now().date() - datetime.timedelta(weeks=KEPT_WEEKS))
    return done


def _write(person: Person, weeks: dict[str, datetime.date]) -> bool:
    standing = reads.standing(person)
    home = next(iter(reads.homes(standing)), None)
    if home is None or home.zone not in weeks:
        return False
    digest = digests.claim(person, weeks[home.zone])
    if digest is None:
        return False
    with timezone.override(home.zone):
        _say(digest, standing, home)
    return True


def _say(digest: Digest, standing: Standing, home: Organisation) -> None:
    since = timezone.now() - datetime.timedelta(days=7)
    found = gathered(standing, since)
    if not found:
        return digests.mark(digest, Digest.State.NOTHING)
    digests.mark(digest, Digest.State.LEAVING)
    try:
        _send(standing, home, found)
    except mail.Silenced:
        return digests.mark(digest, Digest.State.PAUSED)
    except mail.Later:  # this letter only: the others are not kept waiting
        return digests.let_go(digest)
    except mail.SERVER_DOWN:
        digests.let_go(digest)
        raise
    except mail.Undeliverable:
        return digests.mark(digest, Digest.State.REFUSED)
    return digests.mark(digest, Digest.State.SENT)


def _send(standing: Standing, home: Organisation, found: list[Notice]) -> None:
    """The one place where a digest leaves; not to somebody one of whose schools is left in peace, by itself or by a
    network of theirs."""
    person = standing.person
    schools = {entry.school_id for entry in standing.staff}
    schools |= {role.school_id for role in standing.roles if role.kind == "leader" and role.school_id}
    permit = pauses.permit_of_all(LETTER, schools, [place.pk for place in standing.organisations()])
    stop = settings.PUBLIC_URL + digests.stop_path(person)
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail.send(person.email or "", subject(found), text(person, home, found, stop), permit=permit, headers=headers)


def subject(found: list[Notice]) -> str:
    """How many things need the reader, else that there is news."""
    needed = sum(notice.needs_me for notice in found)
    if not needed:
        return "Your week in Alongside"
    return (
        "Your week in Alongside: one thing needs you"
        if needed == 1
        else f"Your week in Alongside: {needed} things need you"
    )


def text(person: Person, home: Organisation, found: list[Notice], stop: str) -> str:
    """The letter in plain text: what needs the reader first, then what happened."""
    parts = [f"Hello {person.name},"]
    for heading, needed in (("What needs you", True), ("Since last Monday", False)):
        lines = [notice for notice in found if notice.needs_me is needed]
        if lines:
            parts.append(
                "\n\n".join([heading, *(f"- {notice.text}\n  {settings.PUBLIC_URL}{notice.url}" for notice in lines)])
            )
    parts.append(f"This letter comes on Mondays when there is something to say, from {home.name} with Alongside.")
    parts.append(f"No more of these letters, without signing in:\n{stop}")
    return "\n\n".join(parts) + "\n"
