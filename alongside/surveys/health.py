"""Is every pulse where its hours say it should be? For `alongside doctor`."""

import datetime

from django.utils import timezone

from alongside.calendar.reads import school_days_of
from alongside.kit.doctor import Finding
from alongside.surveys import lettertimes, tickets
from alongside.surveys.models import Room, RosterEntry, Wave

PATIENCE = datetime.timedelta(minutes=15)


def findings() -> list[Finding]:
    """Waves that should have opened or closed a while ago, and letters that wait: signs that no worker runs."""
    late = timezone.now() - PATIENCE
    unsealed = Wave.objects.due_to_close().filter(closes_at__lte=late).count()
    unsealed += Room.objects.due(late).exclude(closed_at__gt=late).count()
    unopened = Wave.objects.due_to_open().filter(opens_at__lte=late).count()
    waiting = RosterEntry.objects.filter(wave__in=_sending(late), invited_at__isnull=True).count()
    return [
        Finding(
            not unsealed,
            "Closing",
            f"{unsealed} pulses wait to be sealed: is a worker running?"
            if unsealed
            else "Every pulse that closed is sealed.",
        ),
        Finding(
            not unopened,
            "Opening",
            f"{unopened} pulses wait to be opened: is a worker running, are there ten people to ask?"
            if unopened
            else "No pulse is late.",
        ),
        Finding(not waiting, "Letters", f"{waiting} letters wait to be sent." if waiting else "No letter waits."),
        _keys(),
    ]


def _sending(late: datetime.datetime) -> list[int]:
    """Open waves whose letters could have left for a while: in quiet hours none is late."""
    waves = list(Wave.objects.accepting().filter(opens_at__lte=late).select_related("organisation"))
    days = school_days_of(wave.organisation for wave in waves) if waves else {}
    return [
        wave.pk
        for wave in waves
        if all(
            lettertimes.leave_now(moment, wave.organisation.zone, days[wave.organisation_id])
            for moment in (late, timezone.now())
        )
    ]


def _keys() -> Finding:
    """Keys are in no backup: after a restore elsewhere an open pulse goes on without."""
    waves = Wave.objects.accepting().values_list("pk", flat=True)
    gone = sum(not tickets.key_path(wave).exists() for wave in waves)
    text = f"{gone} open pulses have no key here: links that were sent work, no other letter or reminder can be."
    return Finding(not gone, "Wave keys", text if gone else "Every open pulse has its key.")
