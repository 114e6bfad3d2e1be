"""When there is school: terms, closed days, report and exam weeks, of a country, a network or a school."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from alongside.network.models import Organisation
from alongside.people import holdings
from alongside.people.models import Person


class CalendarImport(models.Model):
    """A calendar file that was read and waits to be applied: exactly what the preview says, or nothing."""

    class State(models.TextChoices):
        READY = "ready", "ready to apply"
        APPLIED = "applied", "applied"
        DROPPED = "dropped", "dropped"
        UNDONE = "undone", "undone"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="calendar_imports")
    name = models.CharField(max_length=100, help_text="The file's name, as its owner calls it.")
    uploaded_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=7, choices=State, default=State.READY)
    entries = models.JSONField(default=list, help_text="What can be used: see files.Entry.")
    ignored = models.JSONField(default=list, help_text="What is no term, closed day, report or exam week: where, text.")
    faults = models.JSONField(default=list, help_text="Set aside: where, text.")
    seen = models.CharField(max_length=64, help_text="Digest of the calendar that the preview was made against.")
    before = models.JSONField(default=list, help_text="Once applied: rows that it changed, as they were before.")

    def __str__(self) -> str:
        return self.name


class SpanQuerySet(models.QuerySet["Span"]):
    def of(self, organisation_id: int) -> SpanQuerySet:
        return self.filter(organisation=organisation_id)


class Span(models.Model):
    """Some days, both ends included. It belongs to an organisation, or, as what is usual in a country, to none."""

    class Kind(models.TextChoices):
        TERM = "term", "term"
        CLOSED = "closed", "closed"
        REPORT = "report", "report week"
        EXAM = "exam", "exam week"
        OPEN = "open", "school day after all"
        WEEK = "week", "days of the week with school"

    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="spans")
    country = models.CharField(max_length=2, blank=True, help_text="Of what is usual in a country; else blank.")
    kind = models.CharField(max_length=6, choices=Kind)
    name = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField()
    weekdays = models.CharField(max_length=7, blank=True, help_text="Of kind week: 12345 is Monday to Friday.")
    typical = models.BooleanField(default=False, help_text="Proposed by Alongside and kept as it was: worth a look.")
    uid = models.CharField(max_length=255, blank=True, help_text="Of the event that it came from, or of its form.")
    sequence = models.PositiveIntegerField(default=0, help_text="Of that event; a lower one is older.")
    brought_by = models.ForeignKey(CalendarImport, models.SET_NULL, null=True, blank=True, related_name="spans")

    objects = SpanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="span_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, country="") | Q(organisation__isnull=True) & ~Q(country=""),
                name="span_of_an_organisation_or_a_country",
            ),
            models.CheckConstraint(
                condition=Q(kind="week") & ~Q(weekdays="") | ~Q(kind="week") & Q(weekdays=""),
                name="span_has_weekdays_or_is_no_week",
            ),
            models.UniqueConstraint(fields=["organisation", "uid"], condition=~Q(uid=""), name="span_uid_once"),
            models.UniqueConstraint(
                fields=["country", "uid"],
                condition=Q(organisation__isnull=True) & ~Q(uid=""),
                name="span_uid_once_per_country",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "starts_on"], name="span_by_day")]

    def __str__(self) -> str:
        return self.name


holdings.holds("calendar.CalendarImport", "uploaded_by", "Calendar files that you brought in", erased="empty")
