"""Limits on guessing: so many tries for each account and each network address, then a wait. Counted in the database,
so that all web processes count together. A try is counted before it is made: a hundred at once are no way around it.
"""

import datetime
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from alongside.people.models import Try

TRIES = 8  # for one account
TRIES_BEHIND_ONE_ADDRESS = 80  # a whole school sits behind one address
WINDOW = 300.0  # seconds


def spend(limits: Mapping[str, int]) -> bool:
    """Count one more try for each key; False, with nothing counted, when one of them has no try left.

    limits: what is tried -> tries within WINDOW seconds.
    """
    since = timezone.now() - datetime.timedelta(seconds=WINDOW)
    keys = {_digest(key): tries for key, tries in limits.items()}
    with transaction.atomic():
        Try.objects.filter(at__lte=since).delete()
        made = Try.objects.bulk_create(Try(key=key) for key in keys)
    if all(Try.objects.filter(key=key, at__gt=since).count() <= tries for key, tries in keys.items()):
        return True
    Try.objects.filter(pk__in=[each.pk for each in made]).delete()
    return False


def give_back(limits: Mapping[str, int]) -> None:
    """What was tried was right: take one try of each key off again."""
    for key in map(_digest, limits):
        newest = Try.objects.filter(key=key).order_by("-pk").values("pk")[:1]
        Try.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).delete()


def forget() -> None:
    """Start again with nobody counted."""
    Try.objects.all().delete()


def address(request: HttpRequest) -> str:
    """The network address that asks. Behind https stands a proxy, and the last address it was told is the one it saw."""
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return told if settings.SECURE and told else str(request.META.get("REMOTE_ADDR", ""))


def _digest(key: str) -> str:
    # The table says neither who tried nor from where.
    return salted_hmac("alongside.people.throttle", key, algorithm="sha256").hexdigest()
