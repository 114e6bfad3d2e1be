"""How long a staff list of 5,000 takes: its preview and its applying, against the least that a database must do."""

import argparse
from collections.abc import Sequence
from statistics import median

from alongside.bench.figures import spread
from alongside.bench.places import place, stage

PREVIEW, APPLY = 5.0, 10.0


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when every list was applied whole, whatever it took."""
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    said = []
    for kind in kinds:
        with place(kind, named_server=options.postgres, folder=options.folder) as made, stage(made) as inside:
            runs = [inside.ask("staff", rows=options.rows, number=number) for number in range(options.runs)]
        for what in ("csv", "xlsx", "again", "apply", "floor"):
            print(f"  {made.label}, {options.rows:,} rows, {what:<5} {spread([one[what] for one in runs], 2)} s")
        said.append(_summary(made.label, runs))
    print(f"Staff list of {options.rows:,}: {'; '.join(said)}.")
    return 0


def _summary(label: str, runs: Sequence[dict[str, float]]) -> str:
    preview = max(median(one[what] for one in runs) for what in ("csv", "xlsx", "again"))
    apply = median(one["apply"] for one in runs)
    floor = median(one["floor"] for one in runs)
    reached = "reached" if preview <= PREVIEW and apply <= APPLY else "NOT reached"
    return (
        f"{label} preview {preview:.2f} s, apply {apply:.2f} s, {apply / floor:.1f} times the bare inserts "
        f"({PREVIEW:.0f} s and {APPLY:.0f} s {reached})"
    )
