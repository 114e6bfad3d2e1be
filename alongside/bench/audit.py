"""Random networks through the real publish and the real pages: what can anybody work out from all that everybody sees?

In each network several pulses are asked, answered and sealed in a throw-away installation, then somebody of every role opens every
page, with every place and statement that an address may name, linked or not, with CSV, XLSX, slides, and papers as the pages that
they are drawn from. See `stage.auditing` for the three questions.
"""

import argparse
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from alongside.bench.figures import machine
from alongside.bench.places import place, stage

SHOWN = 5  # findings of a network that are printed
FAULTS = ("derivable", "odd", "unknown", "differs")


@dataclass(slots=True)
class Sum:
    """What all networks came to."""

    networks: int = 0
    pages: int = 0
    figures: int = 0
    twins: int = 0
    groups: int = 0  # under k, that can be worked out
    wrong: int = 0  # networks with any fault
    roles: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)

    def add(self, found: dict[str, Any], twin: bool, seconds: float) -> list[str]:
        """Count one network in; its faults."""
        faults = [f"{name}: {fault}" for name in FAULTS for fault in found[name]]
        self.networks, self.twins, self.wrong = self.networks + 1, self.twins + twin, self.wrong + bool(faults)
        self.pages, self.figures = self.pages + found["pages"], self.figures + found["figures"]
        self.groups += len(found["derivable"])
        self.roles |= set(found["roles"])
        self.seconds.append(seconds)
        return faults

    @property
    def sentence(self) -> str:
        return (
            f"Audit of {self.networks} networks: {self.pages:,} pages read by {len(self.roles)} roles, {self.figures:,} "
            f"figures, {self.groups} groups under k derivable ({self._reached}); {self.wrong} networks with any fault; in "
            f"{self.twins} of them hidden answers were changed, and every page was compared; "
            f"{statistics.median(self.seconds):.1f} s a network (median)."
        )

    @property
    def _reached(self) -> str:
        return "0 reached" if not self.groups else "0 NOT reached"


def run(options: argparse.Namespace) -> int:
    """Audit; 0 when no group under five, none under ten behind shares, and no hidden answer can be worked out, and every number
    is known."""
    print(machine(), flush=True)
    total = Sum()
    kind = "sqlite"  # what is shown is computed from the same rows on both; the tests of attacks run on both
    with place(kind, folder=options.folder) as made, stage(made) as inside:
        for number in range(options.seed, options.seed + options.networks):
            began, twin = time.monotonic(), number % options.twins == 0
            faults = total.add(inside.ask("audit", seed=number, twin=twin), twin, time.monotonic() - began)
            for fault in faults[:SHOWN]:
                print(f"  network {number}: {fault}", flush=True)
            if total.networks % 10 == 0:
                print(
                    f"  {total.networks} networks so far: {total.pages:,} pages, {total.figures:,} figures", flush=True
                )
    print(total.sentence)
    return int(total.wrong > 0)
