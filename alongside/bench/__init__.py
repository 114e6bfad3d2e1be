"""`alongside bench`: measures the figures that Alongside promises, each on a throw-away installation of its own.

None of it is a test with a time limit: it prints what it found. docs/benchmarks.md says how to read it. `command` reads the
arguments; it is not imported here, so that `methods` runs without Django.
"""
