"""The open door of a hall: one session, its intake, what is published of it (TRUST 2).

No row of these tables belongs to a series, a wave or a school, so nothing here can be pooled, trended or summed with
answers that tickets brought.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from alongside.network.models import Cluster, Organisation
from alongside.people.models import Person
from alongside.surveys.instruments import Instrument, asked

if TYPE_CHECKING:
    from alongside.kit.access import Member


class RoomQuerySet(models.QuerySet["Room"]):
    def seen_by(self, member: Member) -> RoomQuerySet:
        return self.filter(organisation=member.organisation_id)

    def due(self, now: datetime.datetime | None = None) -> RoomQuerySet:
        """Open past their latest closing, or closed and not yet wholly sealed."""
        late = Q(state=Room.State.OPEN, closes_at__lte=now or timezone.now())
        return self.filter(late | Q(state__in=[Room.State.CLOSED, Room.State.PUBLISHED]))


class Room(models.Model):
    """One live session: people in a hall answer one pulse through an open door. Times are UTC; states never go back."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        CLOSED = "closed", "being counted"
        PUBLISHED = "published", "results are in"
        SEALED = "sealed", "sealed"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="rooms")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(
        max_length=8, unique=True, help_text="What follows /r/ in the address; no secret of anybody."
    )
    instrument = models.CharField(max_length=20)
    items = models.JSONField(help_text="Ids of the statements it asks, in order.")
    present = models.PositiveIntegerField(
        help_text="People in the hall, as whoever runs it said: the most answers taken."
    )
    k = models.PositiveSmallIntegerField(default=10, help_text="For everything. Frozen at opening.")
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="At the latest; closing early is what a live session may do (R1).")
    closed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    taken = models.PositiveIntegerField(
        default=0, help_text="Answers so far, never beyond `present`; 0 after the close."
    )
    shown = models.PositiveIntegerField(default=0, help_text="The same in steps of 5, at most every 10 seconds (R8).")
    shown_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = RoomQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="room_closes_after_opening"),
            models.CheckConstraint(condition=Q(k__gte=10), name="room_k_never_lowered"),
            models.CheckConstraint(condition=Q(present__gte=10), name="room_of_ten_at_least"),
            models.CheckConstraint(condition=Q(taken__lte=F("present")), name="room_never_over_full"),
        ]

    def __str__(self) -> str:
        return f"room {self.code}"

    @property
    def pulse(self) -> Instrument:
        """What this session asks."""
        return asked(self.instrument, tuple(self.items))

    @property
    def has_results(self) -> bool:
        return self.state in {Room.State.PUBLISHED, Room.State.SEALED}

    @property
    def accepts(self) -> bool:
        return self.state == Room.State.OPEN and timezone.now() < self.closes_at


class RoomPass(models.Model):
    """A form of a session that was sent, by the SHA-256 of the number that it carried; no person, no device, no time.

    On PostgreSQL one partition a session, dropped at its close.
    """

    pk = models.CompositePrimaryKey("room_id", "digest")
    room = models.ForeignKey(Room, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    digest = models.BinaryField(max_length=32)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )

    def __str__(self) -> str:
        return "a form that was sent"


class RoomAnswer(models.Model):
    """What somebody in the hall chose, until the close. On PostgreSQL one partition a session."""

    pk = models.CompositePrimaryKey("room_id", "key")
    room = models.ForeignKey(Room, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    key = models.BinaryField(max_length=16)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    ratings = models.JSONField()

    def __str__(self) -> str:
        return "an answer in the room"


class RoomRelease(models.Model):
    """What was published of a session, once and for all: the document's exact text and its SHA-256."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    room = models.OneToOneField(Room, models.PROTECT, related_name="release")
    document = models.TextField(help_text="Canonical JSON; see surveys/rooms/released.py for its shape.")
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"release {self.sha256[:12]}"


class SealedRoomAnswer(models.Model):
    """An answer after the close: new key, random order. None is kept of a session in which fewer than ten answered."""

    key = models.BinaryField(max_length=16, primary_key=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, models.CASCADE, related_name="+")
    ratings = models.JSONField()

    def __str__(self) -> str:
        return "a sealed answer of a room"
