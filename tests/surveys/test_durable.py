"""Nothing that was accepted is lost: what the database must be set to, and a ledger of what was acknowledged."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from alongside.kit import database
from alongside.kit.errors import Refused
from alongside.surveys import tickets
from alongside.surveys.models import Answer, Comment, Ticket
from tests import make
from tests.surveys import worlds

WEAKER = {
    "sqlite": [
        ("PRAGMA synchronous = NORMAL", "synchronous", "PRAGMA synchronous = FULL"),
        ("PRAGMA foreign_keys = OFF", "foreign_keys", "PRAGMA foreign_keys = ON"),
        ("PRAGMA secure_delete = OFF", "secure_delete", "PRAGMA secure_delete = ON"),
        ("PRAGMA secure_delete = FAST", "secure_delete", "PRAGMA secure_delete = ON"),
        ("PRAGMA journal_mode = DELETE", "journal_mode", "PRAGMA journal_mode = WAL"),
    ],
    "postgresql": [
        (f"SET synchronous_commit = {weak}", "synchronous_commit", "SET synchronous_commit = on")
        for weak in ("off", "local", "remote_write")
    ],
}


@pytest.mark.django_db
def test_this_database_promises_what_we_need():
    assert database.weaknesses() == []
    database.require_durable()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", range(5))
def test_anything_weaker_is_refused_with_its_name_and_its_reason(number):
    found = WEAKER[connection.vendor]
    weaken, name, restore = found[number % len(found)]
    with connection.cursor() as cursor:
        cursor.execute(weaken)
        try:
            with pytest.raises(Refused, match=f"The database setting {name} is .* it must be .*: .+"):
                database.require_durable()
        finally:
            cursor.execute(restore)
    database.require_durable()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_every_new_connection_has_the_settings():
    connection.close()
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in database.SQLITE}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


@pytest.mark.django_db
def test_moments_are_kept_to_the_microsecond_in_utc():
    wave = worlds.open_world({"X": {"A": 9, "B": 3}}).wave
    moment = timezone.now().replace(microsecond=123457) + make.DAY
    type(wave).objects.filter(pk=wave.pk).update(closes_at=moment)
    wave.refresh_from_db()
    assert (wave.closes_at, wave.closes_at.utcoffset().total_seconds()) == (moment, 0)


@pytest.mark.django_db(transaction=True)
def test_kill_9_under_load_loses_nothing_doubles_nothing_and_spends_no_ticket_for_nothing():
    """Three processes answer; each is killed by the kernel at a random moment. What each acknowledged is in its ledger."""
    world = worlds.open_world({"X": {"A": 440, "B": 10}}, "lead")
    shares, dice = [make.tokens(world.wave)[number::3] for number in range(3)], random.Random(20261122)
    connection.close()
    hands = [_answering(world.wave, share) for share in shares]
    assert [hand.stdout.readline() for hand in hands] == ["ready\n"] * 3
    for hand in hands:
        hand.stdin.write("go\n")
        hand.stdin.flush()
    ledgers = [hand.stdout.readline() for hand in hands]
    for number in dice.sample(range(3), 3):
        time.sleep(dice.uniform(0.02, 0.06))
        hands[number].kill()
        # read(), not communicate(): that would pass over what readline() has read ahead.
        ledgers[number] += hands[number].stdout.read()
        hands[number].stdin.close()
        hands[number].wait()
    assert [hand.returncode for hand in hands] == [-signal.SIGKILL] * 3, "some were done before they were killed"
    acknowledged = [share[int(line)] for share, ledger in zip(shares, ledgers, strict=True) for line in ledger.split()]
    digests = {tickets.digest(token) for token in acknowledged}
    spent = {bytes(digest) for digest in Ticket.objects.filter(used=True).values_list("digest", flat=True)}
    assert digests <= spent
    assert len(digests) == len(acknowledged) >= 3
    assert Answer.objects.count() == Comment.objects.count() == len(spent) <= len(digests) + 3  # one each on its way
    for share in shares:
        worlds.take_what_is_left(world.wave, share)
    assert Answer.objects.count() == Ticket.objects.filter(used=True).count() == 450


def _answering(wave, tokens):
    """A process that answers with these tokens and writes a line for each that was acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.surveys.answering", str(wave.pk), *tokens],
        cwd=Path(__file__).parents[2],
        env=worlds.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
