"""How long the coherence map of a large network takes from its releases, beside reading and decoding the same releases.

The page is a real request by the officer, with the three seats that a round has: leaders by name, teams, students. Five
perspectives are drawn by the same code from the texts of four releases and what leaders said.
"""

import argparse
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from alongside.bench import companies
from alongside.bench.figures import machine, spread
from alongside.bench.places import place, stage

MILLISECONDS, QUERIES = 1000, 12
IN_CLUSTER = 10
LEADERS = 2  # of each school


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when the page opens with at most twelve queries, whatever it takes, and when known data come out as known."""
    if options.data:
        return int(companies.compare(options.data) > 0)
    print(machine(), flush=True)
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    said, most = list[str](), 0
    for kind in kinds:
        found = _measured(kind, options)
        most = max(most, found["queries"])
        said.append(_summary({"sqlite": "SQLite", "postgres": "PostgreSQL"}[kind], found))
    print(f"Coherence map of {options.schools:,} schools, ten statements: {'; '.join(said)}.")
    return int(most > QUERIES)


def _measured(kind: str, options: argparse.Namespace) -> Mapping[str, Any]:
    with place(kind, named_server=options.postgres, folder=options.folder) as made, stage(made) as inside:
        inside.ask("found", clusters=-(-options.schools // IN_CLUSTER), schools=IN_CLUSTER, staff=LEADERS)
        where = inside.ask("map_round", answers=options.answers)
        found = inside.ask("map_drawn", path=where["path"], session=where["session"], runs=options.runs)
    for name, floor, what in (("page", "page_floor", "page, three seats"), ("five", "five_floor", "five perspectives")):
        clock, least = [[run[0] for run in found[each]] for each in (name, floor)]
        ratios = [took / bare for took, bare in zip(clock, least, strict=True)]
        print(
            f"  {made.label}, {where['schools']:,} schools, {what}: {spread(clock)} ms ({_processor(found[name])}), "
            f"{spread(ratios, 1)} times the {spread(least)} ms of reading and decoding the releases",
            flush=True,
        )
    return found


def _summary(label: str, found: Mapping[str, Any]) -> str:
    page, five = ([run[0] for run in found[name]] for name in ("page", "five"))
    slowest = max(median(page), median(five))
    reached = "reached" if slowest <= MILLISECONDS and found["queries"] <= QUERIES else "NOT reached"
    return (
        f"{label} page {spread(page)} ms ({_processor(found['page'])}), five perspectives {spread(five)} ms "
        f"({_processor(found['five'])}), at most {found['queries']} queries ({MILLISECONDS:,} ms and {QUERIES} {reached})"
    )


def _processor(runs: Sequence[Sequence[float]]) -> str:
    return f"{spread([run[1] for run in runs])} of the processor"
