"""`alongside bench`: measures the figures that Alongside promises, each on a throw-away installation of its own.

None of it is a test with a time limit: it prints what it found. docs/benchmarks.md says how to read it.
"""

from alongside.bench.command import main

__all__ = ["main"]
