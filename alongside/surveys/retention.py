"""Sealed answers and comments go after 12 months; the exact tallies of blocks stay, and no person was ever in them."""

import datetime

from django.utils import timezone

from alongside.surveys.models import ReadFile, SealedAnswer, SealedComment, SealedRoomAnswer

SEALED = datetime.timedelta(days=365)
WAITING = datetime.timedelta(days=30)


def drop_sealed_answers() -> int:
    """Sealed answers of waves and rooms that were published 12 months ago."""
    long_ago = timezone.now() - SEALED
    gone, _ = SealedAnswer.objects.filter(wave__release__published_at__lt=long_ago).delete()
    in_rooms, _ = SealedRoomAnswer.objects.filter(room__release__published_at__lt=long_ago).delete()
    return gone + in_rooms


def drop_sealed_comments() -> int:
    """Sealed comments of waves that were published 12 months ago."""
    gone, _ = SealedComment.objects.filter(wave__release__published_at__lt=timezone.now() - SEALED).delete()
    return gone


def drop_files_read() -> int:
    """Files with pulses that were read 30 days ago, and that nobody has taken or left since."""
    gone, _ = ReadFile.objects.filter(read_at__lt=timezone.now() - WAITING).delete()
    return gone
