"""Earlier results, brought in: a file's counts while they wait, and what stands of them once they are applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from alongside.network.models import Cluster, Organisation
from alongside.people import holdings, retention
from alongside.people.models import Person

if TYPE_CHECKING:
    from alongside.kit.access import Member


class PastQuerySet(models.QuerySet["Past"]):
    def seen_by(self, member: Member) -> PastQuerySet:
        return self.filter(organisation=member.organisation_id)

    def applied(self) -> PastQuerySet:
        return self.filter(state=Past.State.APPLIED)


class Past(models.Model):
    """A file of earlier results: counted, matched by a person, then applied exactly as shown, dropped or taken back."""

    class State(models.TextChoices):
        READY = "ready", "not applied yet"
        APPLIED = "applied", "applied"
        DROPPED = "dropped", "dropped"
        UNDONE = "undone", "taken back"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="+")
    instrument = models.CharField(max_length=20, help_text="The pulse whose statements its own may be.")
    name = models.CharField(max_length=100, help_text="The file's name, as its owner calls it.")
    uploaded_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=7, choices=State, default=State.READY)
    applied_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, help_text="Of the counts, so that a file is applied once.")
    found = models.JSONField(default=dict, help_text="The counts, until it is applied or dropped: see past.counts.")
    choices = models.JSONField(default=dict, help_text="What somebody decided about them: see past.matching.")

    objects = PastQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "digest"], condition=models.Q(state="applied"), name="past_applied_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PastWave(models.Model):
    """What stands of one earlier round: rounded figures of whole blocks, as in a release, and nothing finer."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    past = models.ForeignKey(Past, models.CASCADE, related_name="waves")
    day = models.DateField()
    document = models.TextField(help_text="Canonical JSON; see past/standing.py for its shape.")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["past", "day"], name="past_wave_once_per_day")]

    def __str__(self) -> str:
        return f"{self.day} of {self.past_id}"


holdings.holds("surveys.Past", "uploaded_by", "Earlier results that you brought in", erased="empty")
retention.kept(
    "earlier-results",
    what="How many gave each answer in a file of earlier results that somebody brought in and has not applied.",
    why="So that its columns can be matched and its preview be looked at.",
    how_long="Until it is applied or dropped, and seven days at most. Then only rounded figures of five people or more stand.",
    clear="alongside.surveys.past.actions.forget_waiting",
)
