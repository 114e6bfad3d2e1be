"""A file of real answers as perspectives: each company a seat, five at a time, through the code that draws coherence maps.

Known are the agreement of each company (r_wg(j), from REFERENCE.json), which the counts on the map must give again; and the three
parts of each bar, which are worked out anew from pairs of people: half the expected distance of two people of one company, and
of two people of any (docs/science/coherence.md).
"""

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import batched
from pathlib import Path
from statistics import fmean
from unittest import mock

from alongside.evidence import maps
from alongside.evidence.figures import Figure
from alongside.evidence.statements import Seat, Statement
from alongside.science import tallies
from alongside.science.coherence import rwg_items
from alongside.science.results import nearest
from alongside.science.tallies import POINTS, Tally

AT_ONCE = 5  # perspectives on one map
NEAR = 5e-7  # the known answers have eight digits

type Companies = dict[str, dict[str, Tally]]  # company → statement → its answers


def compare(folder: Path) -> int:
    """Print what the maps say beside what is known; how many figures differ."""
    known = json.loads((folder / "REFERENCE.json").read_text(encoding="utf-8"))["likert"]["LEAD"]
    items: list[str] = known["items"]
    companies = _companies(folder / "04_likert" / "lq2002.csv", items)
    wrong = _agreement(companies, items, known["by_group"])
    bars, off = 0, 0
    for names in batched(companies, AT_ONCE):
        drawn = _drawn({name: companies[name] for name in names}, items)
        for bar in drawn.bars:
            parts = _parts([companies[name][bar.statement.id] for name in names])
            bars, off = bars + 1, off + ((bar.inside, bar.between) != parts)
        print(
            f"  companies {', '.join(names)}: {drawn.heading}; {len(drawn.spots)} things that one sees and others do not"
        )
    if bars != len(items) * -(-len(companies) // AT_ONCE):
        off += 1
    print(f"{bars} bars of {len(items)} statements, {off} differ from the distances between people")
    return wrong + off


def _companies(path: Path, items: Sequence[str]) -> Companies:
    counts: dict[str, dict[str, Counter[int]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            mine = counts.setdefault(row["COMPID"], {item: Counter() for item in items})
            for item in items:
                mine[item][int(row[item])] += 1
    return {
        name: {item: Tally(tuple(found[value] for value in range(1, POINTS + 1))) for item, found in mine.items()}
        for name, mine in counts.items()
    }


def _agreement(companies: Companies, items: Sequence[str], known: Mapping[str, float]) -> int:
    """r_wg(j) of the counts that stand on the maps, company by company."""
    found = {}
    for name, mine in companies.items():
        spreads = [tallies.variance(_figure(mine[item]).answers or mine[item]) for item in items]
        found[name] = rwg_items([float(spread) for spread in spreads if spread is not None], POINTS).value or 0.0
    off = sum(abs(found[name] - value) > NEAR for name, value in known.items()) + len(found.keys() ^ known.keys())
    print(f"{len(found)} companies: r_wg(j) {fmean(found.values()):.6f} on average, {off} differ from the known ones")
    return off


def _figure(tally: Tally) -> Figure:
    return Figure(str(tally.n), nearest(tallies.score(tally)), 1, tally.counts, by_name=True)


def _drawn(companies: Companies, items: Sequence[str]) -> maps.Map:
    seats = tuple(Seat(name, f"Company {name}", "people who work there", "", "") for name in companies)
    statements = [Statement(item, item, "") for item in items]
    figures = {item: {name: _figure(mine[item]) for name, mine in companies.items()} for item in items}
    with mock.patch.object(maps, "SEATS", seats):
        return maps.of_school(statements, figures)


def _parts(groups: Sequence[Tally]) -> tuple[int, int]:
    """Points lost inside these groups and between them: 100 · 2/(K − 1) · E|X − X′|, first of two from one group, then of two
    from any, each group with one voice."""
    inside = sum((_apart(group, group) for group in groups), Fraction(0)) / len(groups)
    everyone = sum((_apart(one, other) for one in groups for other in groups), Fraction(0)) / len(groups) ** 2
    unit = Fraction(200, POINTS - 1)
    return nearest(unit * inside), nearest(unit * (everyone - inside))


def _apart(one: Tally, other: Tally) -> Fraction:
    """How far two people lie apart on average, one drawn from each."""
    steps = sum(a * b * abs(x - y) for x, a in enumerate(one.counts) for y, b in enumerate(other.counts))
    return Fraction(steps, one.n * other.n)
