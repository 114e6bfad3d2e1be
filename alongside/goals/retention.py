"""What is cleared away by itself."""

import datetime

from django.utils import timezone

from alongside.goals.models import Vote

WAITING = datetime.timedelta(days=14)


def drop_waiting_votes() -> int:
    """Files with votes that nobody applied for 14 days, and what was dropped."""
    old = Vote.objects.exclude(state__in=[Vote.State.APPLIED, Vote.State.LIVE]).filter(
        uploaded_at__lt=timezone.now() - WAITING
    )
    return old.delete()[0]
