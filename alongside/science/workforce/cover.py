"""Whether there are enough people, who could step in, and which skills are missing."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import fsum, prod

import numpy as np
from scipy.optimize import linear_sum_assignment

from alongside.science.errors import (
    NothingGiven,
    require_counts,
    require_known,
    require_numbers,
    require_once,
    require_something,
)
from alongside.science.results import Result, by_id, in_words

MOST_SCENARIOS = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall(Result):
    """Enough people? value: chance (0–1) of fewer than needed. n: people counted on. pmf: chance of 0, 1, 2 … people."""

    pmf: tuple[float, ...]
    expected: float
    need: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession(Result):
    """Cover of posts. value: chance (0–1) that a post is left without a successor. n: posts.

    as_if_apart: the same if nobody were counted twice, which is too low where deputies are shared.
    """

    as_if_apart: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Skills(Result):
    """Skills there and needed. value: people missing in all. n: people. single: skills needed that hang on one person."""

    have: dict[str, int]
    gap: dict[str, int]
    single: tuple[str, ...]


def shortfall(probabilities: Sequence[float], need: int) -> Shortfall:
    """Chance that fewer than `need` of these people are there, each with their own chance (0–1), independently.

    Raises NotANumber, NotACount. Source: Poisson-binomial by convolution.
    """
    require_numbers("probabilities", probabilities, 0, 1)
    require_counts("need", [need])
    pmf = [1.0]
    for p in sorted(probabilities):
        pmf = [a * (1 - p) + b * p for a, b in zip([*pmf, 0.0], [0.0, *pmf], strict=True)]
    value = min(1.0, fsum(pmf[:need]))
    return Shortfall(
        value=value,
        n=len(probabilities),
        method="Poisson-binomial, exact",
        sentence=f"The chance of fewer than {need} is {in_words(100 * value, 0)} in 100.",
        reasons=("People are supposed to decide independently.",),
        not_claimed=("Who will be missing.",),
        pmf=tuple(pmf),
        expected=fsum(probabilities),
        need=need,
    )


def succession(leaves: float, successors: Sequence[tuple[float, float]]) -> Succession:
    """Chance that one post falls free and nobody can step in. leaves: chance (0–1) of falling free this year.

    successors: (ready, stays), chances agreed with each person. Raises NotANumber.
    """
    require_numbers("chance of leaving", [leaves], 0, 1)
    for number, pair in enumerate(successors, 1):
        require_numbers(f"successor {number}", pair, 0, 1)
    value = leaves * prod(1 - ready * stays for ready, stays in sorted(successors))
    return _succession(value, value, 1)


def succession_shared(
    posts: Sequence[tuple[float, Collection[Hashable]]], ready: Mapping[Hashable, float]
) -> Succession:
    """Chance that some post falls free without a successor when one deputy may be named for several posts.

    posts: (chance of falling free, deputies); ready: deputy → chance of being ready and there. Every case is weighed, and in
    each as many posts as possible are covered. Raises UnknownId, DuplicateId, NotANumber, NothingGiven for too many cases.
    """
    require_something("posts", posts)
    require_numbers("chance of leaving", [leaves for leaves, _ in posts], 0, 1)
    for number, (_, named) in enumerate(posts, 1):
        require_once(f"deputy of post {number}", list(named))
        require_known("deputy", named, ready)
    deputies = sorted({deputy for _, named in posts for deputy in named}, key=by_id)
    require_numbers("readiness", [ready[deputy] for deputy in deputies], 0, 1)
    if 2 ** (len(posts) + len(deputies)) > MOST_SCENARIOS:
        raise NothingGiven(
            f"{len(posts)} posts and {len(deputies)} deputies make too many cases: look at parts of them"
        )
    apart = 1 - prod(1 - q * prod(1 - ready[d] for d in named) for q, named in posts)
    uncovered = fsum(
        _chance(free, [q for q, _ in posts]) * _chance(there, [ready[d] for d in deputies])
        for free in product((False, True), repeat=len(posts))
        for there in product((False, True), repeat=len(deputies))
        if not _all_covered(posts, free, {d for d, here in zip(deputies, there, strict=True) if here})
    )
    return _succession(uncovered, apart, len(posts))


def skills(people: Mapping[Hashable, Collection[str]], need: Mapping[str, int]) -> Skills:
    """How many have each skill needed, how many are missing, and which skills hang on one person.

    Raises NotACount, DuplicateId for a skill given twice to one person.
    """
    require_counts("need", need.values())
    for person, has in people.items():
        require_once(f"skill of {person!r}", list(has))
    held = Counter(skill for has in people.values() for skill in has)
    gap = {skill: max(0, wanted - held[skill]) for skill, wanted in need.items()}
    single = tuple(skill for skill in sorted(need) if need[skill] and held[skill] == 1)
    missing = [skill for skill in sorted(gap) if gap[skill]]
    return Skills(
        value=sum(gap.values()),
        n=len(people),
        method="count of people per skill",
        sentence=f"Missing: {', '.join(missing)}." if missing else "Nothing is missing.",
        reasons=tuple(f"{skill.capitalize()} hangs on one person." for skill in single),
        not_claimed=("How well anybody does it.",),
        have={skill: held[skill] for skill in need},
        gap=gap,
        single=single,
    )


def _chance(happens: Sequence[bool], chances: Sequence[float]) -> float:
    return prod(p if yes else 1 - p for yes, p in zip(happens, chances, strict=True))


def _all_covered(
    posts: Sequence[tuple[float, Collection[Hashable]]], free: Sequence[bool], there: Collection[Hashable]
) -> bool:
    open_posts = [set(named) & set(there) for (_, named), is_free in zip(posts, free, strict=True) if is_free]
    if not open_posts or not all(open_posts):
        return not open_posts
    deputies = sorted(set().union(*open_posts), key=by_id)
    fits = np.array([[deputy in named for deputy in deputies] for named in open_posts])
    rows, columns = linear_sum_assignment(fits, maximize=True)
    return int(fits[rows, columns].sum()) == len(open_posts)


def _succession(value: float, apart: float, posts: int) -> Succession:
    which = "the post falls free" if posts == 1 else "some post falls free"
    return Succession(
        value=value,
        n=posts,
        method="all cases weighed",
        sentence=f"The chance that {which} and nobody can step in is {in_words(100 * value, 0)} in 100.",
        reasons=() if abs(value - apart) < 1e-12 else ("A deputy named for two posts can cover one.",),
        not_claimed=("Who will leave.", "That readiness was judged without the person."),
        as_if_apart=apart,
    )
