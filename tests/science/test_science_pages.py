"""The pages in docs/science cannot rot: every module has one, and every public name has its line there."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from alongside import science

PAGES = Path(science.__file__).parents[2] / "docs" / "science"
MODULES = sorted(module.name for module in pkgutil.iter_modules(science.__path__))
PARTS = ("## What it answers", "## Formula", "## Worked example", "## Limits", "## Sources")


def parts_of(name):
    """A module, or a folder with all the files in it."""
    module = importlib.import_module(f"alongside.science.{name}")
    inside = getattr(module, "__path__", None)
    files = [importlib.import_module(f"{module.__name__}.{part.name}") for part in pkgutil.iter_modules(inside or [])]
    return [module, *files]


def public_things(name):
    """Functions and classes that a module or its files define themselves, without those marked private."""
    found = {}
    for part in parts_of(name):
        for public, thing in inspect.getmembers(part, lambda item: inspect.isfunction(item) or inspect.isclass(item)):
            if thing.__module__ == part.__name__ and not public.startswith("_"):
                found[public] = thing
    return found


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_has_its_line(name):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    missing = [public for public in public_things(name) if not re.search(rf"^- `{public}\b", page, flags=re.MULTILINE)]
    assert missing == []


@pytest.mark.parametrize("name", MODULES)
def test_every_page_has_its_five_parts(name):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert [part for part in PARTS if part not in page] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_says_what_it_means(name):
    bare = [public for public, thing in public_things(name).items() if not thing.__doc__]
    assert bare == []
    assert public_things(name) != {}


HEAVY = ("numpy", "scipy", "ortools", "rustworkx", "pandas")


def test_what_every_page_imports_stays_light():
    """The web process reads tallies, what may be shown and verdicts; solvers belong to the worker."""
    light = ["tallies", "disclosure", "differences", "permutation", "pulse"]
    code = "; ".join([*(f"import alongside.science.{name}" for name in light), "import sys"])
    code += f"; print([name for name in {HEAVY!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_science_imports_no_framework_and_no_clock():
    texts = {path: path.read_text(encoding="utf-8") for path in Path(science.__file__).parent.rglob("*.py")}
    wrong = re.compile(r"^\s*(?:import|from) (?:django|time|datetime|random)\b", re.MULTILINE)
    assert [path.name for path, text in texts.items() if wrong.search(text)] == []


def test_no_file_is_long():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in Path(science.__file__).parent.rglob("*.py")}
    assert {path.name: length for path, length in lengths.items() if length > 400} == {}
