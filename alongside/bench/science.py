"""`alongside bench science`: in a process of its own, so that nothing else has to load the solvers."""

import argparse
import subprocess
import sys
from pathlib import Path

RECKONING = Path(__file__).with_name("reckoning.py")  # by its path: as a module it would load Django with the package


def run(options: argparse.Namespace) -> int:
    """Measure; the code that `reckoning` ends with."""
    given = [f"--seed={options.seed}", f"--runs={options.runs}", f"--schools={options.schools}"]
    return subprocess.run([sys.executable, "-P", str(RECKONING), *given], check=False).returncode
