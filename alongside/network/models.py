"""Schools as the registers know them, and the bodies that hold them together."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from alongside.kit import search

if TYPE_CHECKING:
    from alongside.kit.access import Member


class Organisation(models.Model):
    """A network or a school: what owns rows. Clusters and groups are gatherings inside a network, not organisations."""

    class Kind(models.TextChoices):
        NETWORK = "network", "network"
        SCHOOL = "school", "school"

    kind = models.CharField(max_length=7, choices=Kind)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, help_text="Its name in addresses: /n/<slug>/ or /s/<slug>/.")
    country = models.CharField(max_length=2, help_text="ISO 3166 alpha-2; decides the words used.")
    zone = models.CharField(max_length=50, default="Europe/London", help_text="IANA time zone.")
    founded_on = models.DateField(default=datetime.date.today)
    safeguarding_contact = models.CharField(
        max_length=150, blank=True, help_text="Whom to tell when someone may be at risk."
    )
    outside_contact = models.CharField(max_length=150, blank=True, help_text="Whom to tell outside the school.")
    support_line = models.CharField(max_length=150, blank=True, help_text="Where staff find support for themselves.")
    findable = models.BooleanField(default=False, help_text="Schools outside may read its name and ask to join.")
    words = models.JSONField(
        default=dict, blank=True, help_text="Own words in place of the country’s: head → principal."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="organisation_slug_once_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=["network", "school"]), name="organisation_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("today", kwargs={"kind": self.kind, "slug": self.slug})


class SchoolQuerySet(models.QuerySet["School"]):
    def update(self, **values: Any) -> int:
        """As always; and what is searched follows the names."""
        if not values.keys() & set(SOUGHT):
            return super().update(**values)
        changed = list(self.values_list("pk", flat=True))
        with transaction.atomic():
            count = super().update(**values)
            for start in range(0, len(changed), 500):
                schools = list(School.objects.filter(pk__in=changed[start : start + 500]))
                for school in schools:
                    school.sought = search.sought(getattr(school, name) for name in SOUGHT)
                School.objects.bulk_update(schools, ["sought"], batch_size=100)
        return count

    def fitting(self, words: list[str]) -> SchoolQuerySet:
        """Schools each of whose words begins a word of the name, town or postcode, or is a register number."""
        found = self
        for word in words:
            numbered = RegisterNumber.objects.filter(number=word).values("school") if word.isdigit() else None
            fits = Q(sought__contains=f" {word}")
            found = found.filter(fits | Q(pk__in=numbered) if numbered is not None else fits)
        return found

    def open(self) -> SchoolQuerySet:
        return self.filter(status__in=[School.Status.OPEN, School.Status.CLOSING])

    def in_network(self, network: Organisation | int, on: datetime.date | None = None) -> SchoolQuerySet:
        """Schools that belong to the network on a day (today by default)."""
        return self.filter(pk__in=NetworkMembership.objects.current(on).filter(network=network).values("school"))


if TYPE_CHECKING:
    Text = models.TextField[str, str]
else:
    Text = models.TextField


class SoughtField(Text):
    """A school's texts as they are searched, made anew whenever a school is stored."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = search.sought(str(getattr(model_instance, name)) for name in SOUGHT)
        setattr(model_instance, self.attname, text)
        return text


SOUGHT = ("name", "town", "postcode")


class School(models.Model):
    """One real school, from a register; it exists once, whatever the number of networks it belongs to.

    The row is public reference data. What the school owns hangs on its organisation, which is made when it first joins
    a network.
    """

    class Status(models.TextChoices):
        OPEN = "open", "open"
        CLOSING = "closing", "open, closing soon"
        PROPOSED = "proposed", "not open yet"
        CLOSED = "closed", "closed"

    organisation = models.OneToOneField(Organisation, models.PROTECT, null=True, blank=True, related_name="school")
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    phase = models.CharField(max_length=12)
    kind = models.CharField(max_length=120, blank=True, help_text="In the register's own words.")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    street = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    area = models.CharField(max_length=100, blank=True, help_text="Local authority, territorial authority, region.")
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north, WGS 84.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east, WGS 84.")
    easting = models.IntegerField(null=True, blank=True, help_text="Metres, British National Grid.")
    northing = models.IntegerField(null=True, blank=True, help_text="Metres, British National Grid.")
    roll = models.PositiveIntegerField(null=True, blank=True, help_text="Students on the roll.")
    low_age = models.PositiveSmallIntegerField(null=True, blank=True)
    high_age = models.PositiveSmallIntegerField(null=True, blank=True)
    website = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="What else the register says, by its own names.")
    sought = SoughtField(default="", blank=True, editable=False, help_text="Name, town and postcode, folded.")

    objects = SchoolQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["name"], name="school_by_name"),
            models.Index(fields=["town"], name="school_by_town"),
            models.Index(fields=["latitude", "longitude"], name="school_by_position"),
            models.Index(fields=["easting", "northing"], name="school_by_grid"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """Its name in addresses; only a school that has joined a network has one."""
        return self.organisation.slug if self.organisation else ""


class RegisterNumber(models.Model):
    """The number by which one register knows a school. Registers renumber: the school stays, the number is dated."""

    register = models.CharField(max_length=12, help_text="gb-urn, nz-moe …")
    number = models.CharField(max_length=20)
    school = models.ForeignKey(School, models.CASCADE, related_name="numbers")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "number"], name="register_number_once")]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"


class Community(models.Model):
    """A gathering of schools that a register itself knows: a Community of Learning in New Zealand, a trust in England."""

    register = models.CharField(max_length=12)
    number = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, blank=True, help_text="In the register's own words.")
    schools = models.ManyToManyField(School, related_name="communities")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "number"], name="community_number_once")]

    def __str__(self) -> str:
        return self.name


class RegisterImport(models.Model):
    """One file that was applied to the register: what it said and when."""

    register = models.CharField(max_length=12)
    layout = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    applied_at = models.DateTimeField(auto_now_add=True)
    summary = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.register}, {self.layout}"


class DatedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows with `since` and `until`: the first day and the first day no longer."""

    def current(self, on: datetime.date | None = None) -> DatedQuerySet[M]:
        day = on or datetime.date.today()
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


class NetworkMembership(models.Model):
    """A school belongs to a network from a day on; leaving dates the row, never deletes it."""

    network = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    school = models.ForeignKey(School, models.PROTECT, related_name="network_memberships")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["NetworkMembership"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "school"], condition=Q(until__isnull=True), name="in_a_network_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="network_left_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.network_id}"


class ClusterQuerySet(models.QuerySet["Cluster"]):
    def of(self, organisation_id: int) -> ClusterQuerySet:
        return self.filter(organisation=organisation_id)


class Cluster(models.Model):
    """Three to thirty schools of a network that work together."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="clusters")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=80)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="cluster_slug_once_per_network")]

    def __str__(self) -> str:
        return self.name


class ClusterMembership(models.Model):
    """A school belongs to a cluster from a day on."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="memberships")
    school = models.ForeignKey(School, models.PROTECT, related_name="cluster_memberships")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["ClusterMembership"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "school"], condition=Q(until__isnull=True), name="in_a_cluster_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="cluster_left_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.cluster_id}"


class PauseQuerySet(models.QuerySet["Pause"]):
    def current(self, at: datetime.datetime | None = None) -> PauseQuerySet:
        """Pauses that hold at a moment (now by default)."""
        moment = at or timezone.now()
        return self.filter(
            Q(until__isnull=True) | Q(until__gt=moment),
            Q(lifted_at__isnull=True) | Q(lifted_at__gt=moment),
            since__lte=moment,
        )


class Pause(models.Model):
    """A school is left in peace: no pulse, no reminder, no deadline, until a moment or until lifted. Nobody says why.

    Set by the school itself it silences everything; set by a network, what that network sends.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="pauses", help_text="Who set it.")
    school = models.ForeignKey(School, models.PROTECT, related_name="pauses")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True, help_text="None: until it is lifted.")
    lifted_at = models.DateTimeField(null=True, blank=True, help_text="Or its end, once another one follows.")
    set_by = models.BigIntegerField(help_text="Id of the person.")
    lifted_by = models.BigIntegerField(null=True, blank=True, help_text="Id of the person.")

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "school"], condition=Q(lifted_at__isnull=True), name="paused_once"
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="pause_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} paused by {self.organisation_id}"


class SchoolPast(models.Model):
    """A school as a register described it from a day until a day: it is still found under the name it had.

    None: since when, the register does not say; `until` is the first day no longer.
    """

    school = models.ForeignKey(School, models.CASCADE, related_name="past")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=8, choices=School.Status)
    facts = models.JSONField(default=dict, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["name"], name="school_past_by_name")]

    def __str__(self) -> str:
        return f"{self.name} until {self.until}"


class SchoolLink(models.Model):
    """A register says that one school came after another, or that the two are related."""

    class Kind(models.TextChoices):
        CONTINUES = "continues", "carries it on"
        MERGED = "merged", "merged into"
        AMALGAMATED = "amalgamated", "amalgamated into"
        SPLIT = "split", "split into"
        RELATED = "related", "related"

    earlier = models.ForeignKey(School, models.CASCADE, related_name="links_on")
    later = models.ForeignKey(School, models.CASCADE, related_name="links_back")
    kind = models.CharField(max_length=11, choices=Kind)
    words = models.CharField(max_length=80, help_text="The register's own.")
    since = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later", "kind"], name="school_link_once"),
            models.CheckConstraint(condition=~Q(earlier=F("later")), name="school_link_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.earlier_id} {self.kind} {self.later_id}"


class StagedRegisterQuerySet(models.QuerySet["StagedRegister"]):
    def seen_by(self, member: Member) -> StagedRegisterQuerySet:
        return self.filter(organisation=member.organisation_id)


class StagedRegister(models.Model):
    """A register file that an officer brought in: read, previewed, and then applied or dropped.

    The register is nobody's; whoever brings a file in is somebody's officer, and their network sees that it did.
    """

    class State(models.TextChoices):
        READING = "reading", "being read"
        READY = "ready", "ready to apply"
        APPLYING = "applying", "being applied"
        APPLIED = "applied", "applied"
        DROPPED = "dropped", "dropped"
        REFUSED = "refused", "refused"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="staged_registers")
    brought_by = models.BigIntegerField(help_text="Id of the person.")
    brought_at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=100, help_text="Of the file, as its owner calls it.")
    file = models.CharField(max_length=40, blank=True, help_text="In the data folder; blank once it is wiped.")
    size = models.PositiveBigIntegerField(help_text="Bytes, as it arrived.")
    state = models.CharField(max_length=8, choices=State, default=State.READING)
    percent = models.PositiveSmallIntegerField(default=0)
    refusal = models.TextField(blank=True, help_text="Why nothing of it was applied.")
    preview = models.JSONField(default=dict, blank=True, help_text="Counts, and the first lines of each list.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what the preview says would change.")
    after = models.BigIntegerField(default=0, help_text="Id of the last import applied when the preview was made.")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = StagedRegisterQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(percent__lte=100), name="staged_register_percent")]

    def __str__(self) -> str:
        return self.name


class ProfileAnswer(models.Model):
    """One version of what a cluster writes to one question of its profile. The highest number stands; none is changed."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="profile")
    question = models.CharField(max_length=12, help_text="Key of network.questions.")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the question.")
    text = models.TextField(blank=True)
    written_by = models.BigIntegerField(help_text="Id of the person.")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "question", "number"], name="profile_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.question} of {self.cluster_id}, version {self.number}"


class Offer(models.Model):
    """Something a school says it is strong in, or looks for: from a short list, so that schools can be matched."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", "strong in"
        WISH = "wish", "looking for"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="offers", help_text="The school's own.")
    school = models.ForeignKey(School, models.CASCADE, related_name="offers")
    kind = models.CharField(max_length=8, choices=Kind)
    topic = models.CharField(max_length=20, help_text="Key of network.topics.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "kind", "topic"], name="offered_once")]

    def __str__(self) -> str:
        return f"{self.school_id} {self.kind} {self.topic}"


class Joining(models.Model):
    """A school and a network, or one of its clusters, that may come together: one asks, the other answers."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits for an answer"
        YES = "yes", "yes"
        NO = "no", "no"
        BACK = "back", "taken back"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="joinings", help_text="The network.")
    cluster = models.ForeignKey(Cluster, models.CASCADE, null=True, blank=True, related_name="joinings")
    school = models.ForeignKey(School, models.PROTECT, related_name="joinings")
    invited = models.BooleanField(help_text="The network invites, the school answers; otherwise the other way round.")
    words = models.CharField(max_length=300, blank=True)
    asked_by = models.BigIntegerField(help_text="Id of the person.")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.BigIntegerField(null=True, blank=True, help_text="Id of the person.")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "school"],
                condition=Q(state="waiting", cluster__isnull=True),
                name="joining_network_asked_once",
            ),
            models.UniqueConstraint(
                fields=["cluster", "school"],
                condition=Q(state="waiting", cluster__isnull=False),
                name="joining_cluster_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} and {self.organisation_id}: {self.state}"


class LeavingNotice(models.Model):
    """A school leaves a network, or one of its clusters, on a day; nobody can keep it. Taken back until that day."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", help_text="The network.")
    cluster = models.ForeignKey(Cluster, models.CASCADE, null=True, blank=True, related_name="+")
    school = models.ForeignKey(School, models.PROTECT, related_name="notices")
    last_day = models.DateField(help_text="The last day on which it belongs.")
    given_by = models.BigIntegerField(help_text="Id of the person.")
    given_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "school", "last_day"],
                condition=Q(taken_back_at__isnull=True, cluster__isnull=True),
                name="notice_to_network_once",
            ),
            models.UniqueConstraint(
                fields=["cluster", "school", "last_day"],
                condition=Q(taken_back_at__isnull=True, cluster__isnull=False),
                name="notice_to_cluster_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} leaves {self.cluster_id or self.organisation_id} after {self.last_day}"


class FeederFlow(models.Model):
    """How many students went on from one school to another in a year. Under five is never shown as a number."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="flows", help_text="The network.")
    source = models.ForeignKey(School, models.PROTECT, related_name="flows_out")
    target = models.ForeignKey(School, models.PROTECT, related_name="flows_in")
    year = models.PositiveSmallIntegerField(help_text="In which they changed school.")
    students = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "target", "year"], name="flow_once"),
            models.CheckConstraint(condition=Q(students__gte=1), name="flow_of_somebody"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="flow_goes_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} to {self.target_id}, {self.year}"
