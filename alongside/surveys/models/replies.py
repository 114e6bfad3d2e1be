"""What leaders say to a pulse, who owes it, what they read in the comments, and whom a missing reply holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys.instruments import Item, instrument
from alongside.surveys.models.waves import Wave, WaveSchool

if TYPE_CHECKING:
    from alongside.kit.access import Member

OF_ONE = Q(school__isnull=False, cluster__isnull=True) | Q(school__isnull=True, cluster__isnull=False)
THEMES_AT_MOST = 3


class OfSchoolOrCluster(models.Model):
    """Something that a school's leaders have with a wave, or the chair for a cluster; never both."""

    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def whose(self) -> School | Cluster:
        """The school, or the cluster."""
        found = self.school or self.cluster
        if found is None:
            raise AssertionError("of no school and of no cluster")
        return found

    @property
    def place(self) -> str:
        """The same as a release names it: school:<id> or cluster:<id>."""
        return f"school:{self.school_id}" if self.school_id else f"cluster:{self.cluster_id}"


class ReplyQuerySet(models.QuerySet["Reply"]):
    def seen_by(self, member: Member) -> ReplyQuerySet:
        """Posted ones of this place, read where their school's own results are read: by its people and its coach, by the
        chair and the coach of the cluster that it took part in, and by the officer of whoever asked. One for a cluster is
        read by the same people of all the schools that took part in it then."""
        taking_part = WaveSchool.objects.filter(wave=OuterRef("wave"))
        own = member.schools_led | member.schools_staffed | member.schools_coached
        together = taking_part.filter(cluster=OuterRef("cluster"), school__in=own)
        at_school = Exists(together.filter(school__organisation=member.organisation_id))
        asked_here = Q(wave__organisation=member.organisation_id)
        here = asked_here | Q(organisation=member.organisation_id) | at_school
        found = self.filter(here, posted_at__isnull=False)
        if member.officer:
            return found
        clusters = member.clusters_chaired | member.clusters_coached
        of_these = Q(cluster__in=clusters) | Exists(taking_part.filter(school=OuterRef("school"), cluster__in=clusters))
        return found.filter(Q(school__in=own) | Exists(together) | (asked_here & of_these))


class Reply(OfSchoolOrCluster):
    """What leaders say to a pulse: what we heard, what we will do, by when. A school's is owned by the school, a cluster's
    by whoever asked; once they are posted, `seen_by` says who reads them."""

    class Kind(models.TextChoices):
        DO = "do", "We will do something"
        ASK = "ask", "We want to understand it first"
        NOTHING = "nothing", "Nothing to change, because …"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="replies")
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="replies")
    kind = models.CharField(max_length=7, choices=Kind)
    heard = models.CharField(max_length=200, help_text="What we heard, in one sentence.")
    theme = models.CharField(max_length=200, blank=True, help_text="The theme that it answers, as it was worded then.")
    text = models.TextField(max_length=1200)
    moves = models.CharField(max_length=20, blank=True, help_text="Id of the statement it should move.")
    look_on = models.DateField(null=True, blank=True)
    written_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)
    posted_at = models.DateTimeField(null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "replies"
        constraints = [
            models.CheckConstraint(condition=OF_ONE, name="reply_of_school_or_cluster"),
            models.UniqueConstraint(
                fields=["wave", "school"], condition=Q(school__isnull=False), name="one_reply_per_school_and_wave"
            ),
            models.UniqueConstraint(
                fields=["wave", "cluster"], condition=Q(cluster__isnull=False), name="one_reply_per_cluster_and_wave"
            ),
        ]

    def __str__(self) -> str:
        return self.heard

    @property
    def moves_item(self) -> Item | None:
        """The statement that it should move; None when none was named."""
        return instrument(self.moves.partition(".")[0]).item(self.moves) if self.moves else None

    @property
    def answers_to(self) -> str:
        """What was said last time: the theme that it answers, else what its writers heard."""
        return self.theme or self.heard


class Owed(OfSchoolOrCluster):
    """A reply that is owed: by a school with a block of its own, or by the chair for a cluster with figures of its own.

    Made with the release and never after. The chair or the officer may waive a school's, with a reason, and take that back.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="owed")
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "owed"
        constraints = [
            models.CheckConstraint(condition=OF_ONE, name="owed_by_school_or_cluster"),
            models.UniqueConstraint(
                fields=["wave", "school"], condition=Q(school__isnull=False), name="owed_once_per_school_and_wave"
            ),
            models.UniqueConstraint(
                fields=["wave", "cluster"], condition=Q(cluster__isnull=False), name="owed_once_per_cluster_and_wave"
            ),
        ]

    def __str__(self) -> str:
        return f"a reply of {self.place} to wave {self.wave_id}"


class Held(models.Model):
    """A school that a wave does not ask, because its last two replies were missing when the wave opened. Frozen then."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="held")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    owed = models.ForeignKey(Owed, models.CASCADE, related_name="+", help_text="The newest that was missing.")

    class Meta:
        verbose_name_plural = "held"
        constraints = [models.UniqueConstraint(fields=["wave", "school"], name="held_once_per_wave")]

    def __str__(self) -> str:
        return f"{self.school_id} held in wave {self.wave_id}"


class Theme(OfSchoolOrCluster):
    """What a leader read in the comments, in a sentence of their own (R7). A school's own until its leaders share it with
    the chair of their cluster; a cluster's is the chair's."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="themes")
    position = models.PositiveSmallIntegerField(help_text="1 to 3.")
    text = models.CharField(max_length=200)
    shared_at = models.DateTimeField(null=True, blank=True, help_text="Since when the cluster's chair reads it.")
    named = models.BooleanField(default=False, help_text="Whether the chair reads whose it is.")
    written_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=OF_ONE, name="theme_of_school_or_cluster"),
            models.CheckConstraint(condition=Q(position__range=(1, THEMES_AT_MOST)), name="three_themes_at_most"),
            models.UniqueConstraint(
                fields=["wave", "school", "position"],
                condition=Q(school__isnull=False),
                name="theme_once_per_school_and_position",
            ),
            models.UniqueConstraint(
                fields=["wave", "cluster", "position"],
                condition=Q(cluster__isnull=False),
                name="theme_once_per_cluster_and_position",
            ),
        ]

    def __str__(self) -> str:
        return self.text
