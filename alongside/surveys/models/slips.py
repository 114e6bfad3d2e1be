"""Printed slips: who had them made and how many, never a code; and wrong codes, counted for some minutes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from alongside.network.models import Organisation, School
from alongside.people.models import Person
from alongside.surveys.models.waves import Wave


class SlipSheet(models.Model):
    """One printed sheet of slips for a school in an open wave, from asking to the seal. Holds no code and no digest."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits for a second person"
        MAKING = "making", "is being made"
        READY = "ready", "can be fetched, once"
        FETCHED = "fetched", "was fetched"
        REFUSED = "refused", "was not confirmed"
        FAILED = "failed", "could not be made"
        LOST = "lost", "is not here any more"

    PRINTED = (State.READY, State.FETCHED, State.LOST)

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="slip_sheets")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    group = models.CharField(max_length=40, blank=True, help_text="The class it is for; of students and parents alone.")
    count = models.PositiveIntegerField()
    first = models.PositiveIntegerField(
        null=True, help_text="Number of its first slip in the wave, once it may be made."
    )
    state = models.CharField(max_length=8, choices=State)
    said = models.CharField(max_length=300, blank=True, help_text="Why it could not be made.")
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    confirmed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "school", "group"],
                condition=Q(state__in=["waiting", "making", "ready"]),
                name="one_sheet_of_slips_at_a_time",
            ),
            models.UniqueConstraint(fields=["wave", "first"], name="slip_numbers_once"),
            models.CheckConstraint(condition=Q(count__gte=1), name="a_sheet_has_slips"),
        ]

    def __str__(self) -> str:
        return f"{self.count} slips"


class WrongCode(models.Model):
    """A code that opened nothing, for ten minutes. The address it came from stands here as a digest under a key that goes
    at the seal."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["wave", "address", "at"], name="wrong_codes_by_address")]

    def __str__(self) -> str:
        return "a wrong code"
