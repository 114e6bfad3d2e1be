"""After the seal nobody can tell whose an answer is, whatever they read: rows, columns, order, transactions or bytes.

A thousand people answer, each in a way of their own, so that the test can follow every answer where an attacker cannot.
"""

import base64
import io
import itertools
import logging
import os
import random
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test import Client, override_settings
from django.utils import timezone
from psycopg import sql

from alongside.kit.logs import ScrubTokens
from alongside.network.models import Organisation, School
from alongside.people.models import Person, StaffEntry
from alongside.surveys import actions, answering, seal, tickets
from alongside.surveys.accept import accept
from alongside.surveys.models import (
    Answer,
    BlockTally,
    Comment,
    Owed,
    Release,
    RosterEntry,
    SealedAnswer,
    SealedComment,
    Ticket,
    Wave,
)
from tests import make
from tests.surveys import worlds

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("sealed")]  # a thousand people answer once
N = 1000
ITEMS = [f"lead.{number}" for number in range(1, 7)]
SHARED = {Organisation, School, Wave}  # what a whole school or everyone has in common


@dataclass(frozen=True)
class Sealed:
    """What an attacker may have kept from before the close, in order of arrival, and what the test knows."""

    wave: Wave
    people: list[int]
    tokens: list[str]
    keys: list[bytes]  # of the answers before the seal
    roster: list[int]  # people in the order of the roster's rows
    tickets: list[bytes]  # digests in the order of the tickets' rows
    traces: list[bytes]  # digests, and keys of answers, of every seventh person: what to look for in files
    found_before: list[bytes]  # those of them that the database's files held before the seal

    @property
    def digests(self) -> list[bytes]:
        return [tickets.digest(token) for token in self.tokens]


@pytest.fixture(scope="module")
def sealed(django_db_setup, django_db_blocker, tmp_path_factory):
    """A wave of a thousand answers, sealed for good: its transactions are real, so that files and orders are."""
    keys = override_settings(KEYS=tmp_path_factory.mktemp("keys"))
    with django_db_blocker.unblock(), keys, pytest.MonkeyPatch.context() as patch:
        # Random as in real life, but the same in each run: a fair shuffle of 1,000 goes beyond |ρ| = 0.1 once in 600 times.
        dice = random.Random(20261122)
        patch.setattr(secrets, "token_bytes", dice.randbytes)
        patch.setattr(random, "SystemRandom", lambda: dice)
        try:
            yield _sealed(dice)
        finally:
            call_command("flush", interactive=False, verbosity=0)


def _sealed(dice):
    world = _by_kind_of_job({"X": {"A": 400, "B": 300, "C": 290, "D": 7, "E": 3}})
    key, wave = tickets.read_key(world.wave.pk), world.wave
    roster = list(RosterEntry.objects.order_by("pk").values_list("person", flat=True))
    people = dice.sample(roster, N)
    tokens = [tickets.token(key, person, "staff") for person in people]
    for arrival, token in enumerate(tokens):
        accept(wave.pk, token, _own_way(arrival), f"comment {arrival:04}")
    order = "rowid" if connection.vendor == "sqlite" else "ctid"
    keys, stored = (
        _column(f"SELECT key FROM surveys_answer ORDER BY {order}"),
        _column(f"SELECT digest FROM surveys_ticket ORDER BY {order}"),
    )
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE")  # as its own maintenance does at moments of its choosing
    traces = [*map(tickets.digest, tokens[::7]), *keys[::7]]
    files = _files()
    found = [value for value in traces if value in files]
    past = timezone.now() - worlds.MINUTE
    Wave.objects.filter(pk=wave.pk).update(opens_at=past - make.DAY, closes_at=past)
    seal.seal(wave.pk)
    wave.refresh_from_db()
    return Sealed(wave, people, tokens, keys, roster, stored, traces, found)


def _by_kind_of_job(sizes):
    """An open pulse with a breakdown, so that tickets and answers carry all that they ever do."""
    network, clusters, schools = worlds.network_of(sizes)
    for number, entry in enumerate(StaffEntry.objects.order_by("pk")):
        job = "leader" if number % 10 == 0 else "site" if number % 10 < 4 else "teacher"
        StaffEntry.objects.filter(pk=entry.pk).update(job=job)
    now = timezone.now()
    wave = actions.ask(network, "lead", now, now + 7 * make.DAY, breakdown="job")
    actions.open_wave(wave.pk)
    wave.refresh_from_db()
    return worlds.World(network, clusters, schools, wave)


def _own_way(arrival):
    """Ratings that nobody else gives: the number of arrival, written in base 5."""
    return {item: 1 + arrival // 5**place % 5 for place, item in enumerate(ITEMS)}


def _arrival(ratings):
    return sum((ratings[item] - 1) * 5**place for place, item in enumerate(ITEMS))


def _column(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [bytes(value) if isinstance(value, memoryview) else value for (value,) in cursor.fetchall()]


def _files():
    """All bytes in the database's files, freed pages and all: SQLite's file and its log, PostgreSQL's tables and indexes."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return b"".join(file.read_bytes() for file in Path(found["NAME"]).parent.glob(f"{Path(found['NAME']).name}*"))
    _write_out(found)
    folder = os.environ.get("ALONGSIDE_TEST_POSTGRES_DATA")
    if not folder:
        return b""
    ours, pristine = (
        Path(folder) / "base" / str(oid)
        for oid in _column(
            f"SELECT oid FROM pg_database WHERE datname IN ('{found['NAME']}', 'template0') ORDER BY datname = 'template0'"
        )
    )
    read = {file.name: file.read_bytes() for file in ours.iterdir()}
    never_written = {file.name for file in pristine.iterdir() if read.get(file.name) == file.read_bytes()}
    return b"".join(content for name, content in read.items() if name not in never_written)


def _write_out(found):
    """Have PostgreSQL write all it holds in memory: making a database from files begins with a checkpoint."""
    probe = sql.Identifier(f"probe_{uuid.uuid4().hex}")
    address = {name.lower(): found[name] for name in ("HOST", "PORT", "USER", "PASSWORD")}
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 STRATEGY FILE_COPY").format(probe))
        server.execute(sql.SQL("DROP DATABASE {}").format(probe))


def rho(order):
    """Spearman's correlation of a permutation of 0 … n − 1 with its positions."""
    n = len(order)
    return 1 - 6 * sum((place - arrival) ** 2 for place, arrival in enumerate(order)) / (n * (n * n - 1))


# --- nothing is lost ----------------------------------------------------------------------------------------------------------


def test_every_answer_and_every_comment_is_there_once(sealed):
    assert sorted(_arrival(ratings) for ratings in SealedAnswer.objects.values_list("ratings", flat=True)) == list(
        range(N)
    )
    kept = sorted(SealedComment.objects.values_list("text", flat=True))
    assert len(set(kept)) == len(kept) == N - 10  # but for the ten of D and E, where fewer than ten answered


# --- columns --------------------------------------------------------------------------------------------------------------------


def test_no_path_of_columns_leads_from_a_sealed_answer_to_whoever_gave_it(sealed):
    """Follow every foreign key on the way out as far as it goes: the only person to be reached is who asked the wave."""
    for model in (SealedAnswer, SealedComment):
        reached = _reached(model, set())
        assert {target for source, target in reached if source is model} == SHARED
        assert {source for source, target in reached if target is Person} == {
            Wave,
            Person,
        }  # who asked, and as whom they were known before
    assert not RosterEntry.objects.exists()
    assert [model.objects.count() for model in (Ticket, Answer, Comment)] == [0, 0, 0]


def _reached(model, seen):
    """(model, model) for every foreign key on the way out of a model."""
    for field in model._meta.concrete_fields:
        step = (model, field.related_model)
        if field.related_model and step not in seen:
            seen.add(step)
            _reached(field.related_model, seen)
    return seen


def test_the_database_knows_no_other_foreign_keys_than_the_models(sealed):
    with connection.cursor() as cursor:
        for model in (SealedAnswer, SealedComment):
            found = connection.introspection.get_relations(cursor, model._meta.db_table)
            assert {relation[1] for relation in found.values()} == {shared._meta.db_table for shared in SHARED}
            for table in connection.introspection.table_names(cursor):
                pointing = connection.introspection.get_relations(cursor, table).values()
                assert model._meta.db_table not in {relation[1] for relation in pointing}


def test_no_value_of_a_sealed_row_stands_anywhere_else_in_the_database(sealed):
    """But for the wave, its owner and the school, which all of a school share."""
    telling = {SealedAnswer: ["key", "ratings"], SealedComment: ["key", "text"]}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    values = {(table, column): found for table in tables for column, found in _values(table).items()}
    for model, columns in telling.items():
        own = [field.attname for field in model._meta.concrete_fields]
        assert set(own) - set(columns) <= {"organisation_id", "wave_id", "school_id", "pool", "category"}
        for column in columns:
            mine = values[model._meta.db_table, column]
            assert len(mine) == model.objects.count()
            assert [
                place for place, found in values.items() if found & mine and place != (model._meta.db_table, column)
            ] == []


def _values(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        rows, names = cursor.fetchall(), [column[0] for column in cursor.description]
    return {
        name: {bytes(v) if isinstance(v, memoryview) else str(v) if isinstance(v, (dict, list)) else v for v in column}
        for name, column in zip(names, zip(*rows, strict=True), strict=True)
    } if rows else {}  # fmt: skip


def test_no_row_of_a_person_tells_whether_they_answered(sealed):
    """The tables that still name people hold nothing that differs between the rows of those who answered."""
    naming = [
        model for model in apps.get_models() if any(f.related_model is Person for f in model._meta.concrete_fields)
    ]
    assert {model.__name__ for model in naming if model.objects.exists()} == {
        "StaffEntry",
        "ConfirmedDomain",
        "Wave",
        "Person",
        "Owed",  # which school owes a reply; names whoever waived it
    }
    assert not Owed.objects.filter(waived_by__isnull=False).exists()
    for model, columns in {Person: {"id", "email", "name"}, StaffEntry: {"id", "person_id", "name", "job"}}.items():
        differing = {
            f.attname for f in model._meta.concrete_fields if f.attname not in columns and _varies(model, f.attname)
        }
        assert differing <= {"school_id", "organisation_id", "joined_at"}
    assert Person.objects.latest("joined_at").joined_at < sealed.wave.opens_at + 7 * make.DAY


def _varies(model, column):
    return model.objects.values(column).distinct().count() > 1


def test_a_sealed_row_says_of_a_job_what_many_of_its_school_share_and_nothing_in_pools(sealed):
    found = SealedAnswer.objects.values_list("school__name", "category").annotate(rows=Count("key"))
    kinds = {(school and school[7], category): rows for school, category, rows in found}
    assert kinds == {
        ("A", "leaders"): 40,
        ("A", "support"): 120,
        ("A", "teachers"): 240,
        ("B", "leaders"): 30,
        ("B", "support"): 90,
        ("B", "teachers"): 180,
        ("C", "leaders"): 29,
        ("C", "support"): 87,
        ("C", "teachers"): 174,
        ("D", ""): 7,
        (None, ""): 3,
    }


def test_keys_of_sealed_rows_are_new(sealed):
    now = {bytes(key) for model in (SealedAnswer, SealedComment) for key in model.objects.values_list("key", flat=True)}
    assert len(now) == 2 * N - 10
    assert not now & set(sealed.keys)


# --- order ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["as stored", "by key", "as returned"])
def test_the_order_of_sealed_answers_says_nothing_of_the_order_of_arrival(order, sealed):
    arrivals = [_arrival(_as_dict(value)) for value in _ordered("ratings", "surveys_sealedanswer", order)]
    assert sorted(arrivals) == list(range(N))
    assert abs(rho(arrivals)) <= 0.1


@pytest.mark.parametrize("order", ["as stored", "by key", "as returned"])
def test_the_order_of_sealed_comments_says_nothing_of_the_order_of_arrival(order, sealed):
    arrivals = [int(text.split()[1]) for text in _ordered("text", "surveys_sealedcomment", order)]
    ranks = {arrival: rank for rank, arrival in enumerate(sorted(arrivals))}
    assert abs(rho([ranks[arrival] for arrival in arrivals])) <= 0.1


def test_answers_and_comments_of_one_person_do_not_lie_side_by_side(sealed):
    answers = [_arrival(_as_dict(value)) for value in _ordered("ratings", "surveys_sealedanswer", "as stored")]
    comments = [int(text.split()[1]) for text in _ordered("text", "surveys_sealedcomment", "as stored")]
    place = {arrival: index for index, arrival in enumerate(a for a in answers if a in set(comments))}
    assert abs(rho([place[arrival] for arrival in comments])) <= 0.1


def test_the_order_of_sealed_answers_says_nothing_of_the_roster_or_the_tickets(sealed):
    stored = [
        sealed.people[_arrival(_as_dict(value))] for value in _ordered("ratings", "surveys_sealedanswer", "as stored")
    ]
    by_roster = {person: place for place, person in enumerate(sealed.roster)}
    assert abs(rho([by_roster[person] for person in stored])) <= 0.1
    digests = dict(zip(sealed.people, sealed.digests, strict=True))
    by_ticket = {digest: place for place, digest in enumerate(sealed.tickets)}
    assert abs(rho([by_ticket[digests[person]] for person in stored])) <= 0.1


def test_the_order_of_tickets_says_nothing_of_the_roster(sealed):
    by_digest = dict(zip(sealed.digests, sealed.people, strict=True))
    by_roster = {person: place for place, person in enumerate(sealed.roster)}
    assert abs(rho([by_roster[by_digest[digest]] for digest in sealed.tickets])) <= 0.1


def test_sealed_answers_of_one_school_lie_among_those_of_the_others(sealed):
    schools = _ordered("school_id", "surveys_sealedanswer", "as stored")
    changes = sum(a != b for a, b in itertools.pairwise(schools))
    assert changes > N / 2


def _ordered(column, table, order):
    place = {"as stored": "rowid" if connection.vendor == "sqlite" else "ctid", "by key": "key"}.get(order)
    return _column(f"SELECT {column} FROM {table}" + (f" ORDER BY {place}" if place else ""))


def _as_dict(value):
    return (
        SealedAnswer._meta.get_field("ratings").from_db_value(value, None, connection)
        if isinstance(value, str)
        else value
    )


# --- transactions --------------------------------------------------------------------------------------------------------------


@pytest.mark.postgres
def test_all_sealed_rows_come_from_one_transaction_that_no_row_of_a_person_shares(sealed):
    ours = {
        table: set(_column(f"SELECT xmin::text FROM {table}"))
        for table in ("surveys_sealedanswer", "surveys_sealedcomment")
    }
    assert ours["surveys_sealedanswer"] == ours["surveys_sealedcomment"]
    assert len(ours["surveys_sealedanswer"]) == 1
    assert set(_column("SELECT xmin::text FROM surveys_release")) == ours["surveys_sealedanswer"]
    for model in apps.get_models():
        if model not in {SealedAnswer, SealedComment, Release, BlockTally, Owed}:  # Owed: of schools and clusters
            assert not set(_column(f"SELECT xmin::text FROM {model._meta.db_table}")) & ours["surveys_sealedanswer"]


# --- bytes ------------------------------------------------------------------------------------------------------------------------


def test_no_byte_of_a_ticket_or_of_an_old_key_is_left_in_the_files_of_the_database(sealed):
    if connection.vendor == "sqlite" or os.environ.get("ALONGSIDE_TEST_POSTGRES_DATA"):
        assert sealed.found_before == sealed.traces, "the search does not find what is there"
    tokens = sealed.tokens[::7]
    secret = [*(token.encode() for token in tokens), *(base64.urlsafe_b64decode(token + "==") for token in tokens)]
    files = _files()
    assert [value for value in [*sealed.traces, *secret] if value in files] == []


@pytest.mark.postgres
def test_no_statistics_of_the_intake_are_left(sealed):
    assert (
        _column(
            "SELECT tablename FROM pg_stats WHERE tablename LIKE 'surveys_ticket%' OR tablename LIKE 'surveys_answer%' OR tablename LIKE 'surveys_comment%'"
        )
        == []
    )


# --- logs --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(monkeypatch):
    """What an installation's log has written meanwhile, everything down to debugging messages."""
    (handler,) = [
        found for found in logging.getLogger().handlers if any(isinstance(f, ScrubTokens) for f in found.filters)
    ]
    stream = io.StringIO()
    monkeypatch.setattr(handler, "stream", stream)
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("django"), "level", logging.DEBUG)
    return stream.getvalue


def test_an_error_on_the_answering_path_is_logged_without_the_token(written, monkeypatch, db):
    world = worlds.open_world({"X": {"A": 12, "B": 3}})
    token = make.tokens(world.wave)[0]
    path = f"/a/{world.wave.pk}/{token}"

    def broken(request, *args, **kept):
        raise RuntimeError(f"cannot show {request.get_full_path()} to {request!r}")

    monkeypatch.setattr(answering, "form", broken)
    monkeypatch.setattr(answering, "receipt", broken)
    visitor = Client(raise_request_exception=False)
    assert visitor.get(path).status_code == 500
    assert visitor.post(path, dict.fromkeys(make.ratings(world.wave), "4")).status_code == 500
    log = written()
    assert "RuntimeError: cannot show" in log
    assert f"/a/{world.wave.pk}/…" in log
    assert token not in log


def test_refused_links_and_bad_requests_are_logged_without_the_token(written, db):
    world = worlds.open_world({"X": {"A": 12, "B": 3}})
    token = make.tokens(world.wave)[0]
    visitor, path = Client(raise_request_exception=False), f"/a/{world.wave.pk}/{token}"
    for address in (
        path + "x",
        path + "/",
        path + "/comment",
        f"/a/{world.wave.pk + 99}/{token}",
        f"/sign-in/?next={path}",
    ):
        visitor.get(address)
    visitor.put(path)
    visitor.post(path, {f"x{number}": "1" for number in range(2000)})
    visitor.get(path, headers={"Host": "evil.example"})
    assert "Not Found" in written()
    assert token not in written()
