"""Coherence maps: where points are lost, inside seats and between them, and who sees what others do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from django.utils.safestring import SafeString

from alongside.evidence.figures import Figure, Figures
from alongside.evidence.statements import SEATS, Seat, Statement
from alongside.kit.charts import Mark, coherence_bar, coherence_key, mark_key, strip
from alongside.kit.words import NUMBERS, people_list
from alongside.science.coherence import band, certainties, coherence, coherence_map, gap_over_schools, gap_test
from alongside.science.results import nearest
from alongside.science.tallies import POINTS, Tally

WORTH_A_LOOK = 10  # points between two seats, from which a gap stands in the list
ALIKE_FROM = 60  # "mostly shared": what the heading counts as seen alike
WORDS = ("sure", "likely", "cannot tell")
SCHOOLS_AT_LEAST = 3  # that said yes, for a view of several (docs/decisions/0073)
BANDS = (
    ("shared", "One view", "80 points and over"),
    ("mostly shared", "Mostly one view", "60 to 79"),
    ("mixed", "Mixed", "under 60"),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One statement: points that are shared, lost inside seats, and lost between them; they make 100.

    before: points shared in the round before, None where there was none. without: groups that stand on the map and not in this
    bar, because fewer than ten of them answered: it is then not comparable with the others.
    """

    statement: Statement
    shared: int
    inside: int
    between: int
    schools: int
    before: int | None = None
    without: tuple[Seat, ...] = ()

    @property
    def absent(self) -> str:
        """ "teams and students"."""
        return people_list([seat.name.lower() for seat in self.without])

    @property
    def drawn(self) -> SafeString:
        return coherence_bar(self.shared, self.inside, self.between)

    @property
    def band(self) -> str:
        return band(self.shared)


@dataclass(frozen=True, slots=True)
class Point:
    """One seat on the line from 0 to 100."""

    seat: Seat
    score: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A statement that one seat sees and another does not. how: "sure", "likely" or "cannot tell"."""

    statement: Statement
    higher: Seat
    lower: Seat
    points: tuple[Point, ...]
    how: str
    more: str = ""

    @property
    def drawn(self) -> SafeString:
        return strip([Mark(SEATS.index(point.seat), point.score) for point in self.points])

    @property
    def title(self) -> str:
        """Who sees it and who does not; all others together, where one seat stands apart from each of them."""
        scores = {point.seat: point.score for point in self.points}
        several = len(scores) > 2
        if several and _apart(scores, self.higher, 1):
            return f"{self.higher.name} see it, others don’t"
        if several and _apart(scores, self.lower, -1):
            return f"Others see it, {self.lower.name.lower()} don’t"
        return f"{self.higher.name} see it, {self.lower.name.lower()} don’t"

    @property
    def scores(self) -> str:
        """ "Leaders 78 · teams 60 · students 39"."""
        words = [f"{point.seat.name} {point.score}" for point in self.points]
        return " · ".join([words[0], *(word[0].lower() + word[1:] for word in words[1:])])


@dataclass(frozen=True, slots=True)
class Map:
    """What a page shows. figures: statement → seat → score, None where nothing may be shown."""

    bars: tuple[Bar, ...]  # those that lose most last
    spots: tuple[Spot, ...]
    table: tuple[tuple[Statement, tuple[int | None, ...]], ...]
    seats: tuple[Seat, ...]

    @property
    def key(self) -> SafeString:
        return coherence_key()

    @property
    def shapes(self) -> SafeString:
        return mark_key([seat.name.lower() for seat in SEATS])

    @property
    def banded(self) -> list[tuple[str, str, list[Bar]]]:
        """(name, its limits, its bars) for each band that has any."""
        found = [(name, limits, [bar for bar in self.bars if bar.band == key]) for key, name, limits in BANDS]
        return [each for each in found if each[2]]

    @property
    def grouped(self) -> list[tuple[str, list[Spot]]]:
        """Spots under their titles, in the order of the first of each."""
        titles = dict.fromkeys(spot.title for spot in self.spots)
        return [(title, [spot for spot in self.spots if spot.title == title]) for title in titles]

    @property
    def heading(self) -> str:
        """The finding: how many things are seen alike, and which one least."""
        if not self.bars:
            return "The map is not there yet"
        alike = sum(bar.shared >= ALIKE_FROM for bar in self.bars)
        count = NUMBERS[len(self.bars)]
        found = f"all {count}" if alike == len(self.bars) else f"{NUMBERS[alike] if alike else 'none'} of {count}"
        last = [bar.statement.about.lower() for bar in self.bars if bar.shared == self.bars[-1].shared]
        return f"We see {found} things alike" + (f", and {last[0]} least of all" if len(last) == 1 else "")


def of_school(
    statements: Sequence[Statement], figures: Mapping[str, Figures], before: Mapping[str, int] | None = None
) -> Map:
    """The map of one school. figures: statement → seat → figure. before: statement → points shared in the round before."""
    seats = tuple(seat for seat in SEATS if any(seat.key in figures[s.id] for s in statements))
    bars = [bar for s in statements if (bar := _bar(s, figures[s.id], (before or {}).get(s.id), seats))]
    return Map(
        bars=tuple(sorted(bars, key=_order)),
        spots=tuple(_spots(statements, figures)),
        table=tuple((s, tuple(_score(figures[s.id].get(seat.key)) for seat in seats)) for s in statements),
        seats=seats,
    )


def shared_by(found: Map | None) -> dict[str, int]:
    """Statement → points shared, of a map that another one is held against."""
    return {bar.statement.id: bar.shared for bar in found.bars} if found else {}


def _order(bar: Bar) -> tuple[int, str]:
    return -bar.shared, bar.statement.id


def _score(figure: Figure | None) -> int | None:
    return figure.score if figure else None


def _bar(statement: Statement, figures: Figures, before: int | None, seats: Sequence[Seat]) -> Bar | None:
    """seats: those of the map. None until two seats have a distribution: with one there is nothing to compare."""
    tallies = {key: Tally(figure.spread) for key, figure in figures.items() if figure.percents}
    if len(tallies) < 2:
        return None
    found = coherence(tallies)
    step = max(figure.step for figure in figures.values() if figure.percents)
    inside, between = nearest(found.within, step), nearest(found.between, step)
    without = tuple(seat for seat in seats if seat.key not in tallies)
    return Bar(statement, max(0, 100 - inside - between), inside, between, 1, before, without)


def _apart(scores: Mapping[Seat, int], seat: Seat, sign: int) -> bool:
    """Whether a seat lies ten points or more above (sign 1) or below (−1) each of the others."""
    return all((scores[seat] - score) * sign >= WORTH_A_LOOK for other, score in scores.items() if other != seat)


@dataclass(frozen=True, slots=True)
class _Gap:
    """Two seats on one statement. size: signed, in points. p: None where no distribution is published of one of them."""

    statement: Statement
    one: Seat
    other: Seat
    size: float
    p: float | None
    more: str = ""


def _spots(statements: Sequence[Statement], figures: Mapping[str, Figures]) -> list[Spot]:
    gaps = [_gap_of(s, figures[s.id], one, other) for s in statements for one, other in _pairs(figures[s.id])]
    return _told(gaps, {s.id: {key: figure.score for key, figure in figures[s.id].items()} for s in statements})


def _pairs(there: Iterable[str]) -> list[tuple[Seat, Seat]]:
    seats = [seat for seat in SEATS if seat.key in set(there)]
    return list(combinations(seats, 2))


def _gap_of(statement: Statement, figures: Figures, one: Seat, other: Seat) -> _Gap:
    first, second = figures[one.key], figures[other.key]
    ours, theirs = first.answers, second.answers
    p = gap_test(ours, theirs).p if ours and theirs else None
    return _Gap(statement, one, other, first.score - second.score, p)


def _told(gaps: Sequence[_Gap], scores: Mapping[str, Mapping[str, int]]) -> list[Spot]:
    """For each statement the gap of which we are surest, of equally sure ones the widest; the surest statements first.
    Every gap was looked at, shown or not: the certainty allows for that."""
    tested = [gap for gap in gaps if gap.p is not None]
    words = certainties([gap.p for gap in tested if gap.p is not None])
    sure = {id(gap): word for gap, word in zip(tested, words, strict=True)}
    ranked = sorted(
        (gap for gap in gaps if abs(gap.size) >= WORTH_A_LOOK),
        key=lambda gap: (WORDS.index(sure.get(id(gap), WORDS[-1])), -abs(gap.size), gap.statement.id, gap.other.key),
    )
    first: dict[str, _Gap] = {}
    for gap in ranked:
        first.setdefault(gap.statement.id, gap)
    return [_spot(gap, sure.get(id(gap), WORDS[-1]), scores[gap.statement.id]) for gap in first.values()]


def _spot(gap: _Gap, word: str, scores: Mapping[str, int]) -> Spot:
    higher, lower = (gap.one, gap.other) if gap.size > 0 else (gap.other, gap.one)
    points = tuple(Point(seat, scores[seat.key]) for seat in SEATS if seat.key in scores)
    return Spot(gap.statement, higher, lower, points, word, gap.more)


def of_schools(
    statements: Sequence[Statement], schools: Sequence[Mapping[str, Figures]], before: Mapping[str, int] | None = None
) -> Map | None:
    """The map of several schools, each with one voice; None for fewer than three. schools: figures of those that said yes."""
    if len(schools) < SCHOOLS_AT_LEAST:
        return None
    box = np.zeros((len(schools), len(statements), len(SEATS), POINTS), dtype=np.int64)
    for s, figures in enumerate(schools):
        for i, statement in enumerate(statements):
            for g, seat in enumerate(SEATS):
                found = figures[statement.id].get(seat.key)
                if found and found.percents:
                    box[s, i, g] = found.spread
    several = (box.sum(axis=3) > 0).sum(axis=2) >= 2  # schools × statements of which two seats have a distribution
    found_map = coherence_map(np.where(several[:, :, None, None], box, 0))
    bars = []
    for i, statement in enumerate(statements):
        here = several[:, i]
        if here.sum() < SCHOOLS_AT_LEAST:
            continue
        inside, between = (nearest(float(part[here, i].mean()), 1) for part in (found_map.within, found_map.between))
        shared = max(0, 100 - inside - between)
        bars.append(Bar(statement, shared, inside, between, int(here.sum()), (before or {}).get(statement.id)))
    spots, table, seats = _of_many(statements, schools)
    return Map(tuple(sorted(bars, key=_order)), spots, table, seats)


def _of_many(
    statements: Sequence[Statement], schools: Sequence[Mapping[str, Figures]]
) -> tuple[tuple[Spot, ...], tuple[tuple[Statement, tuple[int | None, ...]], ...], tuple[Seat, ...]]:
    means = {s.id: _means(s, schools) for s in statements}
    seats = tuple(seat for seat in SEATS if any(seat.key in means[s.id] for s in statements))
    table = tuple((s, tuple(means[s.id].get(seat.key) for seat in seats)) for s in statements)
    pairs = ((s, one, other) for s in statements for one, other in _pairs(means[s.id]))
    gaps = [gap for s, one, other in pairs if (gap := _gap_over(s, one, other, schools))]
    return tuple(_told(gaps, means)), table, seats


def _gap_over(statement: Statement, one: Seat, other: Seat, schools: Sequence[Mapping[str, Figures]]) -> _Gap | None:
    """The mean gap of the schools that show both seats, from three schools on."""
    here = [each[statement.id] for each in schools if {one.key, other.key} <= each[statement.id].keys()]
    if len(here) < SCHOOLS_AT_LEAST:
        return None
    found = gap_over_schools([float(each[one.key].score - each[other.key].score) for each in here])
    return _Gap(statement, one, other, found.value or 0.0, found.p, found.sentence)


def _means(statement: Statement, schools: Sequence[Mapping[str, Figures]]) -> dict[str, int]:
    """Seat → mean score over the schools that show one, from three schools on."""
    found = {}
    for seat in SEATS:
        scores = [figures[statement.id][seat.key].score for figures in schools if seat.key in figures[statement.id]]
        if len(scores) >= SCHOOLS_AT_LEAST:
            found[seat.key] = nearest(sum(scores) / len(scores), 1)
    return found
