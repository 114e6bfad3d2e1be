"""The folder that holds everything an installation keeps: database, keys, mailbox, static files."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

from alongside.kit.errors import Refused

MARKER = ".alongside"
LOCK = ".lock"
_OURS = (MARKER, "secret.key", "alongside.sqlite3")


def prepare(folder: Path) -> None:
    """Make the folder, or take the one that is there; or raise Refused where it cannot be written or is another's.

    Only a folder that was empty gets the marker, so that `--fresh` can never empty anything but what we filled.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        inside = {each.name for each in folder.iterdir()}
        if inside and not inside.intersection(_OURS):
            raise Refused(
                f"The folder {folder} holds files that are not Alongside's: choose an empty one with --data, "
                "for example --data var."
            )
        if not inside:
            (folder / MARKER).write_text("This folder was made by Alongside. `--fresh` empties it.\n")
        _try_writing(folder)
    except OSError as error:
        reason = (error.strerror or "it cannot be used").lower()
        raise Refused(f"The data folder {folder} cannot be written ({reason}): choose another with --data.") from error


def lock(folder: Path, address: str) -> IO[str]:
    """Hold the folder for this process until the file is closed; or raise Refused with what holds it.

    address: where this process answers, for the sentence that a second start prints.
    """
    file = (folder / LOCK).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "at another address"
        file.close()
        raise Refused(
            f"Alongside already runs on the data folder {folder}, {holder}: use that one, or choose another "
            "folder with --data."
        ) from None
    file.truncate(0)
    file.write(address)
    file.flush()
    return file


def empty(folder: Path) -> None:
    """Delete what the folder holds, except marker and lock; or raise Refused where the marker is missing."""
    if not (folder / MARKER).is_file():
        raise Refused(
            f"--fresh empties only a folder that Alongside made, and {folder} has no file {MARKER}: "
            "delete it yourself, or choose another with --data."
        )
    for each in folder.iterdir():
        if each.name in (MARKER, LOCK):
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


def _try_writing(folder: Path) -> None:
    # Permission bits do not tell: the disk may be read-only or full.
    probe = folder / f".probe-{os.getpid()}"
    probe.write_text("")
    probe.unlink()
