"""Everything that is held on one person, as they take it away: a page that they can read, and the same as JSON."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import ForeignKey, Model
from django.template.loader import render_to_string
from django.utils import timezone

from alongside.people import holdings
from alongside.people.models import Person

SECRETS = frozenset({"password", "salt"})  # what would let somebody in, or keeps a digest from being guessed
# What somebody else is called, in a row that this person only made.
OTHERS: Final = {
    ("people.Invitation", "invited_by"): frozenset({"email", "name", "digest"}),
    ("people.StaffImport", "uploaded_by"): frozenset({"rows", "faults", "notes"}),
}


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one kind: words for it, names of its columns, values as text."""

    words: str
    table: str
    columns: list[str]
    rows: list[list[str]]

    def lines(self) -> list[list[tuple[str, str]]]:
        """Of each row the columns that say something, with what they say."""
        return [[pair for pair in zip(self.columns, row, strict=True) if pair[1]] for row in self.rows]


def words() -> list[str]:
    """What may be held on somebody, kind by kind."""
    return list(dict.fromkeys(holding.words for holding in holdings.HOLDINGS))


def held(person: Person) -> list[Part]:
    """Every row that refers to the person, by kind; a kind of which there is none is left out."""
    people = [person.pk, *Person.objects.filter(merged_into=person).values_list("pk", flat=True)]
    own = _part("You", Person, [person], people)
    parts = [own] + [
        _part(h.words, h.table(), list(h.rows(people)), people, OTHERS.get((h.model, h.column), frozenset()))
        for h in holdings.HOLDINGS
    ]
    return [part for part in parts if part.rows]


def _part(
    words: str, table: type[Model], rows: list[Any], people: list[int], hidden: frozenset[str] = frozenset()
) -> Part:
    columns = [field for field in table._meta.concrete_fields if field.name not in SECRETS | hidden]
    values = [[_value(row, field, people) for field in columns] for row in rows]
    return Part(words, table._meta.label, [str(field.verbose_name) for field in columns], values)


def _value(row: Any, field: Any, people: list[int]) -> str:
    """A value as text. Another person is not named: what is theirs is theirs."""
    value = getattr(row, field.attname)
    if value is None or value == "":
        return ""
    if isinstance(field, ForeignKey):
        if field.related_model is Person:
            return "you" if value in people else "somebody else"
        return str(getattr(row, field.name))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def export(person: Person) -> bytes:
    """A ZIP of everything.html and everything.json."""
    parts, now = held(person), timezone.now()
    document = {
        "person": person.name,
        "made_at": now.isoformat(),
        "held": [
            {"what": p.words, "table": p.table, "rows": [dict(zip(p.columns, row, strict=True)) for row in p.rows]}
            for p in parts
        ],
    }
    page = render_to_string("people/everything.html", {"person": person, "parts": parts, "now": now})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("everything.html", page)
        archive.writestr("everything.json", json.dumps(document, ensure_ascii=False, indent=1))
    return out.getvalue()
