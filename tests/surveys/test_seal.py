"""The seal: whatever ends it wherever, run again it comes to the same, once; and nothing of the intake is left."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from alongside.kit import keyfile, mail
from alongside.surveys import seal, tickets
from alongside.surveys.models import (
    Answer,
    BlockTally,
    Change,
    Comment,
    Release,
    RosterEntry,
    Round,
    SealedAnswer,
    SealedComment,
    Series,
    SlipSheet,
    Ticket,
    Wave,
    WrongCode,
)
from tests import make
from tests.surveys import worlds
from tests.surveys.killed import Killed, killed_at, statements_of
from tests.surveys.threads import together

INTAKE = (Ticket, Answer, Comment)


def due(world):
    """The wave's closing time has come."""
    past = timezone.now() - worlds.MINUTE
    Wave.objects.filter(pk=world.wave.pk).update(opens_at=past - 7 * make.DAY, closes_at=past)


def small_world():
    """Eleven answers of A with two comments, six of B, three of C that count nowhere."""
    world = worlds.open_world({"X": {"A": 12, "B": 7, "C": 4}}, "lead")
    worlds.answer(world, "A", [1, 2, 3, 4, 5, "x", 4, 4, 2])
    worlds.answer(world, "A", [5, 1], "One thing.")
    worlds.answer(world, "B", [1, 1, 2, 5, 5, 5])
    worlds.answer(world, "C", [2, 3, 2])
    due(world)
    return world


@pytest.fixture
def world(db):
    return small_world()


def result(world):
    """All that the seal leaves behind, without what is drawn at random."""
    wave = world.wave.pk
    release = Release.objects.get(wave=wave)
    ratings = [
        (school, pool, json.dumps(ratings, sort_keys=True))
        for school, pool, ratings in SealedAnswer.objects.filter(wave=wave).values_list("school", "pool", "ratings")
    ]
    return {
        "state": Wave.objects.get(pk=wave).state,
        "release": (release.document, release.sha256),
        "answers": sorted(ratings, key=str),
        "comments": sorted(SealedComment.objects.filter(wave=wave).values_list("school", "text")),
        "tallies": sorted(BlockTally.objects.filter(wave=wave).values_list("item", "block", "counts", "cant_say")),
        "changes": sorted(Change.objects.filter(wave=wave).values_list("item", "place", "word", "sentence")),
        "intake": [model.objects.filter(wave=wave).count() for model in (*INTAKE, RosterEntry)],
        "key": tickets.key_path(wave).exists(),
    }


def sealed_once(world):
    with worlds.undone():
        seal.seal(world.wave.pk)
        found = result(world)
    assert (found["state"], found["intake"], found["key"]) == ("sealed", [0, 0, 0, 0], False)
    assert (len(found["answers"]), len(found["comments"])) == (20, 2)
    assert len(found["changes"]) == 24  # A, B, X and the whole, six statements each
    return found


# --- killed and run again --------------------------------------------------------------------------------------------------------


def test_killed_at_any_statement_and_run_again_it_comes_to_the_same(world):
    expected = sealed_once(world)
    total = statements_of(lambda: seal.seal(world.wave.pk))
    assert total > 20
    for nth in range(1, total + 1):
        with worlds.undone():
            with killed_at(nth), pytest.raises(Killed):
                seal.seal(world.wave.pk)
            if Release.objects.exists():
                assert result(world)["intake"] == [0, 0, 0, 0], f"a release beside the intake, killed at {nth}"
            else:
                assert Answer.objects.count() == 20, f"answers lost, killed at {nth}"
            seal.seal(world.wave.pk)
            assert result(world) == expected, f"killed at statement {nth}"


def test_killed_and_killed_again_it_still_comes_to_the_same(world):
    """Each run gets one statement further than the one before."""
    expected = sealed_once(world)
    for nth in range(1, 200):
        try:
            with killed_at(nth):
                seal.seal(world.wave.pk)
        except Killed:
            continue
        break
    assert nth > 15
    assert result(world) == expected


@pytest.mark.parametrize(
    "moment",
    [
        (keyfile.os, "fsync"),
        (Path, "unlink"),
        (Path, "open"),
        (shutil, "rmtree"),
        (seal, "verify"),
        (seal.compare, "store"),
    ],
    ids=lambda moment: moment[1],
)
def test_killed_at_a_file_and_run_again_it_comes_to_the_same(moment, world, monkeypatch):
    expected = sealed_once(world)

    def fatal(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*moment, fatal)
        with pytest.raises(Killed):
            seal.seal(world.wave.pk)
    assert Wave.objects.get(pk=world.wave.pk).state == "published"
    assert world.wave.pk in seal.due()
    seal.seal(world.wave.pk)
    assert result(world) == expected
    assert seal.due() == []


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_by_the_kernel_at_any_step_loses_and_doubles_nothing(tmp_path):
    """Real processes, real transactions, kill -9: before and after statements, commits and file operations."""
    total, points = _steps(), 8
    victims = {1 + number * (total - 1) // (points - 1): small_world() for number in range(points)}
    orders = [f"{world.wave.pk}:{step}" for step, world in victims.items()]
    ends = _seal_in_another_process(orders)
    assert ends == ["killed"] * points
    expected = None
    for step, world in victims.items():
        _nothing_in_between(world, step)
        seal.seal(world.wave.pk)
        found = result(world)
        neutral = (
            found["state"],
            len(found["answers"]),
            len(found["comments"]),
            len(found["changes"]),
            found["intake"],
            found["key"],
        )
        assert neutral == (expected := expected or neutral), f"killed at step {step}"
    assert expected == ("sealed", 20, 2, 24, [0, 0, 0, 0], False)


def _steps():
    """How many steps a seal takes, from a run that nobody kills."""
    world = small_world()
    (end,) = _seal_in_another_process([f"{world.wave.pk}:1000000"])
    assert result(world)["state"] == "sealed"
    return int(end.removeprefix("done after "))


def _nothing_in_between(world, step):
    """Either everything of the intake is there and nothing is published, or the reverse."""
    published = Release.objects.filter(wave=world.wave.pk).exists()
    left = [model.objects.filter(wave=world.wave.pk).count() for model in (*INTAKE, RosterEntry)]
    assert left == ([0, 0, 0, 0] if published else [23, 20, 2, 23]), f"killed at step {step}"
    assert SealedAnswer.objects.filter(wave=world.wave.pk).count() == (20 if published else 0)


def _seal_in_another_process(orders):
    connection.close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.surveys.sealing", *orders],
        cwd=Path(__file__).parents[2],
        env=worlds.environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


# --- once -----------------------------------------------------------------------------------------------------------------------


def test_sealing_twice_is_sealing_once(world):
    seal.seal(world.wave.pk)
    before, kept = result(world), list(SealedAnswer.objects.order_by("key").values())
    for _ in range(3):
        seal.seal(world.wave.pk)
    assert result(world) == before
    assert list(SealedAnswer.objects.order_by("key").values()) == kept


def test_a_wave_that_is_still_open_is_left_alone(world):
    Wave.objects.filter(pk=world.wave.pk).update(closes_at=timezone.now() + worlds.MINUTE)
    seal.seal(world.wave.pk)
    assert Wave.objects.get(pk=world.wave.pk).state == "open"
    assert Answer.objects.count() == 20
    assert not Release.objects.exists()
    assert seal.due() == []


def test_a_wave_in_which_nobody_answered_is_sealed_too(db):
    world = worlds.open_world({"X": {"A": 9, "B": 3}})
    make.close(world.wave)
    assert result(world)["state"] == "sealed"
    assert json.loads(Release.objects.get().document)["answered"]["whole"] is None


@pytest.mark.django_db(transaction=True)
def test_workers_that_seal_a_wave_at_once_seal_it_once():
    world = small_world()
    together(4, lambda _: seal.seal(world.wave.pk))
    assert (result(world)["state"], len(result(world)["answers"]), len(result(world)["changes"])) == ("sealed", 20, 24)


@pytest.mark.django_db(transaction=True)
def test_waves_of_several_networks_that_close_at_the_same_moment_are_all_sealed():
    """All pulses close at six in the evening."""
    closing = [small_world() for _ in range(4)]
    together(4, lambda number: seal.seal(closing[number].wave.pk))
    assert {result(world)["state"] for world in closing} == {"sealed"}


@pytest.mark.django_db(transaction=True)
def test_answers_to_other_waves_are_taken_while_waves_open_and_close():
    other = worlds.open_world({"X": {"A": 60, "B": 3}})
    tokens = make.tokens(other.wave)
    closing = [small_world() for _ in range(2)]
    network, _, _ = worlds.network_of({"Y": {"C": 12, "D": 3}})
    work = [
        *(lambda world=world: seal.seal(world.wave.pk) for world in closing),
        lambda: make.open_wave(network),
        *(lambda part=part: worlds.take(other.wave, tokens[part::3]) for part in range(3)),
    ]
    together(len(work), lambda number: work[number]())
    assert Answer.objects.filter(wave=other.wave.pk).count() == 63
    assert {result(world)["state"] for world in closing} == {"sealed"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_while_a_wave_is_counted_its_network_goes_on_with_its_work():
    """The seal holds the wave's own row and no other: whoever writes something of the network need not wait, nor does it
    for them."""
    world, counting, done = small_world(), threading.Event(), threading.Event()

    def slowly(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "surveys_release"'):
            counting.set()
            assert done.wait(20)
        return execute(sql, params, many, context)

    def sealing():
        with connection.execute_wrapper(slowly):
            seal.seal(world.wave.pk)

    def working():
        assert counting.wait(20)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            Series.objects.create(organisation=world.network, instrument="well", audience="students")
        finally:
            done.set()

    together(2, lambda number: (sealing, working)[number]())
    assert result(world)["state"] == "sealed"


# --- what it leaves alone -----------------------------------------------------------------------------------------------------


def test_other_waves_keep_their_intake_their_key_and_their_letters(world, settings):
    settings.MAILERS = {"default": {"BACKEND": "alongside.kit.mail.MailboxBackend"}}
    other = worlds.open_world({"Y": {"C": 12, "D": 3}})
    worlds.answer_all(other, {"C": 4})
    mail.send("someone@school.example", "subject", "text", permit=mail.ASKED_FOR, folder=seal.mailbox(other.wave.pk))
    seal.seal(world.wave.pk)
    assert [model.objects.filter(wave=other.wave.pk).count() for model in (Ticket, Answer, RosterEntry)] == [15, 4, 15]
    assert tickets.key_path(other.wave.pk).exists()
    assert mail.letters(10)[1] == 1


# --- verifying ------------------------------------------------------------------------------------------------------------------


def test_a_wave_is_not_sealed_while_its_key_is_there(world, monkeypatch):
    monkeypatch.setattr(seal, "destroy_key", lambda wave: None)
    with pytest.raises(seal.NotClean, match="its key, or its slips"):
        seal.seal(world.wave.pk)
    assert Wave.objects.get(pk=world.wave.pk).state == "published"


@pytest.mark.parametrize("model", INTAKE)
def test_a_wave_is_not_sealed_while_intake_is_there(model, world, monkeypatch):
    def all_but_one(wave):
        RosterEntry.objects.filter(wave=wave).delete()
        with connection.cursor() as cursor:
            for other in INTAKE:
                if other is not model:
                    cursor.execute(f"DELETE FROM {other._meta.db_table} WHERE wave_id = %s", [wave.pk])

    monkeypatch.setattr(seal, "_drop_intake", all_but_one)
    with pytest.raises(seal.NotClean, match=f"not clean yet: {model.__name__}"):
        seal.seal(world.wave.pk)
    assert Wave.objects.get(pk=world.wave.pk).state == "published"


@pytest.mark.parametrize("model", seal.OF_THE_INTAKE)
def test_a_wave_is_not_sealed_while_its_roster_or_a_round_or_a_slip_is_there(model, world, monkeypatch):
    of = {"organisation": world.network, "wave": world.wave}
    rows = {
        Round: {"school": world.schools["A"], "name": "day-3", "upto": 9},
        SlipSheet: {"school": world.schools["A"], "count": 1, "state": "fetched"},
        WrongCode: {"address": "", "at": timezone.now()},
    }
    if model in rows:
        model.objects.create(**of, **rows[model])
    monkeypatch.setattr(seal, "OF_THE_INTAKE", tuple(other for other in seal.OF_THE_INTAKE if other is not model))
    seal.shut(world.wave.pk)
    seal.publish_release(world.wave.pk)
    monkeypatch.undo()
    with pytest.raises(seal.NotClean, match=f"not clean yet: {model.__name__}"):
        seal.seal(world.wave.pk)


def test_a_release_that_was_changed_is_noticed(world):
    seal.shut(world.wave.pk)
    seal.publish_release(world.wave.pk)
    release = Release.objects.get()
    Release.objects.update(document=release.document.replace("5–9", "6"))
    with pytest.raises(seal.NotClean, match="does not match its digest"):
        seal.seal(world.wave.pk)
    Release.objects.update(document=release.document)
    seal.seal(world.wave.pk)
    assert Release.objects.get().sha256 == hashlib.sha256(release.document.encode()).hexdigest()


# --- SQLite's files --------------------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_reader_that_never_stops_delays_the_seal_and_nobody_else(monkeypatch):
    world, other = small_world(), worlds.open_world({"Y": {"C": 12, "D": 3}})
    tokens, reading, stop, answered = make.tokens(other.wave), threading.Event(), threading.Event(), threading.Event()
    monkeypatch.setattr(seal, "CHECKPOINT_TRIES", 12)
    keys, waits = [bytes(key) for key in Answer.objects.values_list("key", flat=True)], []
    assert [key for key in keys if key in Path(f"{connection.settings_dict['NAME']}-wal").read_bytes()]

    def reader():
        with connection.cursor() as cursor:
            rows = cursor.execute("SELECT a.digest FROM surveys_ticket a, surveys_ticket b")
            rows.fetchone()
            reading.set()
            assert stop.wait(20)

    def sealer():
        assert reading.wait(20)
        with pytest.raises(seal.NotClean, match="log could not be emptied"):
            seal.seal(world.wave.pk)
        assert Wave.objects.get(pk=world.wave.pk).state == "published"
        assert answered.wait(20)
        stop.set()

    def answering():
        assert reading.wait(20)
        for token in tokens:
            began = time.monotonic()
            worlds.take(other.wave, [token])
            waits.append(time.monotonic() - began)
        answered.set()

    together(3, lambda number: (reader, sealer, answering)[number]())
    assert (len(waits), max(waits) < 5) == (15, True)
    seal.seal(world.wave.pk)
    assert result(world)["state"] == "sealed"
    assert not [key for key in keys if key in Path(f"{connection.settings_dict['NAME']}-wal").read_bytes()]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_the_seal_leaves_the_patience_of_its_connection_as_it_was():
    seal.truncate_log()
    assert connection.cursor().execute("PRAGMA busy_timeout").fetchone() == (20_000,)


# --- PostgreSQL's roles, partitions and files ---------------------------------------------------------------------------------------


@pytest.fixture
def as_web(transactional_db):
    """A connection of the role with which web and workers come: it owns nothing."""
    found = connection.settings_dict
    with psycopg.connect(
        host=found["HOST"],
        port=found["PORT"],
        dbname=found["NAME"],
        user=found["USER"].replace("owner", "web"),
        password=found["PASSWORD"],
        autocommit=True,
    ) as web:
        yield web


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_partitions_and_their_files_go_with_the_seal():
    world = small_world()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_relation_filepath(c.oid), c.oid FROM pg_class c WHERE c.relname LIKE %s "
            "OR c.oid IN (SELECT reltoastrelid FROM pg_class WHERE relname LIKE %s) "
            "OR c.oid IN (SELECT indexrelid FROM pg_index JOIN pg_class t ON t.oid = indrelid WHERE t.relname LIKE %s)",
            [f"surveys_%_w{world.wave.pk}"] * 3,
        )
        before = cursor.fetchall()
    assert len(before) >= 6
    seal.seal(world.wave.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE oid = ANY(%s)", [[oid for _, _, oid in before]])
        assert cursor.fetchall() == []
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE %s", [f"%\\_w{world.wave.pk}%"])
        assert cursor.fetchall() == []
    data = os.environ.get("ALONGSIDE_TEST_POSTGRES_DATA")
    files = [Path(data) / path for _, path, _ in before] if data else []
    assert all(not file.exists() or file.stat().st_size == 0 for file in files)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE surveys_answer",
        "DROP TABLE surveys_answer_w{wave}",
        "TRUNCATE surveys_ticket",
        "TRUNCATE surveys_ticket_w{wave}",
        "ALTER TABLE surveys_answer ADD COLUMN person bigint",
        "ALTER TABLE surveys_answer DETACH PARTITION surveys_answer_w{wave}",
        "CREATE TABLE copy_of_answers AS SELECT * FROM surveys_answer",
        "CREATE FUNCTION alongside_x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE alongside_owner",
    ],
)
def test_the_web_role_changes_rows_and_never_tables(statement, as_web):
    world = small_world()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_web.execute(statement.format(wave=world.wave.pk))
    assert as_web.execute("SELECT count(*) FROM surveys_answer").fetchone() == (20,)


@pytest.mark.postgres
def test_the_intake_is_not_dropped_without_a_release(as_web):
    world = small_world()
    with pytest.raises(psycopg.errors.RaiseException, match="has no release: its intake stays"):
        as_web.execute("SELECT alongside_drop_intake(%s)", [world.wave.pk])
    assert Answer.objects.count() == 20


@pytest.mark.postgres
def test_only_the_web_role_may_open_and_drop_an_intake(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, has_function_privilege('public', oid, 'execute'), "
            "has_function_privilege('alongside_app', oid, 'execute'), prosecdef "
            "FROM pg_proc WHERE proname LIKE 'alongside\\_%\\_intake' ORDER BY 1"
        )
        assert cursor.fetchall() == [
            ("alongside_drop_intake", False, True, True),
            ("alongside_open_intake", False, True, True),
        ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_whole_loop_runs_as_the_web_role(tmp_path):
    """Opening, answering and sealing need no right that the web role has not."""
    world = small_world()
    (end,) = _seal_in_another_process_as_web(world)
    assert end.startswith("done after ")
    assert result(world)["state"] == "sealed"


def _seal_in_another_process_as_web(world):
    connection.close()
    owner = connection.settings_dict["USER"]
    environment = worlds.environment()
    environment["ALONGSIDE_DATABASE_URL"] = environment["ALONGSIDE_DATABASE_URL"].replace(
        owner, owner.replace("owner", "web")
    )
    command = [sys.executable, "-m", "tests.surveys.sealing", f"{world.wave.pk}:1000000"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
