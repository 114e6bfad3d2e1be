"""Every file with votes of a folder through the import: read or refused with a sentence, and who comes first.

A REFERENCE.json in the folder, or above it, says who should: a list `votes` of objects with `file` and the lists `borda`,
`condorcet` and `schulze`, and `kemeny_top`.
"""

import argparse
import json
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from alongside.goals import files
from alongside.surveys import counting

ENDINGS = {".soc", ".soi", ".toc", ".toi", ".csv", ".tsv", ".gz"}


def run(options: argparse.Namespace) -> int:
    """Print one line a file and the sums; 1 when a winner differs, a file made the reader fall over, or there is none."""
    found = sorted(path for path in options.files.rglob("*") if path.suffix.lower() in ENDINGS)
    if not found:
        print(f"There is no file with votes in {options.files}.")
        return 1
    known = _known(options.files)
    sums, begin = Counter[str](), time.perf_counter()
    for path in found:
        _one(path, options.files, known.get(path.name), sums)
    print(
        f"{len(found)} files: {sums['read']} read, {sums['refused']} refused with a sentence, {sums['fell']} fell over. "
        f"{sums['voters']:,} votes, {sums['aside']:,} lines set aside. Of {sums['known']} with a known answer {sums['differ']} "
        f"differ. {time.perf_counter() - begin:.1f} s."
    )
    return 1 if sums["fell"] or sums["differ"] else 0


def _known(folder: Path) -> dict[str, dict[str, Any]]:
    for place in (folder, *folder.resolve().parents):
        if (place / "REFERENCE.json").is_file():
            told = json.loads((place / "REFERENCE.json").read_text(encoding="utf-8"))
            return {each["file"]: each for each in told["votes"]}
    return {}


def _one(path: Path, folder: Path, known: dict[str, Any] | None, sums: Counter[str]) -> None:
    begin = time.perf_counter()
    try:
        read = files.read(path.read_bytes())
        outcome = counting.count(len(read.issues), read.orders)
    except files.UnreadableFile as reason:
        sums["refused"] += 1
        said = f"refused: {reason}"
    except Exception:  # a fault of ours: it is counted and printed, and the other files go on
        sums["fell"] += 1
        said = f"FELL OVER\n{traceback.format_exc()}"
    else:
        sums.update(read=1, voters=read.voters, aside=len(read.faults))
        said = f"{read.layout}, {read.voters:,} votes, {len(read.issues)} issues, {len(read.faults)} set aside: "
        said += f"{counting.heading(outcome, read.issues)}{_compared(read.issues, outcome, known, sums)}"
    print(f"{time.perf_counter() - begin:6.3f} s  {path.relative_to(folder)}: {said}")


def _compared(issues: list[str], outcome: counting.Outcome, known: dict[str, Any] | None, sums: Counter[str]) -> str:
    """Whether the winners by each count are the known ones."""
    if known is None:
        return ""
    sums["known"] += 1
    ours = {
        "borda": sorted(issues[each.issue] for each in outcome.standings if each.position == 1),
        "condorcet": [] if outcome.winner is None else [issues[outcome.winner]],
        "schulze": sorted(issues[each] for each in outcome.by_paths[0]),
    }
    apart = [f"{rule} {ours[rule]}, known {known[rule]}" for rule in ours if ours[rule] != sorted(known[rule])]
    firsts = {issues[order[0]] for order in outcome.least}
    if known["kemeny_top"] is not None and known["kemeny_top"] not in firsts:
        apart.append(f"kemeny {sorted(firsts)}, known {known['kemeny_top']}")
    sums["differ"] += bool(apart)
    return f"; DIFFERS: {'; '.join(apart)}" if apart else "; as known"
