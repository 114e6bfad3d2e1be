"""The constraint model of a programme, and the shortest schedule of jobs on machines that checks the engine."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from ortools.sat.python import cp_model

from alongside.science.errors import NotANumber, require_numbers, require_something
from alongside.science.results import Result, counted
from alongside.science.scheduling.programme import PARTS, Programme, Session
from alongside.science.solving import FOUND, solver

FINE = 10  # travel is compared to a tenth where it is not whole

type Tier = tuple[str, cp_model.LinearExprT]
type Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Makespan(Result):
    """Jobs on machines. value: time until all are done; low: the proven bound. n: jobs. starts: job → task → start."""

    starts: tuple[tuple[int, ...], ...]


@dataclass(slots=True)
class Model[Id: Hashable]:
    """The programme in the solver's terms. at: session → week → chosen; host: session → host → chosen; together: two sessions
    that take the same half-day → whether in one week; start: session → half-day, where rooms are counted; lifted: rules that
    may give way, in words, when the model is elastic.
    """

    programme: Programme[Id]
    elastic: bool = False
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    at: dict[Id, list[cp_model.IntVar]] = field(default_factory=dict)
    host: dict[Id, dict[Id, cp_model.IntVar]] = field(default_factory=dict)
    together: dict[tuple[Id, Id], cp_model.IntVar] = field(default_factory=dict)
    start: dict[Id, cp_model.IntVar] = field(default_factory=dict)
    lifted: dict[str, cp_model.IntVar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for session in self.programme.sessions:
            self.at[session.id] = [self.cp.new_bool_var("") for _ in range(self.programme.weeks)]
            self.host[session.id] = {host: self.cp.new_bool_var("") for host in self.programme.hosts}
            self.cp.add_exactly_one(self.at[session.id])
            self.cp.add_exactly_one(self.host[session.id].values())
        self._clashes()
        self._blackouts()
        for first, then, gap in self.programme.after:
            lift = self._lift(f"{then} at least {counted(gap, 'week')} after {first}")
            rule = self.cp.add(self.week(then) >= self.week(first) + max(gap, self._next_week(first, then)))
            if lift is not None:
                rule.only_enforce_if(lift.negated())
        for host, rooms in self.programme.rooms.items():
            self._rooms(host, rooms, self._lift(f"{host} has {counted(rooms, 'room')}"))

    def keep(self, session: Id, week: int, host: Id, may_give_way: bool) -> None:
        """A session stays in its week at its host; in an elastic model it may give way, if it may at all."""
        lift = self._lift(f"{session} may not change") if may_give_way else None
        there = 0 <= week < self.programme.weeks and host in self.host[session]
        for var in (self.at[session][week], self.host[session][host]) if there else (self.cp.new_constant(0),):
            self.cp.add_bool_or([var, *([] if lift is None else [lift])])

    def fewest_lifted(self) -> cp_model.LinearExprT:
        """As few rules as possible give way, and of as few those that are named first."""
        weight = len(self.lifted) ** 2
        return sum((weight + place) * lift for place, lift in enumerate(self.lifted.values()))

    def week(self, session: Id) -> cp_model.LinearExprT:
        """The week of a session."""
        return sum(week * var for week, var in enumerate(self.at[session]))

    def _next_week(self, first: Id, then: Id) -> int:
        """1 where the second lies earlier in the day than the first, so that one week cannot hold both in their order."""
        return int(self.programme.session(then).parts[0] < self.programme.session(first).parts[0])

    def _clashes(self) -> None:
        """Nobody is in two places in one half-day of a week."""
        for group in self.programme.travel:
            own = [s for s in self.programme.sessions if group in s.groups]
            at_once = {tuple(s.id for s in own if part in s.parts) for part in range(PARTS)}
            for together in sorted(at_once, key=repr):
                for week in range(self.programme.weeks) if len(together) > 1 else ():
                    self.cp.add_at_most_one(self.at[session][week] for session in together)
        for one, other in combinations(self.programme.sessions, 2):
            if set(one.parts) & set(other.parts) and not set(one.groups) & set(other.groups):
                self.together[one.id, other.id] = together_var = self.cp.new_bool_var("")
                for a, b in zip(self.at[one.id], self.at[other.id], strict=True):
                    self.cp.add_bool_or([a.negated(), b.negated(), together_var])

    def _rooms(self, host: Id, rooms: int, lift: cp_model.IntVar | None) -> None:
        """Sessions at a host in one half-day need no more rooms than it has; two that cannot share it, then all together."""
        asked = {session.id: session.rooms for session in self.programme.sessions}
        for session, needed in asked.items():
            if needed > rooms:
                self._bar([self.host[session][host]], lift)
        for (one, other), together in self.together.items():
            if asked[one] + asked[other] > rooms:
                self._bar([self.host[one][host], self.host[other][host], together], lift)
        if rooms > 1 and sum(asked.values()) > rooms:
            room_for_all = rooms + (sum(asked.values()) * lift if lift is not None else 0)
            intervals = [self._interval(session, host) for session in self.programme.sessions]
            self.cp.add_cumulative(intervals, list(asked.values()), room_for_all)

    def _interval(self, session: Session[Id], host: Id) -> cp_model.IntervalVar:
        """The half-days that a session takes at a host, counted from the first week on."""
        if session.id not in self.start:
            self.start[session.id] = self.cp.new_int_var(0, PARTS * self.programme.weeks, "")
            self.cp.add(self.start[session.id] == PARTS * self.week(session.id) + session.parts[0])
        start, size = self.start[session.id], len(session.parts)
        return self.cp.new_optional_fixed_size_interval_var(start, size, self.host[session.id][host], "")

    def _blackouts(self) -> None:
        for week in sorted(self.programme.closed):
            lift = self._lift(f"week {week} closed for all")
            for session in self.programme.sessions:
                self._bar([self.at[session.id][week]], lift)
        for group, weeks in self.programme.away.items():
            for week in sorted(weeks):
                lift = self._lift(f"{group} away in week {week}")
                for session in self.programme.sessions:
                    if group in session.groups:
                        self._bar([self.at[session.id][week]], lift)
        for host, weeks in self.programme.host_away.items():
            for week in sorted(weeks):
                lift = self._lift(f"{host} cannot host in week {week}")
                for session in self.programme.sessions:
                    self._bar([self.at[session.id][week], self.host[session.id][host]], lift)

    def _lift(self, words: str) -> cp_model.IntVar | None:
        if not self.elastic:
            return None
        return self.lifted.setdefault(words, self.cp.new_bool_var(words))

    def _bar(self, together: Sequence[cp_model.IntVar], lift: cp_model.IntVar | None) -> None:
        self.cp.add_bool_or([*(var.negated() for var in together), *([] if lift is None else [lift])])

    def plan_tiers(self) -> list[Tier]:
        """Weeks off target, host imbalance, travel."""
        return [("weeks off target", self._off()), ("host imbalance", self._imbalance()), ("travel", self._travel())]

    def change_tiers(self, old: Mapping[Id, tuple[int, Id]], weight: Mapping[Id, int]) -> list[Tier]:
        """Sessions changed (weighed by notice), weeks moved, then as for a new plan."""
        changed, moved = list[cp_model.LinearExprT](), list[cp_model.LinearExprT]()
        for session in (s for s in self.programme.sessions if s.id in old):
            week, host = old[session.id]
            stays = self.cp.new_bool_var("")
            same_week = self.at[session.id][week] if 0 <= week < self.programme.weeks else self.cp.new_constant(0)
            same_host = self.host[session.id][host] if host in self.host[session.id] else self.cp.new_constant(0)
            self.cp.add_bool_and([same_week, same_host]).only_enforce_if(stays)
            self.cp.add_bool_or([same_week.negated(), same_host.negated(), stays])
            changed.append(weight.get(session.id, 1) * (1 - stays))
            moved += [abs(t - week) * var for t, var in enumerate(self.at[session.id])]
        return [("sessions changed", sum(changed)), ("weeks moved", sum(moved)), *self.plan_tiers()]

    def differ(self, plan: Mapping[Id, int], sessions: int) -> None:
        """At least so many sessions lie in another week than in this plan."""
        self.cp.add(sum(1 - self.at[session][week] for session, week in plan.items()) >= sessions)

    def _off(self) -> cp_model.LinearExprT:
        return sum(
            abs(week - session.target) * var
            for session in self.programme.sessions
            for week, var in enumerate(self.at[session.id])
        )

    def _imbalance(self) -> cp_model.LinearExprT:
        count = len(self.programme.sessions)
        most, least = self.cp.new_int_var(0, count, ""), self.cp.new_int_var(0, count, "")
        for host in self.programme.hosts:
            hosted = sum(self.host[session.id][host] for session in self.programme.sessions)
            self.cp.add(most >= hosted)
            self.cp.add(least <= hosted)
        return most - least

    def _travel(self) -> cp_model.LinearExprT:
        return sum(
            round(FINE * sum(self.programme.travel[group][host] for group in session.groups)) * var
            for session in self.programme.sessions
            for host, var in self.host[session.id].items()
        )


@dataclass(frozen=True, slots=True)
class Found[Id: Hashable]:
    """A plan as the solver found it: weeks, hosts, the value and the proven bound of each tier."""

    week: dict[Id, int]
    host: dict[Id, Id]
    values: tuple[int, ...]
    bounds: tuple[int, ...]


def solve[Id: Hashable](
    model: Model[Id], tiers: Sequence[Tier], seconds: float, gap: float, progress: Progress | None
) -> Found[Id] | None:
    """Tier after tier, each held at what it reached; None when no plan keeps all rules."""
    values, bounds, found = list[int](), list[int](), None
    last: cp_model.CpSolver | None = None
    for name, expression in tiers:
        if progress:
            progress(name)
        model.cp.minimize(expression)
        now = _solver(seconds, gap)
        status = now.solve(model.cp)
        if status not in FOUND:
            if last is None:
                return None
            values.append(_value(expression, last))
            bounds.append(0)
            continue
        last = now
        values.append(round(now.objective_value))
        bounds.append(round(now.best_objective_bound))
        model.cp.add(expression <= values[-1])
        found = _read(model, now)
        model.cp.clear_hints()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        for session, week in found[0].items():
            for t, var in enumerate(model.at[session]):
                model.cp.add_hint(var, t == week)
            for host, var in model.host[session].items():
                model.cp.add_hint(var, host == found[1][session])
    return None if found is None else Found(found[0], found[1], tuple(values), tuple(bounds))


def makespan(jobs: Sequence[Sequence[tuple[int, int]]], seconds: float = 20.0) -> Makespan:
    """Shortest schedule of jobs, each a chain of (machine, duration), one task a machine at a time.

    Raises NothingGiven, NotANumber. Source: job shop in CP-SAT; Fisher & Thompson (1963).
    """
    require_something("jobs", jobs)
    for number, job in enumerate(jobs, 1):
        require_something(f"tasks of job {number}", job)
        require_numbers(f"durations of job {number}", [duration for _, duration in job], 0)
        if any(not isinstance(duration, int) for _, duration in job):
            raise NotANumber(f"job {number}: durations must be whole")
    model, horizon = cp_model.CpModel(), sum(duration for job in jobs for _, duration in job)
    end = model.new_int_var(0, horizon, "")
    starts = [[model.new_int_var(0, horizon, "") for _ in job] for job in jobs]
    on: dict[int, list[cp_model.IntervalVar]] = {}
    for job, begin in zip(jobs, starts, strict=True):
        for place, (machine, duration) in enumerate(job):
            on.setdefault(machine, []).append(model.new_fixed_size_interval_var(begin[place], duration, ""))
            then = begin[place + 1] if place + 1 < len(job) else end
            model.add(then >= begin[place] + duration)
    for intervals in on.values():
        model.add_no_overlap(intervals)
    model.minimize(end)
    done = _solver(seconds, 0.0)
    done.solve(model)
    value, bound = round(done.objective_value), round(done.best_objective_bound)
    return Makespan(
        value=value,
        low=bound,
        n=len(jobs),
        method="job shop, CP-SAT",
        sentence=f"All done after {value}{'' if value == bound else f', at best after {bound}'}.",
        starts=tuple(tuple(done.value(start) for start in begin) for begin in starts),
    )


def _solver(seconds: float, gap: float) -> cp_model.CpSolver:
    # the cliques of a week in the linear relaxation: 40 sessions are proven in 0.3 s, else not in 20 s
    return solver(seconds, gap, tight=True)


def _value(expression: cp_model.LinearExprT, last: cp_model.CpSolver) -> int:
    return expression if isinstance(expression, int) else int(last.value(expression))


def _read[Id: Hashable](model: Model[Id], last: cp_model.CpSolver) -> tuple[dict[Id, int], dict[Id, Id]]:
    week = {session: next(t for t, var in enumerate(row) if last.value(var)) for session, row in model.at.items()}
    host = {session: next(h for h, var in row.items() if last.value(var)) for session, row in model.host.items()}
    return week, host
