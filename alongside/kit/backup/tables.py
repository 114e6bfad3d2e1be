"""The rows of every table as lines of JSON: the same lines from both databases, in the order of their keys."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Collate

CHUNK: Final = 2000
# Made anew by every installation: content types and permissions. Sessions: after a restore everyone signs in again.
LEFT_OUT: Final = frozenset({"auth", "contenttypes", "sessions"})

type Model = type[models.Model]
type Field = models.Field[Any, Any]
type Turn = Callable[[Any], Any]


def tables() -> list[Model]:
    """Every table that a backup holds; those that others point to come first."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in LEFT_OUT
    ]
    ordered: list[Model] = []
    waiting = sorted(found, key=lambda model: model._meta.db_table)
    while waiting:
        free = [model for model in waiting if not _points_to(model) & (set(waiting) - {model})]
        ordered += free or waiting[:1]  # in a circle: the database checks at the end of the transaction
        waiting = [model for model in waiting if model not in ordered]
    return ordered


def _points_to(model: Model) -> set[Model]:
    return {field.related_model for field in model._meta.concrete_fields if isinstance(field.related_model, type)}


def fields(model: Model) -> list[Field]:
    """The columns of a table, in the order in which lines hold them."""
    return list(model._meta.local_concrete_fields)


def lines(model: Model) -> Iterator[bytes]:
    """One line for each row, by key. Holds a few thousand rows at a time."""
    columns = fields(model)
    turns = [_turn(field, 0) for field in columns]
    yield line([field.column for field in columns])
    names = [field.attname for field in columns]
    rows = model._base_manager.order_by(*_order(model)).values_list(*names)
    for row in rows.iterator(chunk_size=CHUNK):
        yield line([turn(value) if value is not None else None for turn, value in zip(turns, row, strict=True)])


def values(model: Model, text: bytes) -> list[Any]:
    """The values of a line as the database takes them."""
    row = json.loads(text)
    found = []
    for field, value in zip(fields(model), row, strict=True):
        turned = _turn(field, 1)(value) if value is not None else None
        found.append(field.get_db_prep_save(turned, connection))
    return found


def checksums() -> dict[str, str]:
    """Table → SHA-256 in hex of its lines: equal rows have equal sums, on either database."""
    return {model._meta.db_table: checksum(model)[0] for model in tables()}


def checksum(model: Model) -> tuple[str, int]:
    """SHA-256 in hex of a table's lines, and how many rows it has."""
    digest, count = hashlib.sha256(), -1
    for each in lines(model):
        digest.update(each)
        count += 1
    return digest.hexdigest(), count


def line(row: list[Any]) -> bytes:
    """A row as an archive holds it: keys of objects in order, so that equal rows are equal lines."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _order(model: Model) -> list[Any]:
    """The key's columns; texts by their bytes, as SQLite does, whatever the collation of the other database."""
    keys = model._meta.pk_fields
    if connection.vendor != "postgresql":
        return [field.attname for field in keys]
    return [Collate(F(field.attname), "C") if isinstance(field, models.CharField) else field.attname for field in keys]


def _same(value: Any) -> Any:
    return value


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


_TURNS: Final[tuple[tuple[type[Field], tuple[Turn, Turn]], ...]] = (
    (models.DateTimeField, (lambda value: value.astimezone(UTC).isoformat(), datetime.fromisoformat)),
    (models.DateField, (date.isoformat, date.fromisoformat)),
    (models.TimeField, (time.isoformat, time.fromisoformat)),
    (models.DurationField, (lambda value: value // timedelta(microseconds=1), lambda value: timedelta(0, 0, value))),
    (models.DecimalField, (str, Decimal)),
    (models.UUIDField, (str, uuid.UUID)),
    (models.BinaryField, (lambda value: base64.b64encode(bytes(value)).decode(), _bytes)),
)


def _turn(field: Field, way: int) -> Turn:
    """From a value to JSON (way 0) and back (way 1)."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return next((turns[way] for kind, turns in _TURNS if isinstance(field, kind)), _same)
