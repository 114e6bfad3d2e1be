"""Random networks through the real publish and the real pages: what can anybody work out from all that everybody sees?

Each network is asked, answered and sealed in a throw-away installation, then an officer, a stakeholder, every chair, a coach, every
head and teachers open every page about pulses and every first page, with every place and statement that an address may name, linked
or not, with CSV, XLSX, slides, and papers as the pages that they are drawn from. See `stage.auditing` for the two questions.
"""

import argparse
import time

from alongside.bench.figures import machine
from alongside.bench.places import place, stage

SHOWN = 5  # findings of a network that are printed


def run(options: argparse.Namespace) -> int:
    """Audit; 0 when no group under five, none under ten behind shares, and no hidden answer can be worked out."""
    print(machine(), flush=True)
    pages = figures = twins = wrong = 0
    began = time.monotonic()
    kind = "sqlite"  # what is shown is computed from the same rows on both; the tests of attacks run on both
    with place(kind, folder=options.folder) as made, stage(made) as inside:
        for number in range(options.networks):
            twin = number % options.twins == 0
            found = inside.ask("audit", seed=options.seed + number, twin=twin)
            faults = found["derivable"] + found["odd"] + found["differs"]
            pages, figures, twins = pages + found["pages"], figures + found["figures"], twins + twin
            wrong += bool(faults)
            for fault in faults[:SHOWN]:
                print(f"  network {options.seed + number}: {fault}", flush=True)
            if (number + 1) % 10 == 0:
                print(f"  {number + 1} networks, {pages:,} pages, {time.monotonic() - began:.0f} s", flush=True)
    print(
        f"Audit of {options.networks} networks: {pages:,} pages, {figures:,} figures, {wrong} networks in which a group under "
        f"k can be worked out (0 {'reached' if not wrong else 'NOT reached'}); in {twins} of them hidden answers were "
        "changed, and every page was compared."
    )
    return int(wrong > 0)
