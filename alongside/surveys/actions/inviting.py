"""Sending everyone on a roster their own link."""

import datetime
import random

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from alongside.calendar.reads import school_days
from alongside.kit import bounces, mail
from alongside.network import pauses
from alongside.surveys import letters, lettertimes, seal, stopping, tickets
from alongside.surveys.models import RosterEntry, Wave

INVITATION = pauses.letter("surveys.invitation", "the link to a pulse")
CLAIM_HOLDS = datetime.timedelta(minutes=10)


def send_invitations(wave_id: int) -> None:
    """Send everyone on the roster their own link. Interrupted, it goes on where it was; nobody is left out.

    People of a paused school get theirs when the pause ends, if the wave is open then. A letter may be sent twice when
    the worker dies between sending and noting it: the link is the same.
    """
    wave = Wave.objects.accepting().select_related("organisation", "series").filter(pk=wave_id).first()
    if wave is None:
        return
    unsent = list(waiting(wave).values_list("pk", flat=True))
    if not unsent:  # after a restore the key may be gone, and with it what could still be sent
        return
    key = tickets.read_key(wave_id)
    days = school_days(wave.organisation)
    random.SystemRandom().shuffle(unsent)
    for entry in unsent:
        if not lettertimes.leave_now(timezone.now(), wave.organisation.zone, days):
            return  # quiet hours: the rest leaves in the morning
        _invite(wave, key, entry)


def waiting(wave: Wave) -> QuerySet[RosterEntry]:
    """Letters that nobody has sent or is sending, but for schools that are left in peace, and people without a ticket."""
    stale = Q(claimed_at__isnull=True) | Q(claimed_at__lt=timezone.now() - CLAIM_HOLDS)
    unsent = RosterEntry.objects.filter(stale, wave=wave, invited_at__isnull=True, ticketed=True)
    return unsent.exclude(school__in=pauses.silent(wave.organisation_id))


def _invite(wave: Wave, key: bytes, entry_id: int) -> None:
    if not waiting(wave).filter(pk=entry_id).update(claimed_at=timezone.now()):
        return  # another worker has it
    entry = RosterEntry.objects.select_related("person", "school").get(pk=entry_id)
    if bytes(entry.address) != tickets.address(wave.pk, entry.person.email):
        return _not_sent(wave, entry_id)  # whoever changed the address since must not be handed somebody's link
    link = answer_link(wave, tickets.token(key, entry.person_id, wave.series.audience))
    letter = letters.invitation(wave, entry.school, entry.person.name, link, stopping.stop_url(entry.person_id))
    permit = pauses.permit(INVITATION, entry.school_id, wave.organisation_id)
    try:
        if not stopping.stopped(
            [entry.person_id, entry.person.merged_into_id or 0], invitations=True
        ):  # since the opening
            mail.send(
                entry.person.email or "",
                letter.subject,
                letter.text,
                permit=permit,
                folder=seal.mailbox(wave.pk),
                headers=stopping.headers(entry.person_id),
            )
    except mail.Silenced:
        RosterEntry.objects.filter(pk=entry_id).update(claimed_at=None)
        return  # paused since we looked
    except mail.Undeliverable as refused:
        # Everyone is invited, so this tells nothing of who answered; what fails for a reminder must never be noted.
        bounces.note(entry.person.email or "", refused.status)
        Wave.objects.filter(pk=wave.pk).update(mails_failed=F("mails_failed") + 1)
    except mail.Later:
        return  # the claim goes stale, and the letter is tried again; the others need not wait
    except Exception:  # whatever it was, the claim must not outlive it: the letter waits for the next try
        RosterEntry.objects.filter(pk=entry_id).update(claimed_at=None)
        raise
    RosterEntry.objects.filter(pk=entry_id).update(invited_at=timezone.now())


def _not_sent(wave: Wave, entry_id: int) -> None:
    Wave.objects.filter(pk=wave.pk).update(mails_failed=F("mails_failed") + 1)
    RosterEntry.objects.filter(pk=entry_id).update(invited_at=timezone.now())


def answer_link(wave: Wave, token: str) -> str:
    """The whole address of an answering page."""
    return f"{settings.PUBLIC_URL}{reverse('answer', kwargs={'wave': wave.pk, 'token': token})}"
