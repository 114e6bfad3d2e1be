"""`alongside bench closing` at a small size: a real worker, real seals, one of them killed; and it fails when something is wrong."""

import re

import pytest
from django.db import connection

from alongside.bench import closing, command
from tests.bench.test_bench import change

KIND = "postgres" if connection.vendor == "postgresql" else "sqlite"
SMALL = ["closing", "--database", KIND, "--schools", "10", "--staff", "20", "--earlier", "4", "--seed", "3"]


def test_releases_are_as_counted_beforehand_killed_or_not(capsys):
    assert command.main([*SMALL, "--runs", "1", "--kills", "1"]) == 0
    _machine, *lines, last = capsys.readouterr().out.splitlines()
    assert all("closing" in line and "140 answers" in line for line in lines)
    assert len([line for line in lines if "killed 1 times" in line]) == 1
    assert last.startswith("Closing of 10 schools (seed 3): ")
    assert re.search(r"with 1 kills \d+ s at most \(5 minutes reached\), worker at most \d\d+ MB", last)
    assert last.endswith("Every release as counted beforehand, nothing left over.")


DAMAGES = [
    "DELETE FROM surveys_sealedanswer WHERE key = (SELECT min(key) FROM surveys_sealedanswer)",
    "UPDATE surveys_release SET document = replace(document, '\"score\":', '\"score\":1') WHERE wave_id = 5",
    "DELETE FROM surveys_change WHERE id = (SELECT max(id) FROM surveys_change)",
]


def test_damage_is_named(capsys, monkeypatch):
    watch = closing._Closings._watch

    def watched(self, worker, wave, began):
        found = watch(self, worker, wave, began)
        change(self._place, *DAMAGES)
        (self._place.folder / "keys" / f"wave-{wave}.key").touch()
        return found

    monkeypatch.setattr(closing._Closings, "_watch", watched)
    assert command.main([*SMALL, "--runs", "1", "--kills", "0"]) == 1
    said = capsys.readouterr().out.splitlines()[-1]
    for fault in ("another release", "other answers", r"\d+ of \d+ verdicts", "left over"):
        assert re.search(rf"wave 5: {fault}", said), said


def test_a_wave_that_nobody_seals_ends_the_benchmark(monkeypatch):
    monkeypatch.setattr(closing, "GIVES_UP", 0.5)
    monkeypatch.setattr(closing.servers, "worker", lambda place: IdleWorker())
    with pytest.raises(closing.Refused, match="was not sealed within"):
        command.main([*SMALL, "--runs", "1"])


class IdleWorker:
    """A worker that runs and does nothing."""

    pid, ended, log = 0, False, "its log"

    def start(self):
        pass

    def stop(self):
        pass
