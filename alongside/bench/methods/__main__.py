"""Every figure of `alongside bench science`, one after the other; 1 when something that must hold does not."""

import argparse
from pathlib import Path

from alongside.bench.methods import alarms, known, networks, rounding, speed, vectors


def main() -> int:
    """Print the figures; with --data only how known data come out."""
    parser = argparse.ArgumentParser()
    for name in ("seed", "runs", "schools", "networks", "times"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    if options.data:
        return int(known.compare(options.data) > 0)
    wrong = vectors.check()
    speed.measure(options.seed, options.schools, options.times)
    wrong += networks.audit(options.seed, options.networks)
    rounding.simulate(options.seed, options.networks)
    wrong += alarms.simulate(options.seed, options.runs)
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
