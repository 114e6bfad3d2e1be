"""One way to set up the constraint solver, so that the same question always gets the same answer."""

from typing import Final

from ortools.sat.python import cp_model

SEED: Final = 1
FOUND: Final = (cp_model.OPTIMAL, cp_model.FEASIBLE)


def solver(
    seconds: float | None = None,
    gap: float = 0.0,
    every: bool = False,
    tight: bool = False,
    work: float | None = None,
) -> cp_model.CpSolver:
    """A solver of one worker and one seed. seconds: time limit, none if not given; gap: what may stay unproven, as a share.

    work: a limit counted in the solver's own steps, about a second each: unlike a clock it ends alike on every machine.

    every: each solution is told to the callback, not only the best. tight: puts every clause into the linear relaxation, which
    proves the best of large assignments in a second where it is else not proven in a minute. Two workers would give another of several best answers
    from one day to the next. Source: CP-SAT of OR-Tools.
    """
    made = cp_model.CpSolver()
    made.parameters.num_workers = 1
    made.parameters.random_seed = SEED
    made.parameters.relative_gap_limit = gap
    made.parameters.enumerate_all_solutions = every
    if tight:
        made.parameters.linearization_level = 2
    if seconds is not None:
        made.parameters.max_time_in_seconds = seconds
    if work is not None:
        made.parameters.max_deterministic_time = work
    return made
