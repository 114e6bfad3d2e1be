"""What is published of a wave, and the exact tallies beside it. TRUST 1 decides these tables."""

from __future__ import annotations

from django.db import models

from alongside.network.models import Organisation
from alongside.surveys.models.waves import Wave


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
