"""Series that are asked again by themselves, what leaders changed of that, and how much a year may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from alongside.network.models import Organisation
from alongside.people.models import Person
from alongside.surveys.models.waves import Series

if TYPE_CHECKING:
    from alongside.kit.access import Member


class RhythmQuerySet(models.QuerySet["Rhythm"]):
    def seen_by(self, member: Member) -> RhythmQuerySet:
        return self.filter(organisation=member.organisation_id)

    def running(self) -> RhythmQuerySet:
        return self.filter(ended_at__isnull=True)


class Rhythm(models.Model):
    """When a series is asked again by itself. One runs at a time; an ended one stays, with what was changed of it."""

    class Every(models.TextChoices):
        MONTH = "month", "every month"
        SECOND = "second", "every second month"
        HALF_TERM = "half-term", "once a half-term"

    class Week(models.IntegerChoices):
        FIRST = 1, "first"
        SECOND = 2, "second"
        THIRD = 3, "third"
        FOURTH = 4, "fourth"

    class Weekday(models.IntegerChoices):
        MONDAY = 1, "Monday"
        TUESDAY = 2, "Tuesday"
        WEDNESDAY = 3, "Wednesday"
        THURSDAY = 4, "Thursday"
        FRIDAY = 5, "Friday"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="rhythms")
    series = models.ForeignKey(Series, models.CASCADE, related_name="rhythms")
    every = models.CharField(max_length=9, choices=Every, default=Every.MONTH)
    week = models.PositiveSmallIntegerField(choices=Week, default=Week.FIRST, help_text="Of the month or half-term.")
    weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.TUESDAY)
    days = models.PositiveSmallIntegerField(default=5, help_text="School days from the opening to the closing day.")
    started_on = models.DateField()
    started_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True, help_text="When a worker last looked what comes next.")
    ahead = models.PositiveSmallIntegerField(
        default=0, help_text="Scored statements a person that its waves will still ask until `ahead_until`."
    )
    ahead_until = models.DateField(null=True, blank=True, help_text="The last day of the school year of `ahead`.")
    held = models.CharField(max_length=400, blank=True, help_text="Why the next wave could not be planned, in words.")

    objects = RhythmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series"], condition=Q(ended_at__isnull=True), name="one_running_rhythm_per_series"
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=10), name="rhythm_of_one_to_ten_days"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """ "every month, on the first Tuesday"."""
        return f"{self.get_every_display()}, on the {self.get_week_display()} {self.get_weekday_display()}"


class RhythmStep(models.Model):
    """What a leader changed of one occasion of a rhythm: left out, or moved to another day."""

    class Kind(models.TextChoices):
        SKIP = "skip", "left out"
        MOVE = "move", "moved"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    rhythm = models.ForeignKey(Rhythm, models.CASCADE, related_name="steps")
    occasion = models.DateField(help_text="The day whose turn it was.")
    kind = models.CharField(max_length=4, choices=Kind)
    opens_on = models.DateField(null=True, blank=True, help_text="Where it was moved to.")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rhythm", "occasion"], name="one_step_per_occasion"),
            models.CheckConstraint(
                condition=Q(kind="move", opens_on__isnull=False) | Q(kind="skip", opens_on__isnull=True),
                name="step_moves_to_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.occasion}"


class QuestionBudget(models.Model):
    """A lower yearly budget of statements a person than the usual one, set by a school for its staff or by a network for
    what it asks."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="question_budget")
    statements = models.PositiveSmallIntegerField(help_text="Scored statements a person and school year.")
    set_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(statements__lte=80), name="budget_never_raised")]

    def __str__(self) -> str:
        return f"{self.statements} statements a year"
