"""Every calendar file of a folder through the reader of calendars: read, or refused with a sentence; never anything else."""

import argparse
import datetime
import time
import traceback
from collections import Counter
from pathlib import Path

from alongside.calendar import files

ENDINGS = {".ics", ".json", ".csv"}


def run(options: argparse.Namespace) -> int:
    """Print one line a file and the sums; 1 when a file made the reader fall over, or the folder has none."""
    found = sorted(path for path in options.files.rglob("*") if path.suffix.lower() in ENDINGS)
    if not found:
        print(f"There is no calendar file in {options.files}.")
        return 1
    sums, begin = Counter[str](), time.perf_counter()
    for path in found:
        _one(path, options.files, options.zone, sums)
    seconds = time.perf_counter() - begin
    print(
        f"{len(found)} files: {sums['read']} read, {sums['refused']} refused with a sentence, {sums['fell']} fell over. "
        f"{sums['events']:,} events: {sums['used']:,} terms and closed days of now, {sums['aside']:,} set aside, "
        f"{sums['ignored']:,} left alone with a reason. {seconds:.1f} s."
    )
    return 1 if sums["fell"] else 0


def _one(path: Path, folder: Path, zone: str, sums: Counter[str]) -> None:
    name, begin = path.relative_to(folder), time.perf_counter()
    try:
        read = files.read(path.read_bytes(), path.name, zone, datetime.date.today())
    except files.UnreadableFile as reason:
        sums["refused"] += 1
        said = f"refused: {reason}"
    except Exception:  # what this command is for
        sums["fell"] += 1
        said = f"FELL OVER\n{traceback.format_exc()}"
    else:
        sums.update(read=1, events=read.events, used=len(read.entries))
        sums.update(aside=len(read.faults), ignored=len(read.ignored))
        said = f"{read.events} events, {len(read.entries)} used, {len(read.faults)} set aside"
    print(f"{time.perf_counter() - begin:6.3f} s  {name}: {said}")
