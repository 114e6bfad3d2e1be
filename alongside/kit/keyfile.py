"""Secrets kept as files: readable by their owner only, created once, destroyed for good."""

import os
import secrets
import time
from pathlib import Path


def read_or_create(path: Path, *, bytes_of_secret: int = 48) -> str:
    """The secret in a file of mode 0600, made at random by whoever comes first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _when_written(path)
    with os.fdopen(handle, "w") as file:
        secret = secrets.token_urlsafe(bytes_of_secret)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


def destroy(path: Path) -> None:
    """Overwrite and remove a secret; one that is already gone is fine."""
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(b"\0" * size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return


def _when_written(path: Path) -> str:
    # The other process may have created the file and not yet written to it.
    for _ in range(100):
        if secret := path.read_text():
            return secret
        time.sleep(0.02)
    raise RuntimeError(f"The key file {path} is empty. Delete it, so that a new key is made.")
