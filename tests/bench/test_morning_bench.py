"""`alongside bench morning`, half a minute of it: a real server, everybody's answer stored; and it fails when one is not."""

import argparse
import re

import pytest
from django.db import connection

from alongside.bench import command, figures, morning
from alongside.bench.morning import Morning, Seen
from tests.bench.test_bench import change

KIND = "postgres" if connection.vendor == "postgresql" else "sqlite"
SHORT = ["morning", "--database", KIND, "--people", "60", "--seconds", "4", "--peak", "60", "--dashboards", "2"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(morning, "THINKS", (0.2, 0.5))


def test_everybody_is_acknowledged_and_stored(capsys):
    assert command.main([*SHORT, "--every", "1"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"looking: 60 requests, p50 \d+, p95 \d+, p99 \d+, p100 \d+ ms", said)
    assert re.search(r"sending: 60 requests", said)
    assert re.search(r"dashboards beside: [1-9]\d* requests", said)
    assert "acknowledged 60 of 60, stored 60, errors 0, locked 0; processor " in said
    assert re.search(r"Morning of 60 people in 4 s: \w+ p95 .* stored 60; errors 0, locked 0\.$", said.strip())


def test_answer_that_was_acknowledged_and_lost_ends_with_one(capsys, monkeypatch):
    stored = morning._stored

    def lost(made, wave):
        change(made, "DELETE FROM surveys_answer WHERE key = (SELECT min(key) FROM surveys_answer)")
        return stored(made, wave)

    monkeypatch.setattr(morning, "_stored", lost)
    assert command.main([*SHORT, "--every", "1"]) == 1
    assert "acknowledged 60 of 60, stored -1, errors 0" in capsys.readouterr().out


def seen(**more) -> Seen:
    return Seen([1.0], [1.0], [1.0], 60, **more)


@pytest.mark.parametrize(
    ("one", "wrong"),
    [
        (Morning(seen(), 60, 0, 1.0), False),
        (Morning(seen(), 59, 0, 1.0), True),
        (Morning(seen(), 60, 1, 1.0), True),
        (Morning(seen(errors={"POST 503": 1}), 60, 0, 1.0), True),
        (Morning(Seen([], [], [], 59), 59, 0, 1.0), True),
    ],
)
def test_what_is_wrong_whatever_the_machine(one, wrong):
    assert morning._is_wrong(one, 60) is wrong


def test_half_of_them_come_in_the_rush():
    options = argparse.Namespace(seconds=600, peak=83, seed=1)
    moments = morning.schedule({"wave": 7}, [f"t{n}" for n in range(10_000)], options)
    looks = [moment for moment in moments if not moment.sends]
    assert len(moments) == 20_000
    assert len(looks) == 10_000
    assert {moment.path for moment in looks} == {moment.path for moment in moments if moment.sends}
    assert sum(300 <= moment.at < 360 for moment in looks) == 83 * 60
    assert all(0 <= moment.at < 600 for moment in looks)
    assert moments == sorted(moments)


def test_percentile_is_the_nearest_rank():
    values = [float(n) for n in range(1, 201)]
    assert [figures.percentile(values, share) for share in (50, 95, 99, 100)] == [100.0, 190.0, 198.0, 200.0]
    assert figures.percentile([], 95) == 0.0
