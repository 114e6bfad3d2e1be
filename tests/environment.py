"""The world of a test run, made before Django reads its settings: loaded first, by `-p tests.environment` in pyproject.toml.

Each process of a run (pytest-xdist starts several) gets a data folder of its own, and never the one under `var/`.
"""

import os
import tempfile
from pathlib import Path

import pytest

FOLDER = tempfile.TemporaryDirectory(prefix="alongside-tests-")
DATA = Path(FOLDER.name)

KEPT = ("ALONGSIDE_DATABASE_URL", "ALONGSIDE_VECTORS")  # where to test, and against which figures
for name in list(
    os.environ
):  # the settings of an installation that happens to run here; the database is chosen by ./check
    if name.startswith("ALONGSIDE_") and name not in KEPT and not name.startswith("ALONGSIDE_TEST_"):
        del os.environ[name]
os.environ["ALONGSIDE_DATA"] = FOLDER.name
os.environ["ALONGSIDE_QUIET_HOURS"] = "off"  # tests run on Sundays too; those of quiet hours turn them on
(DATA / "static").mkdir()  # whitenoise warns of a missing folder, and warnings are errors here


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind, also in the processes of pytest-xdist, which end without saying goodbye."""
    FOLDER.cleanup()
