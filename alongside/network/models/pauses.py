"""Schools that are left in peace."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from alongside.network.models.organisations import Organisation
from alongside.network.models.schools import School


class PauseQuerySet(models.QuerySet["Pause"]):
    def current(self, at: datetime.datetime | None = None) -> PauseQuerySet:
        """Pauses that hold at a moment (now by default)."""
        moment = at or timezone.now()
        return self.filter(
            Q(until__isnull=True) | Q(until__gt=moment),
            Q(lifted_at__isnull=True) | Q(lifted_at__gt=moment),
            since__lte=moment,
        )


class Pause(models.Model):
    """A school is left in peace: no pulse, no reminder, no deadline, until a moment or until lifted. Nobody says why.

    Set by the school itself it silences everything; set by a network, what that network sends.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="pauses", help_text="Who set it.")
    school = models.ForeignKey(School, models.PROTECT, related_name="pauses")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True, help_text="None: until it is lifted.")
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="Or its end, once another one follows.")
    set_by = models.BigIntegerField(help_text="Id of the person.")
    lifted_by = models.BigIntegerField(null=True, blank=True, help_text="Id of the person.")

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "school"], condition=Q(lifted_at__isnull=True), name="paused_once"
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="pause_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} paused by {self.organisation_id}"
