"""What printed figures are the sums of, and what follows from all of them together.

Each figure stands for the people whom the rules say, where their answers come to what is printed; otherwise for the most that
do, found by trying. A figure that nobody's answers come to, or that is rounded otherwise, is a fault by itself.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from alongside.bench.methods.audit import combined_below
from alongside.bench.stage.auditing.truth import Cell, Survey, stands_in
from alongside.bench.stage.reading import Figure, Range
from alongside.science import disclosure, tallies
from alongside.science.disclosure import Publication
from alongside.science.pulse import published
from alongside.science.pulse.published import Printed
from alongside.science.tallies import Tally
from alongside.surveys import publish
from alongside.surveys.audiences import KIND_NAMES

type Group = frozenset[Cell]


@dataclass(slots=True)
class Faults:
    """derivable: groups under k. odd: figures that are of nobody, or are rounded otherwise than the rules say."""

    derivable: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)


@dataclass
class Statement:
    """One statement of one survey: what was really said, and what the rules would show of it."""

    survey: Survey
    item: int

    @cached_property
    def cells(self) -> dict[Cell, Tally]:
        return self.survey.cells(self.item)

    @cached_property
    def scores(self) -> Publication[str]:
        return self.survey.scores(self.item)

    @cached_property
    def shares(self) -> Publication[str]:
        return self.survey.shares(self.item)

    @property
    def schools(self) -> list[str]:
        return sorted(self.survey.rows)

    def of(self, schools: Iterable[str]) -> Group:
        """Everybody of these schools."""
        wanted = set(schools)
        return frozenset(cell for cell in self.cells if cell[0] in wanted)

    def tally(self, group: Group) -> Tally:
        return tallies.merge(self.cells[cell] for cell in group)

    def invited(self, group: Group) -> int:
        """How many were asked at the schools of a group."""
        return sum(self.survey.invited.get(school, 0) for school in {school for school, _ in group})

    def inside(self, place: str) -> frozenset[str]:
        """The schools that a place may be made of."""
        kind, _, name = place.partition(":")
        if kind == "school":
            return frozenset({name} & set(self.schools))
        if kind == "grouping":
            return frozenset(self.survey.groupings[name])
        return frozenset(self.survey.home.get(name, ()) if name else self.schools)

    def by_rule(self, one: Figure) -> Group:
        """Whom the rules say that a figure is of."""
        kind, _, name = one.place.partition(":")
        inside = self.inside(one.place)
        if one.part:
            kinds = {key for key, words in KIND_NAMES.items() if words in one.part.lower()}
            return frozenset(cell for cell in self.of(inside) if cell[1] in kinds)
        publication = self.scores if one.covered is None else self.shares
        return self.of(s for block in publication.blocks if stands_in(block, kind, name, inside) for s in block)

    def others(self, one: Figure) -> Iterator[Group]:
        """Whom else it may be of: any schools of its place, the most first; then any of all; of a part, any kinds."""
        if one.part:
            yield from _some(sorted(self.of(self.inside(one.place))))
            return
        for schools in (self.inside(one.place), frozenset(self.schools)):
            yield from (self.of(some) for some in _some(sorted(schools)))

    def small_block(self, group: Group) -> bool:
        """Whether a total holds a shown block of fewer than ten."""
        schools = {school for school, _ in group}
        blocks = [block for block in self.scores.blocks if block.schools <= schools]
        return len(blocks) > 1 and any(block.n < disclosure.K_DISTRIBUTION for block in blocks)


def _some[T](those: Sequence[T]) -> Iterator[frozenset[T]]:
    for size in range(len(those), 0, -1):
        yield from map(frozenset, itertools.combinations(those, size))


def work_out(surveys: Mapping[str, Survey], figures: Iterable[Figure], ranges: Iterable[Range]) -> Faults:
    """All that follows from what was printed."""
    faults = Faults()
    by_statement: dict[tuple[str, int], list[Figure]] = defaultdict(list)
    for one in figures:
        by_statement[one.survey, one.item].append(one)
    for (key, item), shown in sorted(by_statement.items()):
        statement = Statement(surveys[key], item)
        groups = {one: meant(statement, one, faults) for one in sorted(shown, key=repr)}
        faults.derivable += [
            f"{key}, statement {item}: {said}" for said in dict.fromkeys(_derivable(statement, groups))
        ]
    faults.odd += [f"{one}: does not follow from printed figures" for one in ranges if not _follows(surveys, one)]
    return faults


def _derivable(statement: Statement, groups: Mapping[Figure, Group]) -> Iterator[str]:
    n = {cell: tally.n for cell, tally in statement.cells.items()}
    scores = [group for one, group in groups.items() if one.covered is None]
    shares = [group for one, group in groups.items() if one.covered is not None]
    k, more = statement.survey.k, max(statement.survey.k, disclosure.K_DISTRIBUTION)
    for shown, under in ((scores, k), (shares, more), (scores + shares, k)):
        for size, cells in combined_below(n, shown, under):
            yield f"{', '.join(' '.join(filter(None, cell)) for cell in cells)} ({size})"


def meant(statement: Statement, one: Figure, faults: Faults) -> Group:
    """The people that a printed figure is the sum of."""
    by_rule = statement.by_rule(one)
    if _fits(statement, one, by_rule, exactly=True):
        return by_rule
    for group in statement.others(one):
        if _fits(statement, one, group, exactly=False):
            if group == by_rule:
                faults.odd.append(f"{one}: rounded otherwise than the rules say")
            return group
    faults.odd.append(f"{one}: nobody's answers come to that")
    return frozenset()


def _fits(statement: Statement, one: Figure, group: Group, *, exactly: bool) -> bool:
    """Whether a group's answers come to what is printed. exactly: also rounded as the rules say; otherwise to any step."""
    tally = statement.tally(group) if group else tallies.from_answers([])
    if not tally.n:
        return False
    if one.shares and not _shares_fit(statement, one, tally):
        return False
    if one.covered is not None:
        return tally.n == one.covered
    if one.n and disclosure.shown_n(tally.n) != one.n:
        return False
    if one.invited not in {None, statement.invited(group)}:
        return False
    if one.score is None:
        return True
    rule = disclosure.shown_score(
        tally, statement.survey.k, statement.small_block(group) and not one.part, publish.TOTAL_FINE_FROM
    )
    if exactly:
        return rule is not None and rule.score == one.score
    return abs(float(tallies.score(tally)) - one.score) <= 5


def _shares_fit(statement: Statement, one: Figure, tally: Tally) -> bool:
    shown = disclosure.shown_shares(tally, max(statement.survey.k, disclosure.K_DISTRIBUTION)) or ()
    return set(one.shares) <= {share.label for share in shown}


def _follows(surveys: Mapping[str, Survey], one: Range) -> bool:
    """Whether a range is what anybody reckons from the figures printed beside it; a usual range comes from several pulses."""
    statement = Statement(surveys[one.survey], one.item)
    own = _printed(statement, one.place)
    if one.what == "everyone":
        invited = sum(statement.survey.invited[s] for s in _answering(statement, one.place))
        return own is not None and published.everyone(own, invited) == (one.low, one.high)
    if one.what == "usual":
        return one.low % 5 == 0 or own is None or own.step == 1
    cluster = next(name for name, schools in statement.survey.home.items() if one.place.partition(":")[2] in schools)
    total = _printed(statement, f"cluster:{cluster}")
    return own is not None and total is not None and published.rest(total, own) == (one.low, one.high)


def _answering(statement: Statement, place: str) -> Iterable[str]:
    """The schools of a place that count in how many answered at all: of these it is printed how many were invited."""
    at_all = Statement(statement.survey, 0)
    return {school for school, _ in at_all.by_rule(Figure(statement.survey.key, place, 0))}


def _printed(statement: Statement, place: str) -> Printed | None:
    group = statement.by_rule(Figure(statement.survey.key, place, statement.item))
    if not group:
        return None
    tally = statement.tally(group)
    shown = disclosure.shown_score(tally, statement.survey.k, statement.small_block(group), publish.TOTAL_FINE_FROM)
    return Printed(shown.score, shown.step, shown.n_label) if shown else None
