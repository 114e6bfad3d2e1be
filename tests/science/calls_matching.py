"""How the vectors of matching are called. Of several best solutions the tiers are compared, not the solution."""

from alongside.science import matching as mat


def rules(n, reviewers_per_school, distance=None, conflicts=(), last_year=(), phase=None, max_out=None):
    plain = distance or [[0] * n for _ in range(n)]
    return mat.Rules.of(range(n), reviewers_per_school, plain, conflicts, last_year, phase, max_out)


def count(n):
    """One review given and taken by each."""
    return {"count": [mat.count_reviews(rules(schools, 1, max_out=1)) for schools in n]}


def feasible(n_r):
    return {"feasible": [mat.schools_short(n, r) == 0 for n, r in n_r]}


def review(**given):
    own = rules(**given)
    found = mat.peer_review(own)
    tiers = dict(zip(("imbalance", "repeats", "cross_phase", "distance"), found.tiers, strict=True))
    return {"tiers": tiers, "number_of_optimal_assignments": mat.count_reviews(own, found.tiers)}


def explain(pairs, **given):
    own = rules(**given)
    found = [mat.explain(own, tuple(pair)) for pair in pairs]
    return {
        "optimal_tiers": list(mat.peer_review(own).tiers),
        "explanations": [
            {
                "pair": list(each.pair),
                "tiers_if_forced": each.forced and list(each.forced),
                "tiers_if_forbidden": each.forbidden and list(each.forbidden),
            }
            for each in found
        ],
    }


def assignment(cost):
    found = mat.assignment(cost)
    return {"cost": found.value, "assignment": list(found.columns)}


def givers(offer_hours, need_hours, fit):
    offers, needs = ({d: dict(enumerate(row)) for d, row in enumerate(table)} for table in (offer_hours, need_hours))
    arcs = {(d, g, t): f for d, table in enumerate(fit) for g, row in enumerate(table) for t, f in enumerate(row)}
    found = mat.givers_and_takers(offers, needs, arcs)
    return {"hours_met": found.value, "fit_total": found.fit, "fewest_pairs": found.relationships}


def best_pairs(edges, max_cardinality):
    found = mat.best_pairs([tuple(edge) for edge in edges], max_cardinality)
    return {"pairs": [list(pair) for pair in found.pairs], "weight": found.value}


def co_coaching(fit, school):
    found = mat.co_coaching(range(len(fit)), fit, school)
    return {"pairs": len(found.pairs), "fit_total": found.value}


def cohorts(school, role, groups, size):
    found = mat.mixed_cohorts(range(len(school)), [school, role], groups, size)
    return dict(zip(("excess_same_school", "excess_same_role"), found.excess, strict=True))


CALLS = {
    "count_nonreciprocal_single_reviewer_assignments": count,
    "peer_review_feasibility": feasible,
    "peer_review_assignment": review,
    "explain_pair": explain,
    "min_cost_assignment": assignment,
    "giver_taker_multi_dimension": givers,
    "max_weight_matching": best_pairs,
    "co_coaching_pairs": co_coaching,
    "mixed_cohorts": cohorts,
}
