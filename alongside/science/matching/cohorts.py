"""Mixed cohorts: groups in which schools and roles are spread as evenly as can be."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from alongside.science.errors import Infeasible, NotACount, UnequalScales, require_once, require_something
from alongside.science.results import Result, by_id, counted
from alongside.science.solving import solver


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohorts[Id: Hashable](Result):
    """Groups. value: people more than an even spread allows, over all attributes. n: people.

    groups: people per group. excess: per attribute, in the order given, the first as small as can be before the next.
    """

    groups: tuple[tuple[Id, ...], ...]
    excess: tuple[int, ...]
    proven: bool


def mixed_cohorts[Id: Hashable](
    people: Sequence[Id],
    attributes: Sequence[Sequence[Hashable]],
    groups: int,
    size: int | None = None,
    seconds: float = 20.0,
) -> Cohorts[Id]:
    """Groups of equal size (give or take one) with as few people of one school, then of one role, together as can be.

    attributes: one list per attribute, most important first, a value per person. size: the most people in a group. Excess
    counts people above ⌈count / groups⌉ of one value in a group. Raises NothingGiven, DuplicateId, UnequalScales, NotACount,
    Infeasible when the groups are too small. Source: CP-SAT, one worker; two attributes can always be spread without excess
    (de Werra), which the tests check.
    """
    require_something("people", people)
    require_once("person", people)
    if not isinstance(groups, int) or isinstance(groups, bool) or groups < 1:
        raise NotACount(f"groups {groups!r} is not a whole number from 1")
    for number, values in enumerate(attributes, 1):
        if len(values) != len(people):
            raise UnequalScales(f"attribute {number}: {len(values)} values for {len(people)} people")
    if size is not None and groups * size < len(people):
        raise Infeasible(f"{groups} groups of {size} hold fewer than {len(people)} people", ("more or larger groups",))
    order = sorted(range(len(people)), key=lambda i: by_id(people[i]))
    placed, excess, proven = _solved(
        [[values[i] for i in order] for values in attributes], len(people), groups, seconds
    )
    members = tuple(tuple(people[order[row]] for row in inside) for inside in placed)
    return Cohorts(
        value=sum(excess),
        n=len(people),
        method="CP-SAT, tier by tier",
        sentence=f"{counted(groups, 'group')}, {'' if sum(excess) else 'all '}spread {_words(sum(excess))}.",
        reasons=("The first attribute counts before the next.",),
        not_claimed=("That another spread would not do as well.",),
        groups=members,
        excess=excess,
        proven=proven,
    )


def _solved(
    attributes: Sequence[Sequence[Hashable]], n: int, groups: int, seconds: float
) -> tuple[list[list[int]], tuple[int, ...], bool]:
    model = cp_model.CpModel()
    inside = [[model.new_bool_var("") for _ in range(groups)] for _ in range(n)]
    for row in inside:
        model.add_exactly_one(row)
    for g in range(groups):
        model.add(sum(row[g] for row in inside) >= n // groups)
        model.add(sum(row[g] for row in inside) <= -(-n // groups))
    model.add(inside[0][0] == 1)  # groups have no names
    excess, proven = list[int](), True
    last = solver(seconds)
    status = last.solve(model) if not attributes else cp_model.OPTIMAL
    for values in attributes:
        over = _over(model, inside, values, groups)
        model.minimize(over)
        last = solver(seconds)
        status = last.solve(model)
        proven = proven and status == cp_model.OPTIMAL
        excess.append(round(last.objective_value))
        model.add(over <= excess[-1])
    placed = [[i for i in range(n) if last.value(inside[i][g])] for g in range(groups)]
    return sorted(placed), tuple(excess), proven


def _over(
    model: cp_model.CpModel, inside: list[list[cp_model.IntVar]], values: Sequence[Hashable], groups: int
) -> cp_model.LinearExprT:
    over: list[cp_model.IntVar] = []
    for value, count in sorted(Counter(values).items(), key=repr):
        rows = [row for row, own in zip(inside, values, strict=True) if own == value]
        even = -(-count // groups)
        for g in range(groups) if count > 1 else ():
            over.append(model.new_int_var(0, count, ""))
            model.add(over[-1] >= sum(row[g] for row in rows) - even)
    return sum(over) if over else model.new_constant(0)


def _words(excess: int) -> str:
    return f"evenly but for {counted(excess, 'person', 'people')}" if excess else "evenly"
