"""Backup and restore of the demo world, a small network or a made database of 1 GB: how long, how large, how much memory, same sums."""

import argparse
import json
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from alongside.bench import places
from alongside.kit.errors import Refused

GIGABYTE = 1_000_000_000
MOST = 15 * 60.0  # seconds for 1 GB
# Its seal comes from the key folder, which is in no backup: a restore elsewhere makes it anew.
SEALED_ANEW = "tables/kit_journalhead.ndjson"


@dataclass(frozen=True, slots=True)
class Run:
    """One command: how long it took, and the most memory that it held."""

    seconds: float
    megabytes: float


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when every sum is the same, and 1 GB stays within its time."""
    kinds = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    return max(_measure(kind, options) for kind in kinds)


def _measure(kind: str, options: argparse.Namespace) -> int:
    with (
        places.place(kind, named_server=options.postgres, folder=options.folder) as first,
        places.place(kind, named_server=options.postgres, folder=options.folder) as second,
    ):
        if options.schools:
            with places.stage(first, owner=True) as inside:
                inside.ask("found", clusters=1, schools=options.schools, staff=20)
        else:
            _alongside(first, "demo")
        with places.stage(first, owner=True) as inside:
            inside.ask("letters_sent")
            if options.gigabyte:
                inside.ask("fill", size=GIGABYTE)
        archive, again = first.folder.parent / "first.zip", second.folder.parent / "second.zip"
        wrote = _alongside(first, "backup", str(archive))
        restored = _alongside(second, "restore", str(archive), "--replace")
        _alongside(second, "backup", str(again))
        different = sorted(name for name, sha in _sums(archive).items() if _sums(again)[name] != sha)
        rows, size = _rows(archive), archive.stat().st_size / 1_000_000
        print(
            f"{first.label}: {rows:,} rows, archive {size:,.1f} MB; backup {wrote.seconds:,.1f} s with "
            f"{wrote.megabytes:,.0f} MB of memory, restore {restored.seconds:,.1f} s with {restored.megabytes:,.0f} MB; "
            f"{len(_sums(archive)) - len(different)} of {len(_sums(archive))} sums the same"
            f"{', the others: ' + ', '.join(different) if different else ''}.",
            flush=True,
        )
        return int(bool(set(different) - {SEALED_ANEW}) or max(wrote.seconds, restored.seconds) > MOST)


def _alongside(place: places.Place, *arguments: str) -> Run:
    """One command in its installation, as the owner of the tables."""
    began = time.monotonic()
    environment = place.environment(owner=True, ALONGSIDE_DEMO="1")
    process = subprocess.Popen(
        [sys.executable, "-m", "alongside.cli", *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise Refused(f"alongside {arguments[0]} ended with {os.waitstatus_to_exitcode(status)}.")
    return Run(time.monotonic() - began, used.ru_maxrss / 1000)


def _manifest(archive: Path) -> list[tuple[str, str, int, int | None]]:
    with zipfile.ZipFile(archive) as found:
        return [tuple(member) for member in json.loads(found.read("manifest.json"))["members"]]


def _sums(archive: Path) -> dict[str, str]:
    return {name: sha for name, sha, _, _ in _manifest(archive)}


def _rows(archive: Path) -> int:
    return sum(rows or 0 for _, _, _, rows in _manifest(archive))
