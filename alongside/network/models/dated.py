"""Rows that hold from a day until a day."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q


class DatedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows with `since` and `until`: the first day and the first day no longer."""

    def current(self, on: datetime.date | None = None) -> DatedQuerySet[M]:
        day = on or datetime.date.today()
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


def holds(since: datetime.date, until: datetime.date | None, on: datetime.date) -> bool:
    """The same of one row that was read already."""
    return since <= on and (until is None or until > on)


class Dated(models.Model):
    """A row that holds from a day until a day; who or what leaves is dated, not deleted."""

    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


def once(*fields: str, name: str, **where: bool) -> models.UniqueConstraint:
    """These fields once among the rows that hold, of those that fit where."""
    return models.UniqueConstraint(fields=fields, condition=Q(until__isnull=True, **where), name=name)


def ends_after_it_begins(name: str) -> models.CheckConstraint:
    """No row ends before its first day."""
    return models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name=name)
