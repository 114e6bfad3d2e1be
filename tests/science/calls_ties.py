"""How the vectors of ties are called."""

from alongside.science import ties


def nodes_of(edges, nodes=None):
    return list(range(nodes)) if nodes else sorted({school for edge in edges for school in edge})


def pairs(edges):
    return [tuple(edge) for edge in edges]


class Summary(dict):
    """Also looked up as "betweenness_<school>"."""

    def __init__(self, schools, edges):
        found = ties.network(schools, pairs(edges))
        self.found = found
        super().__init__(
            density=found.density,
            transitivity=found.transitivity,
            mean_distance=found.mean_steps,
            diameter=found.diameter,
            global_efficiency=found.value,
            algebraic_connectivity=ties.algebraic_connectivity(schools, pairs(edges)).value,
        )

    def __contains__(self, key):
        return key.startswith("betweenness_") or super().__contains__(key)

    def __missing__(self, key):
        return self.found.betweenness[int(key.removeprefix("betweenness_"))]


def centrality(edges):
    schools = nodes_of(edges)
    found = ties.network(schools, pairs(edges))
    return {
        "betweenness": list(found.betweenness.values()),
        "closeness": list(found.closeness.values()),
        "degree": list(found.degree.values()),
        "algebraic_connectivity": ties.algebraic_connectivity(schools, pairs(edges)).value,
    }


def reciprocity(n, edges):
    found = ties.reciprocity(range(n), pairs(edges))
    return {"reciprocity": found.value, "garlaschelli_loffredo_rho": found.rho}


def mixing(edges, group):
    found = ties.mixing(range(len(group)), pairs(edges), dict(enumerate(group)))
    return {
        "ei": found.value,
        "ei_expected_by_sizes": found.expected,
        "p_ge_label_permutation": found.p_at_least,
        "p_le_label_permutation": found.p_at_most,
    }


def core(edges):
    found = ties.core_periphery(nodes_of(edges), pairs(edges))
    return {"correlation": found.value, "core": list(found.core)}


def next_connection(nodes, edges):
    found = ties.next_connection(range(nodes), pairs(edges))
    return {
        "efficiency_before": found.before,
        "best_gain": found.value,
        "best_pairs": [list(pair) for pair in found.pairs],
        "lambda2_before": found.spectrum_before,
        "lambda2_best_gain": found.spectrum_gain,
        "lambda2_best_pairs": [list(pair) for pair in found.spectrum_pairs],
    }


def strength(events_day_weight, today, half_life_days):
    return {"strength": ties.tie_strength([(today - day, w) for day, w in events_day_weight], half_life_days).value}


def brokerage(edges):
    found = ties.network(nodes_of(edges), pairs(edges))
    return {
        "betweenness": found.betweenness,
        "cut_points": list(found.cut_points),
        "cut_edges": [list(bridge) for bridge in found.bridges],
    }


CALLS = {
    "network_summary": lambda edges, graph="": Summary(nodes_of(edges), edges),
    "centrality": centrality,
    "algebraic_connectivity": lambda nodes, edges: Summary(range(nodes), edges),
    "reciprocity": reciprocity,
    "e_i_index": mixing,
    "core_periphery": core,
    "best_next_connection": next_connection,
    "tie_strength_decay": strength,
    "brokerage": brokerage,
}
