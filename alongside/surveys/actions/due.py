"""What time has brought; it makes up for anything that was lost."""

import datetime

from django.db.models import Q
from django.utils import timezone

from alongside.calendar.reads import school_days_of
from alongside.kit import queue
from alongside.surveys import lettertimes, publish, seal
from alongside.surveys.actions import rounds
from alongside.surveys.actions.inviting import waiting
from alongside.surveys.actions.rostering import wants_tickets
from alongside.surveys.actions.slipping import due_slips
from alongside.surveys.actions.work import ADD_TICKETS, OPEN, PLAN, REMIND, SEAL, SEAL_ROOM, SEND
from alongside.surveys.models import Rhythm, Wave
from alongside.surveys.rooms import closing

COUNT_EVERY = datetime.timedelta(hours=1)


def refresh_participation() -> None:
    """Once an hour, how many have answered each open wave, in steps of 5."""
    stale = Q(counted_at__isnull=True) | Q(counted_at__lte=timezone.now() - COUNT_EVERY)
    for wave in Wave.objects.accepting().filter(stale):
        about = publish.participation(wave)
        Wave.objects.filter(pk=wave.pk).update(answered_about=about, counted_at=timezone.now())


def due_work() -> None:
    """What time has brought: waves to open, letters still to send, waves to seal, what rhythms
    bring next. Makes up for anything that was lost."""
    for wave in Wave.objects.due_to_open():
        queue.enqueue(OPEN, wave.pk)
    _letters()
    for wave_id in seal.due():
        queue.enqueue(SEAL, wave_id)
    for room_id in closing.due():
        queue.enqueue(SEAL_ROOM, room_id)
    stale = Q(looked_at__isnull=True) | Q(looked_at__lte=timezone.now() - COUNT_EVERY)
    for rhythm_id in Rhythm.objects.running().filter(stale).values_list("pk", flat=True):
        queue.enqueue(PLAN, rhythm_id)
    due_slips()
    refresh_participation()


def _letters() -> None:
    """Tickets to make for people who were added; invitations, reminders and nudges whose hours have come."""
    waves = list(Wave.objects.accepting().select_related("organisation", "series"))
    days = school_days_of(wave.organisation for wave in waves) if waves else {}
    for wave in waves:
        if wants_tickets(wave):
            queue.enqueue(ADD_TICKETS, wave.pk)
        open_hours = lettertimes.leave_now(timezone.now(), wave.organisation.zone, days[wave.organisation_id])
        if open_hours and waiting(wave).exists():
            queue.enqueue(SEND, wave.pk)
        if rounds.due(wave, days[wave.organisation_id]):
            queue.enqueue(REMIND, wave.pk)
