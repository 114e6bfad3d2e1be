"""Givers and takers: hours offered and needed, dimension by dimension, and where need stays unmet."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from alongside.science.errors import NothingGiven, require_counts, require_known, require_numbers
from alongside.science.results import Result, by_id, counted
from alongside.science.solving import FOUND, solver

FINE = 1_000  # among few relationships fits are compared to a thousandth
FEWEST_UP_TO = 400  # arcs up to which the fewest relationships are looked for

type Arc[Id: Hashable, Dimension: Hashable] = tuple[Dimension, Id, Id]
type Hours[Id: Hashable, Dimension: Hashable] = Mapping[Dimension, Mapping[Id, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Help[Id: Hashable, Dimension: Hashable](Result):
    """Who gives whom how many hours. value: hours met. n: hours needed.

    hours: (dimension, giver, taker) → hours. fit: Σ fit × hours. relationships: distinct pairs; fewest: whether proven so.
    unmet: dimension → taker → hours; bottleneck: dimension → takers whose needs together exceed what can reach them.
    only_takers: schools that need and offer nothing anywhere: to be asked for an offer, never forced.
    """

    hours: dict[Arc[Id, Dimension], int]
    fit: float
    relationships: int
    fewest: bool
    unmet: dict[Dimension, dict[Id, int]]
    bottleneck: dict[Dimension, tuple[Id, ...]]
    only_takers: tuple[Id, ...]


def givers_and_takers[Id: Hashable, Dimension: Hashable](
    offers: Hours[Id, Dimension],
    needs: Hours[Id, Dimension],
    fit: Mapping[Arc[Id, Dimension], float],
    seconds: float = 20.0,
) -> Help[Id, Dimension]:
    """Most hours met, then greatest fit, then fewest relationships (up to 400 arcs). Hours of one dimension never pay another.

    offers, needs: dimension → school → whole hours; fit: (dimension, giver, taker) → fit per hour, only these arcs may be used.
    Raises NotACount, NotANumber, UnknownId, NothingGiven without arcs. Source: transport problems (whole by themselves), HiGHS;
    relationships with CP-SAT.
    """
    for name, table in (("offers", offers), ("needs", needs)):
        for dimension, by_school in table.items():
            require_counts(f"{name} in {dimension!r}", by_school.values())
    if not fit:
        raise NothingGiven("no giver may help any taker")
    require_numbers("fit", fit.values(), 0)
    require_known("dimension", [d for d, _, _ in fit], set(offers) & set(needs))
    for d, giver, taker in fit:
        require_known("giver", [giver], offers[d])
        require_known("taker", [taker], needs[d])
    hours: dict[Arc[Id, Dimension], int] = {}
    for dimension in sorted({d for d, _, _ in fit}, key=by_id):
        arcs = sorted((arc for arc in fit if arc[0] == dimension), key=repr)
        flows = _transport(arcs, offers[dimension], needs[dimension], fit)
        hours |= {arc: flow for arc, flow in zip(arcs, flows, strict=True) if flow}
    met, total = sum(hours.values()), sum(fit[arc] * flow for arc, flow in hours.items())
    proven = False
    if len(fit) <= FEWEST_UP_TO:
        hours, proven = _fewest(offers, needs, fit, hours, seconds)
    return _help(offers, needs, fit, hours, met, total, proven)


def _transport[Id: Hashable, Dimension: Hashable](
    arcs: Sequence[Arc[Id, Dimension]],
    offers: Mapping[Id, int],
    needs: Mapping[Id, int],
    fit: Mapping[Arc[Id, Dimension], float],
) -> list[int]:
    """Hours per arc: most in all, then of greatest fit.

    In one problem: an hour more may shift others along a chain, which costs at most the greatest fit per giver or taker on it;
    an hour is worth more than that.
    """
    givers, takers = sorted(offers, key=by_id), sorted(needs, key=by_id)
    row = {("g", g): i for i, g in enumerate(givers)} | {("t", t): len(givers) + i for i, t in enumerate(takers)}
    places = [row["g", arc[1]] for arc in arcs] + [row["t", arc[2]] for arc in arcs]
    both = csr_matrix(
        (np.ones(2 * len(arcs)), (places, [*range(len(arcs)), *range(len(arcs))])), shape=(len(row), len(arcs))
    )
    limits = np.array([*(offers[g] for g in givers), *(needs[t] for t in takers)], dtype=np.float64)
    worth = np.array([fit[arc] for arc in arcs], dtype=np.float64)
    hour = max(1.0, float(worth.max())) * (min(len(givers), len(takers)) + 1)
    best = linprog(-(worth + hour), A_ub=both, b_ub=limits, method="highs-ds")
    return [round(float(x)) for x in best.x]


def _fewest[Id: Hashable, Dimension: Hashable](
    offers: Hours[Id, Dimension],
    needs: Hours[Id, Dimension],
    fit: Mapping[Arc[Id, Dimension], float],
    hours: dict[Arc[Id, Dimension], int],
    seconds: float,
) -> tuple[dict[Arc[Id, Dimension], int], bool]:
    """The same hours and fit over as few pairs as possible."""
    model, arcs = cp_model.CpModel(), sorted(fit, key=repr)
    most = {arc: min(offers[arc[0]][arc[1]], needs[arc[0]][arc[2]]) for arc in arcs}
    x = {arc: model.new_int_var(0, most[arc], "") for arc in arcs}
    pair = {(arc[1], arc[2]): model.new_bool_var("") for arc in arcs}
    for dimension in sorted({arc[0] for arc in arcs}, key=by_id):
        inside = [arc for arc in arcs if arc[0] == dimension]
        for side, limits in ((1, offers[dimension]), (2, needs[dimension])):
            for school, limit in limits.items():
                model.add(sum(x[arc] for arc in inside if arc[side] == school) <= limit)
        model.add(sum(x[arc] for arc in inside) == sum(flow for arc, flow in hours.items() if arc[0] == dimension))
    for arc in arcs:
        model.add(x[arc] <= most[arc] * pair[arc[1], arc[2]])
        model.add_hint(x[arc], hours.get(arc, 0))
    fine = {arc: round(FINE * fit[arc]) for arc in arcs}
    model.add(sum(fine[arc] * x[arc] for arc in arcs) >= sum(fine[arc] * flow for arc, flow in hours.items()))
    model.minimize(sum(pair.values()))
    found = solver(seconds)
    status = found.solve(model)
    if status not in FOUND:
        return hours, False
    return {arc: found.value(x[arc]) for arc in arcs if found.value(x[arc])}, status == cp_model.OPTIMAL


def _bottleneck[Id: Hashable, Dimension: Hashable](
    arcs: Sequence[Arc[Id, Dimension]], hours: Mapping[Arc[Id, Dimension], int], unmet: Mapping[Id, int]
) -> tuple[Id, ...]:
    """Takers tied to an unmet need through givers who have nothing left: the smaller side of a smallest cut."""
    takers, givers = set(unmet), set[Id]()
    while True:
        more = {giver for _, giver, taker in arcs if taker in takers} - givers
        givers |= more
        joined = {taker for _, giver, taker in hours if giver in givers} - takers
        takers |= joined
        if not more and not joined:
            return tuple(sorted(takers, key=by_id))


def _help[Id: Hashable, Dimension: Hashable](
    offers: Hours[Id, Dimension],
    needs: Hours[Id, Dimension],
    fit: Mapping[Arc[Id, Dimension], float],
    hours: dict[Arc[Id, Dimension], int],
    met: int,
    total: float,
    proven: bool,
) -> Help[Id, Dimension]:
    got: dict[tuple[Dimension, Id], int] = {}
    for (dimension, _, taker), flow in hours.items():
        got[dimension, taker] = got.get((dimension, taker), 0) + flow
    unmet = {
        d: {
            t: hours_needed - got.get((d, t), 0)
            for t, hours_needed in table.items()
            if hours_needed > got.get((d, t), 0)
        }
        for d, table in needs.items()
    }
    by_dimension: dict[Dimension, list[Arc[Id, Dimension]]] = {d: [] for d in needs}
    for arc in fit:
        by_dimension[arc[0]].append(arc)
    used: dict[Dimension, dict[Arc[Id, Dimension], int]] = {d: {} for d in needs}
    for arc, flow in hours.items():
        used[arc[0]][arc] = flow
    tight = {d: _bottleneck(by_dimension[d], used[d], short) for d, short in unmet.items() if short}
    needed = sum(sum(table.values()) for table in needs.values())
    pairs = len({(giver, taker) for _, giver, taker in hours})
    asking, offering = ({s for by in table.values() for s, n in by.items() if n} for table in (needs, offers))
    takers = tuple(sorted(asking - offering, key=by_id))
    return Help(
        value=met,
        n=needed,
        method="transport problem per dimension",
        sentence=f"{met} of {counted(needed, 'hour')} met through {counted(pairs, 'relationship')}.",
        reasons=(
            *(f"In {d}, {', '.join(map(str, names))} need more than can reach them." for d, names in tight.items()),
            *(f"{school} only takes: ask what it could give." for school in takers),
        ),
        not_claimed=("That an hour of one kind makes up for another kind.",),
        hours=hours,
        fit=total,
        relationships=pairs,
        fewest=proven,
        unmet={d: short for d, short in unmet.items() if short},
        bottleneck=tight,
        only_takers=takers,
    )
