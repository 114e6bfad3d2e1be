"""Reflection: what schools say, do and intend, how sound a collaboration is, and how far practice is shared."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Literal

from alongside.science.errors import (
    MoreThanAsked,
    NotACount,
    NotANumber,
    NothingGiven,
    UnequalScales,
    UnknownId,
    require_counts,
    require_numbers,
    require_something,
)
from alongside.science.results import Result, counted, in_words

TESTS = ("purpose", "mutuality", "change", "pace", "prioritisation")
STRONG, FRAGILE = 3, 2  # lowest rating, 0–4, from which a collaboration is strong, is fragile
KINDS = ("TALK", "WATCH", "PLAN", "TEACH")
STAGES = {"received": "dependent", "self": "independent", "with": "interdependent", "on behalf": "interdependent"}

type State = Literal["practised", "talked about", "not done", "unseen"]


@dataclass(frozen=True, slots=True)
class Grid:
    """How many people say of one statement: never thought of it, we don't, we talk of it, we do it.

    should: of the first three, how many say that we should. Raises NotACount, MoreThanAsked.
    """

    never: int
    dont: int
    talk: int
    do: int
    should_never: int = 0
    should_dont: int = 0
    should_talk: int = 0

    def __post_init__(self) -> None:
        require_counts("grid", (*self.steps, *self.should))
        for name, should, people in zip(("never", "dont", "talk"), self.should, self.steps, strict=False):
            if should > people:
                raise MoreThanAsked(f"should of {name}: {should} of {people} people")

    @property
    def steps(self) -> tuple[int, int, int, int]:
        """People per step of the ladder, lowest first."""
        return self.never, self.dont, self.talk, self.do

    @property
    def should(self) -> tuple[int, int, int]:
        """People who say that we should, per step not doing."""
        return self.should_never, self.should_dont, self.should_talk

    @property
    def n(self) -> int:
        """People who answered."""
        return sum(self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Result):
    """One statement of a school. value: practice, the share (0–1) that does it. n: people.

    talk_do_gap: of those who talk or do, the share that talks; None when nobody does either. blind_spot: share that never
    thought of it. appetite: of those not doing, the share that says we should; None when all do. intent_gap: share of all that
    says we should and does not. agreement: 0–100 on the four steps. state: the step most people are on.
    """

    talk_do_gap: float | None
    blind_spot: float
    appetite: float | None
    intent_gap: float
    agreement: float
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Result):
    """Two schools on the same statements. value: similarity, 0–100. n: statements.

    distances: per statement, 0–1. ours_help, theirs_help: chance (0–1) that one of ours does it and one of theirs should and
    does not, and the other way round.
    """

    distances: tuple[float, ...]
    ours_help: tuple[float, ...]
    theirs_help: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TestScore:
    """One of the five tests: the lowest rating (0–4), the mean, and highest less lowest; None when a partner did not answer."""

    __test__ = False  # not a test of ours, whatever its name

    lowest: int | None
    mean: float | None
    spread: int | None

    @property
    def seen_differently(self) -> bool:
        """Whether partners lie two steps apart or more."""
        return self.spread is not None and self.spread >= 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Health(Result):
    """A collaboration. value: the lowest rating of all answered tests, 0–4; None when none is. n: partners."""

    tests: dict[str, TestScore]
    weakest: tuple[str, ...]
    status: Literal["strong", "fragile", "at risk", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance(Result):
    """Give and take. value: 0 (one-way) to 1 (even); None without any hours. by_partner: likewise, None if inactive."""

    by_partner: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """One thing done: kind (TALK, WATCH, PLAN, TEACH), the person, the other school or None, and how.

    how: "received", "self", "with" or "on behalf". Raises UnknownId.
    """

    kind: str
    person: Hashable
    school: Hashable | None
    how: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownId(f"unknown kind {self.kind!r}: one of {', '.join(KINDS)}")
        if self.how not in STAGES:
            raise UnknownId(f"unknown stage {self.how!r}: one of {', '.join(STAGES)}")


@dataclass(frozen=True, slots=True)
class Gauge:
    """One kind of sharing: breadth, across (0–1 of the headcount) and partner schools."""

    breadth: float
    across: float
    partners: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing(Result):
    """Talk, watch, plan, teach in one term. value: share (0–1) of staff in at least one of them. n: people; N: headcount.

    stages: share of logs per stage; None without logs.
    """

    gauges: dict[str, Gauge]
    stages: dict[str, float | None]


def profile(grid: Grid) -> Profile:
    """What a school does, talks of and intends, for one statement. Raises NothingGiven when nobody answered.

    Source: our own definitions on the ladder never < don't < talk < do; agreement as in `coherence`.
    """
    if not grid.n:
        raise NothingGiven("nobody answered, so there is no profile")
    idle, active, should = grid.n - grid.do, grid.talk + grid.do, sum(grid.should)
    practice, gap = Fraction(grid.do, grid.n), Fraction(grid.talk, active) if active else None
    return Profile(
        value=float(practice),
        n=grid.n,
        method="statement grid",
        sentence=_profile_sentence(grid, idle, should),
        reasons=("Never thought of it counts as further away than we don't: our reading.",),
        not_claimed=("That what people say they do is done.",),
        talk_do_gap=None if gap is None else float(gap),
        blind_spot=grid.never / grid.n,
        appetite=should / idle if idle else None,
        intent_gap=should / grid.n,
        agreement=float(_agreement(grid.steps)),
        state=_state(grid),
    )


def compare(ours: Sequence[Grid], theirs: Sequence[Grid]) -> Comparison:
    """How alike two schools are over the same statements in the same order, and where one could help the other.

    Raises UnequalScales for different numbers of statements, NothingGiven for none or one nobody answered.
    Source: Wasserstein distance on four steps, divided by its greatest value 3.
    """
    if len(ours) != len(theirs):
        raise UnequalScales(f"{len(ours)} statements against {len(theirs)}")
    require_something("statements", ours)
    pairs = list(zip(ours, theirs, strict=True))
    for number, (a, b) in enumerate(pairs, 1):
        if not a.n or not b.n:
            raise NothingGiven(f"statement {number}: nobody answered in one of the schools")
    distances = [_distance(a, b) for a, b in pairs]
    similarity = 100 * (1 - sum(distances, Fraction(0)) / len(distances))
    return Comparison(
        value=float(similarity),
        n=len(pairs),
        method="Wasserstein distance on four steps",
        sentence=f"Over {counted(len(pairs), 'statement')} the two schools are {in_words(float(similarity), 0)} of 100 alike.",
        reasons=("Where one does what the other wants to do, a visit is worth while.",),
        not_claimed=("That schools alike are good partners.",),
        distances=tuple(float(distance) for distance in distances),
        ours_help=tuple(_helps(a, b) for a, b in pairs),
        theirs_help=tuple(_helps(b, a) for a, b in pairs),
    )


def five_tests(ratings: Mapping[Hashable, Sequence[int | None]], threshold: int = STRONG) -> Health:
    """Whether a collaboration is sound: five tests rated 0–4 by each partner, None for not answered. The weakest decides.

    ratings: partner → ratings of purpose, mutuality, change, pace, prioritisation. threshold: lowest rating that is strong.
    A test that any partner left out is unknown, and then so is the whole. Raises NothingGiven, UnequalScales, NotANumber.
    """
    require_something("partners", ratings)
    for partner, row in ratings.items():
        _require_ratings(partner, row)
    tests = {name: _test([row[i] for row in ratings.values()]) for i, name in enumerate(TESTS)}
    known = [test.lowest for test in tests.values() if test.lowest is not None]
    lowest = min(known, default=None)
    status = _status(lowest if len(known) == len(TESTS) else None, threshold)
    weakest = tuple(name for name, test in tests.items() if lowest is not None and test.lowest == lowest)
    return Health(
        value=lowest,
        n=len(ratings),
        method="weakest of five tests, lowest partner",
        sentence=_health_sentence(status, weakest, [n for n, test in tests.items() if test.lowest is None]),
        reasons=tuple(f"Partners see {name} differently." for name, test in tests.items() if test.seen_differently),
        not_claimed=("That a high rating on one test makes up for a low one on another.",),
        tests=tests,
        weakest=weakest,
        status=status,
    )


def mutuality(given: Sequence[float], received: Sequence[float]) -> Balance:
    """How even give and take are, in hours per partner: 1 − Σ|give − receive| / Σ(give + receive).

    Raises UnequalScales, NotANumber for hours below 0, NothingGiven.
    """
    if len(given) != len(received):
        raise UnequalScales(f"{len(given)} partners gave, {len(received)} received")
    require_something("partners", given)
    require_numbers("hours given", given, 0)
    require_numbers("hours received", received, 0)
    pairs = list(zip(given, received, strict=True))
    total = sum(given) + sum(received)
    value = 1 - sum(abs(g - r) for g, r in pairs) / total if total else None
    return Balance(
        value=value,
        n=len(pairs),
        method="balance of hours given and received",
        sentence="No hours yet." if value is None else f"Give and take are {in_words(100 * value, 0)} of 100 even.",
        reasons=("A partner without hours is left out, not counted as even.",),
        not_claimed=("That an hour is worth the same to everyone.",),
        by_partner=tuple(1 - abs(g - r) / (g + r) if g + r else None for g, r in pairs),
    )


def sharing(logs: Sequence[Log], headcount: int) -> Sharing:
    """How widely practice was shared in a term: distinct people, not events; no log is not the same as nothing happened.

    headcount: people of the school (or role). Raises NotACount for a headcount under 1, MoreThanAsked.
    """
    if not isinstance(headcount, int) or isinstance(headcount, bool) or headcount < 1:
        raise NotACount(f"headcount {headcount!r} is not a number of people from 1")
    people = {log.person for log in logs}
    if len(people) > headcount:
        raise MoreThanAsked(f"{len(people)} people in the logs of {headcount} on the staff")
    stages = [STAGES[log.how] for log in logs]
    names = ("dependent", "independent", "interdependent")
    return Sharing(
        value=len(people) / headcount,
        n=len(people),
        N=headcount,
        method="distinct people in logs",
        sentence=f"{len(people)} of {headcount} shared practice in at least one way."
        if logs
        else "Nothing is logged yet.",
        reasons=("Logs are self-reported; the other side's confirmation makes them firm.",),
        not_claimed=("That nothing happened where nothing is logged.",),
        gauges={kind: _gauge([log for log in logs if log.kind == kind], headcount) for kind in KINDS},
        stages={name: stages.count(name) / len(logs) if logs else None for name in names},
    )


def _agreement(steps: Sequence[int]) -> Fraction:
    n, points = sum(steps), len(steps)
    shares = [Fraction(count, n) for count in accumulate(steps[:-1])]
    return 100 * (1 - Fraction(4, points - 1) * sum((f * (1 - f) for f in shares), Fraction(0)))


def _state(grid: Grid) -> State:
    """The step most people stand on; of equal ones the higher."""
    names: tuple[State, ...] = ("unseen", "not done", "talked about", "practised")
    return max(zip(grid.steps, range(4), names, strict=True))[2]


def _distance(a: Grid, b: Grid) -> Fraction:
    ours, theirs = accumulate(a.steps[:-1]), accumulate(b.steps[:-1])
    gaps = (abs(Fraction(x, a.n) - Fraction(y, b.n)) for x, y in zip(ours, theirs, strict=True))
    return sum(gaps, Fraction(0)) / 3


def _helps(giver: Grid, taker: Grid) -> float:
    return float(Fraction(giver.do, giver.n) * Fraction(sum(taker.should), taker.n))


def _test(ratings: Sequence[int | None]) -> TestScore:
    known = [rating for rating in ratings if rating is not None]
    if len(known) < len(ratings):
        return TestScore(None, None, None)
    return TestScore(min(known), sum(known) / len(known), max(known) - min(known))


def _status(lowest: int | None, threshold: int) -> Literal["strong", "fragile", "at risk", "unknown"]:
    if lowest is None:
        return "unknown"
    if lowest >= threshold:
        return "strong"
    return "fragile" if lowest >= FRAGILE else "at risk"


def _require_ratings(partner: Hashable, row: Sequence[int | None]) -> None:
    if len(row) != len(TESTS):
        raise UnequalScales(f"partner {partner!r}: {len(row)} ratings, not {len(TESTS)}")
    for name, rating in zip(TESTS, row, strict=True):
        if rating is not None and (isinstance(rating, bool) or not isinstance(rating, int) or not 0 <= rating <= 4):
            raise NotANumber(f"partner {partner!r}, {name}: {rating!r} is not a whole number from 0 to 4")


def _gauge(logs: Sequence[Log], headcount: int) -> Gauge:
    across = [log for log in logs if log.school is not None]
    return Gauge(
        len({log.person for log in logs}) / headcount,
        len({log.person for log in across}) / headcount,
        len({log.school for log in across}),
    )


def _profile_sentence(grid: Grid, idle: int, should: int) -> str:
    doing = f"{grid.do} of {grid.n} say we do this"
    if not idle:
        return f"{doing}."
    return f"{doing}; of the {idle} others {should} say we should."


def _health_sentence(status: str, weakest: Sequence[str], missing: Sequence[str]) -> str:
    if status == "unknown":
        return f"Not known yet: {', '.join(missing)} not answered by all partners."
    held = "All tests hold" if status == "strong" else f"Weakest: {', '.join(weakest)}"
    return f"{status.capitalize()}. {held}."
