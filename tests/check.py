"""The steps of ./check: each timed, all of them run even when one fails, none ever skipped."""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests import chromium, postgres

ROOT = Path(__file__).parent.parent
# A test that hangs says where, and ends: nobody waits for it but the run.
PYTEST = ("-m", "pytest", "-o", "faulthandler_timeout=300", "-o", "faulthandler_exit_on_timeout=true")
# Tests that share what takes long to make say so (xdist_group): they run in one process, the largest of them first.
TESTS = (*PYTEST, "-n", "2", "--dist", "loadgroup", "-m", "not browser")
# Plain Python that no database can change runs once; and a screen looks the same above either database.
PURE = ("tests/science", "tests/kit/test_charts.py", "tests/kit/test_tabular.py", "tests/people/test_stafflist.py")
PURE += tuple(f"tests/network/test_registers{part}.py" for part in ("", "_england", "_layouts", "_new_zealand"))
PURE += ("tests/test_docs.py",)
# Who may what, and whose texts a page asks for, is decided above it; each page is opened there by test_pages.
PURE += ("tests/test_permissions.py", "tests/test_planted.py")
PURE += ("tests/kit/test_documents.py", "tests/surveys/test_documents.py")  # drawn from pages, which run on both
# These start databases of their own, or none.
PURE += (
    "tests/bench",
    "tests/test_check.py",
    "tests/test_start.py",
    "tests/test_postgres.py",
    "tests/test_data_folder.py",
)
# Bodies that are no forms are read before any database is asked.
ABOVE = ("tests/test_pages.py::test_any_body_is_borne_by_every_form",)
TESTS_AGAIN = (*TESTS, *(f"--ignore={place}" for place in PURE), *(f"--deselect={test}" for test in ABOVE))
WALK = (*PYTEST, "-m", "browser", "tests/browser")
# A journey asks the same of a database at either width; how its screens look is seen above SQLite (tests/browser/looks.py).
WALK_AGAIN = (*WALK, "-k", "not every_page and not outside and not pictures and not 1280")
LIMIT = 2400.0  # seconds; only what hangs takes as long, even on a machine that is busy with other things


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that must hold. command: arguments for Python, or for a tool of the environment."""

    name: str
    command: tuple[str, ...]
    needs: frozenset[str] = frozenset()  # of "postgres", "chromium"
    production: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step went. text: what it printed."""

    step: Step
    ok: bool
    seconds: float
    text: str


STATIC = (
    Step("types", ("mypy",)),
    Step("lint", ("ruff", "check", "--output-format", "concise")),
    Step("format", ("ruff", "format", "--check", "--output-format", "concise")),
    Step("imports", ("lint-imports",)),
    Step("templates", ("djlint", "alongside", "--lint", "--quiet")),
    Step("migrations", ("python", "-m", "django", "makemigrations", "--check", "--dry-run")),
    Step("deploy", ("python", "-m", "django", "check", "--deploy", "--fail-level", "WARNING"), production=True),
)
RUNS = (
    Step("sqlite", ("python", *TESTS)),
    Step("postgres", ("python", *TESTS_AGAIN), frozenset({"postgres"})),
)
JOURNEYS = (
    Step("journeys-sqlite", ("python", *WALK), frozenset({"chromium"})),
    Step("journeys-postgres", ("python", *WALK_AGAIN), frozenset({"postgres", "chromium"})),
)
# A made-up installation that is set up as a real one should be.
PRODUCTION = {"ALONGSIDE_URL": "https://alongside.example"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps that are named, or all; 1 when any of them failed."""
    options = _parser().parse_args(arguments)
    wanted = [step for step in (*STATIC, *RUNS, *JOURNEYS) if step.name in (options.names or _names())]
    if options.list:
        _say("\n".join(_names()))
        return 0
    began, outcomes = time.monotonic(), list(_outcomes(wanted))
    _say("")
    for outcome in outcomes:
        _say(f"{'passed' if outcome.ok else 'FAILED'}  {outcome.step.name:<18} {outcome.seconds:6.1f} s")
    failed = sum(not outcome.ok for outcome in outcomes)
    _say(f"{time.monotonic() - began:.0f} s in all")
    _say(f"{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _outcomes(wanted: Sequence[Step]) -> Iterator[Outcome]:
    """Every step, in three rounds: what is read, what is tested (each run uses all processors), what is walked through."""
    with tempfile.TemporaryDirectory(prefix="alongside-check-") as folder, contextlib.ExitStack() as stack:
        things = _Things(stack)
        for round_of, at_a_time in ((STATIC, os.cpu_count() or 1), (RUNS, 1), (JOURNEYS, 2)):
            steps = [step for step in wanted if step in round_of]
            # Here and not where they run: a server ends with the thread that started it.
            things.bring(sorted({need for step in steps for need in step.needs}))
            with ThreadPoolExecutor(at_a_time) as pool:
                running = [pool.submit(_run, step, things, Path(folder) / step.name) for step in steps]
                for each in running:
                    _show(each.result())
                    yield each.result()


class _Things:
    """What steps need beyond Python: brought before the first of them, taken away at the end."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._had: dict[str, dict[str, str]] = {}
        self._missing: dict[str, str] = {}

    def bring(self, needs: Iterable[str]) -> None:
        """Get what is not there yet. What cannot be had is remembered: the steps that need it have failed."""
        for need in needs:
            if need in self._had or need in self._missing:
                continue
            try:
                self._had[need] = _bring(need, self._stack)
            except Exception as error:  # whatever it was, the other steps go on
                self._missing[need] = f"{need} cannot be had: {error}"

    def environment(self, step: Step) -> dict[str, str]:
        """What a step has to know of the things that it needs; or raise RuntimeError with what cannot be had."""
        needs = sorted(step.needs)
        if lacking := [self._missing[need] for need in needs if need in self._missing]:
            raise RuntimeError("\n".join(lacking))
        return {name: value for need in needs for name, value in self._had[need].items()}


def _bring(need: str, stack: contextlib.ExitStack) -> dict[str, str]:
    """What the run needs to know of a thing that it needs; the thing goes when the stack is unwound."""
    if need == "chromium":
        return {"CHROMIUM": str(chromium.find_or_install())}
    running = stack.enter_context(postgres.server())
    name = f"alongside_{os.getpid()}"
    stack.enter_context(postgres.database(running, name))
    return running.environment(name)


def _environment(folder: Path, step: Step) -> dict[str, str]:
    """Ours without the settings of an installation that happens to run here."""
    folder.mkdir(parents=True, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return (
        inherited
        | {"PATH": binaries, "DJANGO_SETTINGS_MODULE": "alongside.settings", "ALONGSIDE_DATA": str(folder)}
        | (PRODUCTION if step.production else {})
    )


def _run(step: Step, things: _Things, folder: Path) -> Outcome:
    """Run a step to its end, or to the limit."""
    began = time.monotonic()
    try:
        environment = _environment(folder, step) | things.environment(step)
        code, text = _call(step.command, environment)
    except RuntimeError as error:
        code, text = 1, str(error)
    except subprocess.TimeoutExpired as late:
        code, text = 1, f"{_text(late.output)}\n{step.name} did not end within {LIMIT:.0f} s."
    return Outcome(step, code == 0, time.monotonic() - began, text.strip())


def _call(command: Sequence[str], environment: dict[str, str]) -> tuple[int, str]:
    program = shutil.which(command[0], path=environment["PATH"])
    if program is None:
        raise RuntimeError(f"{command[0]} is not installed.")
    done = subprocess.run(
        [program, *command[1:]],
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=LIMIT,
    )
    return done.returncode, _text(done.stdout)


def _text(output: bytes | None) -> str:
    return (output or b"").decode(errors="replace")


def _show(outcome: Outcome) -> None:
    """One line for what passed, with the last that it said; everything for what failed."""
    last = outcome.text.rpartition("\n")[2] if outcome.step not in STATIC else ""
    _say(f"{'passed' if outcome.ok else 'FAILED'}  {outcome.step.name} in {outcome.seconds:.1f} s  {last}".rstrip())
    if outcome.text and not outcome.ok:
        _say(outcome.text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./check", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=_names(), help=f"only these: {', '.join(_names())}")
    parser.add_argument("--list", action="store_true", help="name the steps and run none")
    return parser


def _names() -> list[str]:
    return [step.name for step in (*STATIC, *RUNS, *JOURNEYS)]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
