"""Every file of a folder through the reader of earlier results: counted and cut into blocks, or refused with a sentence."""

from __future__ import annotations

import argparse
import datetime
import time
import traceback
import tracemalloc
from collections import Counter
from pathlib import Path

from alongside.kit.rawfile import UnreadableFile
from alongside.surveys.past import columns, files, matching, standing
from alongside.surveys.past.counts import Counts
from alongside.surveys.past.exports import Asked
from alongside.surveys.past.matching import APART, LEFT_OUT, Choices

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".txt", ".json", ".qsf", ".lss", ".lsa", ".xls")
CLUSTER = 8  # schools
# The column that stands for the school in files that are known to be about other gatherings of people.
SCHOOLS = {"lq2002": "COMPID", "cohesion": "UNIT", "InstEval_ETH": "dept"}
TODAY = datetime.date(2026, 1, 1)


def run(options: argparse.Namespace) -> int:
    """Print one line a file and the sums; 1 when a file made the reader fall over, or the folder has none."""
    found = sorted(path for path in options.data.rglob("*") if path.name.lower().endswith(ENDINGS))
    if not found:
        print(f"There is no file of results in {options.data}.")
        return 1
    sums = Counter[str]()
    for path in found:
        _one(path, options.data, sums)
    print(
        f"{len(found)} files: {sums['read']} read, {sums['refused']} refused with a sentence, {sums['fell']} fell over. "
        f"{sums['rows']:,} replies, {sums['statements']} statements on scales, {sums['dropped']} columns not kept."
    )
    return 1 if sums["fell"] else 0


def _one(path: Path, folder: Path, sums: Counter[str]) -> None:
    name, column = path.relative_to(folder), SCHOOLS.get(path.name.partition(".")[0], "")
    asked = Asked(datetime.date(2025, 3, 14), column, one_school=not column)
    begin = time.perf_counter()
    try:
        counts = files.read(path, asked, TODAY)
        seconds = time.perf_counter() - begin
        said = f"{_said(counts)}; {_shown(counts)}; {_peak(path, asked)}"
    except UnreadableFile as reason:
        sums["refused"] += 1
        seconds, said = time.perf_counter() - begin, f"refused: {reason}"
    except Exception:  # what this command is for
        sums["fell"] += 1
        seconds, said = 0.0, f"FELL OVER\n{traceback.format_exc()}"
    else:
        sums.update(read=1, rows=counts.rows, statements=len(counts.statements), dropped=len(counts.dropped))
    print(f"{seconds:6.3f} s  {name}: {said}")


def _said(counts: Counts) -> str:
    scales = [f"{labels[0]} to {labels[-1]} ({counts.scale_of.count(n)})" for n, labels in enumerate(counts.scales)]
    near = [
        f"“{label}” looks like “{found}”"
        for labels in counts.scales
        for label in labels
        if (found := columns.alike(label, labels))
    ]
    aside = f", {len(counts.faults)} rows set aside" if counts.faults else ""
    return (
        f"{counts.rows:,} replies of {len(counts.schools)} schools, {len(counts.statements)} statements, "
        f"{len(counts.dropped)} columns not kept{aside}; scales {', '.join(scales)}{'; ' if near else ''}{', '.join(near)}"
    )


def _shown(counts: Counts) -> str:
    """What would stand of the statements whose five answers are certain, schools being put into clusters of eight."""
    begin = time.perf_counter()
    answers = [matching.proposed_answers(labels) for labels in counts.scales]
    statements = [APART if all(answers[scale]) else LEFT_OUT for scale in counts.scale_of]
    choices = Choices(statements, [*range(1, len(counts.schools) + 1)], answers)
    home: dict[str, list[str]] = {}
    for school in choices.schools:
        home.setdefault(f"cluster:{(school - 1) // CLUSTER + 1}", []).append(str(school))
    tallies = matching.tallies(counts, choices).get(0, {})
    made = [
        standing.item(counts, choices, n, {str(pk): tally for pk, tally in found.items()}, home)
        for n, found in tallies.items()
    ]
    places = [place.partition(":")[0] for item in made for place in item["scores"]]
    kinds = Counter(places)
    ask = len(counts.statements) - len(made)
    return (
        f"{len(made)} statements stand by themselves, {ask} wait for a decision; {kinds['school']} scores of schools, "
        f"{kinds['pool'] + kinds['network']} of pools, in {time.perf_counter() - begin:.3f} s"
    )


def _peak(path: Path, asked: Asked) -> str:
    """The most memory that reading it once more takes."""
    tracemalloc.start()
    files.read(path, asked, TODAY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return f"{peak / 1e6:.1f} MB at most"
