"""What leaders say to a pulse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from alongside.network.models import Organisation, School
from alongside.people.models import Person
from alongside.surveys.instruments import Item, instrument
from alongside.surveys.models.waves import Wave, WaveSchool

if TYPE_CHECKING:
    from alongside.kit.access import Member


class ReplyQuerySet(models.QuerySet["Reply"]):
    def seen_by(self, member: Member) -> ReplyQuerySet:
        """Posted ones of this place, read where their school's own results are read: by its people and its coach, by the
        chair and the coach of the cluster that it took part in, and by the officer of whoever asked."""
        asked_here = Q(wave__organisation=member.organisation_id)
        found = self.filter(asked_here | Q(organisation=member.organisation_id), posted_at__isnull=False)
        if member.officer:
            return found
        clusters = member.clusters_chaired | member.clusters_coached
        taking_part = WaveSchool.objects.filter(wave=OuterRef("wave"), school=OuterRef("school"), cluster__in=clusters)
        own = member.schools_led | member.schools_staffed | member.schools_coached
        return found.filter(Q(school__in=own) | (asked_here & Exists(taking_part)))


class Reply(models.Model):
    """What a school's leaders say to a pulse: what we heard, what we will do, by when. Owned by the school; once it is
    posted, read by whoever may see the school's own results."""

    class Kind(models.TextChoices):
        DO = "do", "We will do something"
        ASK = "ask", "We want to understand it first"
        NOTHING = "nothing", "Nothing to change, because …"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="replies")
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="replies")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind)
    heard = models.CharField(max_length=200, help_text="What we heard, in one sentence.")
    text = models.TextField(max_length=1200)
    moves = models.CharField(max_length=20, blank=True, help_text="Id of the statement it should move.")
    look_on = models.DateField(null=True, blank=True)
    written_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)
    posted_at = models.DateTimeField(null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "replies"
        constraints = [models.UniqueConstraint(fields=["wave", "school"], name="one_reply_per_school_and_wave")]

    def __str__(self) -> str:
        return self.heard

    @property
    def moves_item(self) -> Item | None:
        """The statement that it should move; None when none was named."""
        return instrument(self.moves.partition(".")[0]).item(self.moves) if self.moves else None
