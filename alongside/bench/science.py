"""`alongside bench science`: in a process of its own, so that nothing else has to load the solvers."""

import argparse
import subprocess
import sys


def run(options: argparse.Namespace) -> int:
    """Measure, or compare with known data; the code that `methods` ends with."""
    given = [f"--{name}={getattr(options, name)}" for name in ("seed", "runs", "schools", "networks", "times")]
    given += [f"--data={options.data}"] if options.data else []
    return subprocess.run([sys.executable, "-P", "-m", "alongside.bench.methods", *given], check=False).returncode
