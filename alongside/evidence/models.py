"""Coherence rounds: one set of statements, seen from several seats of the same schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from alongside.evidence.statements import BY_ID, Statement
from alongside.network.models import Cluster, Organisation, School
from alongside.people import holdings, retention
from alongside.people.models import Person
from alongside.surveys.models import Wave

if TYPE_CHECKING:
    from alongside.kit.access import Member


class MapRoundQuerySet(models.QuerySet["MapRound"]):
    def seen_by(self, member: Member) -> MapRoundQuerySet:
        return self.filter(organisation=member.organisation_id)


class MapRound(models.Model):
    """A coherence round of a network, or of one cluster in it. The ten people it needs are counted there (R8)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="rounds")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="1 for the first of these schools.")
    statements = models.JSONField(help_text="Ids of what it asks about, in order.")
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = MapRoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], condition=Q(cluster__isnull=True), name="round_once_per_network"
            ),
            models.UniqueConstraint(
                fields=["cluster", "number"], condition=Q(cluster__isnull=False), name="round_once_per_cluster"
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.number} of {self.organisation_id}"

    @property
    def asks(self) -> list[Statement]:
        """What it asks about."""
        return [BY_ID[key] for key in self.statements]

    @property
    def whom(self) -> str:
        return self.cluster.name if self.cluster else self.organisation.name


class SeatWave(models.Model):
    """The wave in which one seat of a round is asked without names."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    round = models.ForeignKey(MapRound, models.CASCADE, related_name="seats")
    seat = models.CharField(max_length=12, help_text="A key of evidence/statements.ASKED.")
    wave = models.OneToOneField(Wave, models.CASCADE, related_name="seat", help_text="Gone when it is called off.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "seat"], name="seat_once_per_round")]

    def __str__(self) -> str:
        return f"{self.seat} of {self.round_id}"


class OfALeader(models.Model):
    """What one leader of a school says in a round, once. The school owns it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", help_text="The school's.")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class LeaderView(OfALeader):
    """How one leader sees the school, by name: for the leaders of that school alone, unless each of them agrees (R8)."""

    round = models.ForeignKey(MapRound, models.CASCADE, related_name="views")
    head = models.BooleanField(default=False, help_text="The head, who is asked first and alone.")
    ratings = models.JSONField(help_text="Id of each statement → 1 to 5, or x.")
    agreed = models.BooleanField(default=False, help_text="That it is shown beyond the leadership team.")
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "school", "person"], name="view_once_per_leader")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.school_id}"


class TalkNote(OfALeader):
    """What a leader noted of the talk with their own team: their words, for the leaders of the school."""

    round = models.ForeignKey(MapRound, models.CASCADE, related_name="notes")
    text = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "school", "person"], name="note_once_per_leader")]

    def __str__(self) -> str:
        return f"{self.person_id} on the talk at {self.school_id}"


class SchoolsYes(models.Model):
    """From one moment to another a school lets its cluster see and count what is its own (R3). The school owns the row."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", help_text="The school's.")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True


class MapSharing(SchoolsYes):
    """From one moment to another a school lets its cluster count its map."""

    round = models.ForeignKey(MapRound, models.CASCADE, related_name="sharings")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "school"], condition=Q(until__isnull=True), name="map_shared_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="map_sharing_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.round_id}"


class GridSharing(SchoolsYes):
    """From one moment to another a school lets its cluster count its reflection grid."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="grid_sharings")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "school"], condition=Q(until__isnull=True), name="grid_shared_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="grid_sharing_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} in grid {self.wave_id}"


class Signal(models.Model):
    """Something that people said, noticed and taken up: where it can be looked at, and no figure of it.

    The page it points to says who may see what; so this row may stand in any list of its place.
    """

    class Kind(models.TextChoices):
        PULSE = "pulse", "Pulse"
        MAP = "map", "Coherence map"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="signals")
    source = models.CharField(max_length=120, help_text="What exactly: wave:9/school:12/well.1, map:3/whole/coh.4.")
    kind = models.CharField(max_length=5, choices=Kind)
    about = models.CharField(max_length=100, help_text="What it is about: Workload.")
    sentence = models.CharField(max_length=300, help_text="That something was said of it, not what.")
    url = models.CharField(max_length=300, help_text="The page that shows it, to whoever may see that.")
    said_on = models.DateField(help_text="When it was published.")
    noticed_at = models.DateTimeField(default=timezone.now)
    noticed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "source"], name="signal_once")]

    def __str__(self) -> str:
        return self.sentence


holdings.holds("evidence.Signal", "noticed_by", "What people said that you took up", erased="empty")
holdings.holds("evidence.MapRound", "started_by", "Coherence rounds that you started", erased="empty")
holdings.holds(
    "evidence.LeaderView",
    "person",
    "How you see your school, in coherence rounds",
    erased="delete",
    move="alongside.evidence.actions.move_views",
)
holdings.holds(
    "evidence.TalkNote",
    "person",
    "What you noted of talks with your team",
    erased="delete",
    move="alongside.evidence.actions.move_notes",
)
holdings.holds("evidence.MapSharing", "by", "That you shared your school’s map, or took it back", erased="empty")
holdings.holds(
    "evidence.GridSharing", "by", "That you shared your school’s reflection grid, or took it back", erased="empty"
)
holdings.writes("evidence.TalkNote", "text")
retention.kept(
    "leaders-views",
    what="How each leader sees the school in a coherence round, by name, and what they noted of the talk with their team.",
    why="So that leaders can compare how they see their school, with one another and with their teams.",
    how_long="As long as the network works with Alongside; with the person, who can have it erased.",
)
retention.kept(
    "signals",
    what="What was taken up of what people said: what it was about, when, and the page that shows it. No figures.",
    why="So that anybody can ask why we do something, and reach what people said.",
    how_long="As long as the school or network works with Alongside.",
)
