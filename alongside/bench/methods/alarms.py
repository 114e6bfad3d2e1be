"""How often a verdict cries wolf, and how often it sees what is there, simulated anew beside what docs/science/pulse.md says."""

import random
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from alongside.science import pulse
from alongside.science.tallies import Tally, from_answers

USUAL = (0.05, 0.12, 0.23, 0.40, 0.20)  # shares of the answers 1 to 5 in an ordinary school
RESPONSE = 0.7
AFTER = 2  # waves from a change on


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of staff, and what is stated of it: per hundred "Worth watching", p ≤ .01, "Confirmed change".

    together: how far a person's own answers go together; wobble: sd of the mood of a month; change: shift after `before` waves;
    both in standard deviations of an answer. every_other: people asked in every other wave, all if not said. simulated: the
    fewest staffs that what is stated was drawn with.
    """

    people: int
    together: float
    wobble: float
    change: float
    stated: tuple[float, float, float]
    before: int = 3
    every_other: int | None = None
    simulated: int = 400

    @property
    def name(self) -> str:
        """As it stands in the table of docs/science/pulse.md."""
        staff = f"{self.people}" if self.every_other is None else f"{self.people}, {self.every_other}"
        return f"{staff} | {self.together:g} | {self.wobble:g} | {self.change:g} | {self.before + 1}"

    @property
    def asked(self) -> list[int]:
        """People asked, wave by wave."""
        return [
            self.every_other if self.every_other and (self.before - wave) % 2 == 0 else self.people
            for wave in range(self.before + AFTER)
        ]


OWN = 4_000  # staffs of our own simulation, where nothing was stated
ROWS = (
    Row(12, 0.6, 0, 0, (0.8, 0.04, 0.1)),
    Row(30, 0.6, 0, 0, (1.6, 0.2, 0.04)),
    Row(30, 0.0, 0, 0, (4.2, 0.6, 0.4)),
    Row(30, 0.6, 0.15, 0, (5.3, 1.3, 0.4)),
    Row(30, 0.6, 0.2, 0, (7.4, 2.5, 0.5)),
    Row(60, 0.6, 0.2, 0, (16.8, 6.8, 2.8)),
    Row(60, 0.6, 0.2, 0, (18, 7.2, 0.25), before=7, simulated=OWN),
    Row(60, 0.6, 0.2, 0, (10, 2.7, 0.2), before=7, every_other=24, simulated=OWN),
    Row(12, 0.6, 0, 0.6, (17, 3, 6)),
    Row(30, 0.6, 0, 0.6, (53, 22, 32)),
    Row(60, 0.6, 0, 0.6, (88, 65, 80)),
    Row(30, 0.6, 0, 0.9, (91, 67, 84)),
)
PROMISED = (5.0, 100.0, 0.5)  # at most, against chance alone: 1 in 20, and 1 in 200
CUTS = tuple(NormalDist().inv_cdf(sum(USUAL[: k + 1])) for k in range(4))


def simulate(seed: int, runs: int) -> int:
    """Print the table; how many rows break the promise against chance or differ from what is stated."""
    rnd = random.Random(seed)
    print(
        f"verdicts on {runs:,} staffs a row, percent ± simulation error (stated): watch, p ≤ .01, confirmed a wave later"
    )
    print("  staff | answers together | wobble, sd | change, sd | first wave looked at")
    return sum(not _holds(row, _rates(rnd, row, runs), runs) for row in ROWS)


def _rates(rnd: random.Random, row: Row, runs: int) -> tuple[float, float, float]:
    watched = strong = confirmed = 0
    for _ in range(runs):
        waves = _waves(rnd, row)
        first = pulse.verdict(waves[:-1], row.asked[:-1])
        watched += first.change is not None and first.change.p <= pulse.ALPHA
        strong += first.change is not None and first.change.p <= 0.01
        confirmed += pulse.verdict(waves, row.asked).word is pulse.Word.CONFIRMED
    return 100 * watched / runs, 100 * strong / runs, 100 * confirmed / runs


def _waves(rnd: random.Random, row: Row) -> list[Tally]:
    views = [rnd.gauss(0, row.together**0.5) for _ in range(row.people)]
    alone = (1 - row.together) ** 0.5
    waves = list[Tally]()
    for wave, asked in enumerate(row.asked):
        mood = rnd.gauss(0, row.wobble) + row.change * (wave >= row.before)
        here = (view + mood + rnd.gauss(0, alone) for view in views[:asked] if rnd.random() < RESPONSE)
        waves.append(from_answers(1 + sum(felt > cut for cut in CUTS) for felt in here))
    return waves


def _holds(row: Row, rates: tuple[float, float, float], runs: int) -> bool:
    """Print the row; whether it is within three standard errors of both simulations, and of the promise where one is made."""
    apart = [abs(r - s) > 3 * _error(s, runs, row.simulated) for r, s in zip(rates, row.stated, strict=True)]
    chance_alone = not row.wobble and not row.change
    beyond = [r > p + 3 * _error(p, runs) for r, p in zip(rates, PROMISED, strict=True) if chance_alone]
    figures = (f"{r:.2f} ± {_error(r, runs):.2f} ({s:g})" for r, s in zip(rates, row.stated, strict=True))
    said = " DIFFERS" * any(apart) + " BROKEN" * any(beyond)
    print(f"  {row.name}: {', '.join(figures)}{said}", flush=True)
    return not any(apart) and not any(beyond)


def _error(percent: float, *runs: int) -> float:
    """Standard error of a share in percent, or of the difference of two simulations of it."""
    return sqrt(percent * (100 - percent) * sum(1 / each for each in runs))
