"""Pulses: series and waves, tickets and answers, and what is published of them. TRUST 1 and 2 decide this schema."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from alongside.network.models import Cluster, Organisation, School
from alongside.people import holdings, retention
from alongside.people.models import Person
from alongside.surveys.instruments import Item, instrument

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
    audience = models.CharField(max_length=12, default="staff")
    started_on = models.DateField(default=datetime.date.today)

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
    invited = models.PositiveIntegerField(default=0)
    mails_failed = models.PositiveIntegerField(default=0, help_text="A count and nothing else.")
    answered_about = models.PositiveIntegerField(default=0, help_text="In steps of 5, refreshed hourly (R8).")
    counted_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = WaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="wave_number_once_per_series"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="wave_closes_after_opening"),
            models.CheckConstraint(condition=Q(k_scores__gte=5, k_shares__gte=10), name="wave_k_never_lowered"),
        ]

    def __str__(self) -> str:
        return f"wave {self.number} of {self.series_id}"

    @property
    def has_results(self) -> bool:
        return self.state in {Wave.State.PUBLISHED, Wave.State.SEALED}


class WaveSchool(models.Model):
    """A school that takes part in a wave, and how many of its people were invited. Frozen at opening."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="schools")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, related_name="+")
    invited = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "school"], name="school_once_per_wave")]

    def __str__(self) -> str:
        return f"{self.invited} people of {self.school_id}"


class RosterEntry(models.Model):
    """Who was invited, from opening to the seal. Nothing here tells who answered."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="roster")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    claimed_at = models.DateTimeField(null=True, help_text="A worker is about to send; stale after ten minutes.")
    invited_at = models.DateTimeField(null=True, help_text="Processed, whatever came of it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "person"], name="on_a_roster_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in wave {self.wave_id}"


class Ticket(models.Model):
    """The right to answer once. Holds the SHA-256 of a token that is written nowhere, and no person.

    On PostgreSQL one partition a wave, dropped by the seal.
    """

    pk = models.CompositePrimaryKey("wave_id", "digest")
    wave = models.ForeignKey(Wave, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    digest = models.BinaryField(max_length=32)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    school = models.ForeignKey(School, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    audience = models.CharField(max_length=12, default="staff")
    used = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "a ticket"


class Answer(models.Model):
    """One person's ratings until the seal: no person, no time, no address. Only `accept` writes it; the seal takes it away.

    `ratings` maps the id of a statement to 1–5, or to "x" for "I can't say"; a statement left out is absent.
    """

    pk = models.CompositePrimaryKey("wave_id", "key")
    wave = models.ForeignKey(Wave, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    key = models.BinaryField(max_length=16)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    school = models.ForeignKey(School, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    audience = models.CharField(max_length=12, default="staff")
    ratings = models.JSONField()

    def __str__(self) -> str:
        return "an answer"


class Comment(models.Model):
    """What somebody wrote, until the seal; not linked to their answer."""

    pk = models.CompositePrimaryKey("wave_id", "key")
    wave = models.ForeignKey(Wave, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    key = models.BinaryField(max_length=16)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    school = models.ForeignKey(School, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    text = models.TextField()

    def __str__(self) -> str:
        return "a comment"


class SealedAnswer(models.Model):
    """An answer after the seal: new key, random order. Carries its school only where that school is a block throughout;
    who counts only in a pool carries the pool, who counts nowhere carries neither (TRUST 2)."""

    key = models.BinaryField(max_length=16, primary_key=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    school = models.ForeignKey(School, models.PROTECT, null=True, related_name="+")
    pool = models.CharField(max_length=40, blank=True)
    ratings = models.JSONField()

    def __str__(self) -> str:
        return "a sealed answer"


class SealedComment(models.Model):
    """A comment after the seal, kept only where ten or more of the school answered (R7)."""

    key = models.BinaryField(max_length=16, primary_key=True)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    text = models.TextField()

    def __str__(self) -> str:
        return "a sealed comment"


class Release(models.Model):
    """What was published of a wave, once and for all: the document's exact text and its SHA-256."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.OneToOneField(Wave, models.PROTECT, related_name="release")
    document = models.TextField(help_text="Canonical JSON; see surveys/releases.py for its shape.")
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"release {self.sha256[:12]}"


class BlockTally(models.Model):
    """The exact tally of one block for one statement, beside the release; only `surveys.compare` reads it (R10)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="tallies")
    item = models.CharField(max_length=20)
    block = models.CharField(
        max_length=40, help_text="school:<id>, cluster:<id> for a pool, network for the carried pool."
    )
    schools = models.JSONField(help_text="Ids of the schools in the block, sorted.")
    invited = models.PositiveIntegerField()
    counts = models.JSONField(help_text="How many chose 1, 2, 3, 4, 5.")
    cant_say = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "item", "block"], name="tally_once_per_block_and_item")]

    def __str__(self) -> str:
        return f"{self.item} in {self.block}"


class Change(models.Model):
    """What `surveys.compare` says of one statement in one place, this wave against those before: words, and the usual
    range rounded outwards. Computed once, after the release; nothing in it is finer than the release."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="changes")
    item = models.CharField(max_length=20)
    place = models.CharField(max_length=40, help_text="A block, cluster:<id>, or whole.")
    word = models.CharField(max_length=20)
    direction = models.CharField(max_length=5)
    sentence = models.CharField(max_length=200)
    reasons = models.JSONField(default=list)
    usual_low = models.PositiveSmallIntegerField(null=True)
    usual_high = models.PositiveSmallIntegerField(null=True)
    provisional = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "item", "place"], name="one_change_per_place_and_item")]

    def __str__(self) -> str:
        return self.sentence


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


# A roster is frozen when its wave opens, and tokens are made from the person who stood on it: neither merging nor erasing
# touches it. It goes with the seal.
holdings.holds("surveys.RosterEntry", "person", "Pulses under way that you were asked in", erased="keep", merged="keep")
holdings.holds("surveys.Wave", "asked_by", "Pulses that you asked", erased="empty")
holdings.holds("surveys.Reply", "written_by", "Replies that you wrote for your school", erased="keep")
holdings.writes("surveys.Reply", "heard", "text")
holdings.writes("surveys.SealedComment", "text")
holdings.writes("surveys.Comment", "text")

retention.kept(
    "roster",
    what="Who is asked in a pulse under way, and that a letter went to them. Never whether they answered.",
    why="To send each person their own link.",
    how_long="Until the pulse closes and is sealed.",
)
retention.kept(
    "answers",
    what="What each person chose, without name, time or device, in random order.",
    why="So that figures can be checked again if somebody doubts them.",
    how_long="12 months after the results came out; then only sums over five people or more.",
    clear="alongside.surveys.retention.drop_sealed_answers",
)
retention.kept(
    "comments",
    what="What people wrote, not linked to their answers, with names masked.",
    why="So that a school's own leaders can read what numbers do not say.",
    how_long="12 months after the results came out.",
    clear="alongside.surveys.retention.drop_sealed_comments",
)
retention.kept(
    "results",
    what="Published figures, the sums behind them, and what a school's leaders replied.",
    why="To see change over years, and what came of an answer.",
    how_long="As long as the network works with Alongside. Nobody can be found in them.",
)
