"""How the vectors of ballots are called. Where several orders are best, the one the vector names must be among them."""

from fractions import Fraction

from alongside.science import ballots as bal


def flat(tiers):
    return [issue for tier in tiers for issue in tier]


def ranked(table, voices):
    names = sorted(table)
    kemeny, schulze = bal.kemeny(table), bal.schulze(table)
    points = bal.borda(table, voices)
    return {
        "borda": points,
        "win_share": {a: 100 * each / voices / (len(names) - 1) for a, each in points.items()},
        "kemeny_score": kemeny.value,
        "kemeny_order": list(kemeny.orders[0]),
        "kemeny_orders": [list(order) for order in kemeny.orders],
        "schulze_order": flat(schulze.tiers),
        "schulze_wins": schulze.wins,
        "strongest_paths": {a + b: strength for a, row in schulze.paths.items() for b, strength in row.items()},
        "condorcet_winner": bal.condorcet_winner(table),
        "pairwise": table,
    }


def rank_all(ballots, candidates):
    votes = [bal.ballot(order, weight) for weight, order in ballots]
    found = bal.rank(candidates, votes)
    got = ranked(found.table, sum(vote.weight for vote in votes))
    assert got["win_share"] == {a: Fraction(share) for a, share in bal.win_shares(candidates, votes).items()}
    return got


def win_share(ballots, candidates):
    return {"win_share": bal.win_shares(candidates, [bal.ballot(order, weight) for weight, order in ballots])}


def from_pairwise(candidates, pairwise):
    table = {a: {b: Fraction(0) for b in candidates if b != a} for a in candidates}
    for a, b, wins, losses in pairwise:
        table[a][b], table[b][a] = Fraction(wins), Fraction(losses)
    voices = max((wins + losses for _, _, wins, losses in pairwise), default=0)
    return ranked(table, Fraction(voices))


def bradley_terry(wins, prior, names=None):
    names = names or list(range(len(wins)))
    found = bal.bradley_terry(names, wins, prior)
    logs = list(found.log_abilities.values())
    return {
        "log_ability_vs_last": [value - logs[-1] for value in logs],
        "log_ability_centred": logs,
        "score": list(found.scores.values()),
    }


def equal_shares(cost=None, budget=None, approvals=None, utility="cost", **sides):
    if sides:
        return two_sides(budget=budget, **sides)
    found = bal.equal_shares(cost, budget, approvals, utility=utility)
    paid = {project: max(parts.values()) for project, parts in found.payments.items()}
    return {"funded": sorted(found.funded), "share_each": paid, "shares": paid, "spent": found.value}


def two_sides(voters, projects_each_side, cost_each, budget):
    cost = {f"{side} {i:03}": cost_each for side in voters for i in range(projects_each_side)}
    approvals = {(side, i): [p for p in cost if p.startswith(side)] for side, n in voters.items() for i in range(n)}
    found = bal.equal_shares(cost, budget, approvals)
    count = {f"{side}_funded": sum(p.startswith(side) for p in found.funded) for side in voters}
    return count | {"before_completion": found.completed == ()}


def weighted(cost_hours, budget_hours, endowment_share, approvals, utility):
    found = bal.equal_shares(cost_hours, budget_hours, approvals, endowment_share, utility)
    return {"funded": sorted(found.funded), "left_unspent": found.left}


CALLS = {
    "rank_all": rank_all,
    "win_share": win_share,
    "rank_from_pairwise": from_pairwise,
    "equal_voice_weights": lambda groups: bal.equal_voices(groups).weights,
    "bradley_terry": bradley_terry,
    "best_worst_score": lambda tasks: bal.best_worst(tasks).scores,
    "method_of_equal_shares": equal_shares,
    "method_of_equal_shares_weighted": weighted,
}
