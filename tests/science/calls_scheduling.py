"""How the vectors of scheduling are called. Of several best plans the tiers are compared, and how many there are."""

from ast import literal_eval

from alongside.science import scheduling as sch
from alongside.science.errors import Infeasible


def programme(sessions, weeks, blackout, hosts, precedence_a_b_mingap, travel_group_to_host):
    away, host_away = {}, {}
    for who, closed in blackout.items():
        if who == "all":
            continue
        named = literal_eval(who)
        (host_away if isinstance(named, tuple) else away)[named[1] if isinstance(named, tuple) else named] = closed
    return sch.Programme.of(
        [sch.Session(i, tuple(session["groups"]), session["target"]) for i, session in enumerate(sessions)],
        weeks,
        range(hosts),
        {group: dict(enumerate(row)) for group, row in enumerate(travel_group_to_host)},
        blackout.get("all", ()),
        away,
        host_away,
        [tuple(rule) for rule in precedence_a_b_mingap],
    )


def named(plan):
    return {name.replace(" ", "_"): value for name, value in plan.tiers.items()}


def schedule(**given):
    own = programme(**given)
    found = sch.schedule(own)
    count = sch.count_plans(own, list(found.tiers.values()))
    return {"tiers": named(found), "number_of_optimal_schedules": count}


def places(old_plan_week_host):
    return {int(session): tuple(place) for session, place in old_plan_week_host.items()}


def replan(old_plan_week_host, **given):
    own, old = programme(**given), places(old_plan_week_host)
    try:
        found = sch.replan(own, old)
    except Infeasible:
        return {"feasible": False}
    count = sch.count_plans(own, list(found.tiers.values()), old)
    return {"feasible": True, "tiers": named(found), "number_of_optimal_schedules": count}


def alternatives(old_plan_week_host, alternatives, min_sessions_in_different_week, **given):
    own, old = programme(**given), places(old_plan_week_host)
    found = sch.alternatives(own, old, alternatives, min_sessions_in_different_week)
    return {"tiers": [list(plan.tiers.values()) for plan in found]}


CALLS = {
    "disjunctive_schedule_makespan": lambda jobs_machine_duration: {
        "makespan": sch.makespan([[tuple(task) for task in job] for job in jobs_machine_duration]).value
    },
    "programme_schedule": schedule,
    "replan_min_change": replan,
    "alternative_plans": alternatives,
}
