"""Who works in a school, and from which addresses they are asked."""

from __future__ import annotations

from django.db import models

from alongside.network.models import DatedQuerySet, Organisation, School
from alongside.network.models.dated import Dated, ends_after_it_begins, once
from alongside.people.models.persons import Person


class StaffEntry(Dated):
    """One line of a school's staff list. The list belongs to the school; the person belongs to nobody."""

    class Job(models.TextChoices):
        HEAD = "head", "head"
        DEPUTY = "deputy", "deputy head"
        LEADER = "leader", "leader"
        TEACHER = "teacher", "teacher"
        ASSISTANT = "assistant", "assistant"
        SUPPORT = "support", "support staff"
        OFFICE = "office", "office"
        SITE = "site", "site team"
        OTHER = "other", "other"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="staff")
    school = models.ForeignKey(School, models.PROTECT, related_name="staff")
    person = models.ForeignKey(Person, models.PROTECT, related_name="staff_entries")
    name = models.CharField(max_length=150, help_text="As the school writes it.")
    job = models.CharField(max_length=9, choices=Job)
    hours = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True, help_text="Hours a week.")

    objects = DatedQuerySet["StaffEntry"].as_manager()

    class Meta:
        constraints = [
            once("school", "person", name="on_a_staff_list_once"),
            ends_after_it_begins("staff_left_after_joining"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_job_display()}"


class ConfirmedDomain(models.Model):
    """A mail domain that a school's leader or officer confirmed: only such addresses are invited to a pulse."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="confirmed_domains")
    domain = models.CharField(max_length=190)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "domain"], name="domain_confirmed_once")]

    def __str__(self) -> str:
        return self.domain


class StaffImport(models.Model):
    """A staff list that was read and waits to be applied: exactly what the preview says will happen, or nothing."""

    class State(models.TextChoices):
        READY = "ready", "ready to apply"
        APPLIED = "applied", "applied"
        DROPPED = "dropped", "dropped"

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="staff_imports", help_text="Whose staff list."
    )
    network = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="+", help_text="Who brought it in, if not the school."
    )
    school = models.ForeignKey(School, models.PROTECT)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=7, choices=State, default=State.READY)
    rows = models.JSONField(default=list, help_text="Readable rows: name, email, job, hours.")
    faults = models.JSONField(default=list, help_text="Set aside: row, column, text.")
    notes = models.JSONField(default=list, help_text="Sentences about the file for whoever looks at the preview.")
    seen = models.CharField(max_length=64, help_text="Digest of the staff list that the preview was made against.")
    complete = models.BooleanField(
        default=True, help_text="The file is the whole list: who is missing from it has left."
    )

    def __str__(self) -> str:
        return f"{len(self.rows)} rows for {self.school_id}"
