"""The world of a test run, made before Django reads its settings: loaded first, by `-p tests.environment` in pyproject.toml.

Each process of a run (pytest-xdist starts several) gets a data folder of its own, and never the one under `var/`.
"""

import os
import tempfile
from pathlib import Path

import pytest

FOLDER = tempfile.TemporaryDirectory(prefix="alongside-tests-")
DATA = Path(FOLDER.name)
_NOT_FOR_TESTS = ("ALONGSIDE_DEMO", "ALONGSIDE_URL", "ALONGSIDE_PORT", "ALONGSIDE_KEYS", "ALONGSIDE_SMTP_URL")

for name in _NOT_FOR_TESTS:
    os.environ.pop(name, None)
os.environ["ALONGSIDE_DATA"] = FOLDER.name
(DATA / "static").mkdir()  # whitenoise warns of a missing folder, and warnings are errors here


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind, also in the processes of pytest-xdist, which end without saying goodbye."""
    FOLDER.cleanup()
