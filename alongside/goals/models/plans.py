"""A vision, goals, and the actions that serve them: the working page of a leadership team, a cluster or a network."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from alongside.network.models import Cluster, Organisation
from alongside.people import holdings, retention
from alongside.people.models import Person

LONGEST_LINE = 100
LONGEST_WORDS = 400
LONGEST_VISION = 1_000


class OfPlaceQuerySet[Row: models.Model](models.QuerySet[Row]):
    def of(self, organisation_id: int) -> OfPlaceQuerySet[Row]:
        return self.filter(organisation=organisation_id)


class OfPlace(models.Model):
    """A row of a school, of one cluster of a network, or of a network as a whole."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    cluster = models.ForeignKey(
        Cluster, models.CASCADE, null=True, blank=True, related_name="+", help_text="Of a network; empty for all."
    )

    class Meta:
        abstract = True

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return self.cluster.name if self.cluster else self.organisation.name


class Vision(OfPlace):
    """Where a place wants to be, in one paragraph. A changed one is a new row; the newest holds."""

    text = models.CharField(max_length=LONGEST_VISION)
    sources = models.CharField(max_length=LONGEST_WORDS, blank=True, help_text="What it was written from, in words.")
    number = models.PositiveSmallIntegerField(help_text="1 for the first of this place.")
    written_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects = OfPlaceQuerySet["Vision"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], condition=Q(cluster__isnull=True), name="vision_number_once"
            ),
            models.UniqueConstraint(
                fields=["cluster", "number"], condition=Q(cluster__isnull=False), name="vision_of_a_cluster_once"
            ),
        ]

    def __str__(self) -> str:
        return f"vision {self.number} of {self.place}"


class Goal(OfPlace):
    """What a place wants to reach, whose it is, how we shall know, and when it is looked at again."""

    class State(models.TextChoices):
        OPEN = "open", "under way"
        REACHED = "reached", "reached"
        STOPPED = "stopped", "stopped"

    title = models.CharField(max_length=LONGEST_LINE)
    measure = models.CharField(max_length=LONGEST_WORDS, blank=True, help_text="How we shall know, in words.")
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    review_on = models.DateField(help_text="When it is looked at again.")
    serves = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="served_by", help_text="A goal of a wider place."
    )
    lens_serves = models.CharField(max_length=LONGEST_WORDS, blank=True)
    lens_least = models.CharField(max_length=LONGEST_WORDS, blank=True)
    lens_gives = models.CharField(max_length=LONGEST_WORDS, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    ended_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change: who edits says what they saw.")

    objects = OfPlaceQuerySet["Goal"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(serves=F("pk")), name="goal_serves_not_itself"),
            models.CheckConstraint(
                condition=Q(state="open", ended_on__isnull=True) | Q(~Q(state="open"), ended_on__isnull=False),
                name="goal_ended_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="goal_by_place")]

    def __str__(self) -> str:
        return self.title

    @property
    def lens(self) -> tuple[str, str, str]:
        """Its three sentences: which wider goals it serves or hinders, what it does for children who have least, what gives way."""
        return self.lens_serves, self.lens_least, self.lens_gives

    @property
    def seen_through(self) -> bool:
        """Whether all three sentences are written."""
        return all(self.lens)


class Action(OfPlace):
    """Something that somebody does by a day. What becomes of it is told by check-ins."""

    class State(models.TextChoices):
        OPEN = "open", "under way"
        DONE = "done", "done"
        STOPPED = "stopped", "stopped"

    goal = models.ForeignKey(Goal, models.SET_NULL, null=True, blank=True, related_name="actions")
    title = models.CharField(max_length=LONGEST_LINE)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    ended_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1, help_text="Rises with every change: who edits says what they saw.")

    objects = OfPlaceQuerySet["Action"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_on__isnull=True) | Q(~Q(state="open"), ended_on__isnull=False),
                name="action_ended_has_its_day",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "due_on"], name="action_by_place"),
            models.Index(fields=["owner", "state", "due_on"], name="action_by_owner"),
        ]

    def __str__(self) -> str:
        return self.title


class CheckIn(models.Model):
    """How an action goes, in one tap and perhaps a sentence. Never changed; the newest tells how it stands."""

    class How(models.TextChoices):
        ON_COURSE = "on", "on course"
        BEHIND = "behind", "behind"
        STUCK = "stuck", "stuck"
        DONE = "done", "done"
        STOPPED = "stopped", "stopped"
        AGAIN = "again", "taken up again"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    action = models.ForeignKey(Action, models.CASCADE, related_name="check_ins")
    how = models.CharField(max_length=7, choices=How)
    text = models.CharField(max_length=LONGEST_WORDS, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["action", "-at"], name="check_in_by_moment")]

    def __str__(self) -> str:
        return f"{self.how} at {self.at:%Y-%m-%d}"


holdings.holds("goals.Vision", "written_by", "Visions that you wrote down", erased="empty")
holdings.holds("goals.Goal", "owner", "Goals that are yours", erased="empty")
holdings.holds("goals.Goal", "made_by", "Goals that you wrote down", erased="empty")
holdings.holds("goals.Action", "owner", "Actions that are yours", erased="empty")
holdings.holds("goals.Action", "made_by", "Actions that you wrote down", erased="empty")
holdings.holds("goals.CheckIn", "by", "How actions went, as you said it", erased="empty")
holdings.writes("goals.Vision", "text", "sources")
holdings.writes("goals.Goal", "title", "measure", "lens_serves", "lens_least", "lens_gives")
holdings.writes("goals.Action", "title")
holdings.writes("goals.CheckIn", "text")
retention.kept(
    "plans",
    what="Visions, goals and actions: whose they are, by when, and how their owners said they go.",
    why="So that a leadership team works from one page, and anybody can ask why we do something.",
    how_long="As long as the school or network works with Alongside; earlier visions stay readable.",
)
