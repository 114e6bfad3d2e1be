"""The coherence of many schools and statements at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alongside.science.errors import NotACount, UnequalScales
from alongside.science.results import Result, counted, in_words

type Counts = NDArray[np.int64]
type Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoherenceMap(Result):
    """Schools × statements. value: coherence on average, 0–100, None where nobody answered anything. n: answers. coherence, within, between: points, NaN where nobody answered; they sum to 100.

    means: schools × statements × perspectives, answer values 1..K. lost_first: statements by points lost, most first, in each
    school; statements nobody answered come last.
    """

    coherence: Points
    within: Points
    between: Points
    means: Points
    lost_first: NDArray[np.intp]


def coherence_map(counts: Sequence[object] | Counts) -> CoherenceMap:
    """The index of every school and statement: counts are schools × statements × perspectives × answer values.

    Perspectives nobody answered for are left out where they are missing. Raises UnequalScales unless the counts fill a box of
    four dimensions, NotACount. Source: as `coherence`; the tests compare the two.
    """
    try:
        box = np.asarray(counts)
    except ValueError as error:
        raise UnequalScales("counts must fill schools × statements × perspectives × answer values") from error
    if box.ndim != 4 or box.shape[3] < 2:
        raise UnequalScales(f"counts must have four dimensions and two answer values, not shape {box.shape}")
    if box.dtype.kind not in "iu" or (box < 0).any():
        raise NotACount("counts must be whole numbers from 0")
    n = box.sum(axis=3)
    shares = np.cumsum(box, axis=3)[..., :-1] / np.maximum(n, 1)[..., None]
    here = (n > 0).astype(np.float64)
    voices = here.sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(voices > 0, 1 / voices, np.nan)
        means = np.where(n > 0, (box * np.arange(1, box.shape[3] + 1)).sum(axis=3) / n, np.nan)
    middle = (shares * here[..., None]).sum(axis=2) * weight[..., None]
    c = 400 / (box.shape[3] - 1)
    within = c * weight * ((shares * (1 - shares)).sum(axis=3) * here).sum(axis=2)
    between = c * weight * (((shares - middle[:, :, None, :]) ** 2).sum(axis=3) * here).sum(axis=2)
    value = 100 - within - between
    seen = value[~np.isnan(value)]
    average = float(seen.mean()) if seen.size else None
    return CoherenceMap(
        value=average,
        n=int(n.sum()),
        method="ordinal dispersion of every school and statement",
        sentence=_sentence(value.shape, average),
        reasons=("Each perspective has one voice, whatever its size.",),
        not_claimed=("Which perspective is right.", "That places where a perspective is missing compare with others."),
        coherence=value,
        within=within,
        between=between,
        means=means,
        lost_first=np.argsort(np.where(np.isnan(value), np.inf, value), axis=1, kind="stable"),
    )


def _sentence(shape: tuple[int, ...], average: float | None) -> str:
    size = f"{counted(shape[0], 'school')}, {counted(shape[1], 'statement')}"
    return f"{size}: nobody answered." if average is None else f"{size}: {in_words(average, 0)} of 100 on average."
