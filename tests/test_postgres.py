"""The PostgreSQL of a test run: as strict as a school's, and gone afterwards, however the run ended."""

import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests import postgres


@pytest.fixture(scope="module")
def running():
    with postgres.server() as made:
        yield made


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchall()


def test_server_is_durable_and_new_enough(running):
    names = "'fsync', 'full_page_writes', 'synchronous_commit'"
    with postgres.database(running, "durable") as url:
        assert ask(url, f"SELECT setting FROM pg_settings WHERE name IN ({names})") == [("on",)] * 3
        assert ask(url, "SELECT current_setting('server_version_num')::int >= 150000") == [(True,)]


def test_web_role_owns_nothing_and_cannot_create(running):
    with postgres.database(running, "roles"):
        web = running.url("roles", role=running.web)
        assert ask(web, "SELECT pg_has_role(current_user, 'alongside_app', 'member')") == [(True,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(web, "CREATE TABLE mine (id int)")


def test_copy_of_a_database_holds_the_same(running):
    with postgres.database(running, "first") as first:
        with psycopg.connect(first) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        postgres.create_database(first, "second", like="first")
        assert ask(running.url("second"), "SELECT number FROM kept") == [(7,)]
        postgres.drop_database(first, "second")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            ask(running.url("second"), "SELECT 1")


def test_run_that_was_killed_leaves_neither_server_nor_files(monkeypatch):
    monkeypatch.delenv(postgres.NAMED_SERVER, raising=False)
    begun = subprocess.Popen([sys.executable, "-m", "tests.postgres"], stdout=subprocess.PIPE, text=True)
    url, folder = (re.fullmatch(r"export \w+=(\S+)\n", begun.stdout.readline())[1] for _ in range(2))
    server = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    begun.kill()
    begun.wait()
    deadline = time.monotonic() + 10  # a server that answers no more still writes until its process is gone
    while time.monotonic() < deadline and postgres.runs(server):
        time.sleep(0.1)
    assert not _answers(url)
    with postgres.server():
        assert not Path(folder).parent.exists()


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
