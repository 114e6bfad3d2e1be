"""Groupings of a network's schools whose figures are shown together: primary schools, schools by the coast."""

from __future__ import annotations

from django.db import models

from alongside.network.models.organisations import Organisation
from alongside.network.models.schools import School

LONGEST_NAME = 60


class GroupingQuerySet(models.QuerySet["Grouping"]):
    def of(self, organisation_id: int) -> GroupingQuerySet:
        return self.filter(organisation=organisation_id)

    def live(self) -> GroupingQuerySet:
        """Those that the next pulse will be counted by."""
        return self.filter(ended_at__isnull=True)


class Grouping(models.Model):
    """Schools of a network that are looked at together, across clusters at will. Nobody chairs it and it decides nothing."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="groupings", help_text="The network.")
    name = models.CharField(max_length=LONGEST_NAME)
    slug = models.SlugField(max_length=80, help_text="Its name in addresses; never changes.")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = GroupingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="grouping_slug_once_per_network")]

    def __str__(self) -> str:
        return self.name


class GroupingSchool(models.Model):
    """A school stands in a grouping now. Pulses freeze it when they open, so no dates are kept here."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", help_text="The network.")
    grouping = models.ForeignKey(Grouping, models.CASCADE, related_name="members")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grouping", "school"], name="in_a_grouping_once")]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.grouping_id}"
