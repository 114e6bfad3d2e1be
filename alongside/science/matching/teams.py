"""Reviewers as persons: once it is clear which school reviews which, who goes; in teams of several schools, nobody too often."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from alongside.science.errors import Infeasible, NotACount, require_known, require_once, require_something
from alongside.science.matching.rules import Pair
from alongside.science.results import Result, by_id, counted
from alongside.science.solving import FOUND, solver


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams[School: Hashable, Person: Hashable](Result):
    """Who goes where. value: reviews of the person who goes most often; low: the proven bound. n: persons who may go.

    teams: reviewed school → its team, in order of ids. load: person → reviews, 0 for those who stay. silent: pairs (reviewing,
    reviewed) of which nobody goes. uneven: reviews above the most even spread, over all persons. again: times that a person
    goes where they went before. proven: whether each is the least.
    """

    teams: dict[School, tuple[Person, ...]]
    load: dict[Person, int]
    silent: tuple[Pair[School], ...]
    uneven: int
    again: int
    proven: bool


@dataclass(frozen=True, slots=True)
class _Asked[School: Hashable, Person: Hashable]:
    """What was asked, in order of ids. visits: reviewed school → schools that review it; home: person → school."""

    visits: dict[School, tuple[School, ...]]
    home: dict[Person, School]
    size: int
    most: int
    schools: int
    never: frozenset[tuple[Person, School]]
    before: frozenset[tuple[Person, School]]

    @property
    def even(self) -> int:
        """The heaviest load when all go equally often."""
        return -(-self.size * len(self.visits) // len(self.home))


@dataclass(slots=True)
class _Model[School: Hashable, Person: Hashable]:
    """goes: (person, reviewed school) → chosen; sends: (reviewing, reviewed) → somebody goes. lifts: rules that may give way, in
    words, when the model is elastic.
    """

    asked: _Asked[School, Person]
    elastic: bool = False
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    goes: dict[tuple[Person, School], cp_model.IntVar] = field(default_factory=dict)
    sends: dict[Pair[School], cp_model.IntVar] = field(default_factory=dict)
    load: dict[Person, list[cp_model.IntVar]] = field(default_factory=dict)
    lifts: dict[str, cp_model.IntVar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.load = {person: [] for person in self.asked.home}
        at_home: dict[School, list[Person]] = {}
        for person, home in self.asked.home.items():
            at_home.setdefault(home, []).append(person)
        inside = {school: self._team(school, at_home) for school in self.asked.visits}
        for person, own in self.load.items():
            words = f"{person} goes to at most {counted(self.asked.most, 'review')}"
            self.cp.add(sum(own) <= self.asked.most + self._slack(len(inside), words))
        for school, members in inside.items():
            words = f"the team for {school} has {counted(self.asked.size, 'person', 'people')}"
            self.cp.add(sum(members) <= self.asked.size)
            self.cp.add(sum(members) + self._slack(self.asked.size, words) >= self.asked.size)
            words = f"the team for {school} comes from {counted(self.asked.schools, 'school')}"
            several = sum(self.sends[home, school] for home in self.asked.visits[school])
            self.cp.add(several + self._slack(self.asked.schools, words) >= self.asked.schools)
        for pair in sorted(self.asked.never & self.goes.keys(), key=lambda pair: (by_id(pair[0]), by_id(pair[1]))):
            self.cp.add(self.goes[pair] <= self._slack(1, f"{pair[0]} does not review {pair[1]}"))

    def tiers(self) -> list[cp_model.LinearExprT]:
        """Reviewing schools that send nobody, the heaviest load, loads above an even spread, visits made before."""
        heaviest = self.cp.new_int_var(0, len(self.asked.visits), "")
        above: list[cp_model.IntVar] = []
        for own in self.load.values():
            self.cp.add(heaviest >= sum(own))
            above.append(self.cp.new_int_var(0, len(self.asked.visits), ""))
            self.cp.add(above[-1] >= sum(own) - self.asked.even)
        again = [var for pair, var in self.goes.items() if pair in self.asked.before]
        return [sum(1 - var for var in self.sends.values()), heaviest, sum(above), sum(again)]

    def fewest_lifted(self) -> cp_model.LinearExprT:
        """As few rules as possible give way, and of as few those that are named first."""
        weight = len(self.lifts) ** 2 + 1
        return sum((weight + place) * lift for place, lift in enumerate(self.lifts.values()))

    def _team(self, school: School, at_home: Mapping[School, Sequence[Person]]) -> list[cp_model.IntVar]:
        members: list[cp_model.IntVar] = []
        for home in self.asked.visits[school]:
            sends = self.sends[home, school] = self.cp.new_bool_var("")
            own = {person: self.cp.new_bool_var("") for person in at_home.get(home, ())}
            self.cp.add(sum(own.values()) >= sends)
            for person, var in own.items():
                self.goes[person, school] = var
                self.load[person].append(var)
            members += own.values()
        return members

    def _slack(self, most: int, words: str) -> cp_model.LinearExpr:
        """By how much a rule may be broken: not at all, unless the model is elastic and the rule gives way."""
        if not self.elastic:
            return self.cp.new_constant(0)
        return most * self.lifts.setdefault(words, self.cp.new_bool_var(words))


def review_teams[School: Hashable, Person: Hashable](
    pairs: Iterable[Pair[School]],
    reviewers: Mapping[Person, School],
    size: int = 2,
    most: int = 1,
    schools: int = 2,
    never: Iterable[tuple[Person, School]] = (),
    before: Iterable[tuple[Person, School]] = (),
    seconds: float = 20.0,
) -> Teams[School, Person]:
    """A team of `size` persons from at least `schools` of those that review a school; nobody goes to more than `most`.

    pairs: (reviewing, reviewed), as `peer_review` found them; reviewers: person → their school. never: (person, school) that
    must not meet. before: where a person went in the last years. As few reviewing schools as possible send nobody; then the
    heaviest load is the least, then loads are even, then few go again. Raises NothingGiven, NotACount, DuplicateId, UnknownId,
    Infeasible with the fewest rules to lift, down to one person. Source: CP-SAT, one worker, tier by tier.
    """
    asked = _asked([*pairs], reviewers, (size, most, schools), frozenset(never), frozenset(before))
    model, bounds, proven = _Model(asked), list[float](), True
    last: cp_model.CpSolver | None = None
    for tier in model.tiers():
        model.cp.minimize(tier)
        now = solver(seconds)
        status = now.solve(model.cp)
        proven = proven and status == cp_model.OPTIMAL
        if status in FOUND:
            last = now
            bounds.append(now.best_objective_bound)
            model.cp.add(tier <= round(now.objective_value))
        elif last is None:
            raise _infeasible(asked, seconds)
        else:
            bounds.append(0.0)
    if last is None:
        raise _infeasible(asked, seconds)
    return _teams(model, last, bounds[1], proven)


def _asked[School: Hashable, Person: Hashable](
    pairs: Sequence[Pair[School]],
    reviewers: Mapping[Person, School],
    counts: tuple[int, int, int],
    never: frozenset[tuple[Person, School]],
    before: frozenset[tuple[Person, School]],
) -> _Asked[School, Person]:
    require_something("pairs", pairs)
    require_something("reviewers", reviewers)
    require_once("pair", pairs)
    for name, count in zip(("size", "most", "schools"), counts, strict=True):
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise NotACount(f"{name} {count!r} is not a whole number from 1")
    reviewed = sorted({school for _, school in pairs}, key=by_id)
    known = {school for pair in pairs for school in pair} | set(reviewers.values())
    require_known("person", [person for person, _ in [*never, *before]], set(reviewers))
    require_known("school", [school for _, school in [*never, *before]], known)
    visits = {school: tuple(sorted((i for i, j in pairs if j == school), key=by_id)) for school in reviewed}
    home = {person: reviewers[person] for person in sorted(reviewers, key=by_id)}
    return _Asked(visits, home, *counts, never, before)


def _infeasible[School: Hashable, Person: Hashable](asked: _Asked[School, Person], seconds: float) -> Infeasible:
    model = _Model(asked, elastic=True)
    model.cp.minimize(model.fewest_lifted())
    found = solver(seconds)
    found_any = found.solve(model.cp) in FOUND
    lifted = tuple(words for words, lift in model.lifts.items() if found.value(lift)) if found_any else ()
    if not lifted:
        return Infeasible("no teams were found in the time given", ("more time",))
    return Infeasible("no teams keep all rules; they would if these gave way", lifted)


def _teams[School: Hashable, Person: Hashable](
    model: _Model[School, Person], last: cp_model.CpSolver, bound: float, proven: bool
) -> Teams[School, Person]:
    asked = model.asked
    chosen = [pair for pair, var in model.goes.items() if last.value(var)]
    teams = {school: tuple(sorted((p for p, s in chosen if s == school), key=by_id)) for school in asked.visits}
    load = {person: sum(who == person for who, _ in chosen) for person in asked.home}
    heaviest, going = max(load.values()), sum(count > 0 for count in load.values())
    sent = {(asked.home[person], school) for person, school in chosen}
    return Teams(
        value=heaviest,
        low=round(bound),
        n=len(load),
        method="constraint program, tier by tier",
        sentence=(
            f"{counted(len(teams), 'team')} of {asked.size}, each from {asked.schools} schools or more; "
            f"{going} of {counted(len(load), 'person', 'people')} go, nobody more than {_times(heaviest)}."
        ),
        reasons=("That every reviewing school sends somebody counts before loads, loads before who went before.",),
        not_claimed=("That a team gets on.", "That somebody who stays is less able."),
        teams=teams,
        load=load,
        silent=tuple(pair for pair in model.sends if pair not in sent),
        uneven=sum(max(0, count - asked.even) for count in load.values()),
        again=len(asked.before.intersection(chosen)),
        proven=proven,
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
