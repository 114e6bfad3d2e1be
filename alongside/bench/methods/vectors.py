"""The published and twice computed figures of tests/science/vectors.json, or of another file that those tests are told to take."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
CHECK = ROOT / "tests" / "science" / "test_vectors.py"


def check() -> int:
    """Print how many of the vectors come out as they must; how many do not. Needs the source tree and its tests."""
    if not CHECK.exists():
        print("vectors: they lie in the source tree, which is not here")
        return 0
    command = (sys.executable, "-m", "pytest", "-o", "addopts=", "-p", "tests.environment", "--import-mode=importlib")
    run = subprocess.run(
        (*command, "-q", "-p", "no:cacheprovider", "--tb=no", f"{CHECK}::test_vector"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    counted = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error)", run.stdout)}
    good, bad = counted.get("passed", 0), counted.get("failed", 0) + counted.get("error", 0)
    print(f"vectors: {good} of {good + bad}", flush=True)
    return max(bad, int(run.returncode != 0))
