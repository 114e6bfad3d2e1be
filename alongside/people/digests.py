"""One letter a week: who is due one, and a row for each person and week, so that nobody gets two whatever crashes."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from alongside.network.models import Organisation
from alongside.people.models import Digest, Person, Role, StaffEntry

HOUR = datetime.time(7, 0)
CATCH_UP = datetime.timedelta(days=2)  # a machine that was off on Monday still writes until Wednesday, 7:00
CLAIM_HOLDS = datetime.timedelta(minutes=10)
SALT = "alongside.people.digests.stop"


def week(zone: str, now: datetime.datetime | None = None) -> datetime.date | None:
    """The Monday whose letters are due at this moment in that zone; None when none are."""
    local = (now or timezone.now()).astimezone(ZoneInfo(zone))
    monday = local.date() - datetime.timedelta(days=local.weekday())
    begins = datetime.datetime.combine(monday, HOUR, local.tzinfo)
    return monday if begins <= local < begins + CATCH_UP else None


def due_weeks() -> dict[str, datetime.date]:
    """Zone → week, for the zones of all organisations in which letters are due now. One query."""
    zones = Organisation.objects.values_list("zone", flat=True).distinct()
    return {zone: monday for zone in zones if (monday := week(zone))}


def candidates(weeks: dict[str, datetime.date]) -> Iterator[Person]:
    """Who may be due a letter: holds a role or has signed in before, has an address, has not stopped the letters, and
    has no row for the week. Staff who never signed in get pulses and nothing else."""
    if not weeks:
        return iter(())
    roles = Role.objects.current().filter(organisation__zone__in=weeks).values("person")
    staff = StaffEntry.objects.current().filter(organisation__zone__in=weeks, person__last_login__isnull=False)
    stale = Q(state=Digest.State.CLAIMED, at__lt=timezone.now() - CLAIM_HOLDS)
    written = Digest.objects.filter(week__in=set(weeks.values())).exclude(stale).values("person")
    people = Person.objects.filter(is_active=True, email__isnull=False, digest_stopped_at__isnull=True)
    found = people.filter(Q(pk__in=roles) | Q(pk__in=staff.values("person"))).exclude(pk__in=written)
    return found.order_by("pk").iterator(200)


def claim(person: Person, monday: datetime.date) -> Digest | None:
    """The row of a person's week, now ours to write; None when somebody else has it or it is over."""
    try:
        with transaction.atomic():
            return Digest.objects.create(person=person, week=monday, at=timezone.now())
    except IntegrityError:
        stale = Digest.objects.filter(person=person, week=monday, state=Digest.State.CLAIMED)
        taken = stale.filter(at__lt=timezone.now() - CLAIM_HOLDS).update(at=timezone.now())
        return Digest.objects.get(person=person, week=monday) if taken else None


def mark(digest: Digest, state: str) -> None:
    """What became of a letter."""
    Digest.objects.filter(pk=digest.pk).update(state=state, at=timezone.now())


def let_go(digest: Digest) -> None:
    """The server took nothing: the letter may be tried again."""
    Digest.objects.filter(pk=digest.pk).delete()


def forget(before: datetime.date) -> None:
    """Drop the rows of weeks long past."""
    Digest.objects.filter(week__lt=before).delete()


def stop_path(person: Person) -> str:
    """Where a person stops the letters, without signing in. Opening it stops nothing: mail scanners open links."""
    return reverse("digest_stop", kwargs={"token": signing.dumps(person.pk, salt=SALT)})


def person_of(token: str) -> Person | None:
    """Whose letters a link stops; None for a link that is none of ours."""
    try:
        return Person.objects.filter(pk=signing.loads(token, salt=SALT)).first()
    except signing.BadSignature:
        return None


def choose(people: Iterable[Person], *, wanted: bool) -> None:
    """Whether these people get the weekly letter."""
    stopped = None if wanted else timezone.now()
    Person.objects.filter(pk__in=[person.pk for person in people]).update(digest_stopped_at=stopped)
