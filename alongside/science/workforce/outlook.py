"""Staff to come when people retire by age and yearly chances are known from few events only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alongside.science.errors import NotACount, NotANumber, UnequalScales, require_counts, require_numbers
from alongside.science.results import Result, counted, in_words
from alongside.science.workforce.flows import Flow, Matrix, chances, foretold, rates, require_years

DRAWS: Final = 4_000
SEED: Final = 11
OLDEST: Final = 120

type Ages = Sequence[Mapping[int, int]]  # per stage: age → people
type Drawn = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing(Flow):
    """A `Flow` in which people retire by age. retiring: people expected to retire, year by year, from the first to come."""

    retiring: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook(Result):
    """Staff to come, rates uncertain. value: people in all in the last year, the mean; low, high: 90% of cases. n: people now.

    expected: year → stage. bands50, bands90: year → stage → (low, high); totals50, totals90: year → (low, high). retiring: year by
    year. of_rates: share (0–1) of the last year's spread that comes from not knowing the rates.
    """

    expected: tuple[tuple[float, ...], ...]
    bands50: tuple[tuple[tuple[float, float], ...], ...]
    bands90: tuple[tuple[tuple[float, float], ...], ...]
    totals50: tuple[tuple[float, float], ...]
    totals90: tuple[tuple[float, float], ...]
    retiring: tuple[float, ...]
    of_rates: float


def flow_by_age(
    start: Ages, transition: Sequence[Sequence[float]], hires: Ages, retire: Mapping[int, float], years: int
) -> Ageing:
    """Staff per stage for years to come when people retire by age and, if they do not, stay, move or leave.

    start: per stage, age → people; hires: the same, each year. transition: stage × stage, yearly chances of those who do not
    retire; what is missing to 1 leaves for other reasons. retire: age → chance of retiring in the year that starts at this age,
    until the next age named; 0 before the first. Exact for people who decide independently. Raises NotACount, NotANumber,
    UnequalScales. Source: Bartholomew, Stochastic Models, with a chance of staying that depends on age.
    """
    moves = chances(transition)
    now, joining = _people("start", start, len(moves)), _people("hires", hires, len(moves))
    stays = 1 - _by_age(retire)
    require_years(years)
    size, people = len(moves), int(now.sum())
    expected, variance = [now.sum(axis=1)], [np.zeros(size)]
    retiring, of_all = list[float](), 0.0
    for year in range(1, years + 1):
        mean, spread, of_all, retired = np.zeros(size), np.zeros(size), 0.0, 0.0
        for since, cohort in [(year, now), *((age, joining) for age in range(year))]:
            row, before = _row(cohort, moves, stays, since)
            mean, spread = mean + row[0], spread + row[1]
            of_all, retired = of_all + before[0], retired + before[1]
        expected.append(mean)
        variance.append(spread)
        retiring.append(retired)
    return Ageing(**foretold(expected, variance, of_all, people), retiring=tuple(retiring))


def outlook(
    start: Ages,
    counts: Sequence[Sequence[int]],
    prior: Sequence[Sequence[float]],
    hires: Ages,
    retire: Mapping[int, float],
    years: int,
    strength: float = 15.0,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Outlook:
    """Staff to come when the yearly chances are known from few events only: they are drawn, then people are.

    start, hires, retire: as `flow_by_age`. counts: per stage, how many of last years' people who did not retire went to each
    stage, and left, last; prior: the cluster's chances in the same order, which count for `strength` people. Each draw takes
    every row of chances from a Dirichlet distribution and lets each person decide. Raises NotACount, NotANumber,
    UnequalScales. Source: posterior predictive simulation, Dirichlet and multinomial, with a seed.
    """
    size = len(counts)
    if any(len(row) != size + 1 for row in counts) or len(prior) != size:
        raise UnequalScales("counts and prior need a row for each stage: every stage, and leaving")
    means = [rates(own, chance, strength).estimate for own, chance in zip(counts, prior, strict=True)]
    now, joining = _people("start", start, size), _people("hires", hires, size)
    require_years(years)
    if not isinstance(draws, int) or isinstance(draws, bool) or draws < 100:
        raise NotACount(f"draws {draws!r} is not a whole number from 100")
    alpha = [np.array(mean) * (sum(own) + strength) for mean, own in zip(means, counts, strict=True)]
    rng = np.random.default_rng(seed)
    rows = np.stack([_dirichlet(rng, each, draws) for each in alpha], axis=1)
    leaves = _by_age(retire)
    staff, retiring = _drawn(rng, rows, leaves, now, joining, years)
    return _outlook(staff, retiring, _known(rows, 1 - leaves, now, joining, years), int(now.sum()))


def _row(cohort: Matrix, moves: Matrix, stays: Matrix, since: int) -> tuple[tuple[Matrix, Matrix], tuple[float, float]]:
    """Of people by stage and age, `since` years later: means and variances per stage; variance of all, and who retires last."""
    power = np.linalg.matrix_power(moves, since)
    kept, mean, spread, of_all, retired = np.ones(OLDEST + 1), np.zeros(len(moves)), np.zeros(len(moves)), 0.0, 0.0
    ages = np.arange(OLDEST + 1)
    for passed in range(since):
        older = np.minimum(ages + passed, OLDEST)
        if passed == since - 1:
            there = np.linalg.matrix_power(moves, passed).sum(axis=1)
            retired = float((cohort * there[:, None] * (kept * (1 - stays[older]))[None, :]).sum())
        kept = kept * stays[older]
    for stage in range(len(moves)):
        chance = kept[:, None] * power[stage][None, :]
        mean = mean + cohort[stage] @ chance
        spread = spread + cohort[stage] @ (chance * (1 - chance))
        here = np.minimum(chance.sum(axis=1), 1.0)
        of_all += float(cohort[stage] @ (here * (1 - here)))
    return (mean, spread), (of_all, retired)


def _drawn(
    rng: np.random.Generator, rows: Matrix, leaves: Matrix, now: Matrix, joining: Matrix, years: int
) -> tuple[Drawn, Matrix]:
    """People per draw, year and stage, and how many retire on average year by year."""
    draws, size = len(rows), len(now)
    staff: Drawn = np.broadcast_to(now.astype(np.int64), (draws, *now.shape)).copy()
    told, retiring = [staff.sum(axis=2)], list[float]()
    for _ in range(years):
        gone = rng.binomial(staff, leaves[None, None, :])
        retiring.append(float(gone.sum(axis=(1, 2)).mean()))
        after: Drawn = np.zeros_like(staff)
        for stage in range(size):
            moved = rng.multinomial((staff - gone)[:, stage, :], rows[:, stage, None, :])
            after += np.moveaxis(moved[:, :, :size], 2, 1)
        staff = _older(after) + joining.astype(np.int64)[None, :, :]
        told.append(staff.sum(axis=2))
    return np.stack(told, axis=1), np.array(retiring)


def _known(rows: Matrix, stays: Matrix, now: Matrix, joining: Matrix, years: int) -> Matrix:
    """People in all in the last year that each draw of the chances leads to on average."""
    staff: Matrix = np.broadcast_to(now, (len(rows), *now.shape)).copy()
    for _ in range(years):
        moved = np.einsum("dsa,dst->dta", staff * stays[None, None, :], rows[:, :, :-1])
        staff = _older(moved) + joining[None, :, :]
    total: Matrix = staff.sum(axis=(1, 2))
    return total


def _older(staff: NDArray[Any]) -> NDArray[Any]:
    """Everybody a year older; the oldest stay the oldest."""
    after = np.zeros_like(staff)
    after[:, :, 1:] = staff[:, :, :-1]
    after[:, :, -1] += staff[:, :, -1]
    return after


def _dirichlet(rng: np.random.Generator, alpha: Matrix, draws: int) -> Matrix:
    """Chances drawn; an outcome that was never seen and never expected stays at 0."""
    row = np.zeros((draws, len(alpha)))
    row[:, alpha > 0] = rng.dirichlet(alpha[alpha > 0], draws)
    return row


def _people(what: str, by_age: Ages, stages: int) -> Matrix:
    if len(by_age) != stages:
        raise UnequalScales(f"{what}: {len(by_age)} stages, not {stages}")
    table = np.zeros((stages, OLDEST + 1))
    for stage, ages in enumerate(by_age):
        require_counts(f"{what} of stage {stage}", ages.values())
        for age, people in ages.items():
            table[stage, _age(age)] = people
    return table


def _by_age(retire: Mapping[int, float]) -> Matrix:
    """The chance of retiring at every age: that of the last age named, 0 before the first."""
    require_numbers("chances of retiring", retire.values(), 0, 1)
    chance = np.zeros(OLDEST + 1)
    for age in sorted(map(_age, retire)):
        chance[age:] = retire[age]
    return chance


def _age(age: int) -> int:
    if not isinstance(age, int) or isinstance(age, bool) or not 0 <= age <= OLDEST:
        raise NotANumber(f"age {age!r} is not a whole number from 0 to {OLDEST}")
    return age


def _outlook(staff: Drawn, retiring: Matrix, known: Matrix, people: int) -> Outlook:
    totals = staff.sum(axis=2)
    years, spread = staff.shape[1] - 1, float(totals[:, -1].var())
    of_rates = min(1.0, float(known.var()) / spread) if spread else 0.0
    low, high = _band(totals, 90)[-1]
    value, gone = float(totals[:, -1].mean()), float(retiring.sum())
    return Outlook(
        value=value,
        low=low,
        high=high,
        n=people,
        method="chances drawn from few events, then people",
        sentence=(
            f"In {counted(years, 'year')} about {in_words(value, 0)} people, in 9 of 10 cases {in_words(low, 0)} to "
            f"{in_words(high, 0)}; about {in_words(gone, 0)} will have retired by age."
        ),
        reasons=(
            f"{in_words(100 * of_rates, 0)} of 100 parts of the spread come from not knowing the yearly chances.",
            "Hires are supposed to stay as they are.",
        ),
        not_claimed=("Who will leave, retire or be promoted.",),
        expected=tuple(tuple(float(x) for x in row) for row in staff.mean(axis=0)),
        bands50=_bands(staff, 50),
        bands90=_bands(staff, 90),
        totals50=_band(totals, 50),
        totals90=_band(totals, 90),
        retiring=tuple(float(x) for x in retiring),
        of_rates=of_rates,
    )


def _bands(staff: Drawn, share: int) -> tuple[tuple[tuple[float, float], ...], ...]:
    by_stage = [_band(staff[:, :, stage], share) for stage in range(staff.shape[2])]
    return tuple(zip(*by_stage, strict=True))


def _band(drawn: Drawn, share: int) -> tuple[tuple[float, float], ...]:
    low, high = np.percentile(drawn, [50 - share / 2, 50 + share / 2], axis=0)
    return tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))
