"""How the vectors of workforce are called."""

from alongside.science import workforce as work


def flow(start, transition, hires_per_year, years):
    found = work.flow(start, transition, hires_per_year, years)
    return {
        "expected": list(found.expected[-1]),
        "variance": list(found.variance[-1]),
        "expected_by_year": [list(row) for row in found.expected],
    }


def pathway(transition, start_stage, years):
    found = work.pathway(transition, start_stage, years)
    return {"in_stage": list(found.in_stage), "left": found.value}


def absorption(Q):  # noqa: N803 (the vectors' own name)
    found = work.absorption(Q)
    return {"N": [list(row) for row in found.visits], "expected_steps": list(found.years)}


def rates(counts, prior_probabilities, prior_strength):
    found = work.rates(counts, prior_probabilities, prior_strength)
    return {"estimate": list(found.estimate), "leave_interval_90": [found.low, found.high]}


def shortfall(probabilities, need):
    found = work.shortfall(probabilities, need)
    return {"pmf": list(found.pmf), "p_shortfall": found.value, "expected": found.expected}


def shared(roles, ready):
    found = work.succession_shared([(role["p_leaves"], role["successors"]) for role in roles], ready)
    return {"p_any_uncovered": found.value, "naive_independent": found.as_if_apart}


def skills(skills, need):
    found = work.skills(skills, need)
    return {"have": found.have, "gap": found.gap, "single_points_of_failure": list(found.single)}


CALLS = {
    "workforce_flow": flow,
    "career_pathway_probabilities": pathway,
    "fundamental_matrix": absorption,
    "transition_row_shrunk": rates,
    "shortfall_probability": shortfall,
    "succession_risk": lambda p_leaves, successors_ready_stay: {
        "p_uncovered": work.succession(p_leaves, successors_ready_stay).value
    },
    "succession_risk_shared": shared,
    "skills_gap": skills,
}
