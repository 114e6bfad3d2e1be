"""How long it takes to find partner schools among many, beside the bare SELECT that reads the same part of the map."""

import argparse

from alongside.bench.figures import spread
from alongside.bench.places import place, stage

MILLISECONDS = 200


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when partners are found, whatever it takes."""
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    said = []
    for kind in kinds:
        with place(kind, named_server=options.postgres, folder=options.folder) as made, stage(made) as inside:
            found = inside.ask("partners", schools=options.schools, runs=options.runs)
        for km, line in found["lines"].items():
            print(
                f"  {made.label}, up to {km} km: {line['within']:,} schools there, "
                f"found in {spread(line['find'], 1)} ms; the bare SELECT {spread(line['floor'], 1)} ms"
            )
        slowest = max((line["find"] for line in found["lines"].values()), key=max)
        reached = "reached" if sorted(slowest)[len(slowest) // 2] <= MILLISECONDS else "NOT reached"
        said.append(f"{made.label} at most {spread(slowest, 1)} ms ({MILLISECONDS} ms {reached})")
    print(f"Partners among {options.schools:,} schools: {'; '.join(said)}.")
    return 0
