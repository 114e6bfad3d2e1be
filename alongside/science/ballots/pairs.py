"""Quick votes: A or B, and best and worst of a few."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, fsum, log

from alongside.science.errors import (
    NotANumber,
    NothingGiven,
    UnequalScales,
    UnknownId,
    require_numbers,
    require_once,
    require_something,
)
from alongside.science.results import Result, by_id, in_words

ROUNDS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities[Id: Hashable](Result):
    """Issues by quick votes. value: score of the first, 0–100. n: votes.

    log_abilities: their mean is 0. scores: how often an issue beats a random other one, times in 100.
    """

    log_abilities: dict[Id, float]
    scores: dict[Id, float]


def bradley_terry[Id: Hashable](
    issues: Sequence[Id], wins: Sequence[Sequence[float]], prior: float = 0.5
) -> Abilities[Id]:
    """Scores from votes between two: wins[i][j] = how often i was preferred to j.

    prior: pretend wins each way per pair; with 0 an issue nobody beat has no finite ability, which raises NothingGiven.
    Raises DuplicateId, UnequalScales unless wins is a square, NotANumber. Source: Bradley & Terry (1952); Hunter (2004).
    """
    table = _table(issues, wins, prior)
    if not _comparable(table):
        raise NothingGiven("some issues were never preferred to the rest: give a prior")
    abilities = _minorise(table)
    logs = [log(a) for a in abilities]
    middle = fsum(logs) / len(logs)
    n = len(issues)
    scores = [100 * fsum(_beats(abilities, i, j) for j in range(n) if j != i) / (n - 1) for i in range(n)]
    first = max(range(n), key=lambda i: (scores[i], repr(issues[i])))
    return Abilities(
        value=scores[first],
        n=round(sum(map(sum, wins))),
        method="Bradley–Terry",
        sentence=f"{issues[first]} would beat a random other issue {in_words(scores[first], 0)} times in 100.",
        reasons=(f"Half a pretend win each way per pair: {prior:g}.",) if prior else (),
        not_claimed=("That the order of neighbours is certain.",),
        log_abilities=dict(zip(issues, (value - middle for value in logs), strict=True)),
        scores=dict(zip(issues, scores, strict=True)),
    )


def next_pair[Id: Hashable](issues: Sequence[Id], wins: Sequence[Sequence[float]]) -> tuple[Id, Id]:
    """The two issues to ask about next: those least often compared, of these the two nearest in ability, then by name.

    Raises as `bradley_terry`.
    """
    found = bradley_terry(issues, wins).log_abilities
    place = {issue: i for i, issue in enumerate(issues)}

    def need(pair: tuple[Id, Id]) -> tuple[float, float, str]:
        i, j = place[pair[0]], place[pair[1]]
        return wins[i][j] + wins[j][i], round(abs(found[pair[0]] - found[pair[1]]), 9), repr(pair)

    return min(combinations(sorted(issues, key=by_id), 2), key=need)


def best_worst[Id: Hashable](tasks: Sequence[tuple[Sequence[Id], Id, Id]]) -> dict[Id, float]:
    """(times best − times worst) / times shown, −1 to 1, from tasks (shown, best, worst).

    Raises NothingGiven, DuplicateId, UnknownId when best or worst was not shown, NotANumber when they are the same.
    Source: Louviere, Flynn & Marley (2015).
    """
    require_something("tasks", tasks)
    shown: dict[Id, int] = {}
    net: dict[Id, int] = {}
    for number, (issues, best, worst) in enumerate(tasks, 1):
        require_once(f"issue in task {number}", issues)
        if best not in issues or worst not in issues:
            raise UnknownId(f"task {number}: {best!r} or {worst!r} was not shown")
        if best == worst:
            raise NotANumber(f"task {number}: {best!r} cannot be both best and worst")
        for issue in issues:
            shown[issue] = shown.get(issue, 0) + 1
            net[issue] = net.get(issue, 0) + (issue == best) - (issue == worst)
    return {issue: net[issue] / shown[issue] for issue in sorted(shown, key=by_id)}


def _table[Id: Hashable](issues: Sequence[Id], wins: Sequence[Sequence[float]], prior: float) -> list[list[float]]:
    require_something("issues", issues, 2)
    require_once("issues", issues)
    require_numbers("prior", [prior], 0)
    if len(wins) != len(issues) or any(len(row) != len(issues) for row in wins):
        raise UnequalScales("wins must be a square, a row and a column for each issue")
    for row in wins:
        require_numbers("wins", row, 0)
    return [[0.0 if i == j else w + prior for j, w in enumerate(row)] for i, row in enumerate(wins)]


def _comparable(table: list[list[float]]) -> bool:
    """Whether every issue beats every other through a chain of wins."""
    n = len(table)
    reach = [[bool(w) for w in row] for row in table]
    for via in range(n):
        for i in range(n):
            if reach[i][via]:
                reach[i] = [a or b for a, b in zip(reach[i], reach[via], strict=True)]
    return all(reach[i][j] for i in range(n) for j in range(n) if i != j)


def _minorise(table: list[list[float]]) -> list[float]:
    n = len(table)
    met = [[table[i][j] + table[j][i] for j in range(n)] for i in range(n)]
    abilities = [1.0] * n
    for _ in range(ROUNDS):
        grown = [
            sum(table[i]) / fsum(met[i][j] / (abilities[i] + abilities[j]) for j in range(n) if j != i)
            for i in range(n)
        ]
        scale = exp(fsum(map(log, grown)) / n)
        grown = [a / scale for a in grown]
        moved = max(abs(log(a / b)) for a, b in zip(grown, abilities, strict=True))
        abilities = grown
        if moved < 1e-11:
            break
    return abilities


def _beats(abilities: list[float], i: int, j: int) -> float:
    return abilities[i] / (abilities[i] + abilities[j])
