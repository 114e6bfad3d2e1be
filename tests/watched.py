"""Which parameters of its address a page looks at: one that it never looks at changes nothing of it, whatever is in it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from django.http import QueryDict

# Whatever a view reads of a query: by hand, or through a form that is given the whole of it.
READ = re.compile(r"""\.GET(?:\.get(?:list)?\(\s*|\[)["'](\w+)["']|(?:forms\.)?(\w+Form)\(\s*request\.GET\b""")


SOURCES = {file: file.read_text() for file in (Path(__file__).parents[1] / "alongside").rglob("*.py")}


def _read_by(source: str) -> set[str]:
    """The query parameters that a file reads."""
    found: set[str] = set()
    for parameter, form in READ.findall(source):
        found |= {parameter} if parameter else _fields_of(form)
    return found


def _fields_of(form: str) -> set[str]:
    (body,) = re.findall(rf"^class {form}\(.*?(?=^\S|\Z)", "\n".join(SOURCES.values()), re.MULTILINE | re.DOTALL)
    return set(re.findall(r"^    (\w+) = \w", body, re.MULTILINE))


PARAMETERS = sorted({"next"}.union(*(_read_by(source) for source in SOURCES.values())))
ANY = "anything"  # stands for every name that nobody asks for by name


@contextlib.contextmanager
def asked() -> Iterator[set[str]]:
    """The names that requests inside are asked for; ANY once somebody goes through all of them, or asks whether there are."""
    names: set[str] = set()

    class Watched(QueryDict):
        """A query that remembers what it was asked."""

        def _note(self, name: object) -> None:
            if not self._mutable:  # otherwise it is being made
                names.add(str(name))

        def __getitem__(self, key: str) -> object:
            self._note(key)
            return super().__getitem__(key)

        def __contains__(self, key: object) -> bool:
            self._note(key)
            return super().__contains__(key)

        def _getlist(self, key: str, *rest: object, **more: object) -> object:
            self._note(key)
            return super()._getlist(key, *rest, **more)

        def __iter__(self) -> Iterator[str]:
            self._note(ANY)
            return super().__iter__()

        def __len__(self) -> int:
            self._note(ANY)
            return super().__len__()

        def keys(self) -> object:
            self._note(ANY)
            return super().keys()

        def lists(self) -> object:
            self._note(ANY)
            return super().lists()

        def copy(self) -> QueryDict:
            self._note(ANY)
            return super().copy()

    with mock.patch("django.core.handlers.wsgi.QueryDict", Watched):
        yield names
