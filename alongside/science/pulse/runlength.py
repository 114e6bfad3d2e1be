"""How long charts run between false alarms. With numpy, so no page imports it. docs/science/pulse.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import ndtr

from alongside.science.errors import NotANumber, require_numbers, require_something
from alongside.science.results import Result

STATES = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLength(Result):
    """Average run length. value: waves until the chart leaves its limits, on average. shift: in standard deviations."""

    shift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarms(Result):
    """Chance (0–1) that the next point falls outside limits, though nothing changed. value: the first baseline's.

    chances: one per baseline. n: simulated charts. standard_errors: of the simulation, one per baseline.
    """

    baselines: tuple[int, ...]
    chances: tuple[float, ...]
    standard_errors: tuple[float, ...]


def ewma_run_length(weight: float, width: float, shift: float = 0.0) -> RunLength:
    """Waves until a moving average leaves start ± width × its long-run sd, when scores lie `shift` sd off from the start on.

    Normal scores, known start and sd. Raises NotANumber unless 0 < weight ≤ 1 and width > 0.
    Source: Brook & Evans (1972) Markov chain with 201 states; Lucas & Saccucci (1990).
    """
    require_numbers("weight", [weight], 0, 1)
    require_numbers("width", [width], 1e-6)
    require_numbers("shift", [shift])
    if weight == 0:
        raise NotANumber("weight must be above 0")
    reach = width * sqrt(weight / (2 - weight))
    step = 2 * reach / STATES
    centres = -reach + step * (np.arange(STATES) + 0.5)
    # from state i, the next average lands in the cell of j
    upper = (centres[None, :] + step / 2 - (1 - weight) * centres[:, None]) / weight - shift
    moves = ndtr(upper) - ndtr(upper - step / weight)
    lengths = np.linalg.solve(np.eye(STATES) - moves, np.ones(STATES))
    value = float(lengths[STATES // 2])
    return RunLength(
        value=value,
        n=STATES,
        method="Markov chain of Brook and Evans",
        sentence=_sentence(value, shift),
        reasons=("Scores are supposed normal and independent, with a known middle and spread.",),
        not_claimed=("When this chart will signal.",),
        shift=shift,
    )


def xmr_false_alarms(baselines: Sequence[int], charts: int = 200_000, seed: int = 20) -> FalseAlarms:
    """How often the next point falls outside the limits of a run chart of so many points, though nothing changed.

    Simulated with normal, independent scores, the same for the same seed. Raises NotANumber for a baseline under 2.
    Source: the definition of the limits.
    """
    require_something("baselines", baselines)
    require_numbers("baselines", baselines, 2)
    require_numbers("charts", [charts], 100)
    rng = np.random.default_rng(seed)
    chances = tuple(_outside(rng, points, charts) for points in baselines)
    return FalseAlarms(
        value=chances[0],
        n=charts,
        method="simulation",
        sentence=f"With {baselines[0]} points about {100 * chances[0]:.1f} of 100 next points fall outside by luck.",
        reasons=("The textbook's 0.3 in 100 holds only for a long baseline.",),
        not_claimed=("That scores are normal and independent.",),
        baselines=tuple(baselines),
        chances=chances,
        standard_errors=tuple(sqrt(p * (1 - p) / charts) for p in chances),
    )


def _outside(rng: np.random.Generator, points: int, charts: int) -> float:
    draws = rng.standard_normal((charts, points + 1))
    base, newest = draws[:, :-1], draws[:, -1]
    reach = 3 * np.abs(np.diff(base, axis=1)).mean(axis=1) / 1.128
    return float((np.abs(newest - base.mean(axis=1)) > reach).mean())


def _sentence(value: float, shift: float) -> str:
    if shift:
        return f"A shift of {shift:g} standard deviations is seen after {round(value)} waves on average."
    return f"A false alarm about once in {round(value)} waves."
