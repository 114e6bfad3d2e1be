"""How sound a collaboration is: five tests by opinion, and what was done beside it."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from alongside.science.errors import (
    MoreThanAsked,
    NotANumber,
    UnequalScales,
    require_counts,
    require_known,
    require_numbers,
    require_something,
)
from alongside.science.results import Result, in_words

TESTS = ("purpose", "mutuality", "change", "pace", "prioritisation")

STRONG, FRAGILE = 3, 2  # lowest rating, 0–4, from which a collaboration is strong, is fragile


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Result):
    """What was done, beside what partners say of the five tests. value: how many of the five are known. n: partners.

    mutuality, pace, prioritisation: 0–1; purpose, change: yes or no; each None where nothing is known. No sum of them.
    """

    purpose: bool | None
    mutuality: float | None
    change: bool | None
    pace: float | None
    prioritisation: float | None


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


def evidence[Id: Hashable](
    outcomes: Mapping[Id, str | None],
    given: Mapping[Id, float] = {},
    received: Mapping[Id, float] = {},
    changed: Collection[Id] = (),
    struggling: Collection[Id] = (),
    milestones: tuple[int, int] = (0, 0),
    hours: tuple[float, float] = (0, 0),
) -> Evidence:
    """What was done in a collaboration, test by test. outcomes: partner → the outcome it names, None if it named none.

    purpose: all partners name the same outcome. mutuality: as `mutuality`, from hours by partner. change: a partner that is not
    struggling changed a practice. pace: milestones (met on their date, due by now). prioritisation: hours (protected, planned).
    Raises NothingGiven without partners, UnknownId, NotACount, NotANumber, MoreThanAsked. Source: our own definitions.
    """
    require_something("partners", outcomes)
    require_known("partner", [*given, *received, *changed, *struggling], outcomes)
    require_counts("milestones", milestones)
    require_numbers("hours", hours, 0)
    if milestones[0] > milestones[1]:
        raise MoreThanAsked(f"{milestones[0]} milestones met of {milestones[1]} due")
    named = [None if each is None else " ".join(each.split()).casefold() for each in outcomes.values()]
    balance = mutuality([given.get(p, 0) for p in outcomes], [received.get(p, 0) for p in outcomes]).value
    purpose = None if None in named else len(set(named)) == 1
    change = bool(set(changed) - set(struggling)) if changed else None
    pace = milestones[0] / milestones[1] if milestones[1] else None
    prioritisation = min(1.0, hours[0] / hours[1]) if hours[1] else None
    known = dict(zip(TESTS, (purpose, balance, change, pace, prioritisation), strict=True))
    silent = [name for name, found in known.items() if found is None]
    return Evidence(
        value=len(known) - len(silent),
        n=len(outcomes),
        method="what was recorded, test by test",
        sentence=f"Nothing recorded of {', '.join(silent)}."
        if silent
        else "Something is recorded of each of the five tests.",
        reasons=("What partners say and what was done are shown beside each other, never added up.",),
        not_claimed=("That what was not recorded did not happen.",),
        purpose=purpose,
        mutuality=balance,
        change=change,
        pace=pace,
        prioritisation=prioritisation,
    )


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


def _health_sentence(status: str, weakest: Sequence[str], missing: Sequence[str]) -> str:
    if status == "unknown":
        return f"Not known yet: {', '.join(missing)} not answered by all partners."
    held = "All tests hold" if status == "strong" else f"Weakest: {', '.join(weakest)}"
    return f"{status.capitalize()}. {held}."
