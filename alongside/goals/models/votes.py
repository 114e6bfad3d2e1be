"""Votes that were cast elsewhere, what was chosen after them, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alongside.network.models import Cluster, Organisation
from alongside.people import holdings, retention
from alongside.people.models import Person
from alongside.surveys.models import Wave

LONGEST_TEXT = 1_000


class VoteQuerySet(models.QuerySet["Vote"]):
    def of(self, organisation_id: int) -> VoteQuerySet:
        return self.filter(organisation=organisation_id)

    def applied(self) -> VoteQuerySet:
        """Those that stand: everybody in the place sees them."""
        return self.filter(state=Vote.State.APPLIED)


class Vote(models.Model):
    """A vote that was cast elsewhere, as a tally of orders: how many people had each, and nothing about any of them, counted once,
    when applied. Or one that is cast here: then its result stands in the release of its wave alone."""

    class State(models.TextChoices):
        READY = "ready", "waits"
        APPLIED = "applied", "counted"
        DROPPED = "dropped", "dropped"
        LIVE = "live", "cast here"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="votes")
    cluster = models.ForeignKey(
        Cluster, models.CASCADE, null=True, blank=True, related_name="votes", help_text="Of a network; empty for all."
    )
    title = models.CharField(max_length=100)
    name = models.CharField(max_length=100, help_text="The file's name, as its owner calls it.")
    layout = models.CharField(max_length=40, help_text="How the file was written, for people.")
    state = models.CharField(max_length=7, choices=State, default=State.READY)
    uploaded_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    issues = models.JSONField(default=list, help_text="What was chosen among, in the file's order.")
    orders = models.JSONField(
        default=list, help_text="For each distinct order: how many, and its tiers of places in issues."
    )
    voters = models.PositiveIntegerField(default=0)
    blank = models.PositiveIntegerField(default=0, help_text="Votes that put nothing before anything; not counted.")
    ignored = models.JSONField(default=list, help_text="Columns that were passed over.")
    faults = models.JSONField(default=list, help_text="Set aside: row, column, text.")
    result = models.JSONField(null=True, blank=True, help_text="counting.Outcome, once applied.")
    hours = models.DecimalField(
        max_digits=8, decimal_places=1, null=True, blank=True, help_text="Hours that there are."
    )
    money = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="Money that there is."
    )
    costs = models.JSONField(default=dict, help_text="Issue → hours and money, as text.")
    fit = models.JSONField(null=True, blank=True, help_text="counting.Fit, once hours or money were said.")
    wave = models.OneToOneField(
        Wave, models.CASCADE, null=True, blank=True, related_name="vote", help_text="In which it is cast; gone with it."
    )

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(result__isnull=False), name="vote_applied_has_its_result"
            ),
            models.CheckConstraint(
                condition=Q(state="live", wave__isnull=False) | (~Q(state="live") & Q(wave__isnull=True)),
                name="vote_cast_here_has_its_wave",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        """Whose vote it is, in words."""
        return self.cluster.name if self.cluster else self.organisation.name


class Choice(models.Model):
    """What was taken on after a vote, why, and who saw it otherwise. A changed choice replaces one that stays readable."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="choices")
    vote = models.ForeignKey(Vote, models.CASCADE, related_name="choices")
    taken = models.JSONField(default=list, help_text="Places in the vote's issues.")
    reasons = models.CharField(max_length=LONGEST_TEXT)
    dissent = models.CharField(max_length=LONGEST_TEXT, blank=True)
    decided_by = models.CharField(max_length=150, help_text="Who decided, in words: “seven heads”.")
    decided_on = models.DateField()
    recorded_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    replaces = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="replaced_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vote"], condition=Q(replaces__isnull=True), name="choice_first_once")
        ]

    def __str__(self) -> str:
        return f"{self.vote_id} on {self.decided_on}"


holdings.holds("goals.Vote", "uploaded_by", "Votes cast elsewhere that you brought in", erased="empty")
holdings.holds("goals.Choice", "recorded_by", "Choices after a vote that you recorded", erased="empty")
holdings.writes("goals.Choice", "reasons", "dissent", "decided_by")
retention.kept(
    "votes",
    what="Votes that were cast elsewhere: how many people had each order, without anybody's name, and what was counted.",
    why="So that what comes first can be traced to what people said.",
    how_long="As long as the school or network works with Alongside.",
)
retention.kept(
    "votes-waiting",
    what="What was read of a file with votes, until somebody applies or drops it.",
    why="So that you see what was read before it is counted.",
    how_long="Until it is applied or dropped, 14 days at most.",
    clear="alongside.goals.retention.drop_waiting_votes",
)
retention.kept(
    "choices",
    what="What was chosen after a vote, its reasons, dissent, who decided and when; earlier versions too.",
    why="So that anybody can ask why we do this.",
    how_long="As long as the school or network works with Alongside.",
)
