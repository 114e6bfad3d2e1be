"""Devices that are remembered, and tries that are counted."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from alongside.people.models.persons import Person


class RememberedDevice(models.Model):
    """A browser in which somebody's second step is not asked for again until a day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what the browser's cookie holds, in hex.")
    state = models.CharField(max_length=64, help_text="Of the password: another password forgets the device.")
    name = models.CharField(max_length=60, help_text="Browser and system, as the browser said.")
    remembered_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="device_remembered_once")]

    def __str__(self) -> str:
        return self.name


class Try(models.Model):
    """One try at a password or a code, for five minutes. It says neither whose nor from where."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="tries_by_key")]

    def __str__(self) -> str:
        return f"{self.at}"
