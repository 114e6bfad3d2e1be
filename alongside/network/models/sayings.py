"""What clusters and schools say of themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from alongside.network.models.memberships import Cluster
from alongside.network.models.organisations import Organisation
from alongside.network.models.schools import School


class ProfileAnswer(models.Model):
    """One version of what a cluster writes to one question of its profile. The highest number stands; none is changed."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="profile")
    question = models.CharField(max_length=12, help_text="Key of network.questions.")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the question.")
    text = models.TextField(blank=True)
    written_by = models.BigIntegerField(help_text="Id of the person.")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "question", "number"], name="profile_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.question} of {self.cluster_id}, version {self.number}"


class Offer(models.Model):
    """Something a school says it is strong in, or looks for: from a short list, so that schools can be matched."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", "strong in"
        WISH = "wish", "looking for"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="offers", help_text="The school's own.")
    school = models.ForeignKey(School, models.CASCADE, related_name="offers")
    kind = models.CharField(max_length=8, choices=Kind)
    topic = models.CharField(max_length=20, help_text="Key of network.topics.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "kind", "topic"], name="offered_once")]

    def __str__(self) -> str:
        return f"{self.school_id} {self.kind} {self.topic}"


class FeederFlow(models.Model):
    """How many students went on from one school to another in a year. Under five is never shown as a number."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="flows", help_text="The network.")
    source = models.ForeignKey(School, models.PROTECT, related_name="flows_out")
    target = models.ForeignKey(School, models.PROTECT, related_name="flows_in")
    year = models.PositiveSmallIntegerField(help_text="In which they changed school.")
    students = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "target", "year"], name="flow_once"),
            models.CheckConstraint(condition=Q(students__gte=1), name="flow_of_somebody"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="flow_goes_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} to {self.target_id}, {self.year}"
