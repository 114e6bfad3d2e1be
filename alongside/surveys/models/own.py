"""Pulses that an organisation wrote itself, and files of such pulses that wait to be taken or left."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from alongside.network.models import Organisation
from alongside.surveys.instruments import Instrument
from alongside.surveys.wording import Wording, read

if TYPE_CHECKING:
    from alongside.kit.access import Member


def new_code() -> str:
    """An id that no wording ever had: 13 characters, so that a statement's id has room behind it."""
    return f"o{secrets.token_hex(6)}"


class OwnInstrumentQuerySet(models.QuerySet["OwnInstrument"]):
    def seen_by(self, member: Member) -> OwnInstrumentQuerySet:
        return self.filter(organisation=member.organisation_id)


class OwnInstrument(models.Model):
    """A pulse of one's own. Its id is that of its present wording: another wording is another id, and an id that was asked
    stays with its wording for ever, so whoever remembers an id can never remember another wording."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="own_instruments")
    code = models.CharField(max_length=14, unique=True, default=new_code, help_text="Id of the present wording.")
    wording = models.JSONField(help_text="Name, question, statements in order, comment question.")
    changed_at = models.DateTimeField(default=timezone.now)
    put_away_at = models.DateTimeField(null=True, blank=True, help_text="Not offered any more; what was asked stays.")

    objects = OwnInstrumentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.code} of {self.organisation_id}"

    @property
    def words(self) -> Wording:
        """What it says."""
        return read(self.wording)

    @property
    def instrument(self) -> Instrument:
        """The same as pages and figures use it."""
        return self.words.instrument(self.code)


class ReadFile(models.Model):
    """A file with a pulse that was read and waits: nothing of it is anywhere else before somebody takes it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    called = models.CharField(max_length=100, help_text="The name of the file.")
    found = models.JSONField(help_text="What was read, and what was not and why.")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["read_at"], name="read_file_by_age")]

    def __str__(self) -> str:
        return self.called
