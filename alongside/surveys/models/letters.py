"""Rounds of letters after the invitation, nudges that leaders gave, and who wants no such letters. TRUST 2 decides these tables."""

from __future__ import annotations

from django.db import models

from alongside.network.models import Organisation, School
from alongside.people.models import Person
from alongside.surveys.models.waves import Wave


class Round(models.Model):
    """One round of letters to one school's people: a reminder, or a nudge. The seal takes it away.

    People are gone through in an order that follows from the wave's key alone, and each of them moves `done` on by one,
    whether a letter went or not. So no row of a person is touched, and without the key, which is in no database and no
    backup and is destroyed at the close, neither `done` nor `put_off` says anything of anybody.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="rounds")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    name = models.CharField(max_length=20, help_text="day-3, day-5, or nudge and its day.")
    upto = models.BigIntegerField(help_text="The last roster entry that it is for: who is added later is not in it.")
    done = models.PositiveIntegerField(default=0, help_text="How many have been processed, whatever came of it.")
    put_off = models.JSONField(default=list, help_text="Places in that order which the mail server put off.")
    claimed_at = models.DateTimeField(null=True, help_text="A worker is at it; stale after ten minutes.")
    over = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "school", "name"], name="one_round_of_a_name")]

    def __str__(self) -> str:
        return f"{self.name} of wave {self.wave_id} at {self.school_id}"


class Nudge(models.Model):
    """A leader, chair or officer had everyone who was invited at a school asked again. Outlives the wave: the next may
    follow in 14 days."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="nudges")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"a nudge at {self.school_id}"


class LettersStopped(models.Model):
    """Who wants no reminders and nudges of any pulse. Every letter of a pulse holds the same link for it, and no time is
    kept: a row does not tell which letter its person had in hand."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    invitations_too = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"letters stopped by {self.person_id}"
