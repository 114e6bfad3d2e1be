"""Secrets in files: made once whoever comes first, readable by nobody else, gone when destroyed."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from alongside.kit import keyfile

MANY = 24


def at_once(count, do):
    """What so many threads get that all begin at the same moment."""
    barrier = threading.Barrier(count)

    def begin(_):
        barrier.wait()
        return do()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def test_secret_is_made_once_and_kept(tmp_path):
    path = tmp_path / "keys" / "wave-1.key"
    secret = keyfile.read_or_create(path)
    assert (len(secret), path.read_text()) == (64, secret)
    assert keyfile.read_or_create(path) == secret
    assert len(keyfile.read_or_create(tmp_path / "other", bytes_of_secret=32)) == 43
    assert keyfile.read_or_create(tmp_path / "third") != secret


def test_secret_is_for_its_owner_only(tmp_path):
    before = os.umask(0)
    try:
        keyfile.read_or_create(tmp_path / "key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_everyone_who_comes_at_once_gets_the_same_secret(tmp_path):
    for number in range(20):
        path = tmp_path / f"key-{number}"
        secrets = at_once(MANY, lambda path=path: keyfile.read_or_create(path))
        assert set(secrets) == {path.read_text()}


def test_whoever_is_writing_the_secret_is_waited_for(tmp_path):
    path = tmp_path / "key"
    with path.open("w") as writer, ThreadPoolExecutor(1) as pool:
        fcntl.flock(writer, fcntl.LOCK_EX)
        waiting = pool.submit(keyfile.read_or_create, path)
        time.sleep(0.1)
        assert not waiting.done()
        writer.write("written later")
        writer.flush()
        fcntl.flock(writer, fcntl.LOCK_UN)
        assert waiting.result() == "written later"


def test_an_empty_file_of_a_process_that_was_killed_gets_a_secret(tmp_path):
    path = tmp_path / "key"
    path.touch(mode=0o600)
    secret = keyfile.read_or_create(path)
    assert (len(secret), path.read_text()) == (64, secret)


def test_a_destroyed_secret_is_overwritten_and_gone(tmp_path):
    path, witness = tmp_path / "key", tmp_path / "witness"
    secret = keyfile.read_or_create(path)
    os.link(path, witness)
    keyfile.destroy(path)
    assert not path.exists()
    assert witness.read_bytes() == bytes(len(secret))
    keyfile.destroy(path)
    assert keyfile.read_or_create(path) != secret


def test_destroying_at_once_is_destroying(tmp_path):
    for number in range(20):
        path = tmp_path / f"key-{number}"
        keyfile.read_or_create(path)
        at_once(MANY, lambda path=path: keyfile.destroy(path))
        assert not path.exists()


def test_a_written_secret_is_whole_and_private_even_over_a_longer_one_that_was_not(tmp_path):
    path = tmp_path / "keys" / "sheet.pdf"
    keyfile.write(path, b"x" * 5000)
    path.chmod(0o644)
    keyfile.write(path, b"short")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"short", 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
