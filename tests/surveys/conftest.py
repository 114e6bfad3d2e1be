"""Every test of pulses starts with empty folders and nothing remembered of another database."""

import pytest
from django.db import connection

from alongside.kit.documents import pdf
from alongside.surveys import answering, reads
from tests import drawn_here

ONLY_ON = {"postgresql": "postgres", "sqlite": "sqlite"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite: about SQLite's own files")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test about the files or catalogues of one database belongs to that database's run only."""
    foreign = {mark for vendor, mark in ONLY_ON.items() if vendor != connection.vendor}
    others = [item for item in items if any(item.get_closest_marker(mark) for mark in foreign)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.fixture(autouse=True)
def _nothing_kept(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    settings.MAILBOX = tmp_path / "mailbox"
    answering.PAGES.clear()
    reads.forget()


@pytest.fixture(autouse=True)
def _drawn_here(monkeypatch):
    monkeypatch.setattr(pdf, "_child", drawn_here.draw)
