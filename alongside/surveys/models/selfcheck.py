"""What a leadership team says of itself: open, owned by the school, never part of an anonymous figure (R8)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from alongside.network.models import Organisation, School


class SelfCheck(models.Model):
    """Six agreed numbers from the end of one meeting of a school's leadership team."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="self_checks", help_text="The school's."
    )
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    held_on = models.DateField()
    numbers = models.JSONField(help_text="Id of each line → 1 to 5.")
    note = models.TextField(blank=True)
    shared_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when whoever sees the school's results sees it."
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "held_on"], name="self_check_once_a_day")]

    def __str__(self) -> str:
        return f"{self.school_id} on {self.held_on}"
