"""A database that could lose an accepted answer is named, and nothing starts on it (TRUST 4)."""

from __future__ import annotations

from argparse import Namespace

import pytest
from django.db import connection

from alongside import commands
from alongside.kit import database
from alongside.kit.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

ON_SQLITE = {
    "journal_mode = DELETE": "The database setting journal_mode is 'delete'; it must be 'wal': WAL keeps readers and the writer apart.",
    "synchronous = NORMAL": "The database setting synchronous is 1; it must be 2: FULL makes an accepted answer survive a power cut.",
    "synchronous = OFF": "The database setting synchronous is 0; it must be 2: FULL makes an accepted answer survive a power cut.",
    "foreign_keys = OFF": "The database setting foreign_keys is 0; it must be 1: foreign keys must be checked.",
    "secure_delete = OFF": "The database setting secure_delete is 0; it must be 1: what the seal deletes must be overwritten.",
    "secure_delete = FAST": "The database setting secure_delete is 2; it must be 1: what the seal deletes must be overwritten.",
}
ON_POSTGRESQL = {
    "synchronous_commit": "it must be 'on': an accepted answer must be on disk before we say so.",
    "fsync": "it must be 'on': an accepted answer must survive a power cut.",
    "full_page_writes": "it must be 'on': a torn page must not lose answers.",
}


@pytest.fixture
def weakened(monkeypatch):
    """The settings of this run's database made weaker one at a time: (what was done, the sentence that it deserves)."""

    def each():
        for change, sentence in ON_SQLITE.items() if connection.vendor == "sqlite" else ():
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA {change}").fetchall()
            yield change, sentence
            connection.close()  # a new connection sets everything again
        for name, why in ON_POSTGRESQL.items() if connection.vendor == "postgresql" else ():
            known = database._postgresql_settings()
            with monkeypatch.context() as patch:
                patch.setattr(database, "_postgresql_settings", lambda name=name, known=known: known | {name: "off"})
                yield name, f"The database setting {name} is 'off'; {why}"

    return each


def test_the_database_of_this_run_is_durable():
    assert database.weaknesses() == []
    database.require_durable()


def test_each_weaker_setting_is_named(weakened):
    seen = {change: (database.weaknesses(), [sentence]) for change, sentence in weakened()}
    assert len(seen) in {len(ON_SQLITE), len(ON_POSTGRESQL)}
    for change, (said, wanted) in seen.items():
        assert said == wanted, change
    assert database.weaknesses() == []


def test_what_the_server_itself_says_is_read():
    if connection.vendor == "sqlite":
        assert database._sqlite_settings() == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "secure_delete": 1,
        }
        return
    assert database._postgresql_settings() == {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    assert [sentence[:47] for sentence in database.weaknesses()] == ["The database setting synchronous_commit is 'off"]
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


def test_nothing_starts_on_a_weaker_database(weakened):
    options = Namespace(host="127.0.0.1")
    for _, sentence in weakened():
        with pytest.raises(Refused) as refused:
            commands.ready(options)
        assert str(refused.value) == sentence
    with pytest.raises(Refused, match="The static files are missing"):  # the next thing that is looked at
        commands.ready(options)


def test_a_reserved_word_is_a_name_like_any_other():
    with connection.cursor() as cursor:
        cursor.execute(database.named("CREATE TEMPORARY TABLE {} ({} integer, {} integer)", "order", "select", "Who"))
        cursor.execute(database.named("INSERT INTO {} ({}) VALUES (%s, %s)", "order", ["select", "Who"]), [1, 2])
        cursor.execute(database.named("SELECT {} FROM {}", ["Who", "select"], "order"))
        assert cursor.fetchall() == [(2, 1)]
        cursor.execute(database.named("DROP TABLE {}", "order"))
