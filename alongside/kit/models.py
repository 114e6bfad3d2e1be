"""Rows that belong to no package above. They store ids and no foreign keys, since what they speak of lies higher."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class JournalHead(models.Model):
    """The end of one organisation's journal: whoever appends holds a lock on this row."""

    organisation = models.BigIntegerField(unique=True, help_text="Id of the organisation.")
    number = models.PositiveBigIntegerField(default=0, help_text="Of the last entry; 0 before the first.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the last entry, in hex.")
    seal = models.CharField(max_length=64, blank=True, help_text="HMAC of the above, with the key in the key folder.")

    def __str__(self) -> str:
        return f"{self.number} entries of {self.organisation}"


class JournalEntry(models.Model):
    """One deed, never changed: its digest covers the digest before it, so that a missing or altered row shows.

    The payload alone may be erased: the chain holds the payload's digest, which a salt keeps from being guessed.
    """

    organisation = models.BigIntegerField(help_text="Id of the organisation.")
    number = models.PositiveBigIntegerField(help_text="1, 2, 3 … within the organisation.")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True, help_text="Id of the person; none when a worker did it.")
    deed = models.CharField(max_length=60, help_text="package.what_was_done")
    about = models.TextField(blank=True, help_text="What it was done to, by kind and id: person:12, wave:7.")
    payload = models.JSONField(null=True, help_text="What a reader wants to know of it; none once it is erased.")
    salt = models.CharField(max_length=32, blank=True, help_text="Erased with the payload.")
    payload_digest = models.CharField(max_length=64, help_text="SHA-256 of salt and payload, in hex.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the digest before and of this row, in hex.")
    erased_by = models.PositiveBigIntegerField(null=True, help_text="Number of the entry that says so.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="journal_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="journal_begins_at_one"),
        ]
        indexes = [models.Index(fields=["organisation", "about"], name="journal_by_subject")]

    def __str__(self) -> str:
        return f"{self.number}: {self.deed}"


class JournalAnchor(models.Model):
    """Where a journal was cut at its beginning: the last entry that was removed, from which the chain goes on."""

    organisation = models.BigIntegerField(help_text="Id of the organisation.")
    number = models.PositiveBigIntegerField(help_text="Of the last entry that was removed.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of that entry, in hex.")
    count = models.PositiveBigIntegerField(help_text="How many entries were removed this time.")
    before = models.DateField(help_text="Entries before this day were removed.")
    seal = models.CharField(max_length=64, help_text="HMAC of the above, with the key in the key folder.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="journal_anchor_once")]

    def __str__(self) -> str:
        return f"{self.organisation} from {self.number} on"


class MailFailure(models.Model):
    """An address that mail servers refuse for good. No message, no person: a digest of the address, and what was said."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the address, in hex.")
    since = models.DateTimeField()
    reason = models.CharField(max_length=12, help_text="The status of RFC 3463, such as 5.1.1.")

    def __str__(self) -> str:
        return f"{self.reason} since {self.since}"


class Progress(models.Model):
    """Work that takes longer than a page may: who asked for it, how far it is, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits for its turn"
        RUNNING = "running", "under way"
        DONE = "done", "done"
        FAILED = "failed", "could not be done"

    organisation = models.BigIntegerField(help_text="Id of the organisation in which it was asked for.")
    person = models.BigIntegerField(help_text="Id of the person who asked; nobody else sees it.")
    kind = models.CharField(max_length=60, help_text="package.what_is_done")
    about = models.CharField(max_length=60, help_text="What it is done to, by kind and id: wave:7.")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0, help_text="0: not known yet.")
    sentence = models.TextField(help_text="What is being done, what came of it, or why nothing did.")
    started_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person", "kind", "about"],
                condition=Q(state__in=["waiting", "running"]),
                name="under_way_once",
            )
        ]
        indexes = [models.Index(fields=["person", "-started_at"], name="progress_of_a_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}: {self.state}"

    @property
    def over(self) -> bool:
        """Nothing moves any more."""
        return self.state in {Progress.State.DONE, Progress.State.FAILED}

    @property
    def has_file(self) -> bool:
        """Whether what came of it can be taken here. One query."""
        return ProgressFile.objects.filter(progress=self).exists()


class ProgressFile(models.Model):
    """The file that came of some work, kept in the database so that any web process can hand it over; for a week."""

    progress = models.OneToOneField(Progress, models.CASCADE, related_name="file")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=120, help_text="Its media type.")
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class Edge(models.Model):
    """One thing led to another: a signal to something to work on, that to a goal, a goal to an action (kit.chain)."""

    organisation = models.BigIntegerField(help_text="Id of the organisation that owns the later thing.")
    earlier = models.CharField(max_length=40, help_text="Nearer to what people said, by kind and id: signal:12.")
    later = models.CharField(max_length=40, help_text="Nearer to what was done, by kind and id: action:7.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="edge_once"),
            models.CheckConstraint(condition=~Q(earlier=models.F("later")), name="edge_not_to_itself"),
        ]
        indexes = [models.Index(fields=["later"], name="edge_by_later")]

    def __str__(self) -> str:
        return f"{self.earlier} → {self.later}"
