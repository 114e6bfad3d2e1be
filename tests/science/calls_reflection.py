"""How the vectors of reflection are called."""

from alongside.science import reflection as ref


def profile(**counts):
    found = ref.profile(ref.Grid(**counts))
    return {
        "n": found.n,
        "practice": found.value,
        "talk_do_gap": found.talk_do_gap,
        "blind_spot": found.blind_spot,
        "appetite": found.appetite,
        "intent_action_gap": found.intent_gap,
        "agreement": found.agreement,
        "state": found.state,
    }


def grids(rows, should):
    """The vectors give how many should and do not in all; which step they stand on makes no difference."""
    made = []
    for row, wanted in zip(rows, should or [0] * len(rows), strict=True):
        spread = [min(wanted, row[0]), min(max(0, wanted - row[0]), row[1])]
        made.append(ref.Grid(*row, *spread, wanted - sum(spread)))
    return made


def compare(a, b, should_not_doing_a=None, should_not_doing_b=None):
    found = ref.compare(grids(a, should_not_doing_a), grids(b, should_not_doing_b))
    return {
        "similarity": found.value,
        "distance_by_statement": list(found.distances),
        "a_helps_b": list(found.ours_help),
        "b_helps_a": list(found.theirs_help),
    }


def five_tests(ratings_by_partner, threshold):
    found = ref.five_tests(dict(enumerate(ratings_by_partner)), threshold)
    return {
        "tests": {n: {"lowest": t.lowest, "mean": t.mean, "spread": t.spread} for n, t in found.tests.items()},
        "weakest": list(found.weakest),
        "health_min": found.value,
        "status": found.status,
    }


def mutuality(hours_given, hours_received):
    found = ref.mutuality(hours_given, hours_received)
    return {"by_partner": list(found.by_partner), "collaboration": found.value}


def sharing(logs, headcount):
    found = ref.sharing([ref.Log(*log) for log in logs], headcount)
    gauges = {k: {"breadth": g.breadth, "across": g.across, "partners": g.partners} for k, g in found.gauges.items()}
    return {"indicators": gauges, "stages": found.stages}


CALLS = {
    "soia_profile": profile,
    "soia_compare": compare,
    "five_tests_health": five_tests,
    "mutuality_balance": mutuality,
    "talk_watch_plan_teach": sharing,
}
