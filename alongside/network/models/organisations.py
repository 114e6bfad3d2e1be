"""Networks and schools as bodies that own things."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse


class Organisation(models.Model):
    """A network or a school: what owns rows. Clusters and groups are gatherings inside a network, not organisations."""

    class Kind(models.TextChoices):
        NETWORK = "network", "network"
        SCHOOL = "school", "school"

    kind = models.CharField(max_length=7, choices=Kind)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, help_text="Its name in addresses: /n/<slug>/ or /s/<slug>/.")
    country = models.CharField(max_length=2, help_text="ISO 3166 alpha-2; decides the words used.")
    zone = models.CharField(max_length=50, default="Europe/London", help_text="IANA time zone.")
    founded_on = models.DateField(default=datetime.date.today)
    safeguarding_contact = models.CharField(
        max_length=150, blank=True, help_text="Whom to tell when someone may be at risk."
    )
    outside_contact = models.CharField(max_length=150, blank=True, help_text="Whom to tell outside the school.")
    support_line = models.CharField(max_length=150, blank=True, help_text="Where staff find support for themselves.")
    findable = models.BooleanField(default=False, help_text="Schools outside may read its name and ask to join.")
    words = models.JSONField(
        default=dict, blank=True, help_text="Own words in place of the country’s: head → principal."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="organisation_slug_once_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=["network", "school"]), name="organisation_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("today", kwargs={"kind": self.kind, "slug": self.slug})
