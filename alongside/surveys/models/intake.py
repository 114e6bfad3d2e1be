"""Rosters, tickets and answers; what the seal leaves of them. TRUST 2 decides these tables."""

from __future__ import annotations

from django.db import models

from alongside.network.models import Organisation, School
from alongside.people.models import Person
from alongside.surveys.models.waves import Wave


class RosterEntry(models.Model):
    """Who was invited, from opening to the seal. Nothing here tells who answered."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="roster")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    claimed_at = models.DateTimeField(null=True, help_text="A worker is about to send; stale after ten minutes.")
    invited_at = models.DateTimeField(null=True, help_text="Processed, whatever came of it.")
    address = models.BinaryField(
        max_length=32, default=b"", help_text="Digest of the address they were asked at: letters go there or nowhere."
    )
    ticketed = models.BooleanField(default=True, help_text="False until a worker has made the ticket of who was added.")

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
    category = models.CharField(max_length=30, blank=True, help_text="Kinds of job that count together here (R4).")
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
    category = models.CharField(max_length=30, blank=True, help_text="That of the ticket.")
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
    category = models.CharField(
        max_length=30, blank=True, help_text="Kinds of job, no finer than any figure shown (R4)."
    )
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
