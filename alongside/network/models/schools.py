"""Schools as the registers know them: numbers, gatherings, what they were, what came after them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F, Q

from alongside.kit import search
from alongside.network.models.dated import Dated, DatedQuerySet, ends_after_it_begins, once
from alongside.network.models.organisations import Organisation

if TYPE_CHECKING:
    Text = models.TextField[str, str]
else:
    Text = models.TextField


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


class NetworkMembership(Dated):
    """A school belongs to a network from a day on; leaving dates the row, never deletes it."""

    network = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    school = models.ForeignKey(School, models.PROTECT, related_name="network_memberships")

    objects = DatedQuerySet["NetworkMembership"].as_manager()

    class Meta:
        constraints = [
            once("network", "school", name="in_a_network_once"),
            ends_after_it_begins("network_left_after_joining"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} in {self.network_id}"


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
