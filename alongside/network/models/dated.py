"""Rows that hold from a day until a day."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q


class DatedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows with `since` and `until`: the first day and the first day no longer."""

    def current(self, on: datetime.date | None = None) -> DatedQuerySet[M]:
        day = on or datetime.date.today()
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)
