"""Tokens, digests and the key they come from."""

import base64
import hashlib
import hmac
import itertools
import os
import stat
import threading
import time

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django_ox.testing import run_tasks

from alongside.kit import keyfile
from alongside.people.models import Person, StaffEntry
from alongside.surveys import actions, seal, tickets
from alongside.surveys.models import Ticket, Wave
from tests import make
from tests.surveys import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return worlds.open_world({"X": {"A": 9, "B": 3}})


def test_a_token_is_128_bits_of_an_hmac_over_person_and_audience():
    key = b"k" * 43
    text = tickets.token(key, 17, "staff")
    mac = hmac.new(key, b"17:staff", hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(text + "==") == mac[:16]
    assert len(text) == 22
    assert len({tickets.token(key, person, audience) for person in (17, 171) for audience in ("staff", "7:staff")}) == 4
    assert tickets.token(b"l" * 43, 17, "staff") != text


def test_a_digest_is_the_sha_256_of_the_token():
    assert tickets.digest("abc") == hashlib.sha256(b"abc").digest()
    assert len(tickets.digest("ä\ud800" * 999)) == tickets.DIGEST_BYTES


@pytest.mark.parametrize("sent", [False, True], ids=["letters queued", "letters sent"])
def test_the_database_holds_digests_and_neither_tokens_nor_key(sent, world, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    if sent:
        run_tasks()
    tokens, key = make.tokens(world.wave), tickets.read_key(world.wave.pk)
    digests = [tickets.digest(token) for token in tokens]
    raw = [base64.urlsafe_b64decode(token + "==") for token in tokens]
    secret = [key, base64.urlsafe_b64decode(key + b"==")]
    assert sorted(digests) == sorted(bytes(digest) for digest in Ticket.objects.values_list("digest", flat=True))
    for table, rows in everything_stored().items():
        found = [value for value in [*(t.encode() for t in tokens), *raw, *secret] if value in rows]
        assert found == [], f"{table} holds a token or the key"
        assert table == "surveys_ticket" or not [d for d in digests if d in rows or d.hex().encode() in rows], table


def everything_stored() -> dict[str, bytes]:
    """All that the database holds, table by table, as one run of bytes each."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        return {name: _stored(cursor, name) for name in names}


def _stored(cursor, table):
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
    values = [value for row in cursor.fetchall() for value in row]
    return b"\n".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in values)


def test_tickets_lie_in_the_order_of_their_digests_not_of_the_roster(world):
    with connection.cursor() as cursor:
        order = "rowid" if connection.vendor == "sqlite" else "ctid"
        cursor.execute(f"SELECT digest FROM surveys_ticket ORDER BY {order}")
        stored = [bytes(digest) for (digest,) in cursor.fetchall()]
    assert stored == sorted(stored)
    assert [tickets.digest(token) for token in make.tokens(world.wave)] != stored


def test_no_model_ties_a_ticket_an_answer_or_a_comment_to_a_person():
    for name in ("Ticket", "Answer", "Comment", "SealedAnswer", "SealedComment"):
        related = {
            field.related_model for field in apps.get_model("surveys", name)._meta.get_fields() if field.is_relation
        }
        assert not related & {Person, StaffEntry}
        assert {model.__name__ for model in related} <= {"Wave", "Organisation", "School"}


# --- the key -------------------------------------------------------------------------------------------------------------------


def test_the_key_is_a_file_of_its_own_that_its_owner_alone_reads(world, settings):
    path = tickets.key_path(world.wave.pk)
    assert path.parent == settings.KEYS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(base64.urlsafe_b64decode(path.read_text() + "=")) == 32


def test_the_key_is_private_even_where_the_umask_is_not(tmp_path):
    before = os.umask(0)
    try:
        keyfile.read_or_create(tmp_path / "a.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600


def test_each_wave_has_a_key_of_its_own_and_keeps_it(world):
    other = make.open_wave(world.network, "lead")
    assert tickets.read_key(other.pk) != tickets.read_key(world.wave.pk)
    assert tickets.make_key(world.wave.pk) == tickets.read_key(world.wave.pk)


def test_the_key_is_overwritten_and_gone_after_the_seal(world, tmp_path):
    path = tickets.key_path(world.wave.pk)
    os.link(path, tmp_path / "the same bytes on the disk")
    worlds.answer_all(world, {"A": 5})
    make.close(world.wave)
    assert not path.exists()
    assert set((tmp_path / "the same bytes on the disk").read_bytes()) == {0}
    with pytest.raises(FileNotFoundError):
        tickets.read_key(world.wave.pk)


def test_destroying_a_key_twice_is_once(tmp_path):
    keyfile.destroy(tmp_path / "never.key")
    keyfile.read_or_create(tmp_path / "a.key")
    keyfile.destroy(tmp_path / "a.key")
    keyfile.destroy(tmp_path / "a.key")
    assert not list(tmp_path.glob("*.key"))


def test_whoever_comes_first_makes_the_key_and_all_others_read_it(tmp_path, monkeypatch):
    start, found, drawn = threading.Barrier(8), [], itertools.count()

    def slowly(_):
        time.sleep(0.05)
        return f"secret {next(drawn)}"

    monkeypatch.setattr(keyfile.secrets, "token_urlsafe", slowly)

    def make_or_read():
        start.wait()
        found.append(keyfile.read_or_create(tmp_path / "a.key"))

    threads = [threading.Thread(target=make_or_read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), set(found)) == (8, {"secret 0"})


@pytest.mark.parametrize("moment", ["os.open", "os.fdopen", "fcntl.flock", "secrets.token_urlsafe", "os.fsync"])
def test_a_process_killed_while_it_makes_a_key_leaves_none_or_a_whole_one(moment, tmp_path, monkeypatch):
    """Nobody has to delete an empty key by hand before a wave can open."""
    module, function = moment.split(".")
    real = getattr(getattr(keyfile, module), function)

    class Killed(BaseException):
        """As if the process ended here."""

    def fatal(*args, **kwargs):
        if function == "open":
            os.close(real(*args, **kwargs))
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(getattr(keyfile, module), function, fatal)
        with pytest.raises(Killed):
            keyfile.read_or_create(tmp_path / "a.key")
    made = keyfile.read_or_create(tmp_path / "a.key")
    assert len(made) == 64
    assert keyfile.read_or_create(tmp_path / "a.key") == made


# --- constraints -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lowered", [{"k_scores": 4}, {"k_shares": 9}, {"k_scores": 0}])
def test_no_threshold_is_ever_lowered(lowered, world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Wave.objects.filter(pk=world.wave.pk).update(**lowered)
    assert Wave.objects.filter(pk=world.wave.pk, k_scores=5, k_shares=10).exists()


def test_a_wave_closes_after_it_opens(world):
    with pytest.raises(IntegrityError), transaction.atomic():
        Wave.objects.filter(pk=world.wave.pk).update(closes_at=world.wave.opens_at)


def test_a_digest_is_in_a_wave_once(world):
    ticket = Ticket.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.create(
            wave=ticket.wave, digest=ticket.digest, organisation=ticket.organisation, school=ticket.school
        )


# --- how many have answered --------------------------------------------------------------------------------------------------


def about(world):
    return Wave.objects.get(pk=world.wave.pk).answered_about


def test_participation_moves_in_steps_of_five_once_an_hour(world, time_machine):
    seen = []
    for _ in range(12):
        worlds.answer(world, "A" if world.answered.get("A", 0) < 9 else "B", [4])
        actions.refresh_participation()
        seen.append(about(world))
    assert seen == [0] * 12  # counted once, at the first; the hour has not passed
    time_machine.move_to(world.wave.opens_at + actions.COUNT_EVERY - worlds.SECOND)
    actions.refresh_participation()
    assert about(world) == 0
    time_machine.move_to(world.wave.opens_at + actions.COUNT_EVERY + worlds.MINUTE)
    actions.refresh_participation()
    assert about(world) == 10


def test_participation_is_not_refreshed_after_the_close(world, time_machine):
    worlds.answer_all(world, {"A": 9})
    time_machine.move_to(world.wave.closes_at + worlds.SECOND)
    actions.refresh_participation()
    assert about(world) == 0
    seal.seal(world.wave.pk)
    actions.refresh_participation()
    assert about(world) == 0
