"""What a coherence map may say to whom, worked out from the audit's own ledger by the rules and never from the product.

Everything on a map follows from blocks that the rules print: a score from five answers, whatever a bar is drawn from ten; and
from what leaders said by name, where they agreed. A number on a map that does not follow so is a fault, and so is a map of a
school before somebody who may not see it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import fmean

from alongside.bench.stage.auditing.placing import Statement
from alongside.bench.stage.auditing.story import Story
from alongside.bench.stage.auditing.truth import CANT_SAY, Leader, Round
from alongside.bench.stage.filling import NETWORK
from alongside.bench.stage.reading import Figure, Page, Said
from alongside.science import disclosure, tallies
from alongside.science.coherence import coherence, read_off
from alongside.science.results import nearest
from alongside.science.tallies import Tally

ADDRESS = re.compile(r"/maps/(\d+)/(?:(schools|clusters)/[\w-]+/)?$")
OF_SCHOOL = re.compile(r"/maps/\d+/schools/([\w-]+)/")
LEADERS = "leaders"
AT_LEAST = 3  # schools that said yes

type Seen = dict[int, dict[str, "Seat"]]  # number of a statement → seat → what it may show


@dataclass(frozen=True, slots=True)
class Seat:
    """One statement from one seat of one school. spread: what anybody may know of its answers, None under ten."""

    score: int
    step: int
    people: str
    spread: Tally | None
    figures: tuple[Figure, ...]  # what it rests on, as releases print it


@dataclass(slots=True)
class Maps:
    """The maps of one story. statements: what was really said, kept between pages."""

    story: Story
    statements: dict[tuple[str, int], Statement]

    def seat(self, key: str, item: int, school: str) -> Seat | None:
        """What the rules print of a school's own block in a survey."""
        statement = self.statements.setdefault((key, item), Statement(self.story.surveys[key], item))
        mine = f"school:{school}"
        group = statement.by_rule(Figure(key, mine, item))
        if not group:
            return None
        tally = statement.tally(group)
        shown = disclosure.shown_score(tally, statement.survey.k)
        if shown is None:
            return None
        figure = Figure(key, mine, item, shown.n_label, shown.score)
        behind = statement.by_rule(Figure(key, mine, item, covered=0))
        shares = (
            disclosure.shown_shares(tally, max(statement.survey.k, disclosure.K_DISTRIBUTION))
            if behind == group
            else None
        )
        if not shares:
            return Seat(shown.score, shown.step, shown.n_label, None, (figure,))
        percents = tuple(share.percent for share in shares)
        known = Tally(percents) if tally.n >= disclosure.FINE_FROM else read_off(percents, tally.n)
        return Seat(shown.score, shown.step, shown.n_label, known, (figure, Figure(key, mine, item, covered=tally.n)))

    def school(self, asked: Round, school: str, leaders: bool) -> Seen:
        """All seats of one school, that of its leaders where it may be shown."""
        found: Seen = {}
        for item in asked.asks.values():
            named = {LEADERS: _named(asked, school, item)} if leaders else {}
            others = {seat: self.seat(key, item, school) for seat, key in asked.seats.items()}
            found[item] = {seat: one for seat, one in {**named, **others}.items() if one}
        return found

    def on_school(self, asked: Round, school: str, leaders: bool, by_name: bool) -> set[Said]:
        """All that the map of a school may say."""
        seen, said = self.school(asked, school, leaders), asked.leaders.get(school, [])
        found = {Said("score", item, seat, (one.score,)) for item, seats in seen.items() for seat, one in seats.items()}
        found |= {Said("people", 0, seat, (one.people,)) for seats in seen.values() for seat, one in seats.items()}
        if leaders and said:
            found.add(Said("people", 0, LEADERS, (str(len(said)),)))
        if by_name:
            found |= {_chosen(asked, item, said) for item in asked.asks.values()}
        before = self.school(asked.before, school, leaders and asked.before.agreed(school)) if asked.before else {}
        then = {item: parts for item, seats in before.items() if (parts := _bar(seats))}
        for item, seats in seen.items():
            if parts := _bar(seats):
                found.add(Said("bar", item, "", parts))
                found |= {Said("before", item, "", (then[item][0],))} if item in then else set()
        return found

    def on_several(self, asked: Round, cluster: str) -> set[Said]:
        """All that the map of several schools may say."""
        counted = _counted(asked, cluster)
        found = {Said("counted", 0, "", (len(counted),))}
        if len(counted) < AT_LEAST:
            return found
        several = [self.school(asked, school, asked.agreed(school)) for school in counted]
        bars = dict(_bars(several, asked))
        then: dict[int, tuple[tuple[int, int, int], int]] = {}
        if asked.before and len(earlier := _counted(asked.before, cluster)) >= AT_LEAST:
            then = dict(_bars([self.school(asked.before, s, asked.before.agreed(s)) for s in earlier], asked.before))
        for item, (parts, schools) in bars.items():
            found |= {Said("bar", item, "", parts), Said("schools", item, "", (schools,))}
            found |= {Said("before", item, "", (then[item][0][0],))} if item in then else set()
        return found | set(_means(several, asked))

    def rests_on(self, asked: Round, schools: Iterable[str]) -> set[Figure]:
        """The printed figures that a map of these schools is drawn from."""
        seen = [self.school(asked, school, leaders=False) for school in schools]
        return {figure for of in seen for seats in of.values() for one in seats.values() for figure in one.figures}


def _named(asked: Round, school: str, item: int) -> Seat | None:
    answers = [_answer(asked, one, item) for one in asked.leaders.get(school, [])]
    tally = tallies.from_answers([None if each == CANT_SAY else int(each) for each in answers])
    return Seat(nearest(tallies.score(tally)), 1, str(tally.n), Tally(tally.counts), ()) if tally.n else None


def _answer(asked: Round, said: Leader, item: int) -> int | str:
    return said.row.ratings[next(name for name, number in asked.asks.items() if number == item)]


def _chosen(asked: Round, item: int, said: list[Leader]) -> Said:
    chosen = [str(_answer(asked, one, item)).replace(CANT_SAY, "–") for one in said]
    return Said("by name", item, LEADERS, tuple(sorted(chosen)))


def _bar(seats: Mapping[str, Seat]) -> tuple[int, int, int] | None:
    drawn = {seat: one for seat, one in seats.items() if one.spread}
    if len(drawn) < 2:
        return None
    found = coherence({seat: one.spread for seat, one in drawn.items() if one.spread})
    step = max(one.step for one in drawn.values())
    inside, between = nearest(found.within, step), nearest(found.between, step)
    return max(0, 100 - inside - between), inside, between


def _bars(several: list[Seen], asked: Round) -> Iterator[tuple[int, tuple[tuple[int, int, int], int]]]:
    """(statement, (its parts, of how many schools))."""
    for item in asked.asks.values():
        spreads = [{seat: one.spread for seat, one in seen[item].items() if one.spread} for seen in several]
        found = [coherence(each) for each in spreads if len(each) >= 2]
        if len(found) >= AT_LEAST:
            inside, between = (
                nearest(fmean(parts)) for parts in zip(*((f.within, f.between) for f in found), strict=True)
            )
            yield item, ((max(0, 100 - inside - between), inside, between), len(found))


def _means(several: list[Seen], asked: Round) -> Iterator[Said]:
    seats = {seat for seen in several for of in seen.values() for seat in of}
    for item in asked.asks.values():
        for seat in seats:
            scores = [seen[item][seat].score for seen in several if seat in seen[item]]
            if len(scores) >= AT_LEAST:
                yield Said("score", item, seat, (nearest(Fraction(sum(scores), len(scores))),))
        yield from _same_way(several, item, sorted(seats))


def _same_way(several: list[Seen], item: int, seats: list[str]) -> Iterator[Said]:
    for place, one in enumerate(seats):
        for other in seats[place + 1 :]:
            gaps = [
                seen[item][one].score - seen[item][other].score for seen in several if {one, other} <= seen[item].keys()
            ]
            same = sum(gap * sum(gaps) > 0 for gap in gaps)
            yield Said("same way", item, "", (same, len(gaps)))


def _counted(asked: Round, cluster: str) -> list[str]:
    return sorted(school for school in asked.yes if not cluster or asked.home[school] == cluster)


def faults(story: Story, pages: Mapping[tuple[str, str], Page]) -> tuple[list[str], set[Figure]]:
    """What maps say that does not follow, or to whom they may not; and the printed figures that they rest on."""
    maps, rounds = Maps(story, {}), {asked.key: asked for asked in story.rounds}
    found, figures = [], set[Figure]()
    for (who, path), page in pages.items():
        asked = rounds.get(page.survey)
        if asked is None or not ADDRESS.search(path):
            continue
        kind, _, name = page.here.partition(":")
        if kind == "school":
            may = may_see(asked, name, who)
            leads = who == f"head of {name}"
            spoke = any(one.at == 0 for one in asked.leaders.get(name, []))
            leaders = spoke if leads else asked.agreed(name)
            known = maps.on_school(asked, name, leaders, leaders and leads) if may else set()
            figures |= maps.rests_on(asked, [name]) if page.said else set()
            found += [] if may else [f"{who} on {path}: the map of {name}"]
        else:
            known = maps.on_several(asked, name)
            figures |= maps.rests_on(asked, _counted(asked, name)) if page.said else set()
        found += [f"{who} on {path}: {said} does not follow" for said in page.said if not _among(said, known)]
    return found, figures


def _among(said: Said, known: set[Said]) -> bool:
    """Whether it may be said; the parts of a bar of several schools are means, whose last digits may fall either way."""
    return said in known or (
        said.what in {"bar", "before"}
        and any(
            one.what == said.what
            and one.item == said.item
            and all(abs(int(a) - int(b)) <= 1 for a, b in zip(one.numbers, said.numbers, strict=True))
            for one in known
        )
    )


def may_see(asked: Round, school: str, who: str) -> bool:
    """Its leaders and, once it is open to them, its staff; with its yes the officer, the chair and the coach of its cluster."""
    if who in {f"head of {school}", f"teacher of {school}"}:
        return True
    around = {
        f"officer of {NETWORK}",
        f"chair of {asked.home.get(school, '')}",
        f"coach of {asked.home.get(school, '')}",
    }
    return school in asked.yes and who in around


def may_differ(story: Story, who: str, path: str) -> bool:
    """Whether a page may change with what is hidden from others: a school's own map before its own people, while it keeps that
    to itself or while its leaders keep their answers to themselves."""
    found = OF_SCHOOL.search(path)
    if found is None:
        return False
    name = next(name for name in story.world.schools if name.lower() == found[1])
    kept = any(name in asked.home and name not in asked.yes for asked in story.rounds)
    alone = any(name in asked.home and not asked.agreed(name) for asked in story.rounds)
    return (kept and who == f"teacher of {name}") or ((kept or alone) and who == f"head of {name}")
