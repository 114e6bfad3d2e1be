"""Pages with results of a school, a cluster and a network, at ten million answers against ten thousand.

Two installations side by side, looked at in turn by the same people. In both the network that is looked at has as many schools
and waves. In the small one it is alone and has all the answers; in the large one ten times as many answers count in it, and
other networks hold the rest. What is staged: releases, tallies and owed replies, as `publish` counts them from answers in
memory and as the seal stores them; verdicts of every wave of the network that is looked at, and of the newest of the others.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from alongside.bench.figures import machine, spread
from alongside.bench.places import Place, Stage, place, stage

RATIO, QUERIES = 1.2, 12
PULSE = "lead"
IN_CLUSTER = 10
TIMES_MORE = 10  # answers a school in the large installation

type Looked = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, looked at in both. small, large: the median milliseconds of each run."""

    name: str
    small: list[float]
    large: list[float]
    queries: int

    @property
    def ratios(self) -> list[float]:
        return [large / small for small, large in zip(self.small, self.large, strict=True)]


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when every page opens with at most twelve queries, whatever it takes."""
    print(machine(), flush=True)
    kinds = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    said, most = list[str](), 0
    for kind in kinds:
        pages = _pages_of(kind, options)
        most = max([most, *(page.queries for page in pages)])
        said.append(_summary(kind, pages))
    print(f"Dashboards: {'; '.join(said)}.")
    return int(most > QUERIES)


def _pages_of(kind: str, options: argparse.Namespace) -> list[Page]:
    where = {"named_server": options.postgres, "folder": options.folder}
    with place(kind, **where) as little, place(kind, **where) as much, stage(little) as small, stage(much) as large:
        each = max(1, options.small // (options.schools * options.waves))
        looked_at = [_filled(small, options, each), _filled(large, options, each * TIMES_MORE)]
        others = _others(large, options, each * TIMES_MORE)
        _say(little, options, each, 1)
        _say(much, options, each * TIMES_MORE, others + 1)
        return _measured(little, (small, large), looked_at, options)


def _filled(inside: Stage, options: argparse.Namespace, answers: int, network: str = "") -> dict[str, Any]:
    """A network with its waves; who looks at it and where."""
    named = {"network": network} if network else {}
    inside.ask("found", clusters=-(-options.schools // IN_CLUSTER), schools=IN_CLUSTER, staff=1, **named)
    verdicts = 1 if network else options.waves
    inside.ask(
        "past", pulse=PULSE, waves=options.waves, answers=answers, invited=2 * answers, verdicts=verdicts, **named
    )
    return {} if network else inside.ask("cast")


def _others(inside: Stage, options: argparse.Namespace, answers: int) -> int:
    """Other networks until there are so many answers; how many."""
    of_one = answers * options.schools * options.waves
    count: int = max(0, options.large // of_one - 1)
    for number in range(1, count + 1):
        _filled(inside, options, answers, f"Network {number}")
    inside.ask("settle", sealed=options.sealed)
    return count


def _say(made: Place, options: argparse.Namespace, answers: int, networks: int) -> None:
    rows = {name: made.rows(f"SELECT count(*) FROM surveys_{name}")[0][0] for name in ROWS}
    print(
        f"  {made.label}: {networks * options.schools * options.waves * answers:,} answers in releases of "
        f"{networks:,} networks; rows: {', '.join(f'{name} {count:,}' for name, count in rows.items())}",
        flush=True,
    )


ROWS = ("wave", "release", "blocktally", "change", "owed", "sealedanswer")


def _measured(
    made: Place, stages: tuple[Stage, Stage], looked_at: Sequence[Mapping[str, Any]], options: argparse.Namespace
) -> list[Page]:
    """Both in turn, so that a busy machine slows both."""
    for inside, where in zip(stages, looked_at, strict=True):
        inside.ask("look", **where, times=2)  # warms up
    runs = [
        [
            inside.ask("look", **where, times=options.times)["looked"]
            for inside, where in zip(stages, looked_at, strict=True)
        ]
        for _ in range(options.runs)
    ]
    pages = [_page(name, runs) for name in runs[0][0]]
    for page in pages:
        print(
            f"  {made.label}, {page.name:<14} {spread(page.small, 1)} ms and {spread(page.large, 1)} ms, "
            f"ratio {spread(page.ratios, 2)}; {page.queries} queries",
            flush=True,
        )
    return pages


def _page(name: str, runs: Sequence[Sequence[Looked]]) -> Page:
    small, large = ([median(run[side][name]["milliseconds"]) for run in runs] for side in (0, 1))
    return Page(name, small, large, max(side[name]["queries"] for run in runs for side in run))


def _summary(kind: str, pages: Sequence[Page]) -> str:
    worst = max(pages, key=lambda page: median(page.ratios))
    most = max(page.queries for page in pages)
    reached = "reached" if median(worst.ratios) <= RATIO and most <= QUERIES else "NOT reached"
    label = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[kind]
    return (
        f"{label} at most {spread(worst.ratios, 2)} times ({worst.name}), at most {most} queries "
        f"({RATIO} and {QUERIES} {reached})"
    )
