"""The order a page shows: win share as the headline, Schulze and Kemeny as the check."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from alongside.science.ballots.orders import Kemeny, Schulze, kemeny, schulze
from alongside.science.ballots.votes import (
    Ballot,
    Pairwise,
    borda,
    condorcet_winner,
    pairwise,
    tiers_by,
    weight_of,
)
from alongside.science.errors import require_known, require_once, require_something
from alongside.science.results import Result, in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking[Id: Hashable](Result):
    """Issues in order. value: win share of the first, 0–100. n: ballots.

    shares: win share per issue; tiers: by win share, ties as ties. close_call: the check gives another first issue.
    """

    shares: dict[Id, float]
    points: dict[Id, float]
    tiers: tuple[tuple[Id, ...], ...]
    table: Pairwise[Id]
    winner_of_all_pairs: Id | None
    schulze: Schulze[Id]
    kemeny: Kemeny[Id]
    close_call: bool


def rank[Id: Hashable](issues: Sequence[Id], ballots: Sequence[Ballot[Id]], seconds: float = 20.0) -> Ranking[Id]:
    """Order issues by how often each beats another for a random voice, and check the order by two other rules.

    Ties are reported, never broken by place in the list. Raises as `win_shares`. Source: Borda with mean ranks.
    """
    table = pairwise(issues, ballots)
    voices = weight_of(ballots)
    points = borda(table, voices)
    shares = {a: 100 * each / voices / (len(issues) - 1) for a, each in points.items()}
    tiers, by_paths, least = tiers_by(shares), schulze(table), kemeny(table, seconds)
    firsts = {frozenset(tiers[0]), frozenset(by_paths.tiers[0]), frozenset(order[0] for order in least.orders)}
    return Ranking(
        value=float(shares[tiers[0][0]]),
        n=len(ballots),
        method="win share: Borda with ties at the mean rank",
        sentence=_sentence(tiers, shares, len(firsts) > 1),
        reasons=("An issue not named counts as tied last.",),
        not_claimed=(
            "That no other rule would give another order.",
            "That votes were sincere: no rule is safe from that.",
        ),
        shares={a: float(share) for a, share in shares.items()},
        points={a: float(each) for a, each in points.items()},
        tiers=tiers,
        table=table,
        winner_of_all_pairs=condorcet_winner(table),
        schulze=by_paths,
        kemeny=least,
        close_call=len(firsts) > 1,
    )


def plurality[Id: Hashable](issues: Sequence[Id], ballots: Sequence[Ballot[Id]]) -> frozenset[Id]:
    """Issues with most first places; a shared first place is split. For comparison only: it splits like votes."""
    _require(issues, ballots)
    firsts = _first_places(frozenset(issues), ballots)
    return frozenset(a for a in issues if firsts[a] == max(firsts.values()))


def instant_runoff[Id: Hashable](issues: Sequence[Id], ballots: Sequence[Ballot[Id]]) -> frozenset[Id]:
    """Winners when the issue with fewest first places leaves, again and again; a tie for leaving is followed both ways.

    For comparison only: in Burlington in 2009 it elected one whom another beat. A shared first place is split; a ballot whose
    issues have all left counts no more. Raises as `pairwise`.
    """
    _require(issues, ballots)
    known: dict[frozenset[Id], frozenset[Id]] = {}

    def winners(left: frozenset[Id]) -> frozenset[Id]:
        if left not in known:
            firsts = _first_places(left, ballots)
            if len(left) == 1 or 2 * max(firsts.values()) > sum(firsts.values()):
                known[left] = frozenset(a for a in left if firsts[a] == max(firsts.values()))
            else:
                last = [a for a in left if firsts[a] == min(firsts.values())]
                known[left] = frozenset().union(*(winners(left - {a}) for a in last))
        return known[left]

    return winners(frozenset(issues))


def _first_places[Id: Hashable](left: frozenset[Id], ballots: Sequence[Ballot[Id]]) -> dict[Id, Fraction]:
    firsts = dict.fromkeys(left, Fraction(0))
    for each in ballots:
        top: frozenset[Id] = next((tier & left for tier in each.tiers if tier & left), frozenset())
        for issue in top:
            firsts[issue] += each.weight / len(top)
    return firsts


def _require[Id: Hashable](issues: Sequence[Id], ballots: Sequence[Ballot[Id]]) -> None:
    require_something("issues", issues)
    require_once("issues", issues)
    require_something("ballots", ballots)
    require_known("issue", [issue for each in ballots for tier in each.tiers for issue in tier], set(issues))


def _sentence[Id: Hashable](tiers: Sequence[Sequence[Id]], shares: dict[Id, Fraction], close: bool) -> str:
    badge = " A close call: another way of counting puts another first." if close else ""
    share = in_words(float(shares[tiers[0][0]]), 0)
    if len(tiers[0]) > 1:
        return f"{', '.join(map(str, tiers[0]))} share the first place: {share} times in 100 for a random voice.{badge}"
    return f"{tiers[0][0]} beats another issue {share} times in 100 for a random voice.{badge}"
