"""Plans: a new one, the same mended with least change, and others as good that burden other schools."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from alongside.science.errors import Infeasible, require_known
from alongside.science.results import Result, by_id, counted, in_words
from alongside.science.scheduling.engine import FINE, Found, Model, Progress, solve
from alongside.science.scheduling.programme import Programme
from alongside.science.solving import FOUND, solver

SHORT_NOTICE, SHORT_WEIGHT = 4, 3  # weeks; a change at shorter notice counts three times
MOST_COUNTED = 100_000

type Old[Id: Hashable] = Mapping[Id, tuple[int, Id]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan[Id: Hashable](Result):
    """A plan. value: weeks off target in all. n: sessions.

    week, host: per session. tiers: name → value, in the order they were made small. changed: sessions whose week or host is
    new. bears: group → its sessions that moved to another week. gap: of the worst tier, how far from its best, as a share; 0
    is proven.
    """

    week: dict[Id, int]
    host: dict[Id, Id]
    tiers: dict[str, float]
    changed: tuple[Id, ...]
    bears: dict[Id, int]
    gap: float


def schedule[Id: Hashable](
    programme: Programme[Id], seconds: float = 20.0, gap: float = 0.0, progress: Progress | None = None
) -> Plan[Id]:
    """A new plan: fewest weeks off target, then hosts evenly in turn, then least travel. seconds: per tier.

    gap: what may stay unproven, as a share. progress is told each tier. Raises Infeasible with the fewest rules to lift.
    Source: CP-SAT, one worker, seed 1, tier by tier.
    """
    model = Model(programme)
    found = solve(model, model.plan_tiers(), seconds, gap, progress)
    if found is None:
        raise _infeasible(programme, {}, set(), seconds)
    return _plan(programme, found, {}, ("weeks off target", "host imbalance", "travel"))


def replan[Id: Hashable](
    programme: Programme[Id],
    old: Old[Id],
    fixed: Collection[Id] = (),
    today: int | None = None,
    seconds: float = 20.0,
    gap: float = 0.0,
    progress: Progress | None = None,
) -> Plan[Id]:
    """The plan nearest to an old one: fewest sessions changed, fewest weeks moved, then as `schedule`.

    old: session → (week, host). fixed: sessions that may not change (confirmed bookings); those before `today` never may.
    today: the week it is; a change of a session within four weeks counts three times. Raises UnknownId, Infeasible.
    """
    return alternatives(programme, old, 1, 1, fixed, today, seconds, gap, progress)[0]


def alternatives[Id: Hashable](
    programme: Programme[Id],
    old: Old[Id],
    count: int = 3,
    differ: int = 1,
    fixed: Collection[Id] = (),
    today: int | None = None,
    seconds: float = 20.0,
    gap: float = 0.0,
    progress: Progress | None = None,
) -> tuple[Plan[Id], ...]:
    """Up to `count` plans, the nearest first; each holds `differ` sessions in other weeks than every one before it.

    Fewer when there are no more. Whom each plan burdens is in `bears`; one that is better for nobody than an earlier one says so
    in its reasons. Raises as `replan`.
    """
    known = {session.id for session in programme.sessions}
    require_known("session", [*old, *fixed], known)
    require_known("session with an old place", fixed, old)
    kept = _kept(old, fixed, today)
    weight = {
        s: SHORT_WEIGHT for s, (week, _) in old.items() if today is not None and today <= week < today + SHORT_NOTICE
    }
    plans: list[Plan[Id]] = []
    while len(plans) < count:
        model = Model(programme)
        for session, (week, host) in kept.items():
            model.keep(session, week, host, may_give_way=False)
        for plan in plans:
            model.differ(plan.week, differ)
        found = solve(model, model.change_tiers(old, weight), seconds, gap, progress)
        if found is None:
            break
        names = ("sessions changed", "weeks moved", "weeks off target", "host imbalance", "travel")
        plans.append(_beside(_plan(programme, found, old, names), plans))
    if not plans:
        raise _infeasible(programme, kept, _held(kept, today), seconds)
    return tuple(plans)


def count_plans[Id: Hashable](programme: Programme[Id], tiers: Sequence[float], old: Old[Id] | None = None) -> int:
    """How many plans reach exactly these tiers (of `schedule`, or of `replan` when old is given); up to 100,000 are counted.

    For small programmes. Source: CP-SAT, all solutions.
    """
    model = Model(programme)
    listed = model.plan_tiers() if old is None else model.change_tiers(old, {})
    for (name, expression), value in zip(listed, tiers, strict=True):
        model.cp.add(expression == round(value * (FINE if name == "travel" else 1)))
    counter = _Counter(model)
    solver(every=True).solve(model.cp, counter)
    return len(counter.found)


class _Counter[Id: Hashable](cp_model.CpSolverSolutionCallback):
    def __init__(self, model: Model[Id]) -> None:
        super().__init__()
        self.rows = [*model.at.values(), *(list(row.values()) for row in model.host.values())]
        self.found: set[tuple[int, ...]] = set()

    def on_solution_callback(self) -> None:
        self.found.add(tuple(next(i for i, var in enumerate(row) if self.value(var)) for row in self.rows))
        if len(self.found) >= MOST_COUNTED:
            self.stop_search()


def _beside[Id: Hashable](plan: Plan[Id], earlier: Sequence[Plan[Id]]) -> Plan[Id]:
    """The plan, saying so when an earlier one is as good in every tier and asks no group for more."""
    ours = [*plan.tiers.values(), *plan.bears.values()]
    for number, other in enumerate(earlier, 1):
        theirs = [*other.tiers.values(), *other.bears.values()]
        if all(a >= b for a, b in zip(ours, theirs, strict=True)):
            said = f"Plan {number} is as good or better in everything, and asks no school for more."
            return replace(plan, reasons=(*plan.reasons, said))
    return plan


def _kept[Id: Hashable](old: Old[Id], fixed: Collection[Id], today: int | None) -> dict[Id, tuple[int, Id]]:
    held = set(fixed)
    return {s: place for s, place in old.items() if s in held or (today is not None and place[0] < today)}


def _held[Id: Hashable](kept: Old[Id], today: int | None) -> set[Id]:
    """Sessions that were held: what is past cannot give way."""
    return {s for s, (week, _) in kept.items() if today is not None and week < today}


def _infeasible[Id: Hashable](programme: Programme[Id], kept: Old[Id], held: set[Id], seconds: float) -> Infeasible:
    """With the fewest rules to lift: blackouts, gaps between sessions, rooms, what may not change; else why none helps."""
    model = Model(programme, elastic=True)
    for session, (week, host) in kept.items():
        model.keep(session, week, host, may_give_way=session not in held)
    model.cp.minimize(model.fewest_lifted())
    found = solver(seconds)
    if found.solve(model.cp) in FOUND:
        lifted = tuple(words for words, var in model.lifted.items() if found.value(var))
        if lifted:
            return Infeasible("no plan keeps all rules; it would if these gave way", lifted)
        return Infeasible("no plan was found in the time given", ("more time",))
    return Infeasible(
        "no plan exists even without any blackout, gap, booking or count of rooms",
        ("more weeks, more hosts or fewer sessions",),
    )


def _plan[Id: Hashable](programme: Programme[Id], found: Found[Id], old: Old[Id], names: Sequence[str]) -> Plan[Id]:
    values = [value / FINE if name == "travel" else value for name, value in zip(names, found.values, strict=True)]
    tiers = dict(zip(names, values, strict=True))
    changed = tuple(s for s, place in old.items() if place != (found.week[s], found.host[s]))
    moved = {s for s, (week, _) in old.items() if found.week[s] != week}
    bears = (
        {g: sum(s.id in moved and g in s.groups for s in programme.sessions) for g in programme.travel} if old else {}
    )
    gap = max((v - b) / v if v else 0.0 for v, b in zip(found.values, found.bounds, strict=True))
    return Plan(
        value=tiers["weeks off target"],
        low=found.bounds[names.index("weeks off target")],
        n=len(programme.sessions),
        method="constraint program, tier by tier",
        sentence=_sentence(len(programme.sessions), len(changed) if old else None, tiers, gap),
        reasons=_reasons(bears),
        not_claimed=("That no other plan is as good.",),
        week=found.week,
        host=found.host,
        tiers=tiers,
        changed=tuple(sorted(changed, key=by_id)),
        bears=bears,
        gap=gap,
    )


def _sentence(sessions: int, changed: int | None, tiers: Mapping[str, float], gap: float) -> str:
    off = counted(round(tiers["weeks off target"]), "week")
    proven = "proven the best" if gap <= 1e-9 else f"within {in_words(100 * gap)}% of the best"
    if changed is None:
        return f"{counted(sessions, 'session')} placed, {off} off target in all, {proven}."
    return f"{changed} of {counted(sessions, 'session')} changed, {off} off target in all, {proven}."


def _reasons[Id: Hashable](bears: Mapping[Id, int]) -> tuple[str, ...]:
    most = max(bears.values(), default=0)
    if not most:
        return ()
    who = ", ".join(str(group) for group, count in bears.items() if count == most)
    return (f"Most is asked of {who}: {counted(most, 'session')} moved.",)
