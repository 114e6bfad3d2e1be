"""What people asked of Alongside about themselves."""

from __future__ import annotations

from django.db import models

from alongside.people.models.persons import Person


class ErasureRequest(models.Model):
    """Somebody asked that what is held on them be erased. Whoever looks after their list or role confirms it."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="erasure_request")
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.person_id} since {self.asked_at:%Y-%m-%d}"


class Digest(models.Model):
    """One person's letter of one week: written once, whatever crashes. Nothing of what it said is kept."""

    class State(models.TextChoices):
        CLAIMED = "claimed", "being written"
        LEAVING = "leaving", "on its way to the server"
        SENT = "sent", "taken by the server"
        NOTHING = "nothing", "nothing to say"
        PAUSED = "paused", "left in peace"
        REFUSED = "refused", "refused for good"

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    week = models.DateField(help_text="Its Monday.")
    state = models.CharField(max_length=7, choices=State, default=State.CLAIMED)
    at = models.DateTimeField(help_text="When the state was written.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "week"], name="one_digest_a_week")]

    def __str__(self) -> str:
        return f"{self.week}: {self.state}"
