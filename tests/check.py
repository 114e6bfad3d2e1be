"""The steps of ./check: each timed, all of them run even when one fails, none ever skipped."""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests import chromium, postgres

ROOT = Path(__file__).parent.parent
# A test that hangs says where, and ends: nobody waits for it but the run.
PYTEST = ("-m", "pytest", "-o", "faulthandler_timeout=120", "-o", "faulthandler_exit_on_timeout=true")
TESTS = (*PYTEST, "-n", "2", "-m", "not browser")
JOURNEYS = (*PYTEST, "-m", "browser", "tests/browser")
LIMIT = 360.0  # seconds that all of it may take on two processors, and so any one step at the very most


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
    Step("postgres", ("python", *TESTS), frozenset({"postgres"})),
    Step("journeys-sqlite", ("python", *JOURNEYS), frozenset({"chromium"})),
    Step("journeys-postgres", ("python", *JOURNEYS), frozenset({"postgres", "chromium"})),
)
# A made-up installation that is set up as a real one should be.
PRODUCTION = {"ALONGSIDE_URL": "https://alongside.example"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps that are named, or all; 1 when any of them failed."""
    options = _parser().parse_args(arguments)
    wanted = [step for step in (*STATIC, *RUNS) if step.name in (options.names or _names())]
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
    with tempfile.TemporaryDirectory(prefix="alongside-check-") as folder:
        quiet = [step for step in wanted if step in STATIC]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for outcome in pool.map(lambda step: _run(step, _environment(Path(folder) / step.name, step)), quiet):
                _show(outcome)
                yield outcome
        yield from _test_runs([step for step in wanted if step in RUNS], Path(folder))


def _test_runs(wanted: Sequence[Step], folder: Path) -> Iterator[Outcome]:
    """The runs of pytest, one after the other: each uses all processors."""
    needs = frozenset[str]().union(*(step.needs for step in wanted))
    had, missing = {}, {}
    with contextlib.ExitStack() as stack:
        for need in sorted(needs):
            try:
                had[need] = _bring(need, stack)
            except Exception as error:  # whatever went wrong, the steps that need it have failed and the others go on
                missing[need] = f"{need} cannot be had: {error}"
        for step in wanted:
            lacking = [missing[need] for need in sorted(step.needs) if need in missing]
            variables = {name: value for need in step.needs if need in had for name, value in had[need].items()}
            environment = _environment(folder / step.name, step) | variables
            outcome = Outcome(step, False, 0.0, "\n".join(lacking)) if lacking else _run(step, environment, live=True)
            _show(outcome)
            yield outcome


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


def _run(step: Step, environment: dict[str, str], *, live: bool = False) -> Outcome:
    """Run a step. live: its output appears while it runs; otherwise it is kept, and shown if the step failed."""
    if live:
        _say(f"\n── {step.name}")
    began = time.monotonic()
    program = shutil.which(step.command[0], path=environment["PATH"])
    if program is None:
        return Outcome(step, False, 0.0, f"{step.command[0]} is not installed.")
    try:
        done = subprocess.run(
            [program, *step.command[1:]],
            cwd=ROOT,
            env=environment,
            check=False,
            stdout=None if live else subprocess.PIPE,
            stderr=None if live else subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        return Outcome(step, False, time.monotonic() - began, f"{step.name} did not end within {LIMIT:.0f} s.")
    return Outcome(step, done.returncode == 0, time.monotonic() - began, (done.stdout or "").strip())


def _show(outcome: Outcome) -> None:
    _say(f"{'passed' if outcome.ok else 'FAILED'}  {outcome.step.name} in {outcome.seconds:.1f} s")
    if outcome.text and not outcome.ok:
        _say(outcome.text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./check", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=_names(), help=f"only these: {', '.join(_names())}")
    parser.add_argument("--list", action="store_true", help="name the steps and run none")
    return parser


def _names() -> list[str]:
    return [step.name for step in (*STATIC, *RUNS)]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
