"""Secrets kept as files: readable by their owner only, created once, destroyed for good."""

import fcntl
import os
import secrets
from pathlib import Path

CHUNK = 1 << 20


def read_or_create(path: Path, *, bytes_of_secret: int = 48) -> str:
    """The secret in a file of mode 0600, made at random by whoever comes first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and (secret := path.read_text()):
        return secret
    # The lock ends with the process: one that is killed before it has written leaves an empty file to whoever comes next.
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if secret := file.read():
            return secret
        secret = secrets.token_urlsafe(bytes_of_secret)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


def write(path: Path, secret: bytes) -> None:
    """The secret as the whole of a file of mode 0600, on the disk when this returns. For one writer at a time."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.truncate(0)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())


def destroy(path: Path) -> None:
    """Overwrite and remove a secret; one that is already gone is fine."""
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            for start in range(0, size, CHUNK):
                file.write(b"\0" * min(CHUNK, size - start))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return
