"""One worker, one seed, one order of ids: what makes the same question have the same answer."""

import re
from itertools import permutations
from pathlib import Path

from ortools.sat.python import cp_model

from alongside import science
from alongside.science.results import by_id
from alongside.science.solving import SEED, solver


def test_one_worker_one_seed_and_the_limits_given():
    made = solver(7, 0.02).parameters
    assert (made.num_workers, made.random_seed, made.max_time_in_seconds) == (1, SEED, 7)
    assert (made.relative_gap_limit, made.enumerate_all_solutions) == (0.02, False)


def test_every_solution_is_told_when_asked_for():
    class Told(cp_model.CpSolverSolutionCallback):
        times = 0

        def on_solution_callback(self):
            self.times += 1

    model, told = cp_model.CpModel(), Told()
    model.add_bool_or([model.new_bool_var(""), model.new_bool_var("")])
    solver(every=True).solve(model, told)
    assert told.times == 3


def test_ids_stand_in_one_order_whatever_the_order_given():
    ids = [2, 10, "b", "é"]
    assert {tuple(sorted(given, key=by_id)) for given in permutations(ids)} == {(2, 10, "b", "é")}


def test_no_module_sets_up_a_solver_or_an_order_of_ids_of_its_own():
    texts = {path: path.read_text(encoding="utf-8") for path in Path(science.__file__).parent.rglob("*.py")}
    own = re.compile(r"CpSolver\(\)|else 0, (?:str|repr)\(")
    assert sorted(path.name for path, text in texts.items() if own.search(text)) == ["results.py", "solving.py"]
