"""How the vectors of impact are called."""

from alongside.science import impact
from alongside.science.tallies import Tally


def did(treated_before, treated_after, comparison_before, comparison_after):
    found = impact.difference_in_differences((treated_before, treated_after), (comparison_before, comparison_after))
    return {
        "treated_change": found.treated_change,
        "comparison_change": found.comparison_change,
        "did": found.value,
    }


def sign_flip(differences):
    found = impact.sign_flip(differences)
    return {
        "sum": found.value,
        "count_ge": found.at_least,
        "of": found.patterns,
        "p_one_sided": found.p_one_sided,
        "p_two_sided": found.p_two_sided,
    }


def group_test(treated_changes, comparison_changes):
    found = impact.group_test(treated_changes, comparison_changes)
    return {
        "did": found.value,
        "p_two_sided": found.p,
        "number_of_relabellings": found.relabellings,
        "smallest_possible_p": found.least_p,
    }


def smallest(treated_comparison):
    p = [impact.smallest_p(*pair).value for pair in treated_comparison]
    return {"p": p, "can_reach_5pct": [each <= 0.05 + 1e-12 for each in p]}


def synthetic(treated_before, donors_before, donors_after, treated_after):
    found = impact.synthetic_control(treated_before, donors_before, treated_after, donors_after)
    return {"weights": list(found.weights.values()), "rmse_before": found.rmse, "effect": found.value}


def interrupted(y, first_after):
    found = impact.interrupted(y, first_after)
    return {
        "level_change": found.value,
        "slope_change": found.slope_change,
        "slope_before": found.slope_before,
        "durbin_watson": found.durbin_watson,
    }


def stepped(y_school_by_wave, start_wave):
    found = impact.stepped_start(y_school_by_wave, start_wave)
    return {"effect": found.value, "p_two_sided": found.p, "distinct_orders": found.orders}


def everyone(counts_by_group, question=""):
    found = impact.equal_voice({name: Tally(counts) for name, counts in counts_by_group.items()})
    return {
        "favourable_by_group": found.by_group,
        "equal_voice_favourable": found.value,
        "pooled_favourable": found.pooled,
        "lowest_group": found.lowest,
    }


CALLS = {
    "difference_in_differences": did,
    "paired_sign_flip_test": sign_flip,
    "did_permutation": group_test,
    "smallest_attainable_p": smallest,
    "synthetic_control": synthetic,
    "interrupted_time_series": interrupted,
    "stepped_start_permutation": stepped,
    "equal_voice_evaluation": everyone,
}
