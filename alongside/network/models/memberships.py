"""Who belongs to what, from which day, until which day; and who asks to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from alongside.network.models.dated import Dated, DatedQuerySet, ends_after_it_begins, once
from alongside.network.models.organisations import Organisation
from alongside.network.models.schools import School


class ClusterQuerySet(models.QuerySet["Cluster"]):
    def of(self, organisation_id: int) -> ClusterQuerySet:
        return self.filter(organisation=organisation_id)


class Cluster(models.Model):
    """Three to thirty schools of a network that work together."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="clusters")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=80)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="cluster_slug_once_per_network")]

    def __str__(self) -> str:
        return self.name


class ClusterMembership(Dated):
    """A school belongs to a cluster from a day on."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="memberships")
    school = models.ForeignKey(School, models.PROTECT, related_name="cluster_memberships")

    objects = DatedQuerySet["ClusterMembership"].as_manager()

    class Meta:
        constraints = [
            once("cluster", "school", name="in_a_cluster_once"),
            ends_after_it_begins("cluster_left_after_joining"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.cluster_id}"


class Joining(models.Model):
    """A school and a network, or one of its clusters, that may come together: one asks, the other answers."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits for an answer"
        YES = "yes", "yes"
        NO = "no", "no"
        BACK = "back", "taken back"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="joinings", help_text="The network.")
    cluster = models.ForeignKey(Cluster, models.CASCADE, null=True, blank=True, related_name="joinings")
    school = models.ForeignKey(School, models.PROTECT, related_name="joinings")
    invited = models.BooleanField(help_text="The network invites, the school answers; otherwise the other way round.")
    words = models.CharField(max_length=300, blank=True)
    asked_by = models.BigIntegerField(help_text="Id of the person.")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.BigIntegerField(null=True, blank=True, help_text="Id of the person.")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "school"],
                condition=Q(state="waiting", cluster__isnull=True),
                name="joining_network_asked_once",
            ),
            models.UniqueConstraint(
                fields=["cluster", "school"],
                condition=Q(state="waiting", cluster__isnull=False),
                name="joining_cluster_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} and {self.organisation_id}: {self.state}"


class LeavingNotice(models.Model):
    """A school leaves a network, or one of its clusters, on a day; nobody can keep it. Taken back until that day."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", help_text="The network.")
    cluster = models.ForeignKey(Cluster, models.CASCADE, null=True, blank=True, related_name="+")
    school = models.ForeignKey(School, models.PROTECT, related_name="notices")
    last_day = models.DateField(help_text="The last day on which it belongs.")
    given_by = models.BigIntegerField(help_text="Id of the person.")
    given_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "school", "last_day"],
                condition=Q(taken_back_at__isnull=True, cluster__isnull=True),
                name="notice_to_network_once",
            ),
            models.UniqueConstraint(
                fields=["cluster", "school", "last_day"],
                condition=Q(taken_back_at__isnull=True, cluster__isnull=False),
                name="notice_to_cluster_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} leaves {self.cluster_id or self.organisation_id} after {self.last_day}"
