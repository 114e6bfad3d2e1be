"""Register files: applied, and waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from alongside.network.models.organisations import Organisation

if TYPE_CHECKING:
    from alongside.kit.access import Member


class RegisterImport(models.Model):
    """One file that was applied to the register: what it said and when."""

    register = models.CharField(max_length=12)
    layout = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    applied_at = models.DateTimeField(auto_now_add=True)
    summary = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.register}, {self.layout}"


class StagedRegisterQuerySet(models.QuerySet["StagedRegister"]):
    def seen_by(self, member: Member) -> StagedRegisterQuerySet:
        return self.filter(organisation=member.organisation_id)


class StagedRegister(models.Model):
    """A register file that an officer brought in: read, previewed, and then applied or dropped.

    The register is nobody's; whoever brings a file in is somebody's officer, and their network sees that it did.
    """

    class State(models.TextChoices):
        READING = "reading", "being read"
        READY = "ready", "ready to apply"
        APPLYING = "applying", "being applied"
        APPLIED = "applied", "applied"
        DROPPED = "dropped", "dropped"
        REFUSED = "refused", "refused"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="staged_registers")
    brought_by = models.BigIntegerField(help_text="Id of the person.")
    brought_at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=100, help_text="Of the file, as its owner calls it.")
    file = models.CharField(max_length=40, blank=True, help_text="In the data folder; blank once it is wiped.")
    size = models.PositiveBigIntegerField(help_text="Bytes, as it arrived.")
    state = models.CharField(max_length=8, choices=State, default=State.READING)
    percent = models.PositiveSmallIntegerField(default=0)
    refusal = models.TextField(blank=True, help_text="Why nothing of it was applied.")
    preview = models.JSONField(default=dict, blank=True, help_text="Counts, and the first lines of each list.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what the preview says would change.")
    after = models.BigIntegerField(default=0, help_text="Id of the last import applied when the preview was made.")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = StagedRegisterQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(percent__lte=100), name="staged_register_percent")]

    def __str__(self) -> str:
        return self.name
