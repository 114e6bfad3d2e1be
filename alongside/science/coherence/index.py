"""The coherence index and where its points are lost: inside perspectives, between them, between schools."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from alongside.science.errors import MoreThanAsked, NothingGiven, UnequalScales, require_known
from alongside.science.results import Result, by_id, nearest
from alongside.science.tallies import Tally

SHARED_FROM, MOSTLY_FROM = 80, 60

type Shares = tuple[Fraction, ...]  # cumulative shares at the thresholds 1..K−1


@dataclass(frozen=True, slots=True, kw_only=True)
class Coherence[Id: Hashable](Result):
    """Coherence, 0–100 points. value + within + between = 100.

    within_by, between_by: points each perspective loses. absent: perspectives nobody answered for; with any, the value is
    not comparable with others.
    """

    within: float
    between: float
    within_by: dict[Id, float]
    between_by: dict[Id, float]
    absent: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected[Id: Hashable](Result):
    """Coherence of all N people, from a sample of them, 0–100. value + within + between = 100.

    between may come out below 0 by chance; between_shown is then 0. unknown: perspectives of several people of whom one
    answered, whose inner spread cannot be told.
    """

    within: float
    between: float
    between_shown: float
    unknown: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested[Id: Hashable](Result):
    """Coherence over several schools, 0–100. value + the three losses = 100. between_schools_by: points each school loses."""

    within_perspectives: float
    between_perspectives: float
    between_schools: float
    between_schools_by: dict[Id, float]


def dispersion(tally: Tally) -> Fraction:
    """Spread of answers, 0 (all alike) to 1 (half lowest, half highest), exact. 100 (1 − D) is a group's own coherence.

    D = 4/(K−1) · Σ F(1−F) over the thresholds. Raises NothingGiven when nobody answered. Source: Blair & Lacy (2000),
    1 − D = l²; Leik (1966).
    """
    shares = _cumulative(tally)
    return Fraction(4, len(shares)) * sum((f * (1 - f) for f in shares), Fraction(0))


def band(value: float) -> str:
    """A coherence in words: "shared", "mostly shared" or "mixed". The limits 80 and 60 are conventions."""
    if value >= SHARED_FROM:
        return "shared"
    return "mostly shared" if value >= MOSTLY_FROM else "mixed"


def coherence[Id: Hashable](perspectives: Mapping[Id, Tally]) -> Coherence[Id]:
    """How far several perspectives see one thing alike; each perspective has one voice, whatever its size.

    Raises NothingGiven when nobody answered, UnequalScales. Source: law of total variance at each threshold; the part between
    is the energy distance of Székely & Rizzo.
    """
    shares, absent = _present(perspectives)
    weight, c = Fraction(1, len(shares)), _points(shares)
    middle = _mean(shares, dict.fromkeys(shares, weight))
    within = {name: c * weight * _spread(f) for name, f in shares.items()}
    between = {name: c * weight * _distance(f, middle) for name, f in shares.items()}
    lost_within, lost_between = sum(within.values(), Fraction(0)), sum(between.values(), Fraction(0))
    value = 100 - lost_within - lost_between
    reasons: tuple[str, ...] = ("Each perspective has one voice, whatever its size.",)
    if absent:
        reasons += ("A perspective is missing: not comparable with others.",)
    return Coherence(
        value=float(value),
        n=sum(tally.n for tally in perspectives.values()),
        method="ordinal dispersion, split within and between perspectives",
        sentence=_sentence(value, lost_within, lost_between),
        reasons=reasons,
        not_claimed=("Which perspective is right.",),
        within=float(lost_within),
        between=float(lost_between),
        within_by={name: float(points) for name, points in within.items()},
        between_by={name: float(points) for name, points in between.items()},
        absent=absent,
    )


def corrected[Id: Hashable](perspectives: Mapping[Id, Tally], people: Mapping[Id, int]) -> Corrected[Id]:
    """Coherence of all people asked, not only of those who answered: for comparing schools of different size.

    people: asked per perspective. Unbiased for a random response, by complete enumeration. Raises UnknownId for a perspective
    without people, MoreThanAsked, NothingGiven, UnequalScales. Source: unbiased variance of a share in a finite population.
    """
    require_known("perspective", perspectives, people)
    shares, _ = _present(perspectives)
    weight, c = Fraction(1, len(shares)), _points(shares)
    unseen = {name: _unseen(f, perspectives[name].n, people[name], name) for name, f in shares.items()}
    middle = _mean(shares, dict.fromkeys(shares, weight))
    within = c * weight * sum(_spread(f) + unseen[name] for name, f in shares.items())
    between = c * weight * sum(_distance(f, middle) - (1 - weight) * unseen[name] for name, f in shares.items())
    value = 100 - within - between
    unknown = tuple(name for name in shares if perspectives[name].n == 1 < people[name])
    return Corrected(
        value=float(value),
        n=sum(perspectives[name].n for name in shares),
        N=sum(people[name] for name in shares),
        method="ordinal dispersion, corrected for a finite staff",
        sentence=_sentence(value, within, max(Fraction(0), between)),
        reasons=("Small groups look more alike inside and more apart than they are; this is corrected.",),
        not_claimed=("That those who did not answer are like those who did.",),
        within=float(within),
        between=float(between),
        between_shown=max(0.0, float(between)),
        unknown=unknown,
    )


def nested[School: Hashable, Id: Hashable](schools: Mapping[School, Mapping[Id, Tally]]) -> Nested[School]:
    """Coherence of several schools: each school has one voice, in it each perspective has one.

    Raises NothingGiven for no school and for a school where nobody answered, UnequalScales. Source: as `coherence`, twice.
    """
    if not schools:
        raise NothingGiven("schools: 0 given, at least 1 needed")
    shares = {school: _present(perspectives)[0] for school, perspectives in schools.items()}
    _one_scale(f for inside in shares.values() for f in inside.values())
    own = {school: _mean(inside, dict.fromkeys(inside, Fraction(1, len(inside)))) for school, inside in shares.items()}
    weight, c = Fraction(1, len(shares)), _points(own)
    middle = _mean(own, dict.fromkeys(own, weight))
    each = [(weight / len(inside), f, own[school]) for school, inside in shares.items() for f in inside.values()]
    within = c * sum((w * _spread(f) for w, f, _ in each), Fraction(0))
    perspectives = c * sum((w * _distance(f, mean) for w, f, mean in each), Fraction(0))
    by_school = {school: c * weight * _distance(f, middle) for school, f in own.items()}
    between = sum(by_school.values(), Fraction(0))
    value = 100 - within - perspectives - between
    return Nested(
        value=float(value),
        n=sum(tally.n for inside in schools.values() for tally in inside.values()),
        method="ordinal dispersion, split within perspectives, between them and between schools",
        sentence=(
            f"A {band(float(value))} view ({nearest(value)} of 100): {nearest(within)} points lost inside groups, "
            f"{nearest(perspectives)} between groups of one school, {nearest(between)} between schools."
        ),
        reasons=("Each school has one voice, and in it each perspective.",),
        not_claimed=("Which school or perspective is right.",),
        within_perspectives=float(within),
        between_perspectives=float(perspectives),
        between_schools=float(between),
        between_schools_by={school: float(points) for school, points in by_school.items()},
    )


def _cumulative(tally: Tally) -> Shares:
    if not tally.n:
        raise NothingGiven("nobody answered, so there is no spread")
    return tuple(Fraction(count, tally.n) for count in accumulate(tally.counts[:-1]))


def _present[Id: Hashable](perspectives: Mapping[Id, Tally]) -> tuple[dict[Id, Shares], tuple[Id, ...]]:
    shares = {name: _cumulative(tally) for name, tally in perspectives.items() if tally.n}
    if not shares:
        raise NothingGiven("nobody answered for any perspective")
    if len({tally.points for tally in perspectives.values()}) > 1:
        raise UnequalScales("perspectives must share one scale")
    return shares, tuple(sorted((name for name, tally in perspectives.items() if not tally.n), key=by_id))


def _one_scale(shares: Iterable[Shares]) -> None:
    if len({len(f) for f in shares}) > 1:
        raise UnequalScales("schools must share one scale")


def _points[Id](shares: Mapping[Id, Shares]) -> Fraction:
    """400 / (K − 1)."""
    return Fraction(400, len(next(iter(shares.values()))))


def _mean[Id: Hashable](shares: Mapping[Id, Shares], weights: Mapping[Id, Fraction]) -> Shares:
    thresholds = range(len(next(iter(shares.values()))))
    return tuple(sum((weights[name] * f[k] for name, f in shares.items()), Fraction(0)) for k in thresholds)


def _spread(shares: Shares) -> Fraction:
    return sum((f * (1 - f) for f in shares), Fraction(0))


def _distance(one: Shares, other: Shares) -> Fraction:
    return sum(((a - b) ** 2 for a, b in zip(one, other, strict=True)), Fraction(0))


def _unseen(shares: Shares, n: int, people: int, name: object) -> Fraction:
    """Variance of the shares that comes from those who did not answer; 0 where a single answer tells nothing of it."""
    if n > people:
        raise MoreThanAsked(f"perspective {name!r}: {n} answers of {people} people")
    if n == 1:
        return Fraction(0)
    return (1 - Fraction(n, people)) * _spread(shares) / (n - 1)


def _sentence(value: Fraction, within: Fraction, between: Fraction) -> str:
    return (
        f"A {band(float(value))} view ({nearest(value)} of 100): {nearest(within)} points lost inside groups, "
        f"{nearest(between)} between groups."
    )
