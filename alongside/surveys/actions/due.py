"""What time has brought; it makes up for anything that was lost."""

import datetime

from django.db.models import Q
from django.utils import timezone

from alongside.kit import queue
from alongside.surveys import publish, seal
from alongside.surveys.actions.inviting import waiting
from alongside.surveys.actions.slipping import due_slips
from alongside.surveys.actions.work import OPEN, SEAL, SEND
from alongside.surveys.models import RosterEntry, Wave

COUNT_EVERY = datetime.timedelta(hours=1)


def refresh_participation() -> None:
    """Once an hour, how many have answered each open wave, in steps of 5."""
    stale = Q(counted_at__isnull=True) | Q(counted_at__lte=timezone.now() - COUNT_EVERY)
    for wave in Wave.objects.accepting().filter(stale):
        about = publish.participation(wave)
        Wave.objects.filter(pk=wave.pk).update(answered_about=about, counted_at=timezone.now())


def due_work() -> None:
    """What time has brought: waves to open, letters still to send, waves to seal. Makes up for anything that was lost."""
    for wave in Wave.objects.due_to_open():
        queue.enqueue(OPEN, wave.pk)
    unsent = RosterEntry.objects.filter(invited_at__isnull=True).values("wave")
    for wave in Wave.objects.accepting().filter(pk__in=unsent):
        if waiting(wave).exists():
            queue.enqueue(SEND, wave.pk)
    for wave_id in seal.due():
        queue.enqueue(SEAL, wave_id)
    due_slips()
    refresh_participation()
