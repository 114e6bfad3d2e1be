"""What people may do somewhere, and roles that wait for their holder."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q

from alongside.network.models import Cluster, DatedQuerySet, Organisation, School
from alongside.network.models.dated import Dated, once
from alongside.people.models.persons import Person
from alongside.people.models.staff import StaffEntry


class Role(Dated):
    """What a person may do somewhere, from a day on. Staff have theirs from the staff list and need no row here."""

    class Kind(models.TextChoices):
        LEADER = "leader", "school leader"
        CHAIR = "chair", "chair"
        OFFICER = "officer", "network officer"
        COACH = "coach", "coach"
        STAKEHOLDER = "stakeholder", "stakeholder"

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="roles", help_text="Where the role holds."
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=11, choices=Kind)
    cluster = models.ForeignKey(Cluster, models.CASCADE, null=True, blank=True)
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True)
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_with = models.ForeignKey(
        StaffEntry, models.SET_NULL, null=True, blank=True, related_name="+", help_text="The leaving that ended it."
    )

    objects = DatedQuerySet["Role"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_holds_somewhere_definite",
                condition=Q(kind="leader", school__isnull=False, cluster__isnull=True)
                | Q(kind="chair", cluster__isnull=False, school__isnull=True)
                | Q(kind__in=["officer", "stakeholder"], cluster__isnull=True, school__isnull=True)
                | Q(kind="coach", cluster__isnull=False, school__isnull=True)
                | Q(kind="coach", cluster__isnull=True, school__isnull=False),
            ),
            once(
                "person",
                "kind",
                "organisation",
                name="role_in_an_organisation_once",
                cluster__isnull=True,
                school__isnull=True,
            ),
            once("person", "kind", "cluster", name="role_in_a_cluster_once", cluster__isnull=False),
            once("person", "kind", "organisation", "school", name="role_in_a_school_once", school__isnull=False),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} since {self.since}"


class Invitation(models.Model):
    """A role that waits for its holder, or an account for somebody on a staff list. Spent once, by the address it was sent to."""

    class Kind(models.TextChoices):
        LEADER = "leader", "school leader"
        CHAIR = "chair", "chair"
        OFFICER = "officer", "network officer"
        COACH = "coach", "coach"
        STAKEHOLDER = "stakeholder", "stakeholder"
        STAFF = "staff", "colleague"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations", help_text="Who invites.")
    kind = models.CharField(max_length=11, choices=Kind)
    cluster = models.ForeignKey(Cluster, models.CASCADE, null=True, blank=True)
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True)
    place = models.CharField(max_length=30, help_text="Where, as one word: network, cluster-3, school-5.")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=150)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the token in the newest letter, in hex."
    )
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who accepted."
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email", "kind", "place"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invited_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.where}"

    @property
    def where(self) -> str:
        """The place in words."""
        return str(self.cluster or self.school or self.organisation)

    def state(self, now: datetime.datetime) -> str:
        """open, accepted, withdrawn or expired."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "open" if now < self.expires_at else "expired"
