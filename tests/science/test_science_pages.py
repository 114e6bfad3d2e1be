"""The pages in docs/science cannot rot: every module has one, and every public name has its line there."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

from alongside import science

PAGES = Path(science.__file__).parents[2] / "docs" / "science"
MODULES = sorted(module.name for module in pkgutil.iter_modules(science.__path__))
PARTS = ("## What it answers", "## Formula", "## Worked example", "## Limits", "## Sources")


def public_names(module):
    """Functions and classes that the module itself defines, without those marked private."""
    defined = inspect.getmembers(module, lambda thing: inspect.isfunction(thing) or inspect.isclass(thing))
    return [name for name, thing in defined if thing.__module__ == module.__name__ and not name.startswith("_")]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_has_its_line(name):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    missing = [
        public
        for public in public_names(importlib.import_module(f"alongside.science.{name}"))
        if not re.search(rf"^- `{public}\b", page, flags=re.MULTILINE)
    ]
    assert missing == []


@pytest.mark.parametrize("name", MODULES)
def test_every_page_has_its_five_parts(name):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert [part for part in PARTS if part not in page] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_says_what_it_means(name):
    module = importlib.import_module(f"alongside.science.{name}")
    assert [public for public in public_names(module) if not getattr(module, public).__doc__] == []
