"""Series and their waves, and which schools take part."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys import audiences
from alongside.surveys.audiences import Audience
from alongside.surveys.instruments import Instrument, asked, instrument

if TYPE_CHECKING:
    from alongside.kit.access import Member


class SeriesQuerySet(models.QuerySet["Series"]):
    def seen_by(self, member: Member) -> SeriesQuerySet:
        return self.filter(organisation=member.organisation_id)


class Series(models.Model):
    """One instrument asked again and again of the same schools: of a network, of one cluster in it, or of one school."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="series")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True)
    instrument = models.CharField(max_length=20, help_text="Id of a data file in surveys/instruments.")
    audience = models.CharField(max_length=12, default="staff", help_text="A key of surveys/audiences.")
    breakdown = models.CharField(
        max_length=8, blank=True, help_text="The one breakdown (R4): job, or none; fixed when its first wave opens."
    )
    started_on = models.DateField(default=datetime.date.today)
    shared = models.JSONField(default=dict, help_text="What holds of Sharing now: whom → ids of schools.")

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "instrument", "audience"],
                condition=Q(cluster__isnull=True),
                name="series_once_per_organisation",
            ),
            models.UniqueConstraint(
                fields=["cluster", "instrument", "audience"],
                condition=Q(cluster__isnull=False),
                name="series_once_per_cluster",
            ),
        ]

    def __str__(self) -> str:
        return self.instrument

    @property
    def asks(self) -> Audience:
        """Whom it asks."""
        return audiences.audience(self.audience)

    @property
    def mapped(self) -> bool:
        """Whether it is one seat of a coherence round: its figures are seen on the round's map, and nowhere else (R3)."""
        return instrument(self.instrument).mapped

    def whom(self, organisation: Organisation) -> str:
        """Whom it asks, in words: the cluster or the organisation that owns it, and which people there but for all staff."""
        place = self.cluster.name if self.cluster else organisation.name
        return place if self.asks == audiences.STAFF else f"{place}, {self.asks.people}"


class SeriesHome(models.Model):
    """The one home cluster of a school in a series, fixed when the school first takes part (R2). None: no cluster."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    series = models.ForeignKey(Series, models.CASCADE, related_name="homes")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "school"], name="one_home_per_school_and_series")]

    def __str__(self) -> str:
        return f"{self.school_id} at home in {self.cluster_id}"


class WaveQuerySet(models.QuerySet["Wave"]):
    def seen_by(self, member: Member) -> WaveQuerySet:
        return self.filter(organisation=member.organisation_id)

    def accepting(self, now: datetime.datetime | None = None) -> WaveQuerySet:
        """Waves that take answers at this moment."""
        moment = now or timezone.now()
        return self.filter(state=Wave.State.OPEN, opens_at__lte=moment, closes_at__gt=moment)

    def due_to_open(self) -> WaveQuerySet:
        return self.filter(state=Wave.State.PLANNED, opens_at__lte=timezone.now())

    def due_to_close(self) -> WaveQuerySet:
        """Open past their closing, or closed and not yet wholly sealed."""
        late = Q(state=Wave.State.OPEN, closes_at__lte=timezone.now())
        return self.filter(late | Q(state__in=[Wave.State.CLOSED, Wave.State.PUBLISHED]))


class Wave(models.Model):
    """One round of a series. Times are UTC. The states follow one another and never go back."""

    class State(models.TextChoices):
        PLANNED = "planned", "planned"
        OPEN = "open", "open"
        CLOSED = "closed", "being counted"
        PUBLISHED = "published", "results are in"
        SEALED = "sealed", "sealed"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="waves")
    series = models.ForeignKey(Series, models.CASCADE, related_name="waves")
    number = models.PositiveSmallIntegerField(help_text="1 for the first of its series.")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    revision = models.PositiveSmallIntegerField(default=1, help_text="1, and one more for each extension.")
    k_scores = models.PositiveSmallIntegerField(default=5, help_text="Frozen at opening (R1).")
    k_shares = models.PositiveSmallIntegerField(default=10, help_text="Frozen at opening.")
    breakdown = models.CharField(max_length=8, blank=True, help_text="That of its series, frozen at opening (R4).")
    invited = models.PositiveIntegerField(default=0)
    mails_failed = models.PositiveIntegerField(default=0, help_text="A count and nothing else.")
    reminders_failed = models.PositiveIntegerField(default=0, help_text="Nudges too. Shown in steps of 5 only.")
    answered_about = models.PositiveIntegerField(default=0, help_text="In steps of 5, refreshed hourly (R8).")
    counted_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    items = models.JSONField(default=list, help_text="Ids of the statements it asks, in order; set when it is planned.")
    groupings = models.JSONField(
        default=list,
        blank=True,
        help_text="Groupings of its schools, frozen at opening: id, name, slug, ids of schools.",
    )
    occasion = models.DateField(
        null=True, blank=True, help_text="Of a rhythm: the day that was its turn, whatever it was moved to."
    )

    objects = WaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="wave_number_once_per_series"),
            models.UniqueConstraint(fields=["series", "occasion"], name="wave_once_per_occasion"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="wave_closes_after_opening"),
            models.CheckConstraint(condition=Q(k_scores__gte=5, k_shares__gte=10), name="wave_k_never_lowered"),
        ]

    def __str__(self) -> str:
        return f"wave {self.number} of {self.series_id}"

    @property
    def pulse(self) -> Instrument:
        """What this wave asks: its own statements, which of a bank are not all."""
        return asked(self.series.instrument, tuple(self.items), self.series.audience)

    @property
    def has_results(self) -> bool:
        return self.state in {Wave.State.PUBLISHED, Wave.State.SEALED}


class WaveSchool(models.Model):
    """A school that takes part in a wave, and how many of its people were invited. Frozen at opening, but for people who
    were added until the third day: they count in both `invited` and `added`."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="schools")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, related_name="+")
    invited = models.PositiveIntegerField()
    added = models.PositiveIntegerField(default=0)
    joined_lately = models.PositiveIntegerField(default=0, help_text="On the staff list since 14 days before opening.")
    by_slip = models.PositiveIntegerField(
        default=0, help_text="How many of the invited are asked by slips alone: on the staff list, on no roster."
    )
    categories = models.JSONField(
        default=list,
        blank=True,
        help_text="Kinds of job that count together here, frozen at opening; none: no breakdown.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "school"], name="school_once_per_wave")]

    def __str__(self) -> str:
        return f"{self.invited} people of {self.school_id}"
