"""When no round keeps all rules: the fewest single rules that would have to give way, down to one pair of schools."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace

from ortools.sat.python import cp_model

from alongside.science.matching.model import Arcs
from alongside.science.matching.rules import Rules, candidates, most_given
from alongside.science.results import counted, in_words
from alongside.science.solving import FOUND, solver


def smallest_to_lift[Id: Hashable](rules: Rules[Id], nearest: int, seconds: float) -> tuple[str, ...]:
    """A smallest set of rules whose lifting makes a round possible, each rule in words: of one school or one pair.

    Of sets of one size the one is named that lifts how much a school gives before a distance, and a distance before two that
    must not meet. Above 60 schools smallest among each school's nearest. Source: CP-SAT with a slack per rule.
    """
    elastic = _elastic(rules, nearest)
    weight = len(elastic.lifts) ** 2 + 1
    elastic.model.minimize(sum((weight + place) * lift for place, lift in enumerate(elastic.lifts.values())))
    found = solver(seconds)
    status = found.solve(elastic.model)
    if status not in FOUND:
        return ("more time",) if status == cp_model.UNKNOWN else ("fewer reviews",)
    return tuple(words for words, lift in elastic.lifts.items() if found.value(lift))


@dataclass(slots=True)
class _Elastic:
    """The round in the solver's terms, and per rule whether it gives way."""

    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    lifts: dict[str, cp_model.IntVar] = field(default_factory=dict)

    def lift(self, words: str) -> cp_model.IntVar:
        """Whether this rule gives way."""
        return self.lifts.setdefault(words, self.model.new_bool_var(words))


def _elastic[Id: Hashable](rules: Rules[Id], nearest: int) -> _Elastic:
    made = _Elastic()
    model = made.model
    arcs = _all_arcs(rules, nearest)
    x = {pair: model.new_bool_var("") for pair in arcs}
    n = len(rules.schools)
    given: list[list[cp_model.IntVar]] = [[] for _ in range(n)]
    taken: list[list[cp_model.IntVar]] = [[] for _ in range(n)]
    for (i, j), var in x.items():
        given[i].append(var)
        taken[j].append(var)
        if i < j and (j, i) in x:
            model.add_at_most_one([var, x[j, i]])
    most = most_given(rules)
    for i in range(n):
        model.add(sum(taken[i]) == rules.reviews)
        lift = made.lift(f"{rules.schools[i]} gives at most {counted(most, 'review')}")
        model.add(sum(given[i]) <= most + n * lift)
    for pair, words in _against(rules, arcs):
        model.add_implication(x[pair], made.lift(words))
    return made


def _all_arcs[Id: Hashable](rules: Rules[Id], nearest: int) -> list[tuple[int, int]]:
    """What may be as it is, and what might be if pairs were allowed to meet or to travel further."""
    free = replace(rules, conflicts=frozenset(), furthest=None)
    kept: tuple[Arcs, Arcs] = (candidates(rules, nearest), candidates(free, nearest))
    return sorted({pair for arcs in kept for pair in arcs.pairs})


def _against[Id: Hashable](rules: Rules[Id], arcs: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], str]]:
    """Every rule of a single pair that stands against a review: distances first, the shortest first, then who must not meet."""
    if rules.furthest is not None:
        for away, i, j in sorted((rules.distance[i][j], i, j) for i, j in arcs):
            if away > rules.furthest:
                names = f"{rules.schools[i]} reviews {rules.schools[j]}"
                yield (i, j), f"no review beyond {in_words(rules.furthest)}: {names} at {in_words(away)}"
    for i, j in arcs:
        one, other = rules.schools[min(i, j)], rules.schools[max(i, j)]
        if frozenset((one, other)) in rules.conflicts:
            yield (i, j), f"{one} and {other} must not meet"
