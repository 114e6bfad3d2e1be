"""The benchmarks count rightly. How fast anything is, no test asks: `alongside bench` prints it."""

import argparse
import contextlib
import dataclasses
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from alongside.bench import (
    answering,
    command,
    drills,
    figures,
    intake,
    ledger,
    pages,
    places,
    postgres,
    processes,
    stage,
)
from alongside.bench import servers as web_servers
from alongside.bench.clients import Crowd, Ticket, Told, Wave, number_of, spelled
from alongside.bench.ledger import Faults
from alongside.kit.errors import Refused
from alongside.network.models import School
from alongside.surveys import answering as answering_pages
from alongside.surveys import reads
from tests import make

ITEMS = [f"well.{number}" for number in range(1, 7)]


# --- arguments -----------------------------------------------------------------------------------------------------


def test_numbers_of_the_issue_are_the_defaults():
    options = command._parser().parse_args(["intake"])
    assert (options.database, options.clients, options.runs, str(options.floor)) == (
        "both",
        (8, 32),
        5,
        "../shared/bench",
    )
    assert command._parser().parse_args(["drills"]).kills == 150  # 300 over both
    assert command._parser().parse_args(["drills"]).what == ("web", "worker", "database")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["drills", "--what", "web,moon"], "moon is none of web, worker, database"),
        (["intake", "--clients", "8,x"], "a whole number from 1 is needed, and not 'x'"),
        (["intake", "--runs", "0"], "a whole number from 1 is needed, and not '0'"),
    ],
)
def test_wrong_argument_is_refused(capsys, arguments, said):
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_missing_floor_is_one_sentence(tmp_path):
    (tmp_path / "floor.py").touch()
    with pytest.raises(Refused) as refused:
        command.main(["intake", "--floor", str(tmp_path)])
    assert str(refused.value) == f"There is no formload.py in {tmp_path}: name the folder that holds them with --floor."


def test_postgresql_that_is_not_there_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    with pytest.raises(Refused) as refused, postgres.server(f"postgres://me:pw@127.0.0.1:{port}/postgres", None):
        pass
    assert str(refused.value).startswith("The PostgreSQL that --postgres names cannot be used: ")
    assert "\n" not in str(refused.value)


# --- processes -----------------------------------------------------------------------------------------------------

FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
sum(range(3_000_000))
time.sleep(60)
"""


def test_kill_takes_what_a_process_has_started_with_it():
    parent = subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert processes.below(parent.pid) == [parent.pid, child]
    known = processes._table()[child]
    assert processes._lives(child, known)
    assert not processes._lives(child, dataclasses.replace(known, started=known.started - 1))  # another's number
    processes.kill_tree(parent.pid)
    assert not processes._lives(child, known)
    assert parent.wait(5) == -signal.SIGKILL
    parent.stdout.close()


def test_process_that_has_ended_is_not_killed(monkeypatch, tmp_path):
    """Its number may be somebody else's by now."""
    ended = processes.Process([sys.executable, "-c", ""], {}, tmp_path / "log")
    ended.start()
    ended.running.wait(20)
    monkeypatch.setattr(processes, "kill_tree", lambda pid: pytest.fail(f"killed {pid}"))
    ended.kill()
    ended.stop()
    assert ended.ended


def test_processor_time_counts_those_below():
    parent = subprocess.Popen(
        [sys.executable, "-c", "import os, time; os.fork() or sum(range(6_000_000)); time.sleep(60)"]
    )
    deadline = time.monotonic() + 20
    while len(processes.below(parent.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    child = processes.below(parent.pid)[1]
    before = processes.processor_seconds(child)
    while processes.processor_seconds(child) < before + 0.05 and time.monotonic() < deadline:
        time.sleep(0.02)
    of_child = processes.processor_seconds(child)
    assert processes.processor_seconds(parent.pid) >= of_child >= 0.05
    assert processes.processor_seconds(0) == 0
    processes.kill_tree(parent.pid)
    parent.wait(5)


# --- the ledger ----------------------------------------------------------------------------------------------------


def test_numbers_are_spelled_once_and_read_back():
    spellings = {spelled(number, 3) for number in range(6**3)}
    assert len(spellings) == 6**3
    for number in (0, 5, 6, 46_655):
        digits = spelled(number, 6)
        stored = {item: digit if digit == "x" else int(digit) for item, digit in zip(ITEMS, digits, strict=True)}
        assert number_of(dict(reversed(stored.items()))) == number
    with pytest.raises(ValueError, match="More tickets than"):
        spelled(6**3, 3)


def ticket(number: int, told: Told) -> Ticket:
    return Ticket(Wave(1, ITEMS, False, 0.0), f"token-{number}", number, told)


@pytest.mark.parametrize(
    ("stored", "faults"),
    [
        ([0, 1], Faults()),
        ([0, 1, 2], Faults()),  # no reply came, and it is stored: nothing is wrong
        ([0], Faults(lost=1)),
        ([0, 1, 1, 1], Faults(doubled=2)),
        ([0, 1, 3], Faults(unsaid=1)),  # told that nothing was stored
        ([0, 1, 4], Faults(unsaid=1)),  # never sent
        ([0, 1, 77], Faults(unsaid=1)),  # nobody's
    ],
)
def test_ledger_compares_what_was_told_with_what_is_stored(stored, faults):
    told = [Told.ACKNOWLEDGED, Told.ACKNOWLEDGED, Told.UNKNOWN, Told.REFUSED, Told.NOTHING]
    tickets = [ticket(number, each) for number, each in enumerate(told)]
    assert ledger.compared(tickets, stored) == faults
    assert bool(faults) == (faults != Faults())


@pytest.fixture(scope="module")
def kind() -> str:
    """The kind of database of this test run."""
    return "postgres" if connection.vendor == "postgresql" else "sqlite"


@pytest.fixture(scope="module")
def drilled(kind):
    """A small installation whose web was killed while people answered; its ledger is clean."""
    with places.place(kind) as made, places.stage(made) as inside:
        inside.ask("found", clusters=1, schools=2, staff=30)
        file = made.folder.parent / "tokens"
        said = inside.ask("open", pulse="lead", seconds=3600, file=str(file))
        with web_servers.alongside(made, 1, 4) as web:
            crowd = Crowd(web.listener.getsockname()[:2], clients=3)
            crowd.invite(
                Wave(said["wave"], said["items"], said["comments"], said["closes_at"]), file.read_text().split()
            )
            crowd.start()
            wait_until(lambda: crowd.posts >= 15)
            web.process.kill()
            web.start()
            wait_until(lambda: crowd.posts >= 50)
            crowd.stop()
        yield made, inside, crowd


def wait_until(true) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.xdist_group("drilled")
def test_nothing_is_lost_when_the_web_is_killed(drilled):
    made, _, crowd = drilled
    told = [ticket.told for ticket in crowd.tickets]
    assert len(told) == 60
    assert told.count(Told.ACKNOWLEDGED) >= 20
    assert not crowd.strange
    assert ledger.of_open(made, 1, crowd.tickets) == Faults()
    assert ledger.snapshot(made) == Faults()


ANSWERED = "(SELECT min(digest) FROM surveys_ticket WHERE used)"
FIRST = "(SELECT min(key) FROM surveys_answer)"
REST = "wave_id, organisation_id, school_id, audience, category, ratings"
COPY = f"INSERT INTO surveys_answer (key, {REST}) SELECT {{}}, {REST} FROM surveys_answer"
DAMAGES = [
    (f"DELETE FROM surveys_answer WHERE key = {FIRST}", Faults(lost=1, spent=1), Faults(spent=1)),
    (f"UPDATE surveys_ticket SET used = NOT used WHERE digest = {ANSWERED}", Faults(lost=1), Faults(doubled=1)),
    (f"{COPY} WHERE key = {FIRST}", Faults(doubled=1), Faults(doubled=1)),
]


@pytest.mark.xdist_group("drilled")
@pytest.mark.parametrize(("damage", "open_faults", "snapshot_faults"), DAMAGES)
@pytest.mark.xdist_group("drilled")
def test_damage_is_found(drilled, kind, damage, open_faults, snapshot_faults):
    """Lost, spent without an answer, and doubled: the ledger sees each of them."""
    made, _, crowd = drilled
    for each in crowd.tickets:  # whoever got no reply must not hide the damage
        each.told = Told.ACKNOWLEDGED if each.told == Told.UNKNOWN and stored(made, each) else each.told
    other_key = "'\\x00'::bytea" if kind == "postgres" else "x'00'"
    with damaged(made, damage.format(other_key)):
        assert ledger.of_open(made, 1, crowd.tickets) == open_faults
        assert ledger.snapshot(made) == snapshot_faults
    assert ledger.of_open(made, 1, crowd.tickets) == Faults()


def stored(made, ticket: Ticket) -> bool:
    rows = made.rows("SELECT ratings FROM surveys_answer")
    return ticket.number in {number_of(ledger.read(row[0])) for row in rows}


@contextlib.contextmanager
def damaged(made, statement: str) -> Iterator[None]:
    """One statement that should never happen, undone afterwards."""
    tables = ("ticket", "answer")
    change(made, *(f"CREATE TABLE kept_{table} AS SELECT * FROM surveys_{table}" for table in tables), statement)
    yield
    for table in tables:
        change(made, f"DELETE FROM surveys_{table}", f"INSERT INTO surveys_{table} SELECT * FROM kept_{table}")
        change(made, f"DROP TABLE kept_{table}")


def change(made, *statements: str) -> None:
    if made.kind == "postgres":
        connected = psycopg.connect(made.owner_url)
    else:
        connected = sqlite3.connect(made.folder / "alongside.sqlite3")
    with contextlib.closing(connected):
        for statement in statements:
            connected.execute(statement)
        connected.commit()


@pytest.mark.xdist_group("drilled")
def test_ledger_reads_what_the_seal_has_copied(drilled):
    """Runs last on this installation: the wave is sealed, then one sealed answer goes."""
    made, inside, crowd = drilled
    inside.ask("close", wave=1, sealed=True)
    assert ledger.states(made) == {1: "sealed"}
    for each in crowd.tickets:
        each.told = Told.ACKNOWLEDGED if each.told == Told.UNKNOWN else each.told
    sealed = {number_of(ledger.read(row[0])) for row in made.rows("SELECT ratings FROM surveys_sealedanswer")}
    crowd.tickets = [each for each in crowd.tickets if each.told != Told.ACKNOWLEDGED or each.number in sealed]
    assert ledger.of_sealed(made, 1, crowd.tickets) == Faults()
    change(made, "DELETE FROM surveys_sealedanswer WHERE key = (SELECT min(key) FROM surveys_sealedanswer)")
    (made.folder / "keys" / "wave-1.key").touch()
    assert ledger.of_sealed(made, 1, crowd.tickets) == Faults(lost=1, unclean=1)


def test_drill_kills_what_it_was_asked_to(capsys):
    own = places.Place(
        "postgres", Path(), "", server=postgres.Server("", own=postgres.Installed(Path(), Path(), 1, None, {}))
    )
    options = argparse.Namespace(what=drills.WHAT, kills=9)
    assert sorted(drills._plan(own, options)) == ["database"] * 3 + ["web"] * 3 + ["worker"] * 3
    assert sorted(drills._plan(places.Place("sqlite", Path(), ""), options)) == ["web"] * 6 + ["worker"] * 3
    assert capsys.readouterr().out == (
        "SQLite: in place of the database the web is killed, because it is no process of its own.\n"
    )


# --- intake --------------------------------------------------------------------------------------------------------

FLOOR = """
import os, sqlite3
path = os.environ["FLOOR_DB"].removeprefix("sqlite:///")
with sqlite3.connect(path) as made:
    made.execute("CREATE TABLE IF NOT EXISTS floor_answer (id INTEGER)")

def application(environ, start_response):
    if environ["REQUEST_METHOD"] == "POST":
        with sqlite3.connect(path) as connected:
            connected.execute("INSERT INTO floor_answer VALUES (1)")
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"<p>Thank you"]
"""
# Sends three answers, one after the other.
FORMLOAD = """
import json, re, sys, urllib.request
url = sys.argv[sys.argv.index("--url") + 1]
tokens = open(sys.argv[sys.argv.index("--tokens") + 1]).read().split()[:3] if "--tokens" in sys.argv else "123"
body = "&".join(f"well.{n}=4" for n in range(1, 7)).encode()
accepted = sum("Your answers are in" in page or "<p>Thank you" in page for page in (
    urllib.request.urlopen(url.replace("{token}", token), body).read().decode() for token in tokens))
print(json.dumps(dict(accepted_per_s=accepted, accepted_total=accepted, errors={}, flow_ms=dict(p95=5))))
"""


def test_intake_drives_both_in_turn_and_finds_all_answers_stored(tmp_path, capsys):
    (tmp_path / "floor.py").write_text(FLOOR)
    (tmp_path / "formload.py").write_text(FORMLOAD)
    once = ["--runs", "2", "--clients", "1", "--seconds", "1", "--warmup", "1"]
    assert command.main(["intake", "--database", "sqlite", "--floor", str(tmp_path), *once]) == 0
    said = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("  run ") for line in said) == 2
    assert said[-2] == ("SQLite: acknowledged 6, tickets used 6, answers stored 6; the floor acknowledged 6, stored 6.")
    costs = r"processor at most [\d.]+ ms an answer \(8 (NOT )?reached\); at least 3/s \(100 NOT reached\)"
    begins = r"Intake, of the floor: SQLite 1 clients 1\.00 \(all reach 0\.6\)"
    assert re.fullmatch(rf"{begins}; {costs}; errors 0; stored = acknowledged\.", said[-1])


class Stored(places.Place):
    """A place whose database holds so many used tickets and answers."""

    counts = {"surveys_ticket": 6, "surveys_answer": 6}

    def rows(self, statement):
        return [(self.counts[next(table for table in self.counts if table in statement)],)]

    def floor_rows(self):
        return 6


@pytest.mark.parametrize(("used", "answers", "acknowledged"), [(6, 6, 7), (6, 6, 5), (6, 5, 6), (7, 6, 6)])
def test_intake_finds_what_does_not_add_up(monkeypatch, used, answers, acknowledged):
    monkeypatch.setattr(Stored, "counts", {"surveys_ticket": used, "surveys_answer": answers})
    runs = [intake.Pair(intake.Run(1.0, 6, 0, 1.0, 1.0), intake.Run(0.4, acknowledged, 0, 1.0, 1.0))]
    found = [intake.Result("SQLite", 8, runs)]
    faults = intake._faults(Stored("sqlite", Path(), ""), found)
    said = f"SQLite: acknowledged {acknowledged}, tickets used {used}, answers stored {answers}"
    assert faults == [said]
    assert intake._summary(found, faults) == (
        "Intake, of the floor: SQLite 8 clients 0.40 (NOT all reach 0.6); processor at most 1.0 ms an answer (8 reached); "
        f"at least 0/s (100 NOT reached); errors 0; {said}."
    )


def test_intake_names_a_database_that_stayed_locked(monkeypatch, tmp_path):
    (tmp_path / "web.log").write_text("django.db.utils.OperationalError: database is locked\n" * 2)
    runs = [intake.Pair(intake.Run(1.0, 6, 0, 1.0, 1.0), intake.Run(1.0, 6, 0, 1.0, 9.0))]
    found = [intake.Result("SQLite", 32, runs)]
    assert intake._faults(Stored("sqlite", tmp_path / "data", ""), found) == ["SQLite: 2 times locked"]
    assert "processor at most 9.0 ms an answer (8 NOT reached)" in intake._summary(found, [])


def test_figures_are_printed_with_their_spread():
    assert figures.spread([3.0, 1.0, 2.0]) == "2 (1–3)"
    assert figures.spread([0.5, 0.61, 0.55], 2) == "0.55 (0.50–0.61)"
    runs = [intake.Run(rate, 1, 0, 1.0, 1.0) for rate in (100.0, 40.0, 60.0, 90.0)]
    pairs = [intake.Pair(runs[0], ours) for ours in runs[1:]]
    assert intake.Result("SQLite", 8, pairs).ratio == 0.6


# --- pages and the answering page ----------------------------------------------------------------------------------


def test_browser_loads_styles_icons_scripts_and_pictures():
    html = b"""<link rel="icon" href="i.svg"><link rel="icon" href="data:,"><link rel="stylesheet" href="/static/a.css"><link rel="canonical" href="/c">
    <script src="/static/b.js"></script><img src="p.png"><a href="/elsewhere">x</a>"""
    page = answering.Part("http://127.0.0.1:1/a/1/x", "text/html", 0, html)
    here = "http://127.0.0.1:1"
    assert answering._within(page) == [
        f"{here}/a/1/i.svg",
        f"{here}/static/a.css",
        f"{here}/static/b.js",
        f"{here}/a/1/p.png",
    ]
    css = answering.Part(f"{here}/static/a.css", "text/css", 0, b'@import "b.css";a{b:url(c.woff2) url("data:x")}')
    assert answering._within(css) == [f"{here}/static/b.css", f"{here}/static/c.woff2"]
    assert answering._within(answering.Part(f"{here}/x.js", "text/javascript", 0, b"url(x)")) == []


def test_crawl_follows_links_of_this_site_only():
    page = b'<a href="/s/a/?b=1#c">x</a><a href="https://x.example/y">x</a><a href="/a/1/token">x</a><a href="#d">x</a>'
    assert pages._leads_to(200, "", page) == ["/s/a/?b=1"]
    assert pages._leads_to(302, "/home/", page) == ["/home/"]


@pytest.mark.django_db
def test_accepted_answer_costs_at_most_eight_statements(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    answering_pages.PAGES.clear()
    stage.found(clusters=1, schools=2, staff=20)
    said = stage.statements()
    lock = connection.vendor == "postgresql"
    counts = [(len(answer["GET"]), len(answer["POST"])) for answer in said["answers"]]
    assert counts == [(1, 5 + lock), (1, 4 + lock), (1, 4 + lock)]
    reads.forget()


@pytest.mark.django_db
def test_pages_visits_everybody_and_sums_up(capsys):
    net = make.network()
    schools = [make.school("Birch Park"), make.school("Holt")]
    cluster = make.cluster(net, "Avon cluster", schools)
    teacher = make.staff(schools[0], 1)[0]
    type(teacher).objects.filter(pk=teacher.pk).update(email="teacher@riverway.example")
    for part, where in ((make.officer, net), (make.stakeholder, net), (make.chair, cluster), (make.coach, cluster)):
        part(where)
    with pytest.raises(Refused, match="There is no demo world here"):
        command.main(["pages", "--here", "--runs", "1"])
    make.leader(schools[0])
    capsys.readouterr()
    assert command.main(["pages", "--here", "--runs", "1"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].strip() for line in said[:6]] == [
        "teacher",
        "head",
        "chair",
        "coach",
        "officer",
        "stakeholder",
    ]
    visited = sum(int(line.split()[1]) for line in said[:6])
    assert visited > 60
    assert said[-1].startswith(f"Pages: {visited} pages of 6 people; at most ")


@pytest.mark.django_db
def test_partners_are_timed_among_as_many_schools_as_were_asked_for():
    found = stage.partners(400, 2)["lines"]
    assert School.objects.count() == 400
    assert list(found) == ["5", "10", "20", "40", "80"]
    assert all(len(line["find"]) == len(line["floor"]) == 2 for line in found.values())
    within = [line["within"] for line in found.values()]
    assert within == sorted(within)
    assert within[-1] > 20
